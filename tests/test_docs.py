"""The documentation, executed: what it tells a newcomer to type works, and its lists are complete.

Every Markdown file is played from top to bottom in an empty folder, the way a reader would:

    ```python       runs; the blocks of one file share their names
    ```console, sh  lines `unscripted …`, `python FILE …` and `python -m pytest FILE` run;
                    long runs are only parsed and checked
    ```toml         entry points in it are installed
    ```yaml, …      nothing, unless marked

An HTML comment directly above a block says more: `<!-- file: NAME -->` writes it to that file,
`<!-- tasks: NAME -->` does so and loads it as tasks, `<!-- no-run: reason -->` leaves it alone,
`<!-- server: ADDRESS -->` puts a server in the place of that address from there on.

A run of real models is only built, so that its ids, prices and options are checked, unless it asks
a server that stands in.

What stands between `<!-- table: KIND -->` and `<!-- /table -->` is generated. After a change of
plug-ins or parameters run `python tests/test_docs.py` to write it anew.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from loopback_server.server import LoopbackServer

from unscripted.agents.llm.models import presets
from unscripted.agents.synthetic.parameters import Parameters
from unscripted.model.metrics.catalogue import of_ticks
from unscripted.model.plugins.discovery import discover
from unscripted.model.tasks.files import load_tasks
from unscripted.scenarios.harness.api.entry import comparison_config, execution_of
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.cli import commands
from unscripted.scenarios.harness.cli.app import app
from unscripted.scenarios.harness.cli.ending import guarded
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.runs.session import check_networks

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "docs", ROOT / "docs" / "how-to")
PAGES = [ROOT / "README.md", *(page for f in FOLDERS for page in sorted(f.glob("*.md")))]
CHEAP = 600  # members times ticks up to which a documented command is run for real
SERVED: set[str] = set()
"""Addresses of servers that stand in for those of a page."""
FINE = (0, 3, 4)  # done, done with failures, stopped at the budget

FENCE = re.compile(r"^(?P<indent>\s*)```(?P<lang>\w*)\s*$")
NOTE = re.compile(r"^\s*<!--\s*(?P<key>no-run|file|tasks|server):\s*(?P<value>.+?)\s*-->\s*$")
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
TABLE = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- /table -->)", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        line: Of its first line of text, from 1.
        lang: What stands after the fence.
        text: Without its indentation.
        notes: What the comments directly above say.
    """

    line: int
    lang: str
    text: str
    notes: dict[str, str]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    lines = text.splitlines()
    k = 0
    while k < len(lines):
        opened = FENCE.match(lines[k])
        if opened is None:
            k += 1
            continue
        notes: dict[str, str] = {}
        above = k - 1
        while above >= 0 and (note := NOTE.match(lines[above])):
            notes[note["key"]] = note["value"]
            above -= 1
        start = k + 1
        k = start
        while lines[k].strip() != "```":
            k += 1
        body = "\n".join(x.removeprefix(opened["indent"]) for x in lines[start:k])
        yield Block(start + 1, opened["lang"], body + "\n", notes)
        k += 1


def commands_in(block: Block) -> Iterator[str]:
    """The lines of a console block that a reader types; continued lines joined."""
    for line in block.text.replace("\\\n", " ").splitlines():
        typed = line.strip().removeprefix("$ ")
        if typed.startswith(("unscripted ", "python ", "make ")) or typed == "unscripted":
            yield typed


