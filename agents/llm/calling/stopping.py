"""How everybody who sends is stopped: whoever waits is told why, who is in flight may finish."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from ....model.errors import Halt


class StopSwitch:
    """Stops the tasks of one client. Lives on one event loop.

    Attributes:
        halt: Why nothing more is sent; None while calls may be.
        sticky: A command that was stopped stays so, whatever becomes of the cause.
    """

    def __init__(self) -> None:
        self.halt: Halt | None = None
        self.sticky = False
        self._waiting: set[asyncio.Task[object]] = set()
        self._sending: set[asyncio.Task[object]] = set()

    def stop(self, halt: Halt, *, at_once: bool = False) -> Halt:
        """Send nothing more; the first reason to stop is the one that counts.

        Args:
            halt: Why.
            at_once: Break off what is in flight too.

        Returns:
            The reason that counts.
        """
        if self.halt is None:
            self.halt = halt
        for task in [*self._waiting, *(self._sending if at_once else ())]:
            if task is not asyncio.current_task():
                task.cancel()
        return self.halt

    def resume(self) -> bool:
        """Send again, where nothing is left of what was stopped; whether that was so."""
        if self.halt is None or self._waiting or self._sending or self.sticky:
            return False
        self.halt = None
        return True

    @contextlib.contextmanager
    def waits(self) -> Iterator[None]:
        """A wait that `stop` ends; a `Halt` inside stops everybody.

        Raises:
            Halt: Stopped before or meanwhile.
        """
        if self.halt is not None:
            raise self.halt
        with self._among(self._waiting), self.halting():
            yield

    @contextlib.contextmanager
    def sends(self) -> Iterator[None]:
        """A request in flight, which only `stop(at_once=True)` ends.

        Raises:
            Halt: Broken off.
        """
        with self._among(self._sending):
            yield

    @contextlib.contextmanager
    def halting(self) -> Iterator[None]:
        """A `Halt` inside stops everybody: what can't be kept must not be paid for.

        Raises:
            Halt: The reason that counts.
        """
        try:
            yield
        except Halt as halt:
            raise self.stop(halt) from None

    @contextlib.contextmanager
    def _among(self, tasks: set[asyncio.Task[object]]) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if self.halt is not None:
                task.uncancel()
                raise self.halt from None
            raise
        finally:
            tasks.discard(task)
