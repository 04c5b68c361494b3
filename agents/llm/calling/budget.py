"""Money: what a call may cost at worst is set aside before it is sent, so no budget is overshot."""

from __future__ import annotations

import asyncio
from collections import deque

from ....model.errors import Halt


class Budget:
    """Spent, reserved, and left. Lives on one event loop.

    Args:
        usd: Never exceeded by what is spent; None for no limit.
        spent_usd: By earlier commands in the same folder.
    """

    def __init__(self, usd: float | None = None, spent_usd: float = 0.0) -> None:
        self.usd = usd
        self.spent_usd = spent_usd
        self.reserved_usd = 0.0
        self._reservations = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def reserve(self, usd: float) -> None:
        """Set aside what a call may cost; wait while calls in flight may yet leave enough.

        Args:
            usd: US dollars, 0 or more.

        Raises:
            Halt: It doesn't fit, and nothing in flight could make it fit.
        """
        while self.usd is not None and self.spent_usd + self.reserved_usd + usd > self.usd:
            if not self._reservations:
                raise Halt(
                    "budget",
                    f"budget={self.usd:g}: {self.spent_usd:.4f} US dollars are spent and the next "
                    f"call may cost {usd:.4f}",
                )
            change = asyncio.get_running_loop().create_future()
            self._waiting.append(change)
            await change
        self.reserved_usd += usd
        self._reservations += 1

    def settle(self, reserved_usd: float, spent_usd: float) -> None:
        """Replace a reservation by what was spent.

        Args:
            reserved_usd: As it was reserved.
            spent_usd: US dollars, no more than that.
        """
        self._reservations -= 1
        left_usd = max(0.0, self.reserved_usd - reserved_usd)
        self.reserved_usd = left_usd if self._reservations else 0.0  # no rounding error stays
        self.spent_usd += spent_usd
        while self._waiting:
            change = self._waiting.popleft()
            if not change.done():
                change.set_result(None)
