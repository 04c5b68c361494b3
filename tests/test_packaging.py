"""The package is what the folders say, and the five folders are where they belong."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("agents", "model", "protocols", "scenarios", "tests")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_is_listed():
    listed = set(PROJECT["tool"]["setuptools"]["packages"])
    found = {"unscripted"}
    for top in FOLDERS[:-1]:
        folders = [ROOT / top, *(p for p in (ROOT / top).rglob("*") if p.is_dir())]
        found |= {
            ".".join(("unscripted", *folder.relative_to(ROOT).parts))
            for folder in folders
            if not {p for p in folder.relative_to(ROOT).parts if p.startswith((".", "__"))}
        }
    assert listed == found


def test_every_data_file_is_listed():
    data = PROJECT["tool"]["setuptools"]["package-data"]
    for top in FOLDERS[:-1]:
        for path in (ROOT / top).rglob("*"):
            hidden = {p for p in path.relative_to(ROOT).parts if p.startswith((".", "__pycache__"))}
            if path.is_file() and path.suffix != ".py" and not hidden:
                package = ".".join(("unscripted", *path.parent.relative_to(ROOT).parts))
                patterns = data.get(package, [])
                assert any(path.match(p) for p in patterns), f"{path} is not in package-data"


def test_versions_agree():
    import unscripted

    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {
        "attr": "unscripted._version.__version__"
    }
    assert f"\nversion: {unscripted.__version__}\n" in citation


def test_git_ignores_no_code():
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    listed = ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "--", *FOLDERS]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [f for f in found.splitlines() if not re.search(r"__pycache__|\.egg-info|/\.", f)] == []


def test_no_file_names_a_machine():
    named = ["files.pythonhosted", "pypi.org/simple", "--index-url", "/home/", "/root/", "/work/"]
    kinds = (".py", ".md", ".toml", ".txt", ".yaml")
    texts = [p for p in ROOT.iterdir() if p.is_file() and p.suffix in kinds]
    for folder in (*FOLDERS, "docs"):
        texts += [p for p in (ROOT / folder).rglob("*") if p.suffix in kinds]
    for path in texts:
        if path != Path(__file__):
            text = path.read_text(encoding="utf-8")
            assert not [n for n in named if n in text], path


@pytest.mark.parametrize("folder", FOLDERS)
def test_five_folders_stand_at_root(folder):
    assert (ROOT / folder).is_dir()
