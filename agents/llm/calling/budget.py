"""Money: what a call may cost at worst is set aside before it is sent, so no budget is overshot."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from ....model.errors import Halt, UsageError
from .request import Request


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per token."""

    usd_in: float
    usd_out: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost."""
        return self.usd_in * tokens_in + self.usd_out * tokens_out

    def worst(self, request: Request) -> float:
        """The most a request can cost: a token per byte of the prompt, the longest completion."""
        return self.of(request.most_tokens_in, request.max_tokens)


def parse_prices(text: str | None) -> dict[str, Price]:
    """Prices as users give them: `IN,OUT` for every model or `ID=IN,OUT;ID=IN,OUT`.

    Args:
        text: US dollars per million tokens.

    Returns:
        Prices by model id; the key `*` is for every model not named.

    Raises:
        UsageError: Malformed.
    """
    if text is not None and not isinstance(text, str):
        raise UsageError(f"price={text!r} is no text; use '0.4,1.6' or 'ID=0.4,1.6;ID=0,0'")
    prices: dict[str, Price] = {}
    for part in filter(None, (text or "").split(";")):
        model, equals, numbers = part.rpartition("=")
        try:
            usd_in, usd_out = (float(n) / 1e6 for n in numbers.split(","))
        except ValueError:
            usd_in = usd_out = math.nan
        nameless = bool(equals) and not model.strip()
        if nameless or not (0 <= usd_in < math.inf and 0 <= usd_out < math.inf):
            raise UsageError(
                f"price={text!r}: part {part!r} is not USD per million tokens in and out; "
                "use '0.4,1.6' or 'ID=0.4,1.6;ID=0,0'"
            )
        prices[model.strip() if equals else "*"] = Price(usd_in, usd_out)
    return prices


def price_of(
    model: str, given: Mapping[str, Price], listed: tuple[float, float] | None
) -> Price | None:
    """A model's price: the one given for it, the one given for all, or LiteLLM's."""
    known = given.get(model) or given.get("*")
    return known if known is not None or listed is None else Price(*listed)


class Budget:
    """Spent, set aside, and left. Lives on one event loop.

    Args:
        usd: Never exceeded by what is spent; None for no limit.
        spent_usd: By earlier commands in the same folder.
    """

    def __init__(self, usd: float | None = None, spent_usd: float = 0.0) -> None:
        self.usd = usd
        self.spent_usd = spent_usd
        self.aside_usd = 0.0
        self._reservations = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    async def reserve(self, usd: float) -> None:
        """Set aside what a call may cost; wait while calls in flight may yet leave enough.

        Raises:
            Halt: It doesn't fit, and nothing in flight could make it fit.
        """
        while self.usd is not None and self.spent_usd + self.aside_usd + usd > self.usd:
            if not self._reservations:
                raise Halt(
                    "budget",
                    f"budget={self.usd:g}: {self.spent_usd:.4f} US dollars are spent and the next "
                    f"call may cost {usd:.4f}",
                )
            change = asyncio.get_running_loop().create_future()
            self._queue.append(change)
            await change
        self.aside_usd += usd
        self._reservations += 1

    def settle(self, reserved_usd: float, spent_usd: float) -> None:
        """Replace a reservation by what was spent, which is no more."""
        self._reservations -= 1
        self.aside_usd = max(0.0, self.aside_usd - reserved_usd) if self._reservations else 0.0
        self.spent_usd += spent_usd
        while self._queue:
            change = self._queue.popleft()
            if not change.done():
                change.set_result(None)
