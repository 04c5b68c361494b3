"""Flat rows from records: one per tick, one per member and tick, one per run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ....model.metrics.catalogue import measure_run, measure_ticks, of_ticks
from ....model.metrics.measure import Measure
from ....model.metrics.scored import outcome
from ....model.record import TickRecord
from ....model.ruling import Ruling
from ..config.run import RunConfig

Row = dict[str, Any]
"""A line of a table, by column: texts, numbers, or None for what was not measured, never 0.

Of a run: the factors `protocol topology model agents level`, then `seed replicate ticks tasks
outcome` (the measure that statistics speak of) and every measure of `of_runs`. Of a tick: `tick
task_id level protocol_played shocks rulings` and every measure of `of_ticks`. Of a member on a
tick: see `agent_rows`. A scenario puts its labels in front.
"""

Measured = Sequence[Mapping[str, float | None]]
"""Every measure of every tick, by name."""

measured = measure_ticks


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of what was measured; None where nothing was.

    Args:
        values: None where nothing was measured.
    """
    known = [v for v in values if v is not None]
    return math.fsum(known) / len(known) if known else None


def run_row(
    config: RunConfig,
    records: Sequence[TickRecord],
    replicate: int = 0,
    *,
    level: str | None = None,
    own: Mapping[str, Measure] | None = None,
    ticks: Sequence[Mapping[str, float | None]] | None = None,
) -> Row:
    """The row of a run in the JSON: its factors, and each measure's mean over its ticks.

    Args:
        config: What was played.
        records: Its ticks.
        replicate: Which of its cell's.
        level: Of its task source, the same for a whole cell; None reads it off the records.
        own: Measures of one's own, by name.
        ticks: Every measure of every tick, where it is known already.
    """
    levels = {level} if level is not None else {r.level for r in records}
    row: Row = {
        **config.team.labels,
        "level": levels.pop() if len(levels) == 1 else "mixed",
        "seed": config.tasks.seed,
        "replicate": replicate,
        "ticks": len(records),
        "tasks": config.tasks.labels["tasks"],
        "outcome": outcome(r.verdict.score for r in records),
    }
    row.update(measure_run(records, own=own, ticks=ticks))
    return row


def tick_rows(
    records: Sequence[TickRecord],
    own: Mapping[str, Measure] | None = None,
    *,
    ticks: Sequence[Mapping[str, float | None]] | None = None,
) -> list[Row]:
    """One row per tick: what was worked on and under which protocol, what happened, every measure.

    `protocol_played` has the parameters of that tick, as a trial changes them. Several shocks or
    rulings stand in one text, joined by `; `; none is an empty text. They are for people; programs
    take rulings from `ruling_rows`.

    Args:
        records: Of a run.
        own: Measures of one's own, by name.
        ticks: Every measure of every tick, where it is known already.
    """
    if ticks is None:
        ticks = measure_ticks(records, measures=of_ticks(own))
    return [
        {
            "tick": r.tick,
            "task_id": r.task_id,
            "level": r.level,
            "protocol_played": r.protocol,
            "shocks": "; ".join(r.shocks),
            "rulings": "; ".join(map(_ruled, r.rulings)),
            **t,
        }
        for r, t in zip(records, ticks, strict=True)
    ]


def _ruled(ruling: Ruling) -> str:
    amendment, done = ruling.amendment, "granted" if ruling.granted else "refused"
    return f"{amendment.article}={amendment.text} {done}: {ruling.reason}"


def ruling_rows(records: Sequence[TickRecord]) -> list[Row]:
    """One row per ruling on a proposal to change the organization's rules.

    Columns: `tick`, `article`, `text`, `granted`, `reason`, `ring`, `by` (None for a protocol, a
    trial or a user), and `ends_trial`: whether a trial decided it, for `text` as the value that
    stays.

    Args:
        records: Of a run.
    """
    return [
        {
            "tick": r.tick,
            "article": x.amendment.article,
            "text": x.amendment.text,
            "granted": x.granted,
            "reason": x.reason,
            "ring": x.ring,
            "by": x.by,
            "ends_trial": x.ends_trial,
        }
        for r in records
        for x in r.rulings
    ]


def agent_rows(records: Sequence[TickRecord]) -> list[Row]:
    """One row per member and tick.

    Columns: `tick`, `member`, `mind`, `state`, `role`, `builds_on` (ids, parted by spaces), `saw`
    (messages of others), `confidence` (0 to 1), `calls`, `tokens_in`, `tokens_out`,
    `tokens_cached`, `cost_usd`, `cost_usd_uncached`, `latency_s`, `mended` (places in which answers
    had to be put right), `note`.

    Args:
        records: Of a run.
    """
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
                    "tokens_cached": m.usage.tokens_cached,
                    "cost_usd": m.usage.cost_usd,
                    "cost_usd_uncached": m.usage.uncached_usd,
                    "latency_s": m.usage.latency_s,
                    "mended": sum(t.trace.mended for t in m.turns if t.trace is not None),
                    "note": m.note,
                }
            )
    return rows
