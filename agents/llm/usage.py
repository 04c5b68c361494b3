"""What the calls of one decision or verdict cost together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...model.decision import Usage
from .billing.bill import Bill
from .request import CallFailed, Completion


@dataclass
class UsageTotal:
    """A running total of calls.

    Attributes:
        calls: Requests sent.
        bills: Of the answered ones, whether their answers could be used or not.
        latency_s: Of calls one after another.
    """

    calls: int = 0
    bills: list[Bill] = field(default_factory=list)
    latency_s: float = 0.0

    def add(self, call: Completion | CallFailed) -> None:
        """Count a call that was made after those before it.

        Args:
            call: Its answer, or why there is none.
        """
        self.calls += call.attempts
        self.bills.append(call.bill)
        self.latency_s += call.latency_s

    @classmethod
    def concurrent(cls, totals: Sequence[UsageTotal]) -> UsageTotal:
        """What was spent at the same time: the slowest counts.

        Args:
            totals: One at least.
        """
        return cls(
            sum(t.calls for t in totals),
            [bill for t in totals for bill in t.bills],
            max(t.latency_s for t in totals),
        )

    @property
    def usage(self) -> Usage:
        """As records hold it."""
        bill = Bill.together(self.bills)
        return Usage(
            self.calls,
            bill.tokens.prompt,
            bill.tokens.completion,
            bill.cost_usd,
            round(self.latency_s, 4),
            bill.tokens.cached,
            None if bill.uncached_usd == bill.cost_usd else bill.uncached_usd,
        )
