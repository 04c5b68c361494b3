"""Money: what a request may cost at worst is set aside before it is sent, and replaced by its bill.

So no budget is overshot, unless a provider bills more than the worst case; its word is the bill,
and then nothing more is sent.
"""

from __future__ import annotations

import asyncio
from collections import deque

from ....model.errors import Halt


class Budget:
    """Spent, reserved, and left. Lives on one event loop.

    Args:
        usd: Not exceeded by what is spent; None for no limit.
        spent_usd: By earlier commands in the same folder.
        held_usd: The most that their requests of unknown end may have cost.

    Attributes:
        spent_usd: The bills of all answered requests.
        held_usd: The most that requests of unknown end may have cost.
        reserved_usd: For requests in flight, or about to be.
    """

    def __init__(
        self, usd: float | None = None, spent_usd: float = 0.0, held_usd: float = 0.0
    ) -> None:
        self.usd = usd
        self.spent_usd = spent_usd
        self.held_usd = held_usd
        self.reserved_usd = 0.0
        self._reservations = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def used_usd(self) -> float:
        """What counts against the limit: spent or held."""
        return self.spent_usd + self.held_usd

    async def reserve(self, usd: float) -> None:
        """Set aside what a request may cost; wait while those in flight may yet leave enough.

        Args:
            usd: US dollars, 0 or more.

        Raises:
            Halt: It doesn't fit, and nothing in flight could make it fit.
        """
        while self.usd is not None and self.used_usd + self.reserved_usd + usd > self.usd:
            if not self._reservations or self.used_usd >= self.usd:
                raise Halt("budget", f"budget={self.usd:g}: {self._said(usd)}")
            change = asyncio.get_running_loop().create_future()
            self._waiting.append(change)
            await change
        self.reserved_usd += usd
        self._reservations += 1

    def _said(self, usd: float) -> str:
        held = self.held_usd
        may = f", up to {held:.4f} more may be for requests without an answer" if held else ""
        said = f"{self.spent_usd:.4f} US dollars are spent{may}"
        return f"{said} and the next call may cost {usd:.4f}" if usd else said

    def settle(self, reserved_usd: float, spent_usd: float = 0.0, held_usd: float = 0.0) -> None:
        """Replace a reservation by what it came to.

        Args:
            reserved_usd: As it was reserved.
            spent_usd: The bill in US dollars, even where it is more than that.
            held_usd: The most it may have cost, where nobody knows.
        """
        self._reservations -= 1
        left_usd = max(0.0, self.reserved_usd - reserved_usd)
        self.reserved_usd = left_usd if self._reservations else 0.0  # no rounding error stays
        self.spent_usd += spent_usd
        self.held_usd += held_usd
        while self._waiting:
            change = self._waiting.popleft()
            if not change.done():
                change.set_result(None)
