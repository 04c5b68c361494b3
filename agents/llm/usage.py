"""What the calls of one decision or verdict cost together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...model.decision import Usage
from .request import CallFailed, Completion


@dataclass
class UsageTotal:
    """A running total of calls.

    Attributes:
        calls: Requests sent.
        tokens_in: Of the answers.
        tokens_out: Of the answers.
        cost_usd: None as soon as the price of one call is not known.
        latency_s: Of calls one after another.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    latency_s: float = 0.0

    def add(self, call: Completion | CallFailed) -> None:
        """Count a call that was made after those before it.

        Args:
            call: Its answer, or why there is none.
        """
        if isinstance(call, Completion):
            self.tokens_in += call.tokens_in
            self.tokens_out += call.tokens_out
        self._add(call.attempts, call.cost_usd, call.latency_s)

    def _add(self, calls: int, cost_usd: float | None, latency_s: float) -> None:
        self.calls += calls
        known = self.cost_usd is not None and cost_usd is not None
        self.cost_usd = self.cost_usd + cost_usd if known else None  # type: ignore[operator]
        self.latency_s += latency_s

    @classmethod
    def concurrent(cls, totals: Sequence[UsageTotal]) -> UsageTotal:
        """What was spent at the same time: the slowest counts.

        Args:
            totals: One at least.
        """
        whole = cls(latency_s=max(t.latency_s for t in totals))
        for t in totals:
            whole.tokens_in += t.tokens_in
            whole.tokens_out += t.tokens_out
            whole._add(t.calls, t.cost_usd, 0.0)
        return whole

    @property
    def usage(self) -> Usage:
        """As records hold it."""
        return Usage(
            self.calls, self.tokens_in, self.tokens_out, self.cost_usd, round(self.latency_s, 4)
        )
