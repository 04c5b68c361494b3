"""Plays many configurations over all cores; one that breaks stops nobody else.

Results are kept as each run finishes, so the same command continues where it stopped. Workers
are spawned, never forked, and a run gives the same result in any of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
    wait,
)
from dataclasses import fields
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from ..config.run import FREE, RunConfig, StudyConfig, SweepConfig
from .folder import Folder
from ..results.rows import Row, agent_rows, run_row, tick_rows
from .play import Exit, failures, play

if TYPE_CHECKING:
    from ....agents.llm.service import Service

MOST_THREADS = 64
Result = dict[str, Any]
"""`{"row", "ticks", "agents", "failures"}` of a finished run, or `{"error"}` of one that broke.

A run that was cut short has `"stopped"`; it is not kept, so the same command plays it again.
"""


HEAD = ("protocol", "topology", "model", "agents", "level", "seed")


def run_key(config: RunConfig) -> str:
    """Names a run within its comparison or scenario: two runs share a key only if they are equal.

    What else could change a result is part of the name where it isn't the default.
    """
    parts = [str(getattr(config, name)) for name in HEAD]
    for f in fields(config):
        value = getattr(config, f.name)
        if f.name not in HEAD and f.name not in FREE and value != f.default:
            parts.append(f"{f.name}={value}")
    return "|".join(parts)


def run_one(config: RunConfig, replicate: int, service: Service | None = None) -> Result:
    """Play one run and reduce it to rows; a fault becomes a value. Runs in a worker."""
    try:
        org = config.organization(service, run_key(config)) if service is not None else None
        outcome = play(config, org=org)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    if outcome.cause:
        return {"stopped": outcome.cause}
    if outcome.ending is Exit.INTERRUPTED:
        raise KeyboardInterrupt  # a run cut short is no result
    records = outcome.records
    return {
        "row": run_row(config, records, replicate, level=outcome.level),
        "ticks": tick_rows(records),
        "agents": agent_rows(records),
        "failures": failures(records),
        **({"stopped": "budget"} if outcome.ending is Exit.BUDGET else {}),
    }


def sweep(
    config: SweepConfig | StudyConfig,
    folder: Folder | None = None,
    *,
    workers: int | None = None,
    service: Service | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> dict[str, Result]:
    """Play every run of a comparison or scenario that isn't in the folder yet.

    Args:
        config: Whose runs.
        folder: Where finished runs go, and what is already there is taken from.
        workers: Processes; None uses every core, 1 stays in this process.
        service: Calls models, where there are any; then runs share this process and its budget.
        watch: Called with runs finished and runs in all.

    Returns:
        Results by key, in the order of the configuration.

    Raises:
        KeyboardInterrupt: Ctrl-C; what had finished is kept.
    """
    runs = {run_key(r): (r, k % config.replicates) for k, r in enumerate(config.runs())}
    kept = folder.results() if folder is not None else {}
    done = {key: kept[key] for key in runs if "row" in kept.get(key, {})}
    todo = {key: run for key, run in runs.items() if key not in done}
    if watch is not None:
        watch(len(done), len(runs))
    if service is not None:
        finished = _play_called(todo, service)
    else:
        finished = _play_all(todo, workers or os.cpu_count() or 1)
    for key, result in finished:
        done[key] = result
        if folder is not None and "row" in result and "stopped" not in result:
            folder.keep_result(key, result)
        if watch is not None:
            watch(sum("row" in r for r in done.values()), len(runs))
    return {key: done[key] for key in runs}


def _play_called(
    todo: dict[str, tuple[RunConfig, int]], service: Service
) -> Iterator[tuple[str, Result]]:
    """Many runs at once in threads that wait for one client: its pace and its budget are theirs."""
    most = min(len(todo), service.client.limits.concurrency, MOST_THREADS)
    if most < 1:
        return
    pool = ThreadPoolExecutor(most, thread_name_prefix="unscripted-run")
    try:
        running = {pool.submit(run_one, *run, service): key for key, run in todo.items()}
        for future in as_completed(running):
            yield running[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _play_all(todo: dict[str, tuple[RunConfig, int]], workers: int) -> Iterator[tuple[str, Result]]:
    if workers == 1 or len(todo) < 2 * workers:
        for key, run in todo.items():
            yield key, run_one(*run)
        return
    pool = _pool(min(workers, len(todo)))
    try:
        # A few ahead of the workers: enough to keep them busy, little to lose on Ctrl-C.
        waiting = iter(todo.items())
        running: dict[Future[Result], str] = {}
        exhausted = False
        while running or not exhausted:
            while not exhausted and len(running) < 4 * workers:
                following = next(waiting, None)
                if following is None:
                    exhausted = True
                    break
                try:
                    future = pool.submit(run_one, *following[1])
                except BrokenExecutor:  # a worker died; its runs are errors, the rest go on
                    pool = _pool(min(workers, len(todo)))
                    future = pool.submit(run_one, *following[1])
                running[future] = following[0]
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                error = future.exception()
                key = running.pop(future)
                yield key, future.result() if error is None else {"error": str(error)}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def rows_of(results: dict[str, Result], part: str) -> list[Row]:
    """Tick or agent rows of all finished runs, each with the factors of its run."""
    factors = ("protocol", "topology", "model", "agents", "level", "seed", "replicate")
    rows: list[Row] = []
    for result in results.values():
        if "row" in result:
            head = {f: result["row"][f] for f in factors}
            rows.extend({**head, **row} for row in result[part])
    return rows
