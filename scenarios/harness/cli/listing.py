"""Says what there is, and runs scenario scripts by name."""

from __future__ import annotations

import inspect
import runpy
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from ....model.errors import UnknownNameError
from ....model.plugins.discovery import discover
from ....model.shocks.catalogue import SHOCKS
from ....model.tasks.files import corpus
from ..runs.play import Exit
from ..terminal.screen import plain, terminal


def list_command(what: str | None) -> Exit:
    """One line per thing; every kind where none is named."""
    if what is not None and what not in LISTS:
        raise UnknownNameError("list", what, LISTS)
    console = terminal()
    for kind, lines in LISTS.items():
        if what in (None, kind):
            if what is None:
                console.print(f"\n{kind}", style="bold")
            found = lines()
            width = max((len(name) for name in found), default=0)
            for name, line in found.items():
                text = f"{name:<{width}}  {plain(line)}"
                console.print(text, markup=False, highlight=False, soft_wrap=True)
    return Exit.DONE


def scenario_command(name: str, arguments: list[str]) -> Exit:
    """Run a scenario script in this process, as `python scenarios/NAME.py` would."""
    paths = scenario_paths()
    wanted = name.replace("-", "_")
    if wanted not in paths:
        raise UnknownNameError("scenario", name, paths)
    saved = sys.argv
    sys.argv = [str(paths[wanted]), *arguments]
    try:
        runpy.run_path(str(paths[wanted]), run_name="__main__")
    finally:
        sys.argv = saved
    return Exit.DONE


def scenario_paths() -> dict[str, Path]:
    """The file of every scenario, by name; the packages of the entry points are searched."""
    found: dict[str, Path] = {}
    for point in entry_points(group="unscripted.scenarios"):
        spec = find_spec(point.value)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            for path in sorted(Path(folder).glob("[!_]*.py")):
                found[path.stem] = path
    return found


def _first_line(value: object) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0]


def _plugins(kind: str) -> Callable[[], dict[str, str]]:
    return lambda: {name: _first_line(plugin) for name, plugin in discover(kind).items()}


def _models() -> dict[str, str]:
    from ....agents.llm.models import presets
    from ....agents.synthetic.profiles import profiles

    found: dict[str, str] = {}
    for name, p in profiles().items():
        f = p.faculties
        found[f"synthetic/{name}"] = (
            f"reasoning {f.reasoning:.2f}, self-reflection {f.self_reflection:.2f}, "
            f"instruction following {f.instruction_following:.2f}; "
            f"{p.usd_in:g}/{p.usd_out:g} USD per million tokens in/out"
        )
    for preset in presets().values():
        weights = "open" if preset.open else "closed"
        found[preset.name] = f"{preset.model}, {preset.provider}, {weights} weights"
    found["PROVIDER/MODEL"] = "any LiteLLM id, as ollama/llama3.2; docs/real-models.md"
    others = (f for f in discover("minds") if f != "synthetic")
    return found | {f"{f}/…": _first_line(discover("minds")[f]) for f in others}


def _tasks() -> dict[str, str]:
    return {t.id: f"{t.level}  {t.brief.title}" for t in corpus()}


def _scenarios() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, path in scenario_paths().items():
        text = path.read_text(encoding="utf-8")
        found[name] = text.partition('"""')[2].partition("\n")[0].rstrip('"')
    return found


def _shocks() -> dict[str, str]:
    return {name: _first_line(kind) for name, kind in SHOCKS.items()}


LISTS: dict[str, Callable[[], dict[str, str]]] = {
    "protocols": _plugins("protocols"),
    "topologies": _plugins("topologies"),
    "models": _models,
    "tasks": _tasks,
    "shocks": _shocks,
    "scenarios": _scenarios,
}
