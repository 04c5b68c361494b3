"""`FILE.py:Class` and `module:Class` lead to an object, or to one line that says why not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from unscripted.model.errors import UsageError
from unscripted.model.plugins.loading import NoSuchModuleError, import_path, load

pytestmark = pytest.mark.usefixtures("here")


def loaded(text):
    path = import_path(text)
    assert path is not None
    return load("thing", path)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("mine.py:Mine", ("mine.py", "Mine", "")),
        ("a/b c/mine.py:Mine:k=1,j=2", ("a/b c/mine.py", "Mine", "k=1,j=2")),
        ("pkg.mine:Mine", ("pkg.mine", "Mine", "")),
        ("mine:Mine:k=a:b", ("mine", "Mine", "k=a:b")),
        ("/x/mine.py:_m1:", ("/x/mine.py", "_m1", "")),
    ],
)
def test_an_import_path_comes_apart(text, parts):
    found = import_path(text)
    assert found == parts
    assert found.is_file is parts[0].endswith(".py")


@pytest.mark.parametrize(
    "text",
    ["mine", "mine.py", "mine.py:", "mine.py:1x", "pkg.1x:Mine", "watts-strogatz:k=4",
     "ollama/llama3.2:8b", "remove:k=2@6", ":Mine", "a b:Mine", "pkg..x:Mine"],
)  # fmt: skip
def test_other_texts_are_no_import_path(text):
    assert import_path(text) is None


def test_a_file_is_loaded_once():
    Path("mine.py").write_text("class Mine: pass")
    assert loaded("mine.py:Mine") is loaded(f"{Path.cwd()}/mine.py:Mine")


def test_a_changed_file_is_loaded_anew():
    file = Path("mine.py")
    file.write_text("x = 1")
    assert loaded("mine.py:x") == 1
    file.write_text("x = 2")
    os.utime(file, ns=(1, 1))
    assert loaded("mine.py:x") == 2


def test_a_file_imports_its_neighbours():
    Path("deep").mkdir()
    Path("deep/beside_mine.py").write_text("x = 3")
    Path("deep/mine.py").write_text("from beside_mine import x")
    assert loaded("deep/mine.py:x") == 3


def test_files_of_one_name_keep_apart():
    for name in ("a", "b"):
        Path(name).mkdir()
        Path(name, "mine.py").write_text(f"x = {name!r}")
    assert (loaded("a/mine.py:x"), loaded("b/mine.py:x")) == ("a", "b")


def test_a_file_shadows_no_module():
    Path("json.py").write_text("x = 5")
    assert loaded("json.py:x") == 5
    assert sys.modules["json"].__file__ != str(Path("json.py").resolve())


def test_modules_here_are_found():
    Path("found_here.py").write_text("x = 4")
    assert loaded("found_here:x") == 4
    assert loaded("os.path:join") is os.path.join


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_of_the_kind", "No module named 'nothing_of_the_kind'"),
        ("1 / 0", "fails to import: ZeroDivisionError: division by zero"),
        ("raise ValueError('no\\nway')", "fails to import: ValueError: no way"),
        ("raise SystemExit('bye')", "fails to import: SystemExit: bye"),
        ("x = 1\ndef Mine(:", "line 2: invalid syntax; mend the file"),
        ("Yours = 5\ndef f(): pass", "mine.py has no Mine; it defines f"),
        ("", "mine.py has no Mine; it defines nothing"),
    ],
)
def test_what_fails_is_one_line(text, said):
    Path("mine.py").write_text(text)
    with pytest.raises(UsageError) as caught:
        loaded("mine.py:Mine")
    assert str(caught.value).startswith("thing=mine.py:Mine")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_fails_leaves_no_module():
    Path("mine.py").write_text("1 / 0")
    with pytest.raises(UsageError):
        loaded("mine.py:Mine")
    assert not [name for name in sys.modules if name.startswith("unscripted_user_mine")]


def test_a_missing_file_is_named():
    with pytest.raises(UsageError, match=r"nowhere\.py is not a file; give the path of a Python"):
        loaded("nowhere.py:Mine")


def test_missing_roots_may_mean_else():
    with pytest.raises(NoSuchModuleError, match="run from the folder that holds it"):
        loaded("nothing_of_the_kind.below:Mine")
    with pytest.raises(UsageError) as caught:
        loaded("json.nothing:Mine")
    assert not isinstance(caught.value, NoSuchModuleError)
