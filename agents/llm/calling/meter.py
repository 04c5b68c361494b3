"""What a person wants to see while calls are made. Numbers only; drawing is done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from ..billing.tokens import Tokens


@dataclass
class Meter:
    """Counts of one command's calls, updated on the event loop, read from anywhere.

    Attributes:
        in_flight: Requests sent and not answered.
        waiting: Calls that wait: for a slot, for the rate, for money, or after a refusal.
        sent: Requests.
        answered: Calls that gave an answer.
        replayed: Calls answered from the journal.
        failed: Calls given up.
        retries: Requests beyond the first of a call.
        rate_limited: Requests refused with 429.
        most_in_flight: The most at any time.
        tokens_in: Of all requests that were answered.
        tokens_out: Likewise.
        tokens_cached: Likewise, of the prompts, read from a cache.
        estimated: Answers whose token counts were missing or impossible.
    """

    in_flight: int = 0
    waiting: int = 0
    sent: int = 0
    answered: int = 0
    replayed: int = 0
    failed: int = 0
    retries: int = 0
    rate_limited: int = 0
    most_in_flight: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    estimated: int = 0

    def count(self, tokens: Tokens) -> None:
        """Count the tokens of an answered request.

        Args:
            tokens: Whether its answer could be used or not.
        """
        self.tokens_in += tokens.prompt
        self.tokens_out += tokens.completion
        self.tokens_cached += tokens.cached

    @property
    def share_rate_limited(self) -> float:
        """Requests refused with 429 over requests sent, 0 to 1."""
        return self.rate_limited / self.sent if self.sent else 0.0
