"""Tables for the terminal: one run's measures and last task, and a comparison's cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ....model.metrics.agreement import agreement
from ....model.metrics.measure import Measure
from ....model.metrics.scored import outcome
from ....model.record import State, TickRecord
from ..format import UNKNOWN, number, plain, width, with_interval
from ..results.labels import (
    BY_CONSTRUCTION,
    of_compare_table,
    of_run_table,
    spared_first,
    undiscounted,
)
from ..results.rows import Measured, measured
from ..statistics.intervals import interval
from ..statistics.summary import CellSummary, outcome_of

STATE_STYLE = {
    State.CONTRIBUTED: ("●", "blue"),
    State.ABSTAINED: ("○", "yellow"),
    State.EXCLUDED: ("–", "dim"),
    State.FAILED: ("✗", "red"),
}
RUN_HEAD = ("measure", "mean", "sd over ticks", "unit")
TIGHT: dict[str, Any] = {"box": SIMPLE_HEAD, "padding": (0, 1, 0, 0), "pad_edge": False}


def titled_table(title: str) -> Table:
    """An empty table in the look of all others.

    Args:
        title: Above it.
    """
    return Table(title=Text(plain(title)), title_justify="left", title_style="bold", **TIGHT)


def run_table(records: Sequence[TickRecord], title: str, ticks: Measured | None = None) -> Table:
    """Each measure's mean over the ticks and its spread.

    Args:
        records: Of the run.
        title: Above the table.
        ticks: Every measure of every tick, where it is known already.
    """
    table = titled_table(title)
    for heading in RUN_HEAD:
        table.add_column(heading, justify="left" if heading in ("measure", "unit") else "right")
    for row in run_rows(records, ticks):
        table.add_row(*row)
    return table


def run_rows(records: Sequence[TickRecord], ticks: Measured | None = None) -> list[list[str]]:
    """The same as texts under `RUN_HEAD`.

    Args:
        records: Of the run.
        ticks: Every measure of every tick, where it is known already.
    """
    ticks = ticks if ticks is not None else measured(records)
    rows = []
    for measure in undiscounted(of_run_table(outcome=outcome(t["score"] for t in ticks)), ticks):
        values = [t[measure.name] for t in ticks]
        still = len(ticks) > 1 and len(set(values)) == 1
        if still and measure.name in BY_CONSTRUCTION:
            continue
        found = interval(values)
        mean_and_sd = (None, None) if found is None else (found.mean, found.sd)
        rows.append([measure.label, *map(number, mean_and_sd), measure.scale])
    return rows


def agreement_line(records: Sequence[TickRecord]) -> str:
    """How far the judges of a panel agree, criterion by criterion.

    Args:
        records: Of the run.
    """
    found = agreement(records)
    said = ", ".join(f"{name.replace('_', ' ')} {number(a, 2)}" for name, a in found.items())
    over = f"Krippendorff's alpha over {len(records)} tasks; – where nothing varied"
    return f"agreement of the judges ({over}): {said}"


def undelivered_on(ticks: Measured) -> str:
    """How often work was delivered, for a headline; empty where always.

    Args:
        ticks: Every measure of every tick.
    """
    done = sum(bool(t["delivered"]) for t in ticks)
    return "" if done == len(ticks) else f", work delivered on {done} of {len(ticks)}"


def team_table(record: TickRecord, most: int = 16) -> Table:
    """Who did what in a tick.

    Args:
        record: The tick.
        most: Members shown; the rest are counted.
    """
    title = f"Last task: {record.task_id}"
    table = titled_table(title)
    table.add_column("agent", justify="right", no_wrap=True, min_width=5)
    table.add_column("state", no_wrap=True, min_width=13)
    table.add_column("role, or why not")
    table.add_column("built on", min_width=8)
    for m in record.members[:most]:
        mark, style = STATE_STYLE[m.state]
        built = ", ".join(map(str, m.builds_on)) or UNKNOWN
        foreign = (_cut_to_fit(m.role or m.note), _cut_to_fit(built))
        table.add_row(str(m.member), Text(f"{mark} {m.state.value}", style), *foreign)
    if len(record.members) > most:
        table.caption = f"{len(record.members) - most} more members not shown"
    return table


def _cut_to_fit(text: str) -> Text:
    """A text of one line that gives way to the other columns."""
    return Text(plain(text), no_wrap=True, overflow="ellipsis")


def compare_table(summary: Sequence[CellSummary], console: Console) -> Table:
    """One row per cell, the best outcome first within each block of equal other factors.

    Blocks come in the order in which their values were given.

    Args:
        summary: Of the cells.
        console: Whose width decides how many columns there are.
    """
    unbounded = console.options.update(max_width=1000)  # else a table measures what it is given
    decides = outcome_of(summary)
    costs = [{m: row.mean(m) for m in ("cost_usd", "cost_usd_uncached")} for row in summary]
    measures = undiscounted(of_compare_table(outcome=decides), costs)
    same = _same_in_all(summary, measures)
    order = [*same, *(name for name in spared_first(measures) if name not in same)]
    for spared in range(len(order) + 1):
        shown = [m for m in measures if m.name not in (decides, *order[:spared])]
        table = _comparison(summary, shown)
        if console.measure(table, options=unbounded).minimum <= console.width:
            break
    if spared:
        told = [f"{m.short} {number(summary[0].mean(m.name))}" for m in measures
                if m.name in same and m.name in order[:spared]]  # fmt: skip
        alike = f" (the same in all: {', '.join(told)})" if told else ""
        table.caption = f"{spared} columns don't fit{alike}; all are in report.html"
        table.caption_justify = "left"
    return table


def _same_in_all(summary: Sequence[CellSummary], measures: Sequence[Measure]) -> list[str]:
    """Measures that tell no two cells apart, so that others get their columns."""
    if len(summary) < 2:
        return []
    return [
        m.name
        for m in measures
        if m.name not in ("quality", "score")
        and summary[0].mean(m.name) is not None
        and len({number(row.mean(m.name)) for row in summary}) == 1
    ]


def _comparison(summary: Sequence[CellSummary], shown: Sequence[Measure]) -> Table:
    varying = [f for f in ("level", "topology", "model", "agents") if _varies(summary, f)]
    seeds = sorted({row.replicates for row in summary})
    table = titled_table(f"Means per task over {'–'.join(map(str, seeds))} seeds per cell")
    for factor in (*varying, "protocol"):
        longest = max(width(plain(str(row.cell.value(factor)))) for row in summary)
        table.add_column(factor, overflow="fold", min_width=min(20, max(longest, len(factor))))
    decides = outcome_of(summary)
    head = "Q" if decides == "quality" else decides
    table.add_column(f"{head} [95 % interval]", justify="right", no_wrap=True, min_width=20)
    for m in shown:
        table.add_column(m.short, justify="right", no_wrap=True, min_width=max(6, len(m.short)))

    given = {f: list(dict.fromkeys(row.cell.value(f) for row in summary)) for f in varying}

    def place(row: CellSummary) -> tuple[float, ...]:
        mean = row.mean(decides)
        block = (given[f].index(row.cell.value(f)) for f in varying)
        return (*block, 1.0 if mean is None else -mean)

    for row in sorted(summary, key=place):
        table.add_row(
            *(Text(plain(str(row.cell.value(f)))) for f in varying),
            Text(plain(row.cell.protocol)),
            with_interval(row.measure(decides)),
            *(number(row.mean(m.name)) for m in shown),
        )
    return table


def _varies(rows: Sequence[CellSummary], factor: str) -> bool:
    return len({r.cell.value(factor) for r in rows}) > 1
