"""A member of the organization: the Mesa agent that others see on the network."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import mesa
from mesa.discrete_space import FixedAgent

from .decision import NO_CALLS, Usage
from .messages import Log, View
from .mind import Mind
from .record import MemberRecord, TickRecord

if TYPE_CHECKING:
    from .organization import Organization


class _Counters:
    """Numbers the agents of each model without keeping the model alive.

    Mesa 3.3 counts in a dictionary of models that it never empties: a process that plays
    thousands of runs would keep them all.
    """

    def __init__(self) -> None:
        self._counts: WeakKeyDictionary[mesa.Model, Iterator[int]] = WeakKeyDictionary()

    def __getitem__(self, model: mesa.Model) -> Iterator[int]:
        return self._counts.setdefault(model, count(1))


class Member(FixedAgent):  # type: ignore[misc]
    """An agent with a mind and a seat; it acts only on what reached its mailbox.

    Mesa's `unique_id` counts from 1 and is not ours to set; `member` is the id in records.

    Attributes:
        member: Its id and its node on the network.
        mind: What decides for it.
        last: Its part of the last tick's record; None before the first.
        practice: How often it worked on each topic, fading; empty where skills don't grow.
    """

    _ids = _Counters()

    def __init__(self, organization: Organization, member: int, mind: Mind) -> None:
        super().__init__(organization)
        self.member = member
        self.mind = mind
        self.cell = organization.network.seat(member)
        self.last: MemberRecord | None = None
        self.practice: dict[str, float] = {}
        self._tick: TickRecord | None = None

    def take_in(self, record: TickRecord, own: MemberRecord) -> None:
        """Make the outcome of a tick its private state."""
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
