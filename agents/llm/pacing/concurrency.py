"""How many calls are in flight: as many as allowed, fewer when the provider refuses.

Additive increase, multiplicative decrease: every success adds 1/limit to the limit, a refusal
halves it, once for all calls that were sent before it last did.

References:
    D.-M. Chiu, R. Jain, Analysis of the increase and decrease algorithms for congestion avoidance
    in computer networks, Computer Networks and ISDN Systems 17, 1989.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress

DECREASE = 0.5


class ConcurrencyLimit:
    """At most `limit` calls hold a slot; first come, first served. Lives on one event loop.

    Args:
        most: The limit it starts from and never exceeds, 1 or more.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self.held = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._decreased_at = -1.0

    @property
    def waiting(self) -> int:
        """Calls that wait for a slot."""
        return len(self._queue)

    async def acquire(self) -> float:
        """Wait for a slot.

        Returns:
            The time it was had, in seconds of `time.monotonic`, which `decrease` wants.
        """
        if self.held >= int(self.limit) or self._queue:
            turn = asyncio.get_running_loop().create_future()
            self._queue.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self.release()  # the slot was ours already
                else:
                    with suppress(ValueError):  # `_admit` may have met it first
                        self._queue.remove(turn)
                raise
        else:
            self.held += 1
        return time.monotonic()

    def release(self) -> None:
        """Give a slot back."""
        self.held -= 1
        self._admit()

    def increase(self) -> None:
        """Raise the limit a little: a call succeeded."""
        if self.limit < self.most:
            self.limit = min(float(self.most), self.limit + 1.0 / self.limit)
            self._admit()

    def decrease(self, acquired_at: float) -> None:
        """Halve the limit: a call was refused for too many, which counts once for all sent so far.

        Args:
            acquired_at: When that call had its slot.
        """
        if acquired_at > self._decreased_at:
            self.limit = max(1.0, self.limit * DECREASE)
            self._decreased_at = time.monotonic()

    def _admit(self) -> None:
        while self._queue and self.held < int(self.limit):
            turn = self._queue.popleft()
            if not turn.done():
                self.held += 1
                turn.set_result(None)
