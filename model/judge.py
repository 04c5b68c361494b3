"""The seam between finished work and its grades."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from .decision import NO_CALLS, Usage, WorkItem
from .plugins.tags import PluginTag, tagged
from .tasks.task import Requirement, Task

CRITERIA = ("accuracy", "completeness", "coherence", "actionability", "mission_relevance")


@dataclass(frozen=True, slots=True)
class Vote:
    """One judge's grades on a panel of several, each 1 to 4 or None where it gave none.

    Attributes:
        judge: Its name.
        grades: In the order of `CRITERIA`.
        reason: Its words, or why there are no grades.
    """

    judge: str
    grades: tuple[float | None, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judge's grades of one tick's work. None means not graded, never a middle grade.

    Attributes:
        accuracy: 1 to 4.
        completeness: 1 to 4.
        coherence: 1 to 4.
        actionability: 1 to 4.
        mission_relevance: 1 to 4.
        violations: Share of mandatory requirements left unmet, 0 to 1.
        reason: The judge's words, or why there are no grades.
        usage: What judging cost; kept apart from the team's own cost.
        votes: The grades of each judge, where several were asked; the grades above are their means.
        prompts: Version and hash of the judge's prompts, for judges that ask a model.
        mended: Places in which answers of models had to be put right before they could be read.
        score: What code makes of the answers, 0 to 1; None where no code scores the task.
    """

    accuracy: float | None = None
    completeness: float | None = None
    coherence: float | None = None
    actionability: float | None = None
    mission_relevance: float | None = None
    violations: float | None = None
    reason: str = ""
    usage: Usage = NO_CALLS
    votes: tuple[Vote, ...] = ()
    prompts: str = ""
    mended: int = 0
    score: float | None = None


LOWEST = 1.0
"""Grade of work that there isn't."""


def undelivered(rubric: Sequence[Requirement]) -> Verdict:
    """The verdict on a task for which nothing was delivered: the lowest, whoever judges.

    Args:
        rubric: Of the task.
    """
    unmet = 1.0 if any(r.mandatory for r in rubric) else None
    return Verdict(LOWEST, LOWEST, LOWEST, LOWEST, LOWEST, unmet)


@dataclass(frozen=True, slots=True)
class Work:
    """A finished contribution as a judge sees it: neither author nor role nor order of rounds.

    Attributes:
        text: The output.
        items: The structured form of synthetic work; empty for real minds.
    """

    text: str
    items: tuple[WorkItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One tick's work, handed to a judge that learns neither protocol nor who is who.

    Attributes:
        task: The brief and the rubric.
        works: In the order they were finished; may be empty.
        mission: What mission relevance is judged by.
        seed: For a judge that draws; the same seed gives the same verdict.
        tick: Ticks played before this one; says where in a run the work belongs.
    """

    task: Task
    works: tuple[Work, ...]
    mission: str
    seed: int
    tick: int = 0


class Judge(ABC):
    """Grades a team's collected work. It never learns the protocol or who is who."""

    instant: ClassVar[bool] = False
    paced: ClassVar[bool] = False
    name: str = "judge"

    @abstractmethod
    def appraise(self, submission: Submission) -> Verdict | Awaitable[Verdict]:
        """Grade the work on one task.

        Args:
            submission: All the judge may know.

        Returns:
            The verdict. An exception leaves every grade None and its cause in `reason`.
        """


JudgeFamily = Callable[[str], Judge]
"""Makes a judge from what follows the family's name and a colon; empty for its default."""


def judge_family(name: str) -> Callable[[JudgeFamily], JudgeFamily]:
    """Mark a function as the maker of all judges called `name` or `name:options`.

    Args:
        name: What users type before the colon; kebab-case.
    """
    return tagged(PluginTag("judges", name))
