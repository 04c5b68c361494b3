"""What measures are called in tables and on axes, read from the catalogue and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ....model.metrics.catalogue import of_runs, of_ticks
from ....model.metrics.measure import Measure

BESIDE_THE_TABLE = frozenset({"unique_roles", "role_entropy", "rounds", "calls", "objective"})
OF_SCORE = (
    "score", "score_floor", "score_own", "score_ceiling", "answered", "parts_reached",
)  # fmt: skip
"""Measures of tasks that code scores; tables of other tasks do without them."""
OF_GRADES = ("quality", "mission_relevance", "balance")
"""Measures of tasks that judges grade; tables of code-scored tasks do without them."""
"""Measures of a tick that stand in files and JSON and not in the table of a run."""
SPARED_FIRST = (
    "balance", "tokens", "risk", "exclusion_rate", "mission_relevance", "wall_s", "hierarchy_depth",
    "abstention_rate", "cost_usd",
)  # fmt: skip
"""Columns of a comparison left out, one after another, until it fits: a number is never cut."""


def described(measure: Measure | str) -> tuple[str, str]:
    """A measure's label, and its unit or range; a text that names none stands for itself.

    Args:
        measure: Or its name, or words of one's own.
    """
    if isinstance(measure, str):
        known = {**of_runs(), **of_ticks()}
        if measure not in known:
            return measure, ""
        measure = known[measure]
    return measure.label, measure.scale


def heading(measure: str) -> str:
    """What heads a column of means: the label, or the short one that holds the unit.

    Args:
        measure: Its name, or words of one's own.
    """
    found = of_runs().get(measure)
    if found is None:
        return measure
    return found.short if found.short and found.unit.endswith("per task") else found.label


def _elsewhere(outcome: str) -> tuple[str, ...]:
    """Measures of tasks that end in another outcome."""
    return OF_GRADES if outcome == "score" else OF_SCORE


def of_run_table(
    own: Mapping[str, Measure] | None = None, outcome: str = "quality"
) -> list[Measure]:
    """The rows of a run's table.

    Args:
        own: Measures of one's own, which come last.
        outcome: `score` or `quality`.
    """
    left_out = {*BESIDE_THE_TABLE, *_elsewhere(outcome)}
    return [m for m in of_ticks(own).values() if m.name not in left_out]


def of_compare_table(
    own: Mapping[str, Measure] | None = None, outcome: str = "quality"
) -> list[Measure]:
    """The columns of a comparison's table: measures that have a short name, the outcome first.

    Args:
        own: Measures of one's own, which come last.
        outcome: `score` or `quality`.
    """
    return [m for m in of_runs(own).values() if m.short and m.name not in _elsewhere(outcome)]


def spared_first(shown: Iterable[Measure]) -> list[str]:
    """The order in which columns are left out where they don't fit; the outcome stays.

    Args:
        shown: All columns.
    """
    names = [m.name for m in shown]
    kept = ("quality", "score", *SPARED_FIRST)
    return [*reversed([n for n in names if n not in kept]), *SPARED_FIRST]
