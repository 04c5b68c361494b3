"""A folder and a service for calls, opened together in the order that loses nothing.

An existing folder is locked and its journal used from the start. A new one is made only when
every model has been reached and the user has agreed, so that a wrong key leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....model.errors import Halt, UsageError
from ..build.from_config import organization_of
from ..config.groups import Execution
from ..config.identity import Config, default_folder
from ..config.run import RunConfig
from ..exits import DeclinedError
from ..folders.folder import Folder
from .descriptors import check_descriptors
from .keys import run_key
from .reporter import Reporter

if TYPE_CHECKING:
    from ....agents.llm.service import Service
    from .forecast import Forecast


def folder_path(config: Config, execution: Execution) -> Path | None:
    """Where a command's files go; None for nowhere. What was paid for is always kept.

    Args:
        config: Of the command.
        execution: With `json` and without `out`, synthetic runs keep nothing.
    """
    if (
        execution.out is None
        and execution.json
        and not any(r.keeps_answers for r in kinds_of(config))
    ):
        return None
    return execution.out if execution.out is not None else default_folder(config)


def kinds_of(config: Config) -> tuple[RunConfig, ...]:
    """The runs of a command, one for each condition.

    Args:
        config: Of the command.
    """
    return (config,) if isinstance(config, RunConfig) else config.conditions


def at_once(config: Config) -> int:
    """Calls that may be in flight at once, at most.

    Args:
        config: Of the command.
    """
    kinds = kinds_of(config)
    calls = kinds[0].calls.concurrency
    if not isinstance(config, RunConfig):
        return calls
    return min(calls, max(config.team.agents, len(config.judges)))


def check_networks(runs: Iterable[RunConfig], service: Service | None = None) -> None:
    """Build every combination of network, size and tasks once.

    Args:
        runs: One of each kind.
        service: Calls models, where there are any.

    Raises:
        UsageError: One can't be built.
    """
    seen: dict[tuple[Any, ...], RunConfig] = {}
    for run in runs:
        key = (run.team.topology, run.team.agents, run.tasks.level, run.tasks.source)
        seen.setdefault(key, run)
    for run in seen.values():
        organization_of(run, service)


def _all_played(folder: Folder) -> bool:
    config = folder.config
    if isinstance(config, RunConfig):
        return folder.played() >= config.tasks.ticks
    return {run_key(run) for run in config.runs()} <= folder.finished()


class Session:
    """A command's folder, and the service that calls its models, if it has any.

    Args:
        config: Of the command.
        path: Of its folder; None keeps ticks nowhere and calls in memory.
        reporter: Hears notes and is asked before money is spent.
        over: Whether a folder holds all that will be played, so that no model need be reached;
            None where every run of the configuration is played.

    Attributes:
        folder: Where finished ticks and runs go; None until it is made.
        service: Calls models; None where none is called.
        short: Whether the budget is expected not to buy everything.
    """

    def __init__(
        self,
        config: Config,
        path: Path | None,
        reporter: Reporter,
        over: Callable[[Folder], bool] | None = None,
    ) -> None:
        self.config = config
        self.path = path
        self.reporter = reporter
        self._over = over or _all_played
        self.folder: Folder | None = None
        self.service: Service | None = None
        self.short = False
        self._stack = ExitStack()

    def __enter__(self) -> Session:
        try:
            models = list(dict.fromkeys(m for run in kinds_of(self.config) for m in run.called))
            keeps = any(run.keeps_answers for run in kinds_of(self.config))
            if self.path is not None and (not keeps or (self.path / "config.json").exists()):
                self._open_folder(self.path)
            if keeps:
                self._open_service(models)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open_folder(self, path: Path) -> None:
        self.folder = self._stack.enter_context(Folder(path, self.config))

    def _open_service(self, models: Sequence[str]) -> None:
        from ....agents.llm.service import Service
        from ....agents.llm.transport.host_process import tuned_for_calls

        kinds = kinds_of(self.config)
        calls = kinds[0].calls
        check_descriptors(at_once(self.config))
        self.service = self._stack.enter_context(Service(calls, at_once=at_once(self.config)))
        self.service.client.switch.sticky = True
        self._keep_calls()
        for run in {r.team.model: r for r in kinds}.values():
            organization_of(run, self.service)  # what can't be built is refused unpaid
        check_networks(kinds, self.service)
        if models:
            self._check_prices()
        if models and not (self.folder is not None and self._over(self.folder)):
            self._probe(models)
            self._stack.enter_context(tuned_for_calls())

    def _keep_calls(self) -> None:
        from ....agents.llm.journal.journal import Journal

        if self.folder is not None and self.service is not None:
            self.service.move_to(Journal(self.folder.path))

    def _probe(self, models: Sequence[str]) -> None:
        assert self.service is not None
        self.reporter.note(f"asking {', '.join(models)} …")
        try:
            found = self.service.probe(models)
        except Halt as halt:
            if halt.reason == "interrupted":
                raise
            return  # nothing more is sent, and the first decision says so
        except UsageError as error:
            first = kinds_of(self.config)[0]
            chosen = [j for j in first.judges if j not in first.acting]
            if first.tasks.judge is None and any(f"model={j!r}" in str(error) for j in chosen):
                raise type(error)(
                    f"judge={chosen[0]} (chosen because none was given): {error}; "
                    "use --judge MODEL, or --judge none"
                ) from None
            raise
        for name, takes in found.items():
            for missing in takes.missing():
                self.reporter.note(f"note: {name} takes {missing}")

    def _check_prices(self) -> None:
        """Refuse a price for a model that isn't called: it was meant for one that is."""
        from ....agents.llm.models import parse_model

        assert self.service is not None
        kinds = kinds_of(self.config)
        called = {parse_model(m, run.calls).model for run in kinds for m in run.called}
        for model in self.service.client.prices:
            if model != "*" and model not in called:
                raise UsageError(
                    f"price={kinds[0].calls.price!r}: {model} is not called; "
                    f"models: {', '.join(sorted(called))}"
                )

    def spent(self) -> dict[str, float] | None:
        """Tell what the calls came to; US dollars, or None where none were made."""
        if self.service is None:
            return None
        self.reporter.spent(self.service)
        return self.service.spending

    def tell(self) -> None:
        """Say what was found out of models while they were called."""
        for note in self.service.client.notes if self.service is not None else ():
            self.reporter.note(f"note: {note}")

    def agree(self, todo: Sequence[tuple[RunConfig, int]], *, yes: bool, at_once: int = 1) -> int:
        """Say what will be spent, ask, then make the folder.

        Where the budget doesn't cover a single call the service is stopped: nothing will be sent.

        Args:
            todo: Runs, each with the ticks still to be played.
            yes: Don't ask.
            at_once: Runs that are played at the same time.

        Returns:
            The calls expected.

        Raises:
            DeclinedError: The user doesn't want it.
        """
        expected = 0
        if todo and self.service is not None and any(run.called for run, _ in todo):
            from .forecast import forecast

            expected = self._agreed(forecast(todo, self.service, at_once), yes=yes)
        if self.path is not None and self.folder is None:
            self._open_folder(self.path)
            self._keep_calls()
        return expected

    def _agreed(self, expected: Forecast, *, yes: bool) -> int:
        assert self.service is not None
        client = self.service.client
        budget = client.calls.budget_usd
        self.short = bool(expected.buys)
        self.reporter.expect(expected, client.budget.spent_usd if self.folder is not None else 0.0)
        if budget is not None and expected.largest_usd > budget:
            cause = (
                f"budget={budget:g} is below what a single call may cost at worst "
                f"(${expected.largest_usd:.4f}); use more, or a smaller --max-tokens"
            )
            client.stop(Halt("budget", cause))  # before half a task is paid for
            return 0
        free = expected.cost_usd == 0 and not expected.unpriced
        if not yes and not free and not self.reporter.confirm("Go on?"):
            raise DeclinedError("not started; nothing was played")
        return expected.calls
