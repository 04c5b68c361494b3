"""What a person wants to see while calls are made. Numbers only; drawing is done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from ..request import Completion


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
        tokens_in: Of answered calls.
        tokens_out: Of answered calls.
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
    estimated: int = 0

    def count(self, answer: Completion) -> None:
        """Count an answer.

        Args:
            answer: Of a call that was made, not found in the journal.
        """
        self.answered += 1
        self.tokens_in += answer.tokens_in
        self.tokens_out += answer.tokens_out
        self.estimated += answer.estimated

    @property
    def share_rate_limited(self) -> float:
        """Requests refused with 429 over requests sent, 0 to 1."""
        return self.rate_limited / self.sent if self.sent else 0.0
