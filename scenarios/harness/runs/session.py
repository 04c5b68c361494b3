"""What commands that play runs have in common: notes, a folder, consent, progress, an ending."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from typing import Protocol as TypingProtocol

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
from ..specs.circumstances import parse_tuning
from ..config.run import Config, RunConfig, StudyConfig, SweepConfig, default_folder
from .folder import Folder
from .interrupts import graceful
from ..exits import Exit, exit_of
from ..format import plain
from ..terminal.screen import CallsColumn
from .sweep import Result, run_key, sweep

if TYPE_CHECKING:
    from ....agents.llm.service import Service

Sweep = SweepConfig | StudyConfig


@dataclass(frozen=True)
class Showing:
    """How a command keeps and shows what it does.

    Attributes:
        out: Its folder; None for a default one.
        as_json: One object on standard output; without `out`, synthetic runs then keep nothing.
        max_failures: Failed decisions above which the exit code says so; None allows any.
        yes: Don't ask before a paid run.
    """

    out: Path | None = None
    as_json: bool = False
    max_failures: int | None = None
    yes: bool = False

    def __post_init__(self) -> None:
        if self.max_failures is not None and self.max_failures < 0:
            raise UsageError(f"max_failures={self.max_failures} is below 0; use 0 or more")

    def folder(self, config: Config, *, paid: bool) -> Path | None:
        """Where the command's files go; what was paid for is always kept."""
        if self.out is None and self.as_json and not paid:
            return None
        return self.out if self.out is not None else default_folder(config)


@contextmanager
def desk_for(
    config: Config, path: Path | None, runs: Sequence[RunConfig], errors: Console
) -> Iterator[AnyDesk]:
    """A folder, and a service where models are called."""
    if any(run.called for run in runs):
        from .serving import Desk

        with Desk(config, path, runs, errors) as desk:
            yield desk
        return
    with ExitStack() as stack:
        folder = None
        if path is not None:
            folder = stack.enter_context(Folder(path, config, alone=True))
        yield _Plain(folder)


class AnyDesk(TypingProtocol):
    """What commands need of a desk."""

    folder: Folder | None
    service: Service | None

    def consent(self, todo: Sequence[tuple[RunConfig, int]], *, yes: bool, at_once: int = 1) -> int:
        """Say what will be spent, ask, make the folder; returns the calls expected."""


class _Plain:
    """A desk without models to call: nothing is spent."""

    service: Service | None = None

    def __init__(self, folder: Folder | None) -> None:
        self.folder = folder

    def consent(self, todo: Sequence[tuple[RunConfig, int]], *, yes: bool, at_once: int = 1) -> int:
        return 0


def say_notes(config: RunConfig, errors: Console) -> None:
    """Say what the user asked for and won't get, and by which rule a trial will stop."""
    for note in config.notes():
        errors.print(f"note: {plain(note)}", markup=False, soft_wrap=True)
    if (tuning := parse_tuning(config.tune)) is not None:
        errors.print(f"trial: {plain(tuning.rule)}", markup=False, soft_wrap=True)


def say_spent(service: Service, errors: Console) -> None:
    """Say what the calls came to."""
    from .serving import meter_line

    errors.print(
        f"calls: {meter_line(service.client)}", markup=False, highlight=False, soft_wrap=True
    )


@dataclass(frozen=True)
class Played:
    """Many runs, as far as they came.

    Attributes:
        results: By run key; empty where the user interrupted.
        ending: What the exit code says.
        folder: Where they are kept, if anywhere.
        synthetic: Whether synthetic minds took part in any.
    """

    results: dict[str, Result]
    ending: Exit
    folder: Folder | None
    synthetic: bool


