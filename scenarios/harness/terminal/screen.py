"""What a person sees in the terminal: progress while it runs, tables when it is done.

Everything here writes to standard error or to the console given; text from minds has its control
characters taken out first.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.progress import ProgressColumn, Task
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ....agents.llm.control_characters import clean
from ....model.organization import Organization
from ....model.record import State, TickRecord
from ..results.agreement import agreement
from ..results.rows import Row, mean, measured
from ..statistics.analysis import interval
from ..statistics.conclusions import conclusions as conclusions

if TYPE_CHECKING:
    from ....agents.llm.service import Service

HEARTBEAT_S = 30.0
STATE_STYLE = {
    State.CONTRIBUTED: ("●", "blue"),
    State.ABSTAINED: ("○", "yellow"),
    State.EXCLUDED: ("–", "dim"),
    State.FAILED: ("✗", "red"),
}
SYNTHETIC = (
    "Synthetic minds: these numbers illustrate a mechanism; "
    "they are no evidence about any real model."
)
RUN_TABLE = (
    ("quality", "quality Q", "0.25 to 1"),
    ("mission_relevance", "mission relevance M", "0.25 to 1"),
    ("role_stability", "role stability", "0 to 1"),
    ("unique_role_share", "unique role share", "0 to 1"),
    ("role_gini", "role Gini", "0 to 1"),
    ("participation", "participation", "share of team"),
    ("abstention_rate", "abstention (voluntary)", "share of team"),
    ("exclusion_rate", "exclusion (directed)", "share of team"),
    ("failure_rate", "failure", "share of team"),
    ("hierarchy_depth", "hierarchy depth", "works in a chain"),
    ("spectral_gap", "spectral gap", "eigenvalue"),
    ("risk", "risk R", "0 to 1"),
    ("wall_s", "execution time T", "s per task"),
    ("tokens", "tokens of the team", "per task"),
    ("cost_usd", "cost of the team", "USD per task"),
    ("balance", "balance index B", "0 to 1"),
)


class _Console(Console):
    """A reader that leaves early is an error to handle, not an exit code that means something."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def terminal(*, stderr: bool = False) -> Console:
    """A console; wide enough for every column where it is not a terminal."""
    console = _Console(stderr=stderr)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = _Console(stderr=stderr, width=120)
    return console


def plain(text: str) -> str:
    """Foreign text without control and direction characters: it can't drive the terminal."""
    return clean(text).replace("\n", " ")


def number(value: float | None, digits: int = 3) -> str:
    """A value to so many significant digits; `–` where it was not measured."""
    if value is None:
        return "–"
    if value and abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        digits = 1
    return f"{value:.{digits}f}" if abs(value) >= 0.001 or value == 0 else f"{value:.1e}"


