"""`un.run`, `un.compare` and `un.advise`: the commands as functions, silent, with values back.

That runs broke or are missing, which a command says on standard error, is one `RuntimeWarning`.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import networkx as nx

from ....agents.llm.settings import Calls
from ....model.errors import UnknownNameError, UsageError
from ....model.options import Named, options_of
from ..advice.advice import Advice
from ..advice.playing import play_advice
from ..config.advice import AdviceConfig
from ..config.catalogue import COMPARED, VARYING
from ..config.comparison import ComparisonConfig
from ..config.groups import ADVISED, Advising, Design, Execution, Tasks, Team
from ..config.reading import group_of
from ..config.run import RunConfig
from ..runs.reporter import Reporter
from .comparison import Comparison, play_comparison
from .run import Run, play_run

NOT_SHOWN = ("json", "yes", "dry_run")
"""Options of commands that functions have no use for."""
F = TypeVar("F", bound=Callable[..., Any])
V = TypeVar("V", Run, Comparison, Advice)


def _with_options(*groups: type, lists: Sequence[str] = (), **defaults: Any) -> Callable[[F], F]:
    """Give a function the signature of groups of options."""

    def decorate(function: F) -> F:
        made = [
            inspect.Parameter(
                n.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=defaults.get(n.name, n.default),
                annotation=_shown(n, lists),
            )
            for group in groups
            for n in options_of(group)
            if n.name not in NOT_SHOWN
        ]
        result = inspect.signature(function).return_annotation
        function.__signature__ = inspect.Signature(made, return_annotation=result)  # type: ignore[attr-defined]
        return function

    return decorate


def _shown(named: Named, lists: Sequence[str]) -> str:
    return f"{named.type} | Sequence[{named.type}]" if named.name in lists else named.type


@_with_options(Team, Tasks, Calls, Execution)
def run(**options: Any) -> Run:
    """Play one organization; what `unscripted run` does, without printing.

    Nothing is kept without `out`, unless models are called; money is spent without asking, within
    `budget`. Where the run stops early or its protocol breaks, a `RuntimeWarning` says so.

    Args:
        **options: As on the command line, with `_` for `-`; `protocol`, `model`, `topology`,
            `tasks` and `judge` also as objects.

    Raises:
        UsageError: An unknown option, or a value that breaks a rule.
    """
    execution, rest = _silent(run, options)
    return _told(play_run(RunConfig.of(**rest), execution, Reporter()))


@_with_options(Team, Tasks, Calls, Design, Execution, lists=VARYING, protocol=COMPARED)
def compare(**options: Any) -> Comparison:
    """Play all combinations of lists; what `unscripted compare` does, without printing.

    Where runs break, stop or are missing, a `RuntimeWarning` says how many, and why the first did.

    Args:
        **options: As on the command line, with `_` for `-`; `protocol`, `agents`, `model`,
            `topology` and `level` also as lists, of names or objects.

    Raises:
        UsageError: An unknown option, or a value that breaks a rule.
    """
    execution, rest = _silent(compare, options)
    return _told(play_comparison(comparison_config(rest), execution, Reporter()))


@_with_options(Team, Tasks, Calls, Advising, Execution, lists=VARYING, **ADVISED)
def advise(**options: Any) -> Advice:
    """Find the team to use; what `unscripted advise` does, without printing.

    Where arms break or the race ends early, a `RuntimeWarning` says so.

    Args:
        **options: As on the command line, with `_` for `-`; `protocol`, `agents`, `model`,
            `topology` and `level` also as lists, of names or objects.

    Raises:
        UsageError: An unknown option, or a value that breaks a rule.
    """
    execution, rest = _silent(advise, options)
    return _told(play_advice(advice_config(rest), execution, Reporter()))


def _told(value: V) -> V:
    """The same; a warning at the caller's line says what is missing of it."""
    if value.trouble:
        warnings.warn(value.trouble, RuntimeWarning, stacklevel=3)
    return value


def _silent(
    function: Callable[..., Any], options: Mapping[str, Any]
) -> tuple[Execution, dict[str, Any]]:
    """How a function plays: as a command that says nothing and doesn't ask."""
    known = inspect.signature(function).parameters
    for name in (n for n in options if n not in known and n not in NOT_SHOWN):
        raise UnknownNameError("option", name, known)
    if options.get("dry_run"):
        raise UsageError(
            "dry_run=True: functions play, and may pay; use the command with --dry-run"
        )
    return execution_of(options, json=True, yes=True)


def execution_of(
    given: Mapping[str, Any], *, json: bool = False, yes: bool = False
) -> tuple[Execution, dict[str, Any]]:
    """How a command runs, and its other options.

    Args:
        given: Options by name.
        json: Its default here.
        yes: Its default here.
    """
    return group_of(Execution, {"json": json, "yes": yes, **given})


def comparison_config(options: Mapping[str, Any]) -> ComparisonConfig:
    """What `compare` plays.

    Args:
        options: By name, without those of `Execution`; those of `VARYING` one value or several.
    """
    design, rest = group_of(Design, options)
    base = {name: value for name, value in rest.items() if name not in VARYING}
    factors = {"protocol": COMPARED} | {
        name: _several(value) for name, value in rest.items() if name in VARYING
    }
    return ComparisonConfig(RunConfig.of(**base), factors, design)


def advice_config(options: Mapping[str, Any]) -> AdviceConfig:
    """What `advise` races.

    Args:
        options: By name, without those of `Execution`; those of `VARYING` one value or several.
    """
    design, rest = group_of(Advising, {**ADVISED, **options})
    base = {name: value for name, value in rest.items() if name not in VARYING}
    factors = {name: _several(value) for name, value in rest.items() if name in VARYING}
    return AdviceConfig(RunConfig.of(**base), factors, design)


def _several(value: Any) -> tuple[Any, ...]:
    """One value or several; a graph can be walked over, and is one."""
    one = isinstance(value, str | Path | nx.Graph) or not isinstance(value, Iterable)
    return (value,) if one else tuple(value)
