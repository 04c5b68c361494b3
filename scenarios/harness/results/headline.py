"""A run in three sentences: what it came to, who took part, and what it cost and calls for."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from ....model.metrics.catalogue import measure_ticks
from ....model.metrics.scored import outcome
from ....model.record import State, TickRecord
from ..format import counted, number
from .rows import Measured, mean

DID = {State.ABSTAINED: "declined", State.EXCLUDED: "never asked", State.FAILED: "failed"}


def run_headline(
    records: Sequence[TickRecord], ticks: Measured | None = None, *, synthetic: bool
) -> list[str]:
    """A run in three sentences.

    Args:
        records: At least one tick.
        ticks: Every measure of every tick, where it is known already.
        synthetic: Whether synthetic minds took part.
    """
    ticks = ticks if ticks is not None else measure_ticks(records)
    decides = outcome(t["score"] for t in ticks)
    return [
        _worth([t[decides] for t in ticks], decides, len(ticks)),
        _who(records),
        f"{_cost(ticks, synthetic=synthetic)} {_next(synthetic=synthetic)}",
    ]


def _worth(values: Sequence[float | None], decides: str, ticks: int) -> str:
    known = [v for v in values if v is not None]
    over = counted(ticks, "task")
    if not known:
        return f"The work on {over} was not graded."
    low, high = min(known), max(known)
    spread = "" if len(known) == 1 else f", between {number(low)} and {number(high)}"
    spread = ", the same on each" if spread and high - low < 5e-4 else spread
    some = "" if len(known) == ticks else f" ({len(known)} of them graded)"
    return f"The team reached {decides} {number(mean(known))} over {over}{some}{spread}."


def _who(records: Sequence[TickRecord]) -> str:
    counts = Counter(m.state for r in records for m in r.members)
    whole = counts.total()
    worked = counts[State.CONTRIBUTED]
    if worked == whole:
        return "Every member contributed to every task."
    rest = [f"{100 * counts[s] / whole:.0f} % {did}" for s, did in DID.items() if counts[s]]
    return f"{100 * worked / whole:.0f} % of the turns of members ended in work; {', '.join(rest)}."


def _cost(ticks: Measured, *, synthetic: bool) -> str:
    costs = [t["cost_usd"] for t in ticks]
    known = [c for c in costs if c is not None]
    seconds = math.fsum(t["wall_s"] or 0.0 for t in ticks) / len(ticks)
    took = f"{number(seconds, 1)} s a task"
    if not known or len(known) < len(costs):
        return f"What it cost is not known; it took {took}."
    usd = math.fsum(known)
    modelled = ", as modelled" if synthetic else ""
    return f"It cost ${usd / len(known):.4f} a task (${usd:.4f} in all) and took {took}{modelled}."


def _next(*, synthetic: bool) -> str:
    asked = "; then ask a real model (--model)" if synthetic else ""
    return f"Next: one run is one seed, so compare several (unscripted compare){asked}."