class RunProgress:
    """Shows a run while it plays: live on a terminal, a line per tick elsewhere.

    Args:
        console: Where to; standard error.
        ticks: How many there will be.
        title: First line.
    """

    def __init__(self, console: Console, ticks: int, title: str) -> None:
        self.console = console
        self.ticks = ticks
        self.title = title
        self._began = time.monotonic()
        self._first: int | None = None
        self._live: Live | None = None
        self._org: Organization | None = None
        self._service: Service | None = None
        self._calls = 0
        self._over = threading.Event()

    def calls(self, service: Service | None, expected: int) -> None:
        """Also show what the calls to models are doing.

        Args:
            service: Makes them; None where there are none.
            expected: How many there will be.
        """
        self._service = service
        self._calls = expected

    def __enter__(self) -> RunProgress:
        if self.console.is_terminal:
            self._live = Live(
                console=self.console,
                refresh_per_second=8,
                transient=True,
                get_renderable=self._now,
            )
            self._live.__enter__()
        elif self._service is not None:
            threading.Thread(target=self._say_now_and_then, daemon=True).start()
        return self

    def _now(self) -> Group:
        """The picture of this moment; between ticks only the calls move."""
        return self._panel(self._org) if self._org is not None else Group(Text(self.title, "bold"))

    def _say_now_and_then(self) -> None:
        while not self._over.wait(HEARTBEAT_S):
            self.console.print(self._calls_line(), markup=False, highlight=False, soft_wrap=True)

    def _calls_line(self) -> str:
        from ..runs.serving import meter_line

        assert self._service is not None
        return meter_line(self._service.client)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def __call__(self, org: Organization) -> None:
        """Show the organization as it stands after a tick."""
        self._org = org
        if self._first is None:
            self._first = org.tick
            if self._live is None:
                self.console.print(self.title, markup=False, highlight=False, soft_wrap=True)
        if self._live is not None:
            self._live.refresh()
        elif org.records and org.tick > self._first:
            self.console.print(self._line(org), markup=False, highlight=False, soft_wrap=True)

    def _done(self, org: Organization) -> tuple[int, int]:
        """How far the run is: in calls where models are called, else in ticks."""
        if self._service is None or self._first is None:
            return org.tick, self.ticks
        meter = self._service.client.meter
        done = meter.answered + meter.failed
        return min(done, self._calls), max(1, self._calls)

    def _eta_s(self, org: Organization) -> float | None:
        if self._service is not None:
            meter = self._service.client.meter
            done = meter.answered + meter.failed
            if done < 5 or done >= self._calls:
                return None
            return (time.monotonic() - self._began) / done * (self._calls - done)
        played = org.tick - (self._first or 0)
        if played < 1:
            return None
        return (time.monotonic() - self._began) / played * (self.ticks - org.tick)

    def _line(self, org: Organization) -> str:
        counts = Counter(m.state for m in org.records[-1].members)
        states = "  ".join(f"{s.value} {counts[s]}" for s in State)
        eta = self._eta_s(org)
        return (
            f"tick {org.tick}/{self.ticks}  {states}  "
            f"quality so far {number(mean(org.datacollector.model_vars['quality']))}  "
            f"eta {'–' if eta is None else f'{eta:.0f} s'}"
        )

    def _panel(self, org: Organization) -> Group:
        states = Text("last task: " if org.records else "")
        if org.records:
            for m in org.records[-1].members:
                mark, style = STATE_STYLE[m.state]
                states.append(mark, style)
        eta = self._eta_s(org)
        quality = number(mean(org.datacollector.model_vars["quality"]))
        head = f"tick {org.tick}/{self.ticks}   quality so far {quality}"
        head += f"   eta {'–' if eta is None else f'{eta:.0f} s'}"
        key = Text("  ".join(f"{mark} {s.value}" for s, (mark, _) in STATE_STYLE.items()), "dim")
        bar = Table.grid()  # a bare bar would not end its line
        done, total = self._done(org)
        bar.add_row(ProgressBar(total=total, completed=done, width=50))
        calls = [Text(self._calls_line())] if self._service is not None else []
        return Group(Text(self.title, "bold"), Text(head), *calls, bar, states, key)


class CallsColumn(ProgressColumn):
    """What the calls to models are doing, in a progress display.

    Args:
        service: Makes them.
    """

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service

    def render(self, task: Task) -> Text:
        """One line."""
        from ..runs.serving import meter_line

        return Text(meter_line(self.service.client))


TIGHT: dict[str, Any] = {"box": SIMPLE_HEAD, "padding": (0, 1, 0, 0), "pad_edge": False}


def _table(title: str) -> Table:
    return Table(title=Text(plain(title)), title_justify="left", title_style="bold", **TIGHT)


def run_table(records: Sequence[TickRecord], title: str) -> Table:
    """Each measure's mean over the ticks and its spread."""
    table = _table(title)
    for heading in ("measure", "mean", "sd over ticks", "unit"):
        table.add_column(heading, justify="left" if heading in ("measure", "unit") else "right")
    ticks = measured(records)
    for name, label, unit in RUN_TABLE:
        row = interval(t[name] for t in ticks)
        sd = None if row is None else row["sd"]
        table.add_row(label, number(None if row is None else row["mean"]), number(sd), unit)
    return table