@contextmanager
def playing(config: Sweep, showing: Showing, errors: Console) -> Iterator[Played]:
    """Play what isn't there yet; the folder is open, and locked, for as long as the context is.

    Args:
        config: The runs.
        showing: Where they are kept, and what is asked before.
        errors: Where notes and progress go.

    Raises:
        UsageError: Something can't be built; nothing was played.
    """
    runs = config.runs()
    kinds = list({(r.model, r.judge, r.shocks): r for r in runs}.values())
    paid = any(run.called for run in kinds)
    for run in {r.model: r for r in kinds}.values():
        say_notes(run, errors)
    if not paid:
        check_networks(runs)
    synthetic = any(run.synthetic for run in kinds)
    with desk_for(config, showing.folder(config, paid=paid), runs, errors) as desk:
        folder, service = desk.folder, desk.service
        kept = folder.finished() if folder is not None else set()
        todo = {run_key(r): (r, r.ticks) for r in runs if run_key(r) not in kept}
        at_once = min(len(todo), config.base.concurrency)
        desk.consent(list(todo.values()), yes=showing.yes, at_once=at_once)
        folder = desk.folder  # made by now, if there is to be one
        try:
            with graceful(service, lambda said: errors.print(said, markup=False)):
                results = _swept(config, folder, service, errors)
        except KeyboardInterrupt:
            count = len(folder.finished()) if folder is not None else 0
            errors.print(f"interrupted with {count} runs kept; the same command continues")
            yield Played({}, Exit.INTERRUPTED, folder, synthetic)
            return
        ending = _ending_of(results, showing.max_failures, errors)
        halt = service.client.halt if service is not None else None
        if halt is not None:
            ending = exit_of(halt)
            said = f"{plain(str(halt))}; the same command continues"
            errors.print(said, markup=False, style="yellow", soft_wrap=True)
        yield Played(results, ending, folder, synthetic)
        if service is not None:
            say_spent(service, errors)


def _ending_of(results: dict[str, Result], max_failures: int | None, errors: Console) -> Exit:
    """How a comparison ended, and say what broke."""
    ending = Exit.DONE
    broken = {key: r["error"] for key, r in results.items() if "error" in r}
    for key, error in list(broken.items())[:5]:
        errors.print(f"run {key} broke: {plain(error)}", markup=False, style="red")
    if broken:
        ending = Exit.FAILURES
    failed = sum(r.get("failures", 0) for r in results.values())
    if max_failures is not None and failed > max_failures:
        ending = Exit.FAILURES
    if any(r.get("stopped", "budget") != "budget" for r in results.values()):
        ending = Exit.USAGE  # by a `Halt`, whose cause is told
    stopped = sum(r.get("stopped") == "budget" for r in results.values())
    if stopped:
        ending = Exit.BUDGET
        errors.print(
            f"{stopped} of {len(results)} runs stopped at the budget of each; "
            "the same command with a higher --budget plays them again",
            style="yellow",
        )
    return ending


def _swept(
    config: Sweep, folder: Folder | None, service: Service | None, errors: Console
) -> dict[str, Result]:
    if not errors.is_terminal:
        shown = -1

        def line(done: int, total: int) -> None:
            nonlocal shown
            if (tenth := 10 * done // total) != shown:
                shown = tenth
                errors.print(f"runs {done}/{total}", highlight=False)

        return sweep(config, folder, service=service, watch=line)
    columns: list[ProgressColumn] = [
        TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    ]  # fmt: skip
    if service is not None:
        columns.append(CallsColumn(service))
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("", total=None)
        return sweep(
            config,
            folder,
            service=service,
            watch=lambda done, total: progress.update(task, completed=done, total=total),
        )


def check_networks(runs: Iterable[RunConfig]) -> None:
    """Every combination of network, size and tasks is buildable before anything is played."""
    seen: dict[tuple[Any, ...], RunConfig] = {}
    for run in runs:
        seen.setdefault((run.topology, run.agents, run.level, run.tasks), run)
    for run in seen.values():
        run.organization()


def print_json(body: dict[str, Any]) -> None:
    """One object on standard output."""
    text = json.dumps(body, indent=1, allow_nan=False) + "\n"
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # with its number, the parser would end the process with 1
        raise BrokenPipeError from None
