"""What a team works on: the brief that agents read and the rubric that judges hold.

The split is the honesty of the laboratory: an `Observation` carries a `Brief`; only judges and
the synthetic world ever hold a `Rubric`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

LEVELS = ("L1", "L2", "L3", "L4")


@dataclass(frozen=True, slots=True)
class Brief:
    """What the agents read about a task.

    Attributes:
        task_id: Identifies the task within its stream.
        title: One line.
        text: The situation, its facts and constraints, and the deliverable.
        level: L1 (one domain) to L4 (conflicting stakeholders, incomplete information).
    """

    task_id: str
    title: str
    text: str
    level: str

    @property
    def tokens(self) -> int:
        """Rough length in tokens, four characters to one."""
        return (len(self.title) + len(self.text)) // 4


@dataclass(frozen=True, slots=True)
class Requirement:
    """One checkable thing a good answer contains.

    Attributes:
        id: Unique within its task.
        text: What a judge checks.
        domain: The trade whose knowledge it takes.
        difficulty: 0 (anyone of the trade gets it right) to 1 (an expert often does not).
        depends_on: Ids of the requirements whose results this one needs.
        conflicts_with: Ids of the requirements it must be reconciled with; symmetric.
        hidden: True where the brief does not say it and it must be inferred.
        mandatory: True where leaving it unmet is a compliance failure (risk).
    """

    id: str
    text: str
    domain: str
    difficulty: float
    depends_on: tuple[str, ...] = ()
    conflicts_with: tuple[str, ...] = ()
    hidden: bool = False
    mandatory: bool = False


@dataclass(frozen=True)
class Task:
    """A brief and its rubric.

    Attributes:
        brief: What agents see.
        rubric: What only judges and the synthetic world see; at least one requirement.
    """

    brief: Brief
    rubric: tuple[Requirement, ...] = field(repr=False)

    @property
    def id(self) -> str:
        """The task's id, the brief's."""
        return self.brief.task_id

    @property
    def level(self) -> str:
        """L1 to L4, the brief's."""
        return self.brief.level

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """The domains of the rubric, in order of first appearance."""
        return tuple(dict.fromkeys(r.domain for r in self.rubric))


TaskChange = Callable[[Task], Task]
"""A change that every later task goes through."""
