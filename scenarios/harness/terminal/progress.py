"""A run while it plays: live on a terminal, a line per tick elsewhere."""

from __future__ import annotations

import threading
import time
from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress import ProgressColumn, Task
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ....model.metrics.scored import outcome
from ....model.organization import BaseOrganization
from ....model.record import State
from ..format import duration, number
from ..results.rows import mean
from .console import meter_line, say
from .tables import STATE_STYLE

if TYPE_CHECKING:
    from ....agents.llm.service import Service

HEARTBEAT_S = 30.0
FEWEST_FOR_ESTIMATE = 5
"""Calls after which the time left is estimated."""


class RunProgress:
    """Shows a run while it plays.

    Args:
        console: Where to; standard error.
        ticks: How many there will be.
        title: First line.
        service: Calls models; None where there are none.
        calls: How many calls there will be.
    """

    def __init__(
        self, console: Console, ticks: int, title: str, service: Service | None, calls: int
    ) -> None:
        self.console = console
        self.ticks = ticks
        self.title = title
        self._began = time.monotonic()
        self._first: int | None = None
        self._live: Live | None = None
        self._org: BaseOrganization | None = None
        self._service = service
        self._calls = calls
        self._over = threading.Event()

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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def __call__(self, org: BaseOrganization) -> None:
        """Show the organization as it stands before the first tick or after any.

        Args:
            org: The organization that is played.
        """
        self._org = org
        if self._first is None:
            self._first = org.tick
            if self._live is None:
                say(self.console, self.title)
        if self._live is not None:
            self._live.refresh()
        elif org.records and org.tick > self._first:
            say(self.console, self._line(org))

    def _now(self) -> Group:
        """The picture of this moment; between ticks only the calls move."""
        return self._panel(self._org) if self._org is not None else Group(Text(self.title, "bold"))

    def _say_now_and_then(self) -> None:
        while not self._over.wait(HEARTBEAT_S):
            say(self.console, self._calls_line())

    def _calls_line(self) -> str:
        assert self._service is not None
        return f"{meter_line(self._service.client)}  {self._awaited(self._service)}"

    def _awaited(self, service: Service) -> str:
        """What the run waits for, by what was measured so far."""
        done = self._calls_done(service)
        if not done:
            return f"waiting for the first answer, {duration(self._elapsed_s)} so far"
        return f"an answer every {number(self._elapsed_s / done, 1)} s"

    @property
    def _elapsed_s(self) -> float:
        return time.monotonic() - self._began

    def _done(self, org: BaseOrganization) -> tuple[int, int]:
        """How far the run is: in calls where models are called, else in ticks."""
        if self._service is None or self._first is None:
            return org.tick, self.ticks
        return min(self._calls_done(self._service), self._calls), max(1, self._calls)

    @staticmethod
    def _calls_done(service: Service) -> int:
        return service.client.meter.answered + service.client.meter.failed

    def _eta_s(self, org: BaseOrganization) -> float | None:
        elapsed_s = self._elapsed_s
        if self._service is not None:
            done = self._calls_done(self._service)
            if done < FEWEST_FOR_ESTIMATE or done >= self._calls:
                return None
            return elapsed_s / done * (self._calls - done)
        played = org.tick - (self._first or 0)
        return elapsed_s / played * (self.ticks - org.tick) if played else None

    def _head(self, org: BaseOrganization, gap: str, middle: str = "") -> str:
        decides = outcome(org.datacollector.model_vars["score"])
        so_far = number(mean(org.datacollector.model_vars[decides]))
        eta = self._eta_s(org)
        left = "–" if eta is None else duration(eta)
        return f"tick {org.tick}/{self.ticks}{gap}{middle}{decides} so far {so_far}{gap}eta {left}"

    def _line(self, org: BaseOrganization) -> str:
        counts = Counter(m.state for m in org.records[-1].members)
        states = "  ".join(f"{s.value} {counts[s]}" for s in State)
        return self._head(org, "  ", f"{states}  ")

    def _panel(self, org: BaseOrganization) -> Group:
        states = Text("last task: " if org.records else "")
        for m in org.records[-1].members if org.records else ():
            states.append(*STATE_STYLE[m.state])
        key = Text("  ".join(f"{mark} {s.value}" for s, (mark, _) in STATE_STYLE.items()), "dim")
        bar = Table.grid()  # a bare bar would not end its line
        done, total = self._done(org)
        bar.add_row(ProgressBar(total=total, completed=done, width=50))
        calls = [Text(self._calls_line())] if self._service is not None else []
        head = Text(self._head(org, "   "))
        return Group(Text(self.title, "bold"), head, *calls, bar, states, key)


class CallsColumn(ProgressColumn):
    """What the calls to models are doing, in a progress display.

    Args:
        service: Makes them.
    """

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service

    def render(self, task: Task) -> Text:
        """One line.

        Args:
            task: Of the display; not looked at.
        """
        return Text(meter_line(self.service.client))
