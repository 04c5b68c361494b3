"""All that one decision of a synthetic mind is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...model.decision import Assignment
from ...model.observation import Observation
from .competence import Competence
from .draws import Draws
from .perception import Percept
from .world import RequirementView, TaskView

ROLE_TITLES = (
    "analyst", "architect", "auditor", "designer", "engineer", "examiner", "integrator",
    "investigator", "lead", "modeller", "planner", "reviewer", "strategist", "writer",
)  # fmt: skip


@dataclass(slots=True)
class Situation:
    """A mind before its decision.

    Attributes:
        observation: All it has.
        task: As the world shows it.
        percept: What it took in.
        draws: Its random draws.
        competence: How well it works.
        skills: Its skill at each requirement where nothing takes from it, 0 to 1.
    """

    observation: Observation
    task: TaskView
    percept: Percept
    draws: Draws
    competence: Competence
    skills: Sequence[float]

    @property
    def assignment(self) -> Assignment | None:
        """What it was told to do."""
        return self.observation.assignment

    def role(self, i: int) -> str:
        """A role in the mind's own words: the domain of a requirement, and a title by lot.

        Args:
            i: Its index.
        """
        title = ROLE_TITLES[int(self.draws.title * len(ROLE_TITLES))]
        return f"{self.task.requirements[i].domain} {title}"

    def ids(self, indices: list[int]) -> tuple[str, ...]:
        """Ids of some requirements.

        Args:
            indices: In the order wanted.
        """
        return tuple(self.task.requirements[i].id for i in indices)


def in_focus(requirement: RequirementView, assignment: Assignment) -> bool:
    """Whether an assignment names a requirement, or its domain.

    Args:
        requirement: As the world shows it.
        assignment: With a focus in words of the task.
    """
    return requirement.id in assignment.focus or requirement.domain in assignment.focus
