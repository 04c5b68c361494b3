"""Flat rows from records: one per tick, one per member and tick, one per run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ....model.metrics.catalogue import measure_run, measure_ticks, of_ticks
from ....model.record import TickRecord
from ..config.run import RunConfig

ROW_MEASURES = tuple(name for name in of_ticks() if name != "unique_roles")
"""Measures of a run that are means over its ticks, in the order of the JSON."""

Row = dict[str, Any]

measured = measure_ticks


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of what was measured; None where nothing was."""
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def run_row(
    config: RunConfig,
    records: Sequence[TickRecord],
    replicate: int = 0,
    *,
    level: str | None = None,
) -> Row:
    """The row of a run in the JSON: its factors, and each measure's mean over its ticks.

    Args:
        config: What was played.
        records: Its ticks.
        replicate: Which of its cell's.
        level: Of its task source, the same for a whole cell; None reads it off the records.
    """
    levels = {level} if level is not None else {r.level for r in records}
    row: Row = {
        "protocol": config.protocol,
        "topology": config.topology,
        "model": config.model,
        "agents": config.agents,
        "level": levels.pop() if len(levels) == 1 else "mixed",
        "seed": config.seed,
        "replicate": replicate,
        "ticks": len(records),
    }
    row.update(measure_run(records))
    return row


def tick_rows(records: Sequence[TickRecord]) -> list[Row]:
    """One row per tick: what was worked on and under which protocol, what happened, every measure.

    `protocol_played` has the parameters of that tick, as a trial changes them. Several shocks or
    rulings stand in one text, joined by `; `; none is an empty text.
    """
    return [
        {
            "tick": r.tick,
            "task_id": r.task_id,
            "level": r.level,
            "protocol_played": r.protocol,
            "shocks": "; ".join(r.shocks),
            "rulings": "; ".join(
                f"{x.amendment.article}={x.amendment.text} "
                f"{'granted' if x.granted else 'refused'}: {x.reason}"
                for x in r.rulings
            ),
            **t,
        }
        for r, t in zip(records, measured(records), strict=True)
    ]


def agent_rows(records: Sequence[TickRecord]) -> list[Row]:
    """One row per member and tick."""
    rows: list[Row] = []
    for r in records:
        for m in r.members:
            rows.append(
                {
                    "tick": r.tick,
                    "member": m.member,
                    "mind": m.mind,
                    "state": m.state.value,
                    "role": m.role,
                    "builds_on": " ".join(map(str, m.builds_on)),
                    "saw": sum(b - a for t in m.turns for a, b in t.seen),
                    "confidence": m.contributions[-1].confidence if m.contributions else None,
                    "calls": m.usage.calls,
                    "tokens_in": m.usage.tokens_in,
                    "tokens_out": m.usage.tokens_out,
                    "cost_usd": m.usage.cost_usd,
                    "latency_s": m.usage.latency_s,
                    "note": m.note,
                }
            )
    return rows