class Reader:
    """Does what a page says, in the current folder.

    Args:
        page: The page.
        serve: Starts a server that stands in for one with a model behind it.
    """

    def __init__(self, page: Path, serve: Callable[[], LoopbackServer]) -> None:
        self.page = page
        self.serve = serve
        self.stand_ins: dict[str, str] = {}
        self.module = ModuleType(f"page_{page.stem.replace('-', '_')}")
        sys.modules[self.module.__name__] = self.module

    def follow(self, block: Block) -> None:
        """Do what one block says."""
        if "no-run" in block.notes:
            return
        if "server" in block.notes:
            self.stand_ins[block.notes["server"]] = self.serve().api_base
            SERVED.update(self.stand_ins.values())
        text = block.text
        for address, stand_in in self.stand_ins.items():
            text = text.replace(address, stand_in)
        block = replace(block, text=text)
        name = block.notes.get("file") or block.notes.get("tasks")
        if name is not None:
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        if "tasks" in block.notes:
            assert load_tasks(Path(block.notes["tasks"]))
        elif block.lang == "python":
            code = compile(block.text, f"{self.page}:{block.line}", "exec")
            if name is None:
                exec(code, vars(self.module))
        elif block.lang in ("console", "sh"):
            for line in commands_in(block):
                self.type(line)
        elif block.lang == "toml":
            install(block.text)

    def type(self, line: str) -> None:
        """Type one command."""
        words = shlex.split(line, comments=True)
        target = None
        if ">" in words:
            target = Path(words[words.index(">") + 1])
            words = words[: words.index(">")]
        with contextlib.ExitStack() as stack:
            if target is not None:
                stack.enter_context(
                    contextlib.redirect_stdout(stack.enter_context(target.open("w")))
                )
            does = {"unscripted": unscripted, "python": python, "make": make}[words[0]]
            if any(stand_in in line for stand_in in self.stand_ins.values()):
                does = keyless
            code = does(words[1:])
        assert code in FINE, f"{line!r} exits {code}"


def unscripted(arguments: list[str]) -> int:
    """Run the command line here, as its entry point would."""
    if arguments[:1] in (["replay"], ["report"]) and not Path(arguments[1]).exists():
        return 0  # a folder that only the reader has
    return guarded(lambda: app(arguments, exit_on_error=False, print_error=False))


def keyless(arguments: list[str]) -> int:
    """Run the command line here without keys."""
    free = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
    with patch.dict(os.environ, free, clear=True):
        return unscripted(arguments)


def python(arguments: list[str]) -> int:
    """Run a script of the page, of the repository, or a test file."""
    if arguments[:2] == ["-m", "pytest"]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments[2:]]
        return subprocess.run(command, check=False).returncode
    if arguments[0] == "-m":
        return 0
    path = Path(arguments[0]) if Path(arguments[0]).exists() else ROOT / arguments[0]
    assert path.is_file(), f"python {arguments[0]}: there is no such script"
    if path.parent == ROOT / "tests":
        return 0
    saved, sys.argv = sys.argv, [str(path), *arguments[1:]]
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.argv = saved
    return 0


def make(arguments: list[str]) -> int:
    """Look up the targets."""
    makefile = ROOT / "Makefile"
    if makefile.exists():
        known = set(re.findall(r"^([\w-]+)\s*:(?!=)", makefile.read_text(), re.MULTILINE))
        assert set(arguments) <= known, f"make {' '.join(arguments)}: targets are {known}"
    return 0


