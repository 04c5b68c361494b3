"""Shocks to what is asked of the team: its mission, its client's priorities, the law."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ..errors import UsageError
from ..tasks.task import Brief, Requirement, Task
from .shock import Shock
from .target import ShockTarget


@dataclass(frozen=True, kw_only=True)
class NewMission(Shock):
    """The mission changes, from outside.

    Attributes:
        text: The new one.
    """

    name: ClassVar[str] = "mission"
    text: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise UsageError("shock=mission: text is empty; use mission:text=…")

    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """State the new mission."""
        org.restate(replace(org.charter, mission=self.text))
        return f"the mission is now: {self.text}"


@dataclass(frozen=True, kw_only=True)
class Priorities(Shock):
    """What a client put last comes first from now on, and all of it becomes mandatory.

    Attributes:
        domain: The domain that comes first; empty for the last-named domain of each task.
    """

    name: ClassVar[str] = "priorities"
    domain: str = ""

    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """Change every later task."""
        org.change_tasks(self.change)
        return f"{self.domain or 'what was named last'} comes first from now on"

    def change(self, task: Task) -> Task:
        """The task with that domain first and mandatory; as it is where it has no such domain.

        Args:
            task: As it would be.
        """
        domain = self.domain or task.domains[-1]
        if domain not in task.domains:
            return task
        first = tuple(replace(r, mandatory=True) for r in task.rubric if r.domain == domain)
        rest = tuple(r for r in task.rubric if r.domain != domain)
        said = f"The client's priorities have changed: what concerns {domain} comes first."
        return Task(_said(task.brief, said), (*first, *rest))


@dataclass(frozen=True, kw_only=True)
class Regulation(Shock):
    """Every later task must also meet a new rule.

    Attributes:
        domain: The trade whose knowledge it takes.
        difficulty: 0 to 1.
    """

    name: ClassVar[str] = "regulation"
    domain: str = "audit"
    difficulty: float = 0.5

    def __post_init__(self) -> None:
        if not self.domain.strip():
            raise UsageError("shock=regulation: domain is empty; use e.g. regulation:domain=audit")
        if not 0 <= self.difficulty <= 1:
            raise UsageError(
                f"shock=regulation: difficulty={self.difficulty} is outside 0 to 1; "
                "use e.g. difficulty=0.5"
            )

    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """Change every later task."""
        org.change_tasks(self.change)
        return f"a new regulation binds every task: {self.domain}"

    def change(self, task: Task) -> Task:
        """The task with one requirement more.

        Args:
            task: As it would be.
        """
        taken = sum(r.id.startswith("regulation-") for r in task.rubric)
        rule = (
            "name for each measure who answers for it, and the evidence an auditor can check, "
            f"as a specialist in {self.domain} would"
        )
        added = Requirement(
            f"regulation-{taken + 1}",
            f"The answer must {rule}.",
            self.domain,
            self.difficulty,
            mandatory=True,
        )
        said = f"A new regulation applies to this request: the answer must {rule}."
        return Task(_said(task.brief, said), (*task.rubric, added))


def _said(brief: Brief, sentence: str) -> Brief:
    return replace(brief, text=f"{brief.text.rstrip()}\n\n{sentence}\n")
