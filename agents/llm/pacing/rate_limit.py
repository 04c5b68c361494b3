"""How fast to send: a token bucket at the provider's rate, given or learnt from its headers.

Both numbers of a reading together give the provider's rate whatever its window is (a minute, a
day): what is missing divided by the time it takes to come back.

References:
    J. Turner, New directions in communications (or which way to the information age?), IEEE
    Communications Magazine 24(10), 1986: the leaky and token bucket.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping
from typing import NamedTuple

from ..responses.rate_limit_headers import Reading, reading_in
from .waiting import back_at

MARGIN = 0.95
"""Share of a rate that is used: clocks and queues on the way shift requests together."""
FASTER = 1.02
"""Factor by which a known rate may grow with one reading."""
LOOK_AGAIN_S = 0.1
WORTH_SAYING_S = 2.0
"""Of a wait: shorter ones are no news."""
BURST_S = 0.1
"""A given rate is kept over any such time; how big a burst the provider takes, nobody said."""


class TokenBucket:
    """Fills at a rate; who takes out more than is in it leaves it overdrawn.

    Args:
        rate: What flows in per second, above 0; None lets everything pass until a rate is learnt.
    """

    def __init__(self, rate: float | None = None) -> None:
        self.given = rate is not None
        self.rate = rate
        self.capacity = 1.0 if rate is None else max(1.0, rate * MARGIN * BURST_S)
        self.level = self.capacity
        self._at = time.monotonic()
        self._full_at = self._at

    def wait_s(self, amount: float) -> float:
        """Seconds until an amount is in it, or it is full where it holds less.

        Args:
            amount: 0 or more.
        """
        if self.rate is None:
            return 0.0
        self._fill()
        return max(0.0, (min(amount, self.capacity) - self.level) / (self.rate * MARGIN))

    def take(self, amount: float) -> None:
        """Take an amount out, more than is in it if need be.

        Args:
            amount: Negative puts something back.
        """
        if self.rate is not None:
            self._fill()
            self.level = min(self.capacity, self.level - amount)

    def learn(self, reading: Reading, ago_s: float, since: float) -> None:
        """Take over what the provider said of its own bucket, unless a rate was given.

        Args:
            reading: What it said.
            ago_s: Seconds since the request arrived there, when it may have looked.
            since: What was taken out of it after that.
        """
        limit, left, full_in_s = reading
        if self.given or limit < 1:
            return
        self._full_at = time.monotonic() + (full_in_s or 0.0)
        missing = limit - left
        if full_in_s is None:
            self.rate = limit / 60.0
        elif full_in_s > 0 and missing > 0:
            # What is left comes in whole numbers, so a reading is a range: keep to its lower half.
            low, high = max(missing - 1.0, 0.1) / full_in_s, (missing - 0.5) / full_in_s
            self.rate = low if self.rate is None else min(high, max(low, self.rate * FASTER))
        elif self.rate is None:
            self.rate = limit / 60.0  # full: how fast it fills, the next answers tell
        if self.rate is not None:
            self._fill()
            self.capacity = max(1.0, limit)
            # It looked when the request came or when the answer went: the less of the two holds.
            self.level = min(self.capacity, left + min(0.0, self.rate * ago_s - since))

    @property
    def full_in_s(self) -> float:
        """Seconds until all of it is back, as the provider last said; 0 where it is."""
        return max(0.0, self._full_at - time.monotonic())

    def _fill(self) -> None:
        now = time.monotonic()
        if self.rate is not None:
            self.level = min(self.capacity, self.level + (now - self._at) * self.rate * MARGIN)
        self._at = now


class _Pause(NamedTuple):
    """A wait for one of the two buckets."""

    seconds: float
    bucket: TokenBucket
    name: str


class LongWaitError(Exception):
    """A provider has nothing left for us for longer than anybody wants to wait."""


class RateLimiter:
    """Requests and tokens per second towards one provider. Lives on one event loop.

    Args:
        rpm: Requests a minute, above 0; None learns it.
        tpm: Tokens a minute, above 0; None learns it.
    """

    def __init__(self, rpm: float | None = None, tpm: float | None = None) -> None:
        self.requests = TokenBucket(None if rpm is None else rpm / 60.0)
        self.tokens = TokenBucket(None if tpm is None else tpm / 60.0)
        self.wait = ""  # what is waited for and until when, while it is
        self._turns = asyncio.Lock()  # first come, first served

    @property
    def known(self) -> bool:
        """Whether the rate of requests was given or learnt."""
        return self.requests.rate is not None

    async def acquire(self, tokens: int, patience_s: float = math.inf) -> None:
        """Wait until a request may go; what is learnt meanwhile counts at once.

        Args:
            tokens: About how many it will use, 0 or more.
            patience_s: How long at most, where the provider and not the user set the rate.

        Raises:
            LongWaitError: That is too short.
        """
        async with self._turns:
            try:
                while (pause := self._pause(tokens)).seconds > 0:
                    if pause.seconds > patience_s and not pause.bucket.given:
                        raise LongWaitError(self._said(pause))
                    self.wait = self._said(pause) if pause.seconds > WORTH_SAYING_S else ""
                    await asyncio.sleep(min(pause.seconds, LOOK_AGAIN_S))
            finally:
                self.wait = ""
            self.requests.take(1.0)
            self.tokens.take(tokens)

    def _pause(self, tokens: int) -> _Pause:
        """The longer of two waits."""
        both = (
            _Pause(self.requests.wait_s(1.0), self.requests, "requests"),
            _Pause(self.tokens.wait_s(tokens), self.tokens, "tokens"),
        )
        return max(both, key=lambda pause: pause.seconds)

    def _said(self, pause: _Pause) -> str:
        bucket = pause.bucket
        until = back_at(max(pause.seconds, bucket.full_in_s))
        return f"of {bucket.capacity:,.0f} {pause.name} none is left until {until}"

    def correct(self, booked: int, used: int) -> None:
        """Replace the tokens that were booked by those used.

        Args:
            booked: As given to `acquire`.
            used: As the answer says; 0 where there was none.
        """
        self.tokens.take(used - booked)

    def on_refusal(self) -> None:
        """A request was refused for too many: what was believed to be left isn't."""
        self.requests.level = min(self.requests.level, 0.0)

    def learn(
        self, headers: Mapping[str, str], ago_s: float, sent_since: int, tokens_each: float
    ) -> None:
        """Learn from a response's rate-limit headers, of OpenAI's or Anthropic's form.

        Args:
            headers: Lower-case names.
            ago_s: Seconds since its request was sent, 0 or more.
            sent_since: Requests sent after it, 0 or more.
            tokens_each: What a request uses.
        """
        for bucket, name, each in (
            (self.requests, "requests", 1.0),
            (self.tokens, "tokens", tokens_each),
        ):
            reading = reading_in(headers, name)
            if reading is not None:
                bucket.learn(reading, ago_s, sent_since * each)
