"""A member of the organization: the Mesa agent that others see on the network."""

from __future__ import annotations

from mesa.discrete_space import Cell, FixedAgent

from ..decision import NO_CALLS, Usage
from ..messages import Log, View
from ..mind import Mind
from ..record import MemberRecord, TickRecord
from ..shocks.target import ShockTarget
from .mesa_model import Unnumbered


class Member(FixedAgent):  # type: ignore[misc]
    """An agent with a mind and a seat; it acts only on what reached its mailbox.

    Mesa's `unique_id` counts from 1 and is not ours to set; `member` is the id in records.

    Args:
        model: The organization it belongs to.
        member: Its id and its node on the network.
        mind: What decides for it.
        cell: Its seat.

    Attributes:
        last: Its part of the last tick's record; None before the first.
        practice: How often it worked on each topic, fading; empty where skills don't grow.
    """

    _ids = Unnumbered()

    def __init__(self, model: ShockTarget, member: int, mind: Mind, cell: Cell) -> None:
        super().__init__(model)
        self.member = member
        self.cell = cell
        self.last: MemberRecord | None = None
        self.practice: dict[str, float] = {}
        self._mind = mind
        self._tick: TickRecord | None = None

    def __repr__(self) -> str:
        return f"Member({self.member}, {self._mind.name!r}, {self.state or 'not yet asked'})"

    @property
    def mind(self) -> Mind:
        """What decides for it; to set it is to substitute it."""
        return self._mind

    @mind.setter
    def mind(self, mind: Mind) -> None:
        self.model.substitute(self.member, mind)

    def think_with(self, mind: Mind) -> None:
        """Take another mind; the organization calls this and keeps that it happened.

        Args:
            mind: The new one.
        """
        self._mind = mind

    def remove(self) -> None:
        """Leave the team, with its links, as by `remove_member`; nothing where it has left.

        Raises:
            UsageError: It is the last one.
        """
        if self.model.members.get(self.member) is self:
            self.model.remove_member(self.member)

    def vacate(self) -> None:
        """Give up seat and place in Mesa's sets; the organization calls this when it leaves."""
        super().remove()

    def take_in(self, record: TickRecord, own: MemberRecord) -> None:
        """Make the outcome of a tick its private state.

        Args:
            record: The tick.
            own: Its own part of it.
        """
        self._tick = record
        self.last = own

    @property
    def mailbox(self) -> View:
        """What of others had reached it at its last decision of the last tick."""
        if self._tick is None or self.last is None or not self.last.turns:
            return View(Log())
        return View(self._tick.log, self.last.turns[-1].seen)

    @property
    def state(self) -> str | None:
        """How it ended the last tick."""
        return self.last.state.value if self.last is not None else None

    @property
    def role(self) -> str | None:
        """The role it took in the last tick; None where it delivered nothing."""
        return self.last.role if self.last is not None else None

    @property
    def builds_on(self) -> tuple[int, ...]:
        """Whose work it used in the last tick."""
        return self.last.builds_on if self.last is not None else ()

    @property
    def confidence(self) -> float | None:
        """Of its last contribution in the last tick, 0 to 1."""
        work = self.last.contributions if self.last is not None else ()
        return work[-1].confidence if work else None

    @property
    def usage(self) -> Usage:
        """What it cost in the last tick."""
        return self.last.usage if self.last is not None else NO_CALLS

    @property
    def calls(self) -> int:
        """Model calls in the last tick."""
        return self.usage.calls

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens in the last tick."""
        usage = self.usage
        return usage.tokens_in + usage.tokens_out

    @property
    def cost_usd(self) -> float | None:
        """US dollars in the last tick; None where any price is unknown."""
        return self.usage.cost_usd

    @property
    def latency_s(self) -> float:
        """Seconds spent deciding in the last tick."""
        return self.usage.latency_s