def install(pyproject: str) -> None:
    """Make a page's entry points known, as `pip install` would."""
    project = tomllib.loads(pyproject).get("project", {})
    groups = project.get("entry-points", {})
    if not groups:
        return
    info = Path(f"{project['name'].replace('-', '_')}-0.dist-info")
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 0\n")
    text = ""
    for group, points in groups.items():
        assert group.startswith("unscripted."), group
        text += f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in points.items())
    (info / "entry_points.txt").write_text(text)
    discover.cache_clear()
    for group, points in groups.items():
        kind = group.removeprefix("unscripted.")
        if kind != "scenarios":
            found = {getattr(p, "__module__", "") for p in discover(kind).values()}
            assert {v.partition(":")[0] for v in points.values()} <= found, f"{group} finds nothing"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder on the import path; long runs are checked and never played."""
    play, compare, publish = commands.run_command, commands.compare_command, commands.publish
    published: list[Path] = []

    def publish_once(value: Any, *_: Any) -> list[Path]:
        if not published:  # seconds of drawing, so once for each page
            published.extend(publish(value))
        return published

    def run_command(given: dict[str, Any]) -> int:
        config = RunConfig.of(**execution_of(given)[1])
        paid = bool(config.called) and config.calls.api_base not in SERVED
        if config.team.agents * config.tasks.ticks <= CHEAP and not paid:
            return play(given)
        organization_of(config)
        return 0

    def compare_command(given: dict[str, Any]) -> int:
        config = comparison_config(execution_of(given)[1])
        called = any(r.called for r in config.conditions)
        if sum(r.team.agents * r.tasks.ticks for r in config.runs()) <= CHEAP and not called:
            return compare(given)
        check_networks(config.conditions)
        return 0

    monkeypatch.setattr(commands, "publish", publish_once)
    monkeypatch.setattr(commands, "run_command", run_command)
    monkeypatch.setattr(commands, "compare_command", compare_command)
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # no worker processes for a few short runs
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    discover.cache_clear()
    yield tmp_path
    discover.cache_clear()
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_typing_everything_succeeds(
    page: Path, folder: Path, loopback: Callable[..., LoopbackServer]
) -> None:
    reader = Reader(page, loopback)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Item '.+' on TypedDict class")  # LiteLLM's own types
        for block in blocks(page.read_text(encoding="utf-8")):
            try:
                reader.follow(block)
            except Exception as error:
                error.add_note(f"in the block at {page.name}:{block.line}")
                raise


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = without_blocks(page.read_text(encoding="utf-8"))
    broken = []
    for found in LINK.finditer(text):
        link = found[1] or found[2]
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_generated_tables_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert filled(text) == text, "run `python tests/test_docs.py` to write the tables anew"


def test_every_table_is_on_some_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {kind for _, kind, _, _ in TABLE.findall(text)} == set(TABLES)


def test_metrics_names_every_measure() -> None:
    page = ROOT / "docs" / "metrics.md"
    if not page.exists():
        pytest.skip("there is no docs/metrics.md")
    text = page.read_text(encoding="utf-8")
    assert [m for m in of_ticks() if f"`{m}`" not in text] == []


def without_blocks(text: str) -> str:
    """A page without its fenced blocks and inline code."""
    kept, inside = [], False
    for line in text.splitlines():
        if FENCE.match(line) or (inside and line.strip() == "```"):
            inside = not inside
        elif not inside:
            kept.append(re.sub(r"`[^`]*`", "", line))
    return "\n".join(kept)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+\s+(.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}


def filled(text: str) -> str:
    """A page with its tables written anew."""
    return TABLE.sub(lambda m: m[1] + TABLES[m[2]]() + m[4], text)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(c.replace("|", "\\|") for c in x) + " |\n" for x in lines)


def first_line(value: object) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(value) or "").partition("\n")[0]


def models_of_the_paper() -> str:
    """Every preset."""
    rows: list[tuple[str, ...]] = [
        (f"`{p.name}`", f"`{p.model}`", "open weights" if p.open else p.note)
        for p in presets().values()
    ]
    return table(("preset", "LiteLLM id", "note"), rows)


def parameters() -> str:
    """Every parameter of the synthetic world, as the docstring of its group has it."""
    meaning: dict[str, str] = {}
    known = Parameters()
    for group in fields(known):
        said = inspect.getdoc(getattr(known, group.name)).partition("Attributes:\n")[2]
        for line in said.splitlines():
            if named := re.match(r"^ {4}(\w+): (.+)$", line):
                last = f"{group.name}.{named[1]}"
                meaning[last] = named[2]
            elif line.strip():
                meaning[last] += " " + line.strip()
    rows = [(f"`{name}`", f"{x:g}", meaning[name]) for name, x in known.values().items()]
    return table(("parameter", "value", "meaning"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "presets": models_of_the_paper,
    "parameters": parameters,
}


if __name__ == "__main__":
    for page in PAGES:
        old = page.read_text(encoding="utf-8")
        if (new := filled(old)) != old:
            page.write_text(new, encoding="utf-8")
