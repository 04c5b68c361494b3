"""`un.run`, `un.compare` and `un.scenario`: the commands as functions, silent, with values back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ....agents.llm.settings import Calls
from ....model.options import Named, options_of
from ..config.catalogue import COMPARED, VARYING
from ..config.comparison import ComparisonConfig
from ..config.groups import Design, Execution, Tasks, Team
from ..config.run import RunConfig
from ..runs.reporter import Reporter
from .comparison import Comparison, play_comparison
from .run import Run, play_run

F = TypeVar("F", bound=Callable[..., Any])


def _with_options(*groups: type, lists: Sequence[str] = ()) -> Callable[[F], F]:
    """Give a function the signature of groups of options."""

    def decorate(function: F) -> F:
        made = [
            inspect.Parameter(
                n.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=n.default,
                annotation=_shown(n, lists),
            )
            for group in groups
            for n in options_of(group)
            if n.name not in ("json", "yes")
        ]
        result = inspect.signature(function).return_annotation
        function.__signature__ = inspect.Signature(made, return_annotation=result)  # type: ignore[attr-defined]
        return function

    return decorate


def _shown(named: Named, lists: Sequence[str]) -> str:
    return f"Sequence[{named.type}]" if named.name in lists else named.type


@_with_options(Team, Tasks, Calls, Execution)
def run(**options: Any) -> Run:
    """Play one organization; what `unscripted run` does, without printing.

    Nothing is kept without `out`, unless models are called; money is spent without asking, within
    `budget`.

    Args:
        **options: As on the command line, with `_` for `-`; `protocol`, `model`, `topology`,
            `tasks` and `judge` also as objects.

    Raises:
        UsageError: An unknown option, or a value that breaks a rule.
    """
    execution, rest = execution_of(options, json=True, yes=True)
    return play_run(RunConfig.of(**rest), execution, Reporter())


@_with_options(Team, Tasks, Calls, Design, Execution, lists=VARYING)
def compare(**options: Any) -> Comparison:
    """Play all combinations of lists; what `unscripted compare` does, without printing.

    Args:
        **options: As on the command line, with `_` for `-`; `protocol`, `agents`, `model`,
            `topology` and `level` also as lists, of names or objects.

    Raises:
        UsageError: An unknown option, or a value that breaks a rule.
    """
    execution, rest = execution_of(options, json=True, yes=True)
    return play_comparison(comparison_config(rest), execution, Reporter())


def execution_of(
    given: Mapping[str, Any], *, json: bool = False, yes: bool = False
) -> tuple[Execution, dict[str, Any]]:
    """How a command runs, and its other options.

    Args:
        given: Options by name.
        json: Its default here.
        yes: Its default here.
    """
    own = {n.name: n.field for n in options_of(Execution)}
    said = {own[name]: value for name, value in given.items() if name in own}
    if isinstance(said.get("out"), str):
        said["out"] = Path(said["out"])
    execution = Execution(**{"json": json, "yes": yes, **said})
    return execution, {name: value for name, value in given.items() if name not in own}


def comparison_config(options: Mapping[str, Any]) -> ComparisonConfig:
    """What `compare` plays.

    Args:
        options: By name, without those of `Execution`; those of `VARYING` one value or several.
    """
    design_fields = {n.name: n.field for n in options_of(Design)}
    design = Design(**{f: options[n] for n, f in design_fields.items() if n in options})
    base = {n: v for n, v in options.items() if n not in VARYING and n not in design_fields}
    factors = {"protocol": COMPARED} | {
        name: _several(value) for name, value in options.items() if name in VARYING
    }
    return ComparisonConfig(RunConfig.of(**base), factors, design)


def _several(value: Any) -> tuple[Any, ...]:
    one = isinstance(value, str | Path) or not isinstance(value, Iterable)
    return (value,) if one else tuple(value)
