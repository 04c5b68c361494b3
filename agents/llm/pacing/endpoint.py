"""One model at one address: how many calls at once, how fast, and what was learnt of both."""

from __future__ import annotations

import time

from ..billing.tokens import Tokens
from ..request import Request
from ..settings import Calls
from .concurrency import ConcurrencyLimit
from .rate_limit import RateLimiter

REFUSAL_WEIGHT = 0.05
"""Weight of one call in the recent share of refusals."""
MANY_REFUSALS = 0.15
"""The share from which refusals are no exception, where the provider's rate is known."""
FIRST_TOKENS_OUT, FIRST_TOKENS = 300.0, 1000.0
"""Tokens out, and in all, that a call is taken to use before the first answer."""


class Endpoint:
    """One model at one address, with its own concurrency and rate.

    Args:
        calls: Says the rates, if the user gave them.
        most: Requests in flight at once, 1 or more.

    Attributes:
        excess: By how much the dearest bill exceeded the worst case, as a factor of 1 or more.
    """

    def __init__(self, calls: Calls, most: int) -> None:
        self.concurrency = ConcurrencyLimit(most)
        self.rate = RateLimiter(calls.rpm, calls.tpm)
        self.sent = 0
        self.refusal_share = 0.0
        self.answers = 0
        self.tokens = 0
        self.tokens_out = 0
        self.excess = 1.0

    def likely_tokens(self, request: Request) -> int:
        """What a request will probably use, by the answers so far.

        Args:
            request: Before it is sent.
        """
        each = self.tokens_out / self.answers if self.answers else FIRST_TOKENS_OUT
        return request.likely_tokens_in + int(min(each, request.max_tokens))

    def learn(self, headers: dict[str, str], number: int, sent_at: float) -> None:
        """Learn the provider's rate from a response.

        Args:
            headers: Of its rate limits; empty teaches nothing.
            number: Which request to this endpoint it answers, from 1.
            sent_at: When that was sent, in seconds of `time.monotonic`.
        """
        if headers:
            each = self.tokens / self.answers if self.answers else FIRST_TOKENS
            ago_s = time.monotonic() - sent_at
            self.rate.learn(headers, ago_s, self.sent - number, each)

    def on_bill(self, cost_usd: float | None, worst_usd: float | None) -> None:
        """Expect more of the worst case where a bill exceeds it.

        Args:
            cost_usd: What is owed for a request; None where no price is known.
            worst_usd: The most it should have cost, likewise.
        """
        if cost_usd and worst_usd:
            self.excess = max(self.excess, cost_usd / worst_usd)

    def on_refusal(self, acquired_at: float) -> None:
        """Slow down after a 429, and let fewer in unless that was an exception.

        Args:
            acquired_at: When the refused call had its slot.
        """
        self.refusal_share += REFUSAL_WEIGHT * (1.0 - self.refusal_share)
        self.rate.on_refusal()
        if not self.rate.known or self.refusal_share > MANY_REFUSALS:
            self.concurrency.decrease(acquired_at)

    def on_answer(self, booked: int, tokens: Tokens) -> None:
        """Let more calls through, and put right what was guessed about this one.

        Args:
            booked: Tokens that were taken from the rate for it.
            tokens: Those that it used.
        """
        self.refusal_share -= REFUSAL_WEIGHT * self.refusal_share
        self.concurrency.increase()
        self.answers += 1
        self.tokens += tokens.whole
        self.tokens_out += tokens.completion
        self.rate.correct(booked, tokens.whole)
