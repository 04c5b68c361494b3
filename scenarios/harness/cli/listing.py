"""Says what there is, one line each, plug-ins included."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ....model.errors import UnknownNameError, UsageError
from ....model.metrics.catalogue import of_runs
from ....model.plugins.discovery import discover
from ....model.shocks.catalogue import SHOCKS
from ....model.tasks.files import corpus
from ..exits import Exit
from ..study.discovery import scenario_paths
from ..terminal.console import say, terminal
from .commands import print_json
from .run_folders import body_of, run_folders

RUNS = Path("runs")
"""Where commands put run folders of their own."""


def list_command(what: str | None, folder: Path = RUNS, *, as_json: bool = False) -> Exit:
    """One line per thing.

    Args:
        what: Which kind; None for every one but run folders.
        folder: Where run folders are looked for.
        as_json: One object on standard output.

    Raises:
        UnknownNameError: No such kind.
        UsageError: There is no such folder.
    """
    if what != "runs" and folder != RUNS:
        raise UsageError(
            f"{str(folder)!r} is neither a command nor an option, and only runs take a folder; "
            "see unscripted list --help"
        )
    if what == "runs":
        return _list_folders(folder, as_json=as_json)
    if what is not None and what not in LISTS:
        raise UnknownNameError("list", what, (*LISTS, "runs"))
    found = {kind: lines() for kind, lines in LISTS.items() if what in (None, kind)}
    if as_json:
        print_json({"version": 1, **found})
        return Exit.DONE
    console = terminal()
    for kind, lines in found.items():
        if what is None:
            console.print(f"\n{kind}", style="bold")
        width = max((len(name) for name in lines), default=0)
        for name, line in lines.items():
            say(console, f"{name:<{width}}  {line}")
    return Exit.DONE


def _list_folders(folder: Path, *, as_json: bool) -> Exit:
    none_yet = folder == RUNS and not folder.exists()
    found = [] if none_yet else run_folders(folder)
    if as_json:
        print_json({"version": 1, "runs": [body_of(f) for f in found]})
        return Exit.DONE
    console = terminal()
    width = max((len(f.path) for f in found), default=0)
    for one in found:
        say(console, f"{one.path:<{width}}  {one.line}")
    if not found:
        say(console, f"no run folder in {folder}")
    return Exit.DONE


def _first_line(value: object) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0]


def _plugins(kind: str) -> Callable[[], dict[str, str]]:
    return lambda: {name: _first_line(plugin) for name, plugin in discover(kind).items()}


def _protocols() -> dict[str, str]:
    """What each does, and its options: what they may be, or their default."""
    return {
        name: f"{_first_line(p)} {', '.join(_options(p))}".rstrip()
        for name, p in discover("protocols").items()
    }


def _options(protocol: Any) -> Iterator[str]:
    choices = getattr(protocol, "choices", {})
    for p in inspect.signature(protocol).parameters.values():
        if p.kind is p.KEYWORD_ONLY:
            yield f"{p.name}={'|'.join(choices.get(p.name, (str(p.default),)))}"


def _models() -> dict[str, str]:
    from ....agents.llm.models import presets
    from ....agents.local.catalogue import FAMILY, catalogue
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
    for local in catalogue().values():
        where = "here" if local.is_here else f"bring it with: unscripted fetch {local.name}"
        untested = "" if local.tested else "; source untested"
        found[f"{FAMILY}/{local.name}"] = (
            f"{local.about}; {local.licence}, {local.bytes / 1e6:,.0f} MB, {where}{untested}"
        )
    found[f"{FAMILY}/PATH.gguf"] = "any model file of that form, served on this machine"
    found["PROVIDER/MODEL"] = "any LiteLLM id, as ollama/llama3.2; docs/real-models.md"
    others = (f for f in discover("minds") if f != "synthetic")
    return found | {f"{f}/…": _first_line(discover("minds")[f]) for f in others}


def _tasks() -> dict[str, str]:
    families = {name: f"scored by code  {_first_line(f)}" for name, f in discover("tasks").items()}
    return {**families, **{t.id: f"{t.level}  {t.brief.title}" for t in corpus()}}


def _measures() -> dict[str, str]:
    return {m.name: f"{m.label} ({m.unit}): {m.about}" for m in of_runs().values()}


def _scenarios() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, path in scenario_paths().items():
        text = path.read_text(encoding="utf-8")
        found[name] = text.partition('"""')[2].partition("\n")[0].rstrip('"')
    return found


def _shocks() -> dict[str, str]:
    return {name: _first_line(kind) for name, kind in SHOCKS.items()}


LISTS: dict[str, Callable[[], dict[str, str]]] = {
    "protocols": _protocols,
    "topologies": _plugins("topologies"),
    "models": _models,
    "tasks": _tasks,
    "judges": _plugins("judges"),
    "measures": _measures,
    "shocks": _shocks,
    "scenarios": _scenarios,
}
