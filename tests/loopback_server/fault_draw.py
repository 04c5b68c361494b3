"""Which request suffers which fault: `Faults` together with what has happened under them."""

from __future__ import annotations

from collections import Counter
from math import ceil
from random import Random

from .faults import Faults
from .token_bucket import Bucket


class FaultDraw:
    """The state of one `Faults`: place in the schedule, who has suffered, what is left to spend."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.bucket = None
        if faults.requests_per_s is not None:
            self.bucket = Bucket(faults.requests_per_s, faults.burst)
        self._shares = faults.shares()
        self._sent: Counter[str] = Counter()
        self._suffered: set[str] = set()
        self._place = 0

    def fault(self, digest: str, prompt: str) -> str | None:
        """The fault a request suffers, by the digest of its body and its prompt."""
        faults = self.faults
        if faults.match is not None and faults.match not in prompt:
            return None
        if faults.only_once and digest in self._suffered:
            return None
        if self._place < len(faults.schedule):
            kind = faults.schedule[self._place]
            self._place += 1
        else:
            kind = self._drawn(digest)
        if kind and faults.only_once:
            self._suffered.add(digest)
        return kind

    def down(self, age: float) -> bool:
        """Whether the server is out of order so many seconds after its start."""
        outage = self.faults.outage
        return outage is not None and outage[0] <= age < outage[1]

    def headers(self) -> dict[str, str]:
        """The limit's headers, if there is a limit and it is told."""
        hidden = self.bucket is None or self.faults.hide_limit_headers
        return {} if hidden or self.bucket is None else self.bucket.headers()

    def wait(self, seconds: float) -> dict[str, str]:
        """Headers that ask to wait: in whole seconds, and exactly where the limit is told."""
        told = {"Retry-After": str(ceil(seconds))}
        exactly = {} if self.faults.hide_limit_headers else {"retry-after-ms": _ms(seconds)}
        return {**told, **exactly}

    def _drawn(self, digest: str) -> str | None:
        if not self._shares:
            return None
        self._sent[digest] += 1
        point = Random(f"{self.faults.seed}:{digest}:{self._sent[digest]}").random()
        for kind, share in self._shares:
            point -= share
            if point < 0:
                return kind
        return None


def _ms(seconds: float) -> str:
    return str(ceil(1000 * seconds))
