"""Every measure, a pure function of tick records; undefined is None, never 0.

`MEASURES` names them all; the organization's `DataCollector` reports each at every tick.
"""

from __future__ import annotations

from ..record import TickRecord
from . import participation, roles, structure
from . import performance as outcome
from .performance import Scales

OF_RECORD = {
    "quality": outcome.quality,
    "mission_relevance": outcome.mission_relevance,
    "unique_roles": roles.unique_roles,
    "unique_role_share": roles.unique_role_share,
    "role_gini": roles.role_gini,
    "role_entropy": roles.role_entropy,
    "participation": participation.participation,
    "abstention_rate": participation.abstention_rate,
    "exclusion_rate": participation.exclusion_rate,
    "failure_rate": participation.failure_rate,
    "hierarchy_depth": structure.hierarchy_depth,
    "spectral_gap": structure.spectral_gap,
    "rounds": outcome.rounds,
    "calls": outcome.calls,
    "tokens": outcome.tokens,
    "cost_usd": outcome.cost_usd,
    "wall_s": outcome.wall_s,
    "risk": outcome.risk,
}
"""Measures of one record alone."""

MEASURES = ("role_stability", *OF_RECORD, "objective", "balance")
"""The name of every measure, in the order they are reported."""


def measure(
    record: TickRecord, previous: TickRecord | None = None, scales: Scales | None = None
) -> dict[str, float | None]:
    """All measures of a tick, by name.

    Args:
        record: The tick.
        previous: The tick before it, for stability; None for the first.
        scales: Weights and references; the defaults where None.
    """
    scales = scales if scales is not None else Scales()
    values: dict[str, float | None] = {"role_stability": roles.role_stability(record, previous)}
    for name, function in OF_RECORD.items():
        values[name] = function(record)
    values["objective"] = outcome.objective(values, scales)
    values["balance"] = outcome.balance(values, scales)
    return values


__all__ = ["MEASURES", "OF_RECORD", "Scales", "measure"]
