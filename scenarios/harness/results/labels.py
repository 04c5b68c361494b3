"""What measures are called in tables and on axes, read from the catalogue and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ....model.metrics.catalogue import BUILT_IN, of_runs, of_ticks
from ....model.metrics.measure import Measure

BESIDE_THE_TABLE = frozenset({"unique_roles", "role_entropy", "rounds", "calls", "objective"})
OF_SCORE = (
    "score", "score_floor", "score_own", "score_ceiling", "answered", "parts_reached",
)  # fmt: skip
"""Measures of tasks that code scores; tables of other tasks do without them."""
OF_GRADES = ("quality", "mission_relevance", "balance")
"""Measures of tasks that judges grade; tables of code-scored tasks do without them."""
"""Measures of a tick that stand in files and JSON and not in the table of a run."""
BY_CONSTRUCTION = frozenset({"exclusion_rate", "spectral_gap", "tokens_cached"})
"""Measures that protocol, network or mind may fix; where they never vary they are not shown."""
SPARED_FIRST = (
    "balance", "tokens", "risk", "exclusion_rate", "mission_relevance", "wall_s", "hierarchy_depth",
    "abstention_rate", "delivered", "cost_usd_uncached", "cost_usd",
)  # fmt: skip
"""Columns of a comparison left out, one after another, until it fits: a number is never cut."""


_BUILT_IN = {m.name: m for m in BUILT_IN}


def _known() -> dict[str, Measure]:
    return {**of_runs(), **of_ticks()}


def described(measure: Measure | str) -> tuple[str, str]:
    """A measure's label, and its unit or range; a text that names none stands for itself.

    Args:
        measure: Or its name, or words of one's own.
    """
    if isinstance(measure, str):
        known = _known()
        if measure not in known:
            return measure, ""
        measure = known[measure]
    return measure.label, measure.scale


def range_of(measure: str, own: Mapping[str, Measure] | None = None) -> tuple[float, float]:
    """What a measure can be at least and at most; infinite where nothing bounds it.

    Args:
        measure: Its name; of anything else nothing is known.
        own: Measures of one's own, by name.
    """
    found = (own or {}).get(measure) or _BUILT_IN.get(measure) or _known().get(measure)
    if found is None:
        return -math.inf, math.inf
    low = -math.inf if found.low is None else found.low
    return float(low), math.inf if found.high is None else float(found.high)


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


def undiscounted(shown: Iterable[Measure], rows: Iterable[Mapping[str, Any]]) -> list[Measure]:
    """Those shown but the cost without discounts, where nothing was discounted.

    Args:
        shown: In their order.
        rows: Means by measure.
    """
    pairs = [(row.get("cost_usd"), row.get("cost_usd_uncached")) for row in rows]
    same = all(billed == full for billed, full in pairs)
    return [m for m in shown if not (same and m.name == "cost_usd_uncached")]


def spared_first(shown: Iterable[Measure]) -> list[str]:
    """The order in which columns are left out where they don't fit; the outcome stays.

    Args:
        shown: All columns.
    """
    names = [m.name for m in shown]
    kept = ("quality", "score", *SPARED_FIRST)
    return [*reversed([n for n in names if n not in kept]), *SPARED_FIRST]
