"""The seam: independent jobs go in, results come out as they finish, wherever they are played.

A job is a pure function's argument, so where it is played can't change what it gives, and one that
a dead worker took along is played again. Only runs whose minds are instant go through here; calls
to models stay in the command's own process, which keeps one budget, one pace and one journal.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ....model.errors import UnknownNameError, UsageError

K = TypeVar("K")
J = TypeVar("J")
R = TypeVar("R")
PROCESSES, RAY = "processes", "ray"


@dataclass(frozen=True)
class ExecutorSpec:
    """What a user typed.

    Attributes:
        kind: `processes` or `ray`.
        workers: Processes; None for as many as there are cores.
        address: Of a Ray cluster; empty for one that is started here.
    """

    kind: str = PROCESSES
    workers: int | None = None
    address: str = ""

    @property
    def here(self) -> int:
        """Processes to use on this machine."""
        return self.workers or os.cpu_count() or 1


def parse_executor(text: str) -> ExecutorSpec:
    """From `processes[:N]` or `ray[:ADDRESS]`.

    Args:
        text: As users type it.

    Raises:
        UsageError: Another name, or no number of processes.
    """
    kind, colon, rest = text.partition(":")
    if kind == RAY:
        if colon and not rest:
            raise UsageError(f"executor={text} names no address; use ray, or ray:HOST:PORT")
        return ExecutorSpec(RAY, address=rest)
    if kind != PROCESSES:
        raise UnknownNameError("executor", text, (f"{PROCESSES}[:N]", f"{RAY}[:ADDRESS]"))
    if not colon:
        return ExecutorSpec()
    if not rest.isdecimal() or int(rest) < 1:
        raise UsageError(f"executor={text}: {rest!r} is no number of processes; use processes:4")
    return ExecutorSpec(workers=int(rest))


class Executor(ABC, Generic[K, J, R]):
    """Plays jobs as long as it is open.

    Args:
        play: Plays one job; a function of a module, as it travels by name.
        lost: The result of a job whose worker died again and again.
    """

    def __init__(self, play: Callable[[J], R], lost: Callable[[str], R]) -> None:
        self._play = play
        self._lost = lost

    def __enter__(self) -> Executor[K, J, R]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def map(self, jobs: Mapping[K, J]) -> Iterator[tuple[K, R]]:
        """Results as they finish, each with its job's key.

        Args:
            jobs: By key, in the order in which they are begun.
        """

    @abstractmethod
    def close(self) -> None:
        """End the workers now, whatever they do: runs are cheap, orphans are not."""
