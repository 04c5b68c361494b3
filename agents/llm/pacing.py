"""How fast to send: a token bucket at the provider's rate, given or learnt from its headers.

Providers answer with how many requests and tokens are left and when the bucket is full again. Both
numbers together give its rate whatever its window is (a minute, a day): what is missing divided by
the time it takes to come back.

References:
    J. Turner, New directions in communications (or which way to the information age?), IEEE
    Communications Magazine 24(10), 1986: the leaky and token bucket.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime

MARGIN = 0.95
"""Share of a given rate that is used: clocks and queues on the way shift requests together."""
BURST_S = 0.1
"""A given rate is kept over any such time; how big a burst the provider takes, nobody said."""
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Bucket:
    """A token bucket that may be overdrawn: who overdraws waits until it is made good.

    Args:
        rate: What flows in per second; None lets everything pass until a rate is learnt.
        given: Whether the user gave the rate; learning then can only lower it.
    """

    def __init__(self, rate: float | None = None) -> None:
        self.given = rate is not None
        self.rate = None if rate is None else rate * MARGIN
        self.capacity = 1.0 if self.rate is None else max(1.0, self.rate * BURST_S)
        self.level = self.capacity
        self._at = time.monotonic()

    def take(self, amount: float = 1.0) -> float:
        """Take so much out and return the seconds to wait until it is covered."""
        if self.rate is None:
            return 0.0
        self._fill()
        self.level -= amount
        return max(0.0, -self.level / self.rate)

    def give_back(self, amount: float) -> None:
        """Put back what was taken and not used; negative where more was used."""
        if self.rate is not None:
            self.level = min(self.capacity, self.level + amount)

    def learn(self, limit: float, left: float, full_in_s: float | None, flying: float) -> None:
        """Take over what the provider said of its own bucket.

        Args:
            limit: What it holds when full.
            left: What it holds.
            full_in_s: Seconds until it is full; None where it doesn't say, then a minute fills it.
            flying: What is on its way and may not be counted yet.
        """
        if self.given or limit <= 0:
            return
        if full_in_s is None:
            self.rate = limit / 60.0
        elif full_in_s > 0 and left < limit:
            self.rate = (limit - left) / full_in_s
        elif self.rate is None:
            return
        if self.rate <= 0:
            self.rate = None
            return
        self.capacity = max(1.0, limit)
        told = left - flying
        # What is booked by waiting calls stands; the news can only be worse than that.
        self._fill()
        self.level = told if self.level > 0 else min(self.level, told)

    def _fill(self) -> None:
        now = time.monotonic()
        if self.rate is not None:
            self.level = min(self.capacity, self.level + (now - self._at) * self.rate)
        self._at = now


class Pacer:
    """Requests and tokens per second towards one provider.

    Args:
        rpm: Requests a minute; None learns it.
        tpm: Tokens a minute; None learns it.
    """

    def __init__(self, rpm: float | None = None, tpm: float | None = None) -> None:
        self.requests = Bucket(None if rpm is None else rpm / 60.0)
        self.tokens = Bucket(None if tpm is None else tpm / 60.0)

    def take(self, tokens: int) -> float:
        """Book one request of about so many tokens; return the seconds to wait before sending."""
        return max(self.requests.take(), self.tokens.take(tokens))

    def correct(self, booked: int, used: int) -> None:
        """Replace the tokens that were booked by those used."""
        self.tokens.give_back(booked - used)

    def learn(self, headers: Mapping[str, str], flying: int, tokens_each: float) -> None:
        """Learn from a response's rate-limit headers, of OpenAI's or Anthropic's form."""
        for bucket, name, each in (
            (self.requests, "requests", 1.0),
            (self.tokens, "tokens", tokens_each),
        ):
            found = _limits(headers, name)
            if found is not None:
                bucket.learn(*found, flying * each)


def _limits(headers: Mapping[str, str], name: str) -> tuple[float, float, float | None] | None:
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
                return float(said[0]), float(said[1]), _seconds(said[2])
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
