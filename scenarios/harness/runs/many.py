"""Many runs with everything around them: notes, folder, consent, progress, an ending."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import active_children

from ....model.errors import UsageError
from ..config.groups import Execution
from ..config.identity import Sweep
from ..config.run import RunConfig
from ..exits import Exit, exit_of, going_on
from ..results.run_result import RunResult
from ..results.shortfall import barren
from .interrupts import graceful
from .keys import run_key
from .reporter import Reporter
from .session import Session, check_networks, kinds_of
from .single import tell_networks, tell_notes
from .sweep import sweep

MOST_ERRORS_SHOWN = 5


@dataclass(frozen=True)
class PlayedRuns:
    """Many runs, as far as they came.

    Attributes:
        results: By run key, in the order of the configuration; empty where the user interrupted.
        ending: What the exit code says.
    """

    results: Mapping[str, RunResult]
    ending: Exit


def check_buildable(config: Sweep, reporter: Reporter) -> None:
    """Say notes; refuse what can't be built before a folder is made or anything is played.

    Args:
        config: The runs.
        reporter: Hears notes.

    Raises:
        UsageError: A network doesn't fit its team, a file is wrong, or two runs have one name.
    """
    kinds = kinds_of(config)
    named: dict[str, RunConfig] = {}
    for run in kinds:
        if named.setdefault(run_key(run), run) != run:
            raise UsageError(
                f"two runs are both {run_key(run)!r}, with other objects; give them other names"
            )
    for run in {r.team.model: r for r in kinds}.values():
        tell_notes(run, reporter)
    tell_networks(kinds, reporter)
    if not any(run.called for run in kinds):
        check_networks(kinds)


def play_many(session: Session, execution: Execution) -> PlayedRuns:
    """Play what isn't in the folder yet.

    Args:
        session: Of the comparison or scenario; open.
        execution: What is asked before, and when the ending says that too much failed.
    """
    config, reporter, service = session.config, session.reporter, session.service
    assert not isinstance(config, RunConfig)
    kept = session.folder.finished() if session.folder is not None else set()
    todo = {run_key(r): (r, r.tasks.ticks) for r in config.runs() if run_key(r) not in kept}
    at_once = min(len(todo), config.base.calls.concurrency)
    session.agree(list(todo.values()), yes=execution.yes, at_once=at_once)
    # a budget that is short buys whole replicates, not the first halves of all
    workers = len(config.conditions) if session.short else None
    began = time.perf_counter()
    try:
        with reporter.runs(service) as watch, graceful(service, reporter.note):
            results = sweep(
                config, session.folder, workers=workers, service=service, watch=watch,
                executor=execution.executor,
            )  # fmt: skip
    except KeyboardInterrupt:
        count = len(session.folder.finished()) if session.folder is not None else 0
        reporter.note(f"interrupted with {count} runs kept; the same command continues")
        return PlayedRuns({}, Exit.INTERRUPTED)
    if service is None and todo:
        fresh = [run for key, (run, _) in todo.items() if results[key].row is not None]
        reporter.note(speed_line(fresh, len(results) - len(todo), time.perf_counter() - began))
    session.tell()
    ending = _ending(results, execution.max_failures, reporter)
    halt = service.client.halt if service is not None else None
    if halt is not None:
        ending = exit_of(halt)
        reporter.warn(going_on(halt))
    return PlayedRuns(results, ending)


def speed_line(played: Sequence[RunConfig], kept: int, wall_s: float) -> str:
    """How long it took and what it needed.

    Args:
        played: Runs that were played now.
        kept: Runs that were there already.
        wall_s: Seconds.
    """
    for worker in active_children():  # only who has ended is counted
        worker.join(5)
    tasks = sum(run.tasks.ticks for run in played)
    peaks = [
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    there = f" ({kept:,} more were there)" if kept else ""
    return (
        f"{len(played):,} runs{there}, {tasks:,} task runs, in {wall_s:.1f} s: "
        f"{len(played) / wall_s:.1f} runs and {tasks / wall_s:.0f} task runs per second; "
        f"peak memory {peaks[0]:.0f} MB, largest worker {peaks[1]:.0f} MB"
    )


def _ending(results: Mapping[str, RunResult], max_failures: int | None, reporter: Reporter) -> Exit:
    """How it ended; says what broke."""
    ending = Exit.DONE
    broken = {key: r.error for key, r in results.items() if r.error}
    for key, error in list(broken.items())[:MOST_ERRORS_SHOWN]:
        reporter.warn(f"run {key} broke: {error}")
    if broken:
        ending = Exit.FAILURES
    if said := barren(results):
        reporter.warn(said)
    if max_failures is not None and sum(r.failures for r in results.values()) > max_failures:
        ending = Exit.FAILURES
    if any(r.stopped and not r.out_of_budget for r in results.values()):
        ending = Exit.USAGE  # by a `Halt`, whose cause is told
    over = sum(r.out_of_budget for r in results.values())
    if over:
        ending = Exit.BUDGET
        reporter.warn(
            f"{over} of {len(results)} runs stopped at the budget of each; "
            "the same command with a higher --budget plays them again"
        )
    return ending
