"""What comes before a command spends real money: models probed, costs forecast, consent asked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import typer
from rich.console import Console

from ....agents.llm.calling.client import Client
from ....agents.llm.calling.host_process import tuned_for_calls
from ....agents.llm.calling.journal import Journal
from ....agents.llm.models import litellm_id
from ....agents.llm.service import Service
from ....model.engine.driver import Limits
from ....model.errors import Halt, UsageError
from ..build.organization import judge_models
from ..config.run import Config, RunConfig
from .folder import Folder
from .forecast import Forecast, forecast
from .play import Exit
from ..terminal.screen import plain


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
            limits = Limits(first.timeout, first.concurrency)
            self.service = self._stack.enter_context(Service(first.calls, limits=limits))
            self.service.client.switch.sticky = True
            if self.folder is not None:
                self.service.move_to(Journal(self.folder.journal))
            for run in {r.model: r for r in self.runs}.values():
                run.organization(self.service)  # what can't be built is refused unpaid
            self._check_prices(first)
            self._probe(models)
            self._stack.enter_context(tuned_for_calls())

    def _probe(self, models: Sequence[str]) -> None:
        assert self.service is not None
        self.errors.print(f"asking {plain(', '.join(models))} …", markup=False, soft_wrap=True)
        try:
            found = self.service.probe(models)
        except UsageError as error:
            first = self.runs[0]
            chosen = judge_models(first.judge, first.models, first.calls)
            if first.judge is None and any(f"model={j!r}" in str(error) for j in chosen):
                raise UsageError(
                    f"judge={chosen[0]} (chosen because none was given): {error}; "
                    "use --judge MODEL, or --judge none"
                ) from None
            raise
        for name, capabilities in found.items():
            for missing in capabilities.missing():
                self.errors.print(f"note: {name} takes {missing}", markup=False, soft_wrap=True)

    def _check_prices(self, config: RunConfig) -> None:
        """Refuse a price for a model that isn't called: it was meant for one that is."""
        assert self.service is not None
        called = {litellm_id(m.partition("?")[0]) for run in self.runs for m in run.called}
        for model in self.service.client.prices:
            if model != "*" and model not in called:
                raise UsageError(
                    f"price={config.price!r}: {model} is not called; "
                    f"models: {', '.join(sorted(called))}"
                )

    def _open_folder(self, path: Path) -> None:
        self.folder = self._stack.enter_context(Folder(path, self.config, alone=True))

    def consent(self, todo: Sequence[tuple[RunConfig, int]], *, yes: bool, at_once: int = 1) -> int:
        """Say what will be spent and, on a terminal, ask; then make the folder.

        Returns:
            The calls expected.

        Where the budget doesn't cover a single call the service is stopped: nothing will be sent.

        Raises:
            typer.Exit: The user doesn't want it.
        """
        expected = 0
        if self.service is not None and todo:
            expected = self._agree(forecast(todo, self.service, at_once), yes)
        if self.path is not None and self.folder is None:
            self._open_folder(self.path)
            if self.service is not None:
                assert self.folder is not None
                self.service.move_to(Journal(self.folder.journal))
        return expected

    def _agree(self, expected: Forecast, yes: bool) -> int:
        assert self.service is not None
        client = self.service.client
        budget = client.calls.budget_usd
        self.errors.print(plain(expected.line(budget)), markup=False, soft_wrap=True)
        if self.folder is not None and client.budget.spent_usd:
            spent = f"already spent in this folder: ${client.budget.spent_usd:.4f}"
            self.errors.print(spent, markup=False)
        if budget is not None and expected.largest_usd > budget:
            cause = (
                f"budget={budget:g} is below what a single call may cost at worst "
                f"(${expected.largest_usd:.4f}); use more, or a smaller --max-tokens"
            )
            client.stop(Halt("budget", cause))  # before half a task is paid for
            return 0
        free = expected.cost_usd == 0 and not expected.unpriced
        asking = not yes and not free and sys.stdin.isatty() and self.errors.is_terminal
        if asking and not typer.confirm("Go on?", err=True):
            self.errors.print("not started; nothing was played")
            raise typer.Exit(Exit.INTERRUPTED)
        return expected.calls


def meter_line(client: Client) -> str:
    """What calls are doing right now, in one line."""
    meter = client.meter
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
    spent, budget = client.budget.spent_usd, client.calls.budget_usd
    of = "" if budget is None else f" of ${budget:g}"
    if spent or not client.unpriced:
        parts.append(f"${spent:.4f}{of}")
    if client.unpriced:
        parts.append(f"price unknown: {', '.join(client.unpriced)}")
    return "  ".join(parts)
