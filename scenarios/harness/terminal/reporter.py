"""Tells a person at a terminal what is going on, on standard error, and asks before money goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from ....model.errors import UsageError
from ..format import plain
from ..runs.reporter import Counted, Reporter, Ticked
from .console import meter_line, say, terminal
from .progress import CallsColumn, RunProgress

if TYPE_CHECKING:
    from ....agents.llm.service import Service
    from ..runs.forecast import Forecast


class TerminalReporter(Reporter):
    """Writes to standard error.

    Attributes:
        console: Where to.
    """

    def __init__(self) -> None:
        self.console: Console = terminal(stderr=True)

    def note(self, text: str) -> None:
        """Print it.

        Args:
            text: One sentence.
        """
        say(self.console, text)

    def warn(self, text: str) -> None:
        """Print it, so that it is seen.

        Args:
            text: One sentence.
        """
        say(self.console, text, style="yellow")

    def expect(self, expected: Forecast, spent_usd: float) -> None:
        """Print the forecast, and what was spent before.

        Args:
            expected: The forecast.
            spent_usd: What this folder's calls have cost already, in US dollars.
        """
        self.note(expected.line())
        for sentence in expected.rests_on:
            self.note(sentence)
        if expected.buys:
            self.warn(expected.buys)
        if spent_usd:
            self.note(f"already spent in this folder: ${spent_usd:.4f}")

    def confirm(self, question: str) -> bool:
        """Ask on a terminal, where no answer is no; elsewhere nobody is there to be asked.

        Args:
            question: What to ask.
        """
        if sys.stdin is None:
            raise UsageError("standard input is closed, so nobody can agree; use --yes")
        if not (sys.stdin.isatty() and self.console.is_terminal):
            return True
        try:
            answer = self.console.input(f"{question} [y/N]: ", markup=False)
        except EOFError:
            return False
        return answer.strip().lower() in ("y", "yes")

    @contextmanager
    def ticks(
        self, title: str, total: int, service: Service | None, calls: int
    ) -> Iterator[Ticked]:
        """A live picture, or a line per tick.

        Args:
            title: What is played.
            total: Ticks in all.
            service: Calls models, where there are any.
            calls: Expected calls.
        """
        with RunProgress(self.console, total, plain(title), service, calls) as progress:
            yield progress

    @contextmanager
    def runs(self, service: Service | None) -> Iterator[Counted]:
        """A bar, or a line for every tenth.

        Args:
            service: Calls models, where there are any.
        """
        if not self.console.is_terminal:
            yield self._every_tenth()
            return
        columns: list[ProgressColumn] = [
            TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        ]  # fmt: skip
        if service is not None:
            columns.append(CallsColumn(service))
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task("", total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total)

    def _every_tenth(self) -> Counted:
        shown = -1

        def count(done: int, total: int) -> None:
            nonlocal shown
            if (tenth := 10 * done // total) != shown:
                shown = tenth
                self.note(f"runs {done}/{total}")

        return count

    def spent(self, service: Service) -> None:
        """Print what the calls came to.

        Args:
            service: Has made them.
        """
        self.note(f"calls: {meter_line(service.client)}")
