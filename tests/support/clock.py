"""A clock that moves when told to, and a way to let other tasks run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from unittest import mock

NOW = 1_700_000_000.0


class Time:
    """A clock that moves when told to; stands in for the `time` module."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return NOW + self.now


@contextlib.contextmanager
def made_up_time(*modules: object) -> Iterator[Time]:
    """Time that stands still in some modules, until the clock is moved."""
    clock = Time()
    with contextlib.ExitStack() as stack:
        for module in modules:
            stack.enter_context(mock.patch.object(module, "time", clock))
        yield clock


async def let_others_run() -> None:
    for _ in range(4):
        await asyncio.sleep(0)
