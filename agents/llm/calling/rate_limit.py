"""How fast to send: a token bucket at the provider's rate, given or learnt from its headers.

Providers answer with how many requests and tokens are left and when the bucket is full again. Both
numbers together give its rate whatever its window is (a minute, a day): what is missing divided by
the time it takes to come back.

References:
    J. Turner, New directions in communications (or which way to the information age?), IEEE
    Communications Magazine 24(10), 1986: the leaky and token bucket.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from datetime import datetime

MARGIN = 0.95
"""Share of a rate that is used: clocks and queues on the way shift requests together."""
FASTER = 1.02
LOOK_AGAIN_S = 0.1
MOST, LONGEST_S = 1e12, 32 * 86400.0  # beyond this a header says nothing sensible
BURST_S = 0.1
"""A given rate is kept over any such time; how big a burst the provider takes, nobody said."""
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


Told = tuple[float, float, float | None]
"""What a provider's bucket holds when full, what it holds, and seconds until it is full."""


class Bucket:
    """A token bucket.

    Args:
        rate: What flows in per second; None lets everything pass until a rate is learnt.
    """

    def __init__(self, rate: float | None = None) -> None:
        self.given = rate is not None
        self.rate = rate
        self.capacity = 1.0 if self.rate is None else max(1.0, self.rate * MARGIN * BURST_S)
        self.level = self.capacity
        self._at = time.monotonic()

    def wait_s(self, amount: float) -> float:
        """Seconds until so much is in it, or it is full where it holds less."""
        if self.rate is None:
            return 0.0
        self._fill()
        return max(0.0, (min(amount, self.capacity) - self.level) / (self.rate * MARGIN))

    def take(self, amount: float) -> None:
        """Take so much out, more than is in it if need be; negative puts something back."""
        if self.rate is not None:
            self._fill()
            self.level = min(self.capacity, self.level - amount)

    def learn(self, told: Told, ago_s: float, since: float) -> None:
        """Take over what the provider said of its own bucket, unless a rate was given.

        Args:
            told: What it said.
            ago_s: Seconds since the request arrived there, when it may have looked.
            since: What was taken out of it after that.
        """
        limit, left, full_in_s = told
        if self.given or limit < 1:
            return
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

    def _fill(self) -> None:
        now = time.monotonic()
        if self.rate is not None:
            self.level = min(self.capacity, self.level + (now - self._at) * self.rate * MARGIN)
        self._at = now


class Pacer:
    """Requests and tokens per second towards one provider. Lives on one event loop.

    Args:
        rpm: Requests a minute; None learns it.
        tpm: Tokens a minute; None learns it.
    """

    def __init__(self, rpm: float | None = None, tpm: float | None = None) -> None:
        self.requests = Bucket(None if rpm is None else rpm / 60.0)
        self.tokens = Bucket(None if tpm is None else tpm / 60.0)
        self._turns = asyncio.Lock()  # first come, first served

    async def turn(self, tokens: int) -> None:
        """Wait until a request of about so many tokens may go; what is learnt counts at once."""
        async with self._turns:
            while (pause := max(self.requests.wait_s(1.0), self.tokens.wait_s(tokens))) > 0:
                await asyncio.sleep(min(pause, LOOK_AGAIN_S))
            self.requests.take(1.0)
            self.tokens.take(tokens)

    @property
    def knows(self) -> bool:
        """Whether the rate of requests was given or learnt."""
        return self.requests.rate is not None

    def refused(self) -> None:
        """A request was refused for too many: what was believed to be left isn't."""
        self.requests.level = min(self.requests.level, 0.0)

    def correct(self, booked: int, used: int) -> None:
        """Replace the tokens that were booked by those used."""
        self.tokens.take(used - booked)

    def learn(
        self, headers: Mapping[str, str], ago_s: float, sent_since: int, tokens_each: float
    ) -> None:
        """Learn from a response's rate-limit headers, of OpenAI's or Anthropic's form.

        Args:
            headers: Lower-case names.
            ago_s: Seconds since its request was sent.
            sent_since: Requests sent after it.
            tokens_each: What a request uses.
        """
        for bucket, name, each in (
            (self.requests, "requests", 1.0),
            (self.tokens, "tokens", tokens_each),
        ):
            found = _limits(headers, name)
            if found is not None:
                bucket.learn(found, ago_s, sent_since * each)


def _limits(headers: Mapping[str, str], name: str) -> Told | None:
    """Limit, what is left, and seconds until full again; None where the headers don't say."""
    for prefix, order in (
        ("x-ratelimit-", "{part}-{name}"),
        ("anthropic-ratelimit-", "{name}-{part}"),
    ):
        said = [
            headers.get(prefix + order.format(part=part, name=name))
            for part in ("limit", "remaining", "reset")
        ]
        try:
            if said[0] is not None and said[1] is not None:
                limit, left, full_in_s = float(said[0]), float(said[1]), _seconds(said[2])
                possible = 0 < limit < MOST and left >= 0 and (full_in_s or 0.0) < LONGEST_S
                return (limit, left, full_in_s) if possible else None
        except ValueError:
            return None
    return None


def _seconds(said: str | None) -> float | None:
    """`1m30.5s`, `340ms`, plain seconds, or the time of day it will be; None for anything else."""
    if said is None:
        return None
    parts = _SPAN.findall(said)
    if parts and "".join(n + u for n, u in parts) == said.strip():
        return sum(float(n) * _UNIT_S[u] for n, u in parts)
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        then = datetime.fromisoformat(said.replace("Z", "+00:00"))
        return max(0.0, then.timestamp() - time.time())
    except ValueError:
        return None