def agreement_line(records: Sequence[TickRecord]) -> str:
    """How far the judges of a panel agree, criterion by criterion."""
    found = agreement(records)
    said = ", ".join(f"{name.replace('_', ' ')} {number(a, 2)}" for name, a in found.items())
    over = f"Krippendorff's alpha over {len(records)} tasks; – where nothing varied"
    return f"agreement of the judges ({over}): {said}"


def team_table(record: TickRecord, most: int = 16) -> Table:
    """Who did what in a tick."""
    title = f"Last task: {record.task_id}"
    table = _table(title)
    table.add_column("agent", justify="right")
    table.add_column("state", no_wrap=True, min_width=13)
    table.add_column("role, or why not", overflow="ellipsis", no_wrap=True)
    table.add_column("built on", no_wrap=True, min_width=8)
    for m in record.members[:most]:
        mark, style = STATE_STYLE[m.state]
        role = plain(m.role or m.note)
        built = ", ".join(map(str, m.builds_on)) or "–"
        table.add_row(str(m.member), Text(f"{mark} {m.state.value}", style), Text(role), built)
    if len(record.members) > most:
        table.caption = f"{len(record.members) - most} more members not shown"
    return table


COMPARE_TABLE = (
    ("quality", "Q"),
    ("mission_relevance", "M"),
    ("risk", "risk"),
    ("abstention_rate", "abstained"),
    ("exclusion_rate", "excluded"),
    ("hierarchy_depth", "depth"),
    ("wall_s", "T (s)"),
    ("tokens", "tokens"),
    ("cost_usd", "USD"),
    ("balance", "B"),
)
SPARED_FIRST = (
    "balance", "tokens", "risk", "exclusion_rate", "mission_relevance", "wall_s", "hierarchy_depth",
    "abstention_rate", "cost_usd",
)  # fmt: skip
"""Columns left out, one after another, until the table fits: a number is never cut."""


def compare_table(summary: Sequence[Row], console: Console) -> Table:
    """One row per cell, the best quality first within each block of equal other factors."""
    unbounded = console.options.update(max_width=1000)  # else a table measures what it is given
    for spared in range(len(SPARED_FIRST) + 1):
        left_out = SPARED_FIRST[:spared]
        shown = [c for c in COMPARE_TABLE[1:] if c[0] not in left_out]
        table = _comparison(summary, shown)
        if console.measure(table, options=unbounded).minimum <= console.width:
            break
    if spared:
        table.caption = f"{spared} columns don't fit; all are in report.html"
    return table


def _comparison(summary: Sequence[Row], shown: Sequence[tuple[str, str]]) -> Table:
    varying = [f for f in ("level", "topology", "model", "agents") if _varies(summary, f)]
    seeds = sorted({row["replicates"] for row in summary})
    table = _table(f"Means per task over {'–'.join(map(str, seeds))} seeds per cell")
    for factor in (*varying, "protocol"):
        longest = max(len(str(row[factor])) for row in summary)
        table.add_column(factor, overflow="fold", min_width=min(20, max(longest, len(factor))))
    table.add_column("Q [95 % interval]", justify="right", no_wrap=True, min_width=20)
    for _, heading in shown:
        table.add_column(heading, justify="right", no_wrap=True, min_width=max(6, len(heading)))
    for row in sorted(summary, key=lambda r: (*(str(r[f]).zfill(6) for f in varying), -_mean(r))):
        values = [number((row[m] or {}).get("mean")) for m, _ in shown]
        table.add_row(
            *(Text(plain(str(row[f]))) for f in varying),
            Text(row["protocol"]),
            with_interval(row["quality"]),
            *values,
        )
    return table


def _varies(rows: Sequence[Row], factor: str) -> bool:
    return len({r[factor] for r in rows}) > 1


def _mean(row: Row) -> float:
    quality = row["quality"]
    return -1.0 if quality is None else float(quality["mean"])


def with_interval(found: dict[str, Any] | None) -> str:
    """A mean with its 95 % interval in brackets, where there is one."""
    if found is None:
        return "–"
    if found["ci95"] is None:
        return number(found["mean"])
    low, high = found["ci95"]
    return f"{number(found['mean'])} [{number(low)}, {number(high)}]"
