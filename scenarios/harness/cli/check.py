"""Runs the conformance suite on a user's plug-in and reports it, without pytest."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

from ....model.errors import UsageError
from ....model.ground_truth.family import TaskFamily
from ....model.judge import Judge
from ....model.mind import Mind
from ....model.plugins.discovery import refuse_unfinished
from ....model.plugins.loading import import_path, load
from ....model.protocol import Protocol
from ....model.tasks.files import read_tasks
from ..conformance.checking import (
    check_family,
    check_judge,
    check_mind,
    check_protocol,
    check_topology,
)
from ..conformance.result import CheckResult
from ..exits import Exit
from ..format import counted
from ..terminal.console import say, terminal
from .commands import print_json

SUITES: dict[type, Callable[..., list[CheckResult]]] = {
    Protocol: check_protocol,
    Mind: check_mind,
    Judge: check_judge,
    TaskFamily: check_family,
}
"""The suite of each seam."""


def check_command(target: str, examples: int, *, as_json: bool = False) -> Exit:
    """Check a plug-in.

    Args:
        target: `FILE.py:Class`, `FILE.py:function` or `module:Class`; or a task file or folder.
        examples: Cases per property, 1 or more.
        as_json: One object on standard output.

    Raises:
        UsageError: It can't be loaded, is no plug-in, or can't be made without arguments.
    """
    if target.lower().endswith((".yaml", ".yml")) or Path(target).is_dir():
        return _check_tasks(Path(target), as_json=as_json)
    if examples < 1:
        raise UsageError(f"examples={examples} is below 1; use 1 or more")
    plugin, suite = load_plugin(target)
    results = suite(plugin, examples=examples)
    if as_json:
        print_json({"version": 1, "target": target, "checks": [r.body() for r in results]})
    show_results(results, examples, as_json=as_json)
    return Exit.DONE if all(r.passed for r in results) else Exit.DIFFERENT


def _check_tasks(path: Path, *, as_json: bool) -> Exit:
    """Say everything that is wrong in a task file or folder."""
    tasks, faults = read_tasks(path)
    if as_json:
        found = [fault._asdict() for fault in faults]
        print_json({"version": 1, "target": str(path), "tasks": len(tasks), "faults": found})
    console = terminal(stderr=as_json)
    for fault in faults:
        say(console, fault.text)
    fine = counted(len(tasks), "task")
    say(console, f"{fine} can be used; {counted(len(faults), 'fault')}")
    return Exit.USAGE if faults else Exit.DONE


def show_results(results: Sequence[CheckResult], examples: int, *, as_json: bool) -> None:
    """Print what held and what is broken, with the smallest case that breaks it.

    Args:
        results: One per check.
        examples: Cases per check.
        as_json: Then on standard error.
    """
    console = terminal(stderr=as_json)
    for result in results:
        mark, style = ("passed", "green") if result.passed else ("BROKEN", "bold red")
        say(console, f"{mark}  {result.name}", style)
        say(console, f"        {result.says}", "dim")
        if not result.passed:
            say(console, f"        {result.failure}")
    held = sum(r.passed for r in results)
    say(console, f"{held} of {len(results)} checks passed, {examples} cases each")


def load_plugin(target: str) -> tuple[Any, Callable[..., list[CheckResult]]]:
    """A user's class, or function that makes networks, and the suite of the seam it fills.

    Args:
        target: `FILE.py:Class`, `FILE.py:function` or `module:Class`.

    Raises:
        UsageError: It can't be loaded, is no plug-in, or can't be made without arguments.
    """
    path = import_path(target)
    if path is None and target.endswith(".py"):
        raise UsageError(f"target={target!r} names no class in the file; use {target}:Class")
    if path is None:
        raise UsageError(
            f"target={target!r} is no import path; use FILE.py:Class or mypackage.relay:Relay"
        )
    found = load("target", path)
    if _makes_networks(found):
        return found, check_topology
    seam = next((s for s in SUITES if isinstance(found, type) and issubclass(found, s)), None)
    if seam is None:
        known = ", ".join(f"unscripted.{s.__name__}" for s in SUITES)
        raise UsageError(
            f"target={target!r} is no plug-in; subclass one of {known}, "
            "or give a function (n, seed) that makes a network"
        )
    refuse_unfinished(f"target={target!r}", found, seam)
    try:
        found()
    except Exception as error:
        cause = f"{type(error).__name__}: {error}"
        raise UsageError(
            f"target={target!r} can't be made without arguments: {cause}; "
            "give each a default, and mend what fails"
        ) from None
    return found, SUITES[seam]


def _makes_networks(found: object) -> bool:
    """Whether it is a function of two arguments, a size and a seed, as those of topologies are."""
    if not isinstance(found, FunctionType):
        return False
    taken = inspect.signature(found).parameters.values()
    placed = [p for p in taken if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p for p in taken if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    return len(placed) >= 2 and set(needed) <= set(placed[:2])
