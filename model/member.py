"""A member of the organization: the Mesa agent that others see on the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa.discrete_space import FixedAgent

from .messages import Log, View
from .mind import Mind
from .record import MemberRecord, TickRecord

if TYPE_CHECKING:
    from .organization import Organization


class Member(FixedAgent):  # type: ignore[misc]
    """An agent with a mind and a seat; it acts only on what reached its mailbox.

    Mesa's `unique_id` counts from 1 and is not ours to set; `member` is the id in records.

    Attributes:
        member: Its id and its node on the network.
        mind: What decides for it.
        state: Its state at the end of the last tick; None before the first.
        role: The role it took in the last tick; None where it delivered nothing.
        builds_on: Whose work it used in the last tick.
        confidence: Of its last contribution, 0 to 1.
        calls: Decisions' model calls in the last tick.
        tokens: Prompt and completion tokens in the last tick.
        cost_usd: US dollars in the last tick; None where any price is unknown.
        latency_s: Seconds spent deciding in the last tick.
    """

    def __init__(self, organization: Organization, member: int, mind: Mind) -> None:
        super().__init__(organization)
        self.member = member
        self.mind = mind
        self.cell = organization.network.seat(member)
        self.state: str | None = None
        self.role: str | None = None
        self.builds_on: tuple[int, ...] = ()
        self.confidence: float | None = None
        self.calls = 0
        self.tokens = 0
        self.cost_usd: float | None = None
        self.latency_s = 0.0
        self._last: tuple[TickRecord, MemberRecord] | None = None

    @property
    def mailbox(self) -> View:
        """What of others had reached it at its last decision of the last tick."""
        if self._last is None or not self._last[1].turns:
            return View(Log())
        record, own = self._last
        return View(record.log, own.turns[-1].seen)

    def take_in(self, record: TickRecord, own: MemberRecord) -> None:
        """Make the outcome of a tick its private state."""
        self._last = (record, own)
        self.state = own.state.value
        self.role = own.role
        self.builds_on = own.builds_on
        self.confidence = own.contributions[-1].confidence if own.contributions else None
        self.calls = self.tokens = 0
        self.latency_s = 0.0
        cost: float | None = 0.0 if own.turns else None
        for turn in own.turns:
            usage = turn.usage
            self.calls += usage.calls
            self.tokens += usage.tokens_in + usage.tokens_out
            self.latency_s += usage.latency_s
            known = cost is not None and usage.cost_usd is not None
            cost = cost + usage.cost_usd if known else None  # type: ignore[operator]
        self.cost_usd = cost
