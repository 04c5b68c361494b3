"""Plays independent jobs in worker processes, and loses nobody else's when one of them dies.

Workers are spawned, never forked. They end with their parent, however it ends, and leave Ctrl-C to
it. A worker that dies takes its pool with it; what was in flight is then played once more, one job
after another, so that the guilty one is known and the innocent give what they would have given.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process, resource_tracker
from types import ModuleType

from ..exits import ENDING
from .executor import Executor, J, K, R
from .garbage import collect_rarely

_SWAPPING = threading.Lock()
"""Held while the user's script is out of sight: two threads would not put it back."""
AHEAD = 4
"""Jobs in flight for each worker: enough to keep it busy, little to lose on Ctrl-C."""


class Processes(Executor[K, J, R]):
    """A pool of workers that plays jobs as long as it is open.

    Args:
        play: Plays one job; a function of a module, as it travels by name.
        lost: The result of a job whose worker died twice.
        workers: How many processes, 1 or more.
    """

    def __init__(self, play: Callable[[J], R], lost: Callable[[str], R], workers: int) -> None:
        super().__init__(play, lost)
        self._workers = workers
        self._pool = self._fresh()

    def map(self, jobs: Mapping[K, J]) -> Iterator[tuple[K, R]]:
        """Results as they finish, each with its job's key.

        Args:
            jobs: By key, in the order in which they are begun.
        """
        waiting = iter(jobs.items())
        running: dict[Future[R], tuple[K, J]] = {}
        while True:
            for _ in range(AHEAD * self._workers - len(running)):
                if (following := next(waiting, None)) is None:
                    break
                running[self._submit(following[1])] = following
            if not running:
                return
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            broken: dict[K, J] = {}
            for future in finished:
                key, job = running.pop(future)
                error = future.exception()
                if isinstance(error, BrokenExecutor):
                    broken[key] = job
                else:
                    yield key, future.result()
            if broken:
                broken |= dict(running.values())
                running.clear()
                yield from self._again(broken)

    def _again(self, jobs: Mapping[K, J]) -> Iterator[tuple[K, R]]:
        """Play jobs that a dead worker took along, one by one."""
        for key, job in jobs.items():
            self.close()
            self._pool = self._fresh()
            try:
                yield key, self._submit(job).result()
            except BrokenExecutor as error:
                yield key, self._lost(f"its worker process died twice: {error}")
        self.close()
        self._pool = self._fresh()

    def _submit(self, job: J) -> Future[R]:
        with _deaf(), _without_main():  # as a worker that this starts is, until it is ready
            try:
                return self._pool.submit(self._play, job)
            except BrokenExecutor:  # it broke with nothing of ours in flight
                self._pool = self._fresh()
                return self._pool.submit(self._play, job)

    def _fresh(self) -> ProcessPoolExecutor:
        _keep_the_books()
        return ProcessPoolExecutor(
            self._workers, mp_context=get_context("spawn"), initializer=_begin
        )

    def close(self) -> None:
        """End the workers now, whatever they do: runs are cheap, orphans are not."""
        workers = list((self._pool._processes or {}).values())
        results = self._pool._result_queue
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()
        results._writer.close()  # type: ignore[attr-defined]  # else half a result is waited for


@contextmanager
def _deaf() -> Iterator[None]:
    """While inside, a request to end waits; processes that start inherit that."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ending())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _without_main() -> Iterator[None]:
    """While inside, processes that start don't import the user's script, and so don't play it.

    Jobs never need it: what is of the script can't travel. Without this, a script that plays at
    its top level, with no `if __name__ == "__main__":`, would have every worker start its own.
    """
    with _SWAPPING:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _ending() -> list[signal.Signals]:
    return [getattr(signal, name) for name in ENDING if hasattr(signal, name)]


def _keep_the_books() -> None:
    """Start the process that tracks semaphores so that a terminal's end doesn't end it first."""
    with _deaf():
        resource_tracker.ensure_running()


def _begin() -> None:
    """In a worker, before its first job."""
    _end_with_parent()
    collect_rarely()


def _end_with_parent() -> None:
    """In a worker: leave Ctrl-C to the parent, and go when it goes."""
    for number in _ending():
        if number != signal.SIGTERM:
            signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ending())
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
