"""A limit of requests per second, kept and told as OpenAI does."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil


class Bucket:
    """Fills with `rate` tokens per second up to `burst`; every request admitted takes one."""

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rate = rate
        self.burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._then = clock()

    def take(self) -> float:
        """Admit a request: 0.0, or refuse it: the seconds until one would be admitted."""
        self._fill()
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self.rate

    def headers(self) -> dict[str, str]:
        """The bucket's state as response headers."""
        self._fill()
        return {
            "x-ratelimit-limit-requests": str(self.burst),
            "x-ratelimit-remaining-requests": str(int(self._tokens)),
            "x-ratelimit-reset-requests": duration((self.burst - self._tokens) / self.rate),
        }

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._then) * self.rate)
        self._then = now


def duration(seconds: float) -> str:
    """Seconds as OpenAI writes them: `340ms`, `1.2s`, `6m0s`, `1h0m3s`."""
    ms = ceil(1000 * seconds - 1e-6)
    if ms <= 0:
        return "0s"
    if ms < 1000:
        return f"{ms}ms"
    minutes, ms = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    shown = f"{ms / 1000:g}s"
    if hours:
        return f"{hours}h{minutes}m{shown}"
    return f"{minutes}m{shown}" if minutes else shown
