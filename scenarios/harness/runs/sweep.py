"""Plays many configurations over all cores; one that breaks stops nobody else.

Results are kept as each run finishes, so the same command continues where it stopped. Replicates
are played across all cells one after another, so that a comparison that is stopped is a smaller
one and not half of one. A run gives the same result in any process.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, NamedTuple

from ....model.plugins.loading import OWN
from ....model.relocation import located
from ..build.from_config import organization_of
from ..config.identity import Sweep, files_of
from ..config.run import RunConfig
from ..executors.executor import RAY, Executor, parse_executor
from ..executors.garbage import collecting_rarely
from ..executors.processes import Processes
from ..exits import Exit
from ..folders.folder import Folder
from ..results.rows import Row, agent_rows, ruling_rows, run_row, tick_rows
from ..results.run_result import RunResult
from .keys import calls_key, run_key
from .play import failures, play
from .reporter import Counted

if TYPE_CHECKING:
    from ....agents.llm.service import Service

MOST_THREADS = 64
ROW_FACTORS = ("protocol", "topology", "model", "agents", "level", "seed", "replicate")


class Job(NamedTuple):
    """One run to be played.

    Attributes:
        config: What.
        replicate: Which of its cell's, from 0.
    """

    config: RunConfig
    replicate: int


def run_one(config: RunConfig, replicate: int, service: Service | None = None) -> RunResult:
    """Play one run and reduce it to rows; a fault becomes a value. Runs in a worker.

    Args:
        config: What to play.
        replicate: Which of its cell's, from 0.
        service: Calls models, where there are any.
    """
    try:
        run = calls_key(config) if service is not None else ""
        org = organization_of(config, service, run)
        org.collects = False  # nobody will look at it
        played = play(config, org=org)
    except Exception as error:
        return RunResult(error=f"{type(error).__name__}: {error}")
    if played.cause:
        return RunResult(stopped=played.cause)
    if played.ending is Exit.INTERRUPTED:
        raise KeyboardInterrupt  # a run cut short is no result
    records, cut = played.records, played.ending is Exit.BUDGET
    ticks = played.organization.measured
    return RunResult(
        run_row(config, records, replicate, level=played.level, ticks=ticks),
        tick_rows(records, ticks=ticks),
        agent_rows(records),
        failures(records),
        ruling_rows(records),
        stopped="budget" if cut else "",
        out_of_budget=cut,
    )


def sweep(
    config: Sweep,
    folder: Folder | None = None,
    *,
    workers: int | None = None,
    service: Service | None = None,
    watch: Counted | None = None,
    only: Collection[str] | None = None,
    executor: str = "processes",
) -> dict[str, RunResult]:
    """Play every run of a comparison or scenario that isn't in the folder yet.

    Args:
        config: Whose runs.
        folder: Where finished runs go, and what is already there is taken from.
        workers: Processes; None uses every core, 1 stays in this process. Of called models, runs
            at once; None leaves it to the concurrency.
        service: Calls models, where there are any; then runs share this process and its budget.
        watch: Called with runs finished and runs in all.
        only: Keys of the runs that are wanted; None for all.
        executor: Where runs are played that call no models: `processes[:N]` or `ray[:ADDRESS]`.

    Returns:
        Results by key, in the order of the configuration.

    Raises:
        KeyboardInterrupt: Ctrl-C; what had finished is kept.
    """
    runs = {run_key(r): Job(r, k % config.replicates) for k, r in enumerate(config.runs())}
    if only is not None:
        runs = {key: job for key, job in runs.items() if key in only}
    kept = folder.results() if folder is not None else {}
    done = {key: kept[key] for key in runs if key in kept}
    left = sorted((key for key in runs if key not in done), key=lambda key: runs[key].replicate)
    todo = {key: runs[key] for key in left}
    finished_count = len(done)
    if watch is not None:
        watch(finished_count, len(runs))
    for key, result in play_jobs(todo, service, workers, executor):
        done[key] = result
        if folder is not None and result.whole:
            folder.keep_result(key, result)
        finished_count += result.whole  # not what an interruption cut short
        if watch is not None:
            watch(finished_count, len(runs))
    return {key: done[key] for key in runs}


def play_jobs(
    todo: Mapping[str, Job],
    service: Service | None,
    workers: int | None = None,
    executor: str = "processes",
) -> Iterator[tuple[str, RunResult]]:
    """Results as they finish, each with its key.

    Args:
        todo: By key, in the order in which they are begun.
        service: Calls models, where there are any.
        workers: As `sweep` takes it.
        executor: Likewise.
    """
    if service is not None:
        return _play_called(todo, service, workers or MOST_THREADS)
    return _play_all(todo, workers, executor)


def _play_called(
    todo: Mapping[str, Job], service: Service, at_once: int
) -> Iterator[tuple[str, RunResult]]:
    """Many runs at once in threads that wait for one client: its pace and its budget are theirs."""
    most = min(len(todo), service.client.limits.concurrency, MOST_THREADS, at_once)
    if most < 1:
        return
    pool = ThreadPoolExecutor(most, thread_name_prefix="unscripted-run")
    try:
        running = {pool.submit(run_one, *job, service): key for key, job in todo.items()}
        for future in as_completed(running):
            yield running[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _play_all(
    todo: Mapping[str, Job], workers: int | None, executor: str
) -> Iterator[tuple[str, RunResult]]:
    asked = parse_executor(executor)
    pool: Executor[str, Job, RunResult]
    if asked.kind == RAY and todo and _travel(todo):
        from ..executors.ray_cluster import RayCluster

        files = {name: located(name) for job in _one_of_each(todo) for name in files_of(job.config)}
        pool = RayCluster(_play_job, _lost, address=asked.address, files=files)
    else:
        processes = workers or asked.here
        if processes == 1 or len(todo) < 2 * processes or not _travel(todo):
            for key, job in todo.items():
                with collecting_rarely():
                    result = _play_job(job)
                yield key, result
            return
        pool = Processes(_play_job, _lost, min(processes, len(todo)))
    with pool:
        yield from pool.map(todo)


def _one_of_each(todo: Mapping[str, Job]) -> Iterable[Job]:
    """A job of each kind of team."""
    return {id(job.config.team): job for job in todo.values()}.values()


def _play_job(job: Job) -> RunResult:
    return run_one(job.config, job.replicate)


def _lost(why: str) -> RunResult:
    return RunResult(error=why)


def _travel(todo: Mapping[str, Job]) -> bool:
    """Whether every run can be sent to another process.

    Objects typed into a notebook can't, nor those of a scenario that was found by its file.
    """
    for job in _one_of_each(todo):
        try:
            sent = pickle.dumps(job.config)
        except Exception:
            return False
        if b"__main__" in sent or OWN.encode() in sent:
            return False
    return True


def rows_of(results: Mapping[str, RunResult], part: str) -> list[Row]:
    """Tick or agent rows of all finished runs, each with the factors of its run.

    Args:
        results: By run key.
        part: `ticks` or `agents`.
    """
    rows: list[Row] = []
    for result in results.values():
        if result.row is not None:
            head = {f: result.row[f] for f in ROW_FACTORS}
            rows.extend({**head, **row} for row in getattr(result, part))
    return rows
