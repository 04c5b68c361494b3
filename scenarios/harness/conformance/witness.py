"""Minds and judges that pass on another's answers and keep what went by, for checks to look at."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from typing import Any

from ....model.judge import Judge, Submission, Verdict
from ....model.mind import Mind
from ....model.observation import Observation


class Witness(Mind):
    """Passes on another mind's decisions and keeps what it was shown.

    Args:
        mind: Decides.

    Attributes:
        shown: Every observation, in the order of the decisions.
    """

    def __init__(self, mind: Mind) -> None:
        self.mind = mind
        self.instant = mind.instant  # type: ignore[misc]  # whatever the mind is, it is too
        self.name = mind.name
        self.world = mind.world
        self.shown: list[Observation] = []

    def decide(self, observation: Observation) -> Any:
        """Keep the observation, then decide.

        Args:
            observation: Passed on as it is.
        """
        self.shown.append(observation)
        return self.mind.decide(observation)


class JudgeWitness(Judge):
    """Passes on another judge's verdicts and keeps them.

    Args:
        judge: Of any kind.

    Attributes:
        given: Every verdict the judge gave, whatever it is; none where it raised or was too late.
    """

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.name = judge.name
        self.instant = judge.instant  # type: ignore[misc]
        self.paced = judge.paced  # type: ignore[misc]
        self.given: list[Any] = []

    def appraise(self, submission: Submission) -> Verdict | Awaitable[Verdict]:
        """Ask the judge, and keep what it says.

        Args:
            submission: Passed on as it is.
        """
        found: Any = self.judge.appraise(submission)
        if inspect.isawaitable(found):
            return self._awaited(found)
        self.given.append(found)
        return found

    async def _awaited(self, found: Awaitable[Verdict]) -> Verdict:
        verdict = await found
        self.given.append(verdict)
        return verdict
