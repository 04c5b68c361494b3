"""What comes before a command spends real money: models probed, costs forecast, consent asked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import typer
from rich.console import Console

from ...agents.llm.door import settle
from ...agents.llm.journal import Journal
from ...agents.llm.meter import Meter
from ...agents.llm.service import Service
from .config import Config, RunConfig
from .folder import Folder
from .forecast import forecast
from .screen import number, plain


class Desk:
    """A folder and a service, opened together in the order that loses nothing.

    An existing folder is locked and its journal used from the start. A new one is made only when
    every model has been reached, so that a wrong key leaves nothing behind.

    Args:
        config: Of the command.
        path: Of its folder; None keeps calls in memory.
        runs: The command's runs, each with the ticks it has in all.
        errors: Where notes go.
    """

    def __init__(
        self, config: Config, path: Path | None, runs: Sequence[RunConfig], errors: Console
    ) -> None:
        self.config = config
        self.path = path
        self.runs = runs
        self.errors = errors
        self.folder: Folder | None = None
        self.service: Service | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Desk:
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self) -> None:
        models = list(dict.fromkeys(m for run in self.runs for m in run.called))
        if self.path is not None and (self.path / "config.json").exists():
            self._open_folder(self.path)
        if models:
            first = self.runs[0]
            self.service = Service(
                first.calls, concurrency=first.concurrency, timeout_s=first.timeout
            )
            self._stack.callback(self._close_journal)
            if self.folder is not None:
                self.service.keep_in(Journal(self.folder.journal))
            for run in {r.model: r for r in self.runs}.values():
                run.organization(self.service)  # what can't be built is refused unpaid
            for name, takes in self.service.probe(models).items():
                for missing in takes.missing():
                    self.errors.print(f"note: {name} takes {missing}", markup=False)
            settle()
        if self.path is not None and self.folder is None:
            self._open_folder(self.path)
            if self.service is not None:
                assert self.folder is not None
                self.service.keep_in(Journal(self.folder.journal))

    def _close_journal(self) -> None:
        if self.service is not None:
            self.service.client.journal.close()

    def _open_folder(self, path: Path) -> None:
        self.folder = self._stack.enter_context(Folder(path, self.config, alone=True))

    def consent(self, todo: Sequence[tuple[RunConfig, int]], *, yes: bool, at_once: int = 1) -> int:
        """Say what will be spent and, on a terminal, ask; return the calls expected.

        Raises:
            typer.Abort: The user doesn't want it.
        """
        if self.service is None or not todo:
            return 0
        client = self.service.client
        expected = forecast(todo, self.service, at_once)
        self.errors.print(
            plain(expected.line(client.calls.budget_usd)), markup=False, soft_wrap=True
        )
        if client.budget.spent_usd:
            spent = f"already spent in this folder: ${client.budget.spent_usd:.4f}"
            self.errors.print(spent, markup=False)
        free = expected.cost_usd == 0 and not expected.unpriced
        if not yes and not free and sys.stdin.isatty() and self.errors.is_terminal:
            typer.confirm("Go on?", abort=True, err=True)
        return expected.calls


def meter_line(meter: Meter, spent_usd: float, budget_usd: float | None) -> str:
    """What calls are doing right now, in one line."""
    parts = [
        f"in flight {meter.in_flight}",
        f"waiting {meter.waiting}",
        f"answered {meter.answered}",
        f"retries {meter.retries}",
        f"429s {100 * meter.share_rate_limited:.1f} %",
    ]
    if meter.replayed:
        parts.append(f"from the journal {meter.replayed}")
    if meter.failed:
        parts.append(f"failed {meter.failed}")
    of = "" if budget_usd is None else f" of ${budget_usd:g}"
    parts.append(f"${number(spent_usd, 4)}{of}")
    return "  ".join(parts)
