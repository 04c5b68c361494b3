"""The way to one model at one address: how many at once, how fast, and what was learnt of both."""

from __future__ import annotations

import time

from ..settings import Calls
from .concurrency import Gate
from .rate_limit import Pacer
from .request import Completion, Request

SHARE, MANY = 0.05, 0.15
"""Weight of one call in the recent share of refusals, and the share that is no exception any more
where the provider's rate is known."""


class Lane:
    """The way to one model at one address: its own gate and pacer."""

    def __init__(self, calls: Calls, concurrency: int) -> None:
        self.gate = Gate(concurrency)
        self.pacer = Pacer(calls.rpm, calls.tpm)
        self.sent = 0
        self.refusals = 0.0  # their recent share
        self.answers = 0
        self.tokens = 0
        self.tokens_out = 0

    def likely_tokens(self, request: Request) -> int:
        """What a request will probably use, by the answers so far."""
        each = self.tokens_out / self.answers if self.answers else 300.0
        return request.likely_tokens_in + int(min(each, request.max_tokens))

    def learn(self, headers: dict[str, str], number: int, sent_at: float) -> None:
        """Learn the provider's rate from the response to this lane's request of that number."""
        if headers:
            each = self.tokens / self.answers if self.answers else 1000.0
            ago_s = time.monotonic() - sent_at
            self.pacer.learn(headers, ago_s, self.sent - number, each)

    def refused(self, entered: float) -> None:
        """A call was refused with 429: slow down, and let fewer in unless that was an exception."""
        self.refusals += SHARE * (1.0 - self.refusals)
        self.pacer.refused()
        if not self.pacer.knows or self.refusals > MANY:
            self.gate.squeeze(entered)

    def answered(self, booked: int, answer: Completion) -> None:
        """A call succeeded: let more through, and put right what was guessed about it."""
        self.refusals -= SHARE * self.refusals
        self.gate.ease()
        self.answers += 1
        self.tokens += answer.tokens_in + answer.tokens_out
        self.tokens_out += answer.tokens_out
        self.pacer.correct(booked, answer.tokens_in + answer.tokens_out)
