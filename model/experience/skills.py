"""Skills that grow with practice: the part of a member's state that its mind may read.

A member's practice of a topic is the number of tasks on which it worked on it, each counting less
by a constant factor for every tick since. What it brought the member is a level:

    level = 1 - exp(-rate · practice)

References:
    A. Newell & P. Rosenbloom, "Mechanisms of skill acquisition and the law of practice", 1981;
    the exponential form after A. Heathcote, S. Brown & D. Mewhort, 2000.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ..decision import normalised
from ..errors import UsageError
from ..record import MemberRecord
from ..tasks.task import Task

FORGOTTEN = 0.01  # practice below which a topic is dropped


@dataclass(frozen=True, slots=True)
class Growth:
    """How fast members learn and forget.

    Attributes:
        rate: Growth of the level per task practised, above 0.
        forgetting: Share of practice lost per tick, 0 to below 1.
    """

    rate: float = 0.3
    forgetting: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.rate < math.inf:
            raise UsageError(f"rate={self.rate} is not above 0; use e.g. rate=0.3")
        if not 0 <= self.forgetting < 1:
            raise UsageError(f"forgetting={self.forgetting} is outside 0 to 1; use e.g. 0.05")

    def after(self, practice: dict[str, float], topics: Iterable[str]) -> dict[str, float]:
        """Practice by topic after one more tick in which these topics were worked on.

        Args:
            practice: By topic, before the tick.
            topics: Each once.
        """
        kept = 1.0 - self.forgetting
        grown = {t: p * kept for t, p in practice.items() if p * kept >= FORGOTTEN}
        for topic in topics:
            grown[topic] = grown.get(topic, 0.0) + 1.0
        return grown

    def levels(self, practice: dict[str, float]) -> tuple[tuple[str, float], ...]:
        """Topic and level, 0 to 1, by topic; rounded, so that records are equal everywhere.

        Args:
            practice: By topic, 0 or more.
        """
        reached = {t: 1.0 - math.exp(-self.rate * p) for t, p in practice.items()}
        return tuple((t, round(reached[t], 6)) for t in sorted(reached))


def topics_of(own: MemberRecord, task: Task) -> set[str]:
    """What a member worked on: its items' domains, or its roles where its work has no items.

    Args:
        own: The member's part of the tick.
        task: Of the tick, as it was then.
    """
    domains = {r.id: r.domain for r in task.rubric}
    found: set[str] = set()
    for work in own.contributions:
        known = {domains[i.requirement] for i in work.items if i.requirement in domains}
        found |= known or {normalised(work.role)}
    return found
