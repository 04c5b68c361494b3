"""How many calls are in flight: as many as allowed, fewer when the provider refuses.

Additive increase, multiplicative decrease: every success lets 1/limit more through, a refusal
halves the limit, once for all calls that were sent before it last did.

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


class Gate:
    """Lets at most `limit` calls in; first come, first served. Lives on one event loop.

    Args:
        most: The limit it starts from and never exceeds.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self.inside = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._squeezed_at = -1.0

    @property
    def waiting(self) -> int:
        """Calls that want in."""
        return len(self._queue)

    async def enter(self) -> float:
        """Wait for a place; return the time of entry, which `squeeze` wants."""
        if self.inside >= int(self.limit) or self._queue:
            turn = asyncio.get_running_loop().create_future()
            self._queue.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self.leave()  # the place was ours already
                else:
                    with suppress(ValueError):  # `_admit` may have met it first
                        self._queue.remove(turn)
                raise
        else:
            self.inside += 1
        return time.monotonic()

    def leave(self) -> None:
        """Give the place back."""
        self.inside -= 1
        self._admit()

    def ease(self) -> None:
        """A call succeeded: let a little more in."""
        if self.limit < self.most:
            self.limit = min(float(self.most), self.limit + 1.0 / self.limit)
            self._admit()

    def squeeze(self, entered: float) -> None:
        """A call that entered then was refused for too many: cut, once for all sent so far."""
        if entered > self._squeezed_at:
            self.limit = max(1.0, self.limit * DECREASE)
            self._squeezed_at = time.monotonic()

    def _admit(self) -> None:
        while self._queue and self.inside < int(self.limit):
            turn = self._queue.popleft()
            if not turn.done():
                self.inside += 1
                turn.set_result(None)
