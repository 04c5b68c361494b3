"""Minds and a judge for tests: one may do anything, one takes its time, one never answers.

They ship with the package so that plug-ins are tested against the same misbehaviour as built-ins.
"""

from __future__ import annotations

import asyncio
import random
import threading
from typing import Any

from ..model.decision import (
    Abstention,
    Act,
    Answer,
    Assignment,
    Contribution,
    FinalAnswer,
    Intention,
    Move,
    Plan,
    Reply,
    Saying,
    Usage,
)
from ..model.judge import CRITERIA, Judge, Submission, Verdict
from ..model.mind import Mind
from ..model.observation import Observation
from ..model.ruling import Amendment

ROLES = ("analyst", "Analyst ", "critic", "editor", "lead  analyst", "planner")


class ArbitraryMind(Mind):
    """Does anything a mind may do, and with some chance what it may not, drawn by seed.

    Args:
        misbehaving: Chance to raise or to answer nonsense, 0 to 1.
        abstaining: Chance to decline where it behaves, 0 to 1.
    """

    instant = True
    name = "arbitrary"

    def __init__(self, misbehaving: float = 0.0, abstaining: float = 0.25) -> None:
        self.misbehaving = misbehaving
        self.abstaining = abstaining

    def decide(self, observation: Observation) -> Answer | Reply:
        """Draw a reply from the observation's seed alone.

        Args:
            observation: What the member knows.
        """
        draw = random.Random(observation.seed)
        if draw.random() < self.misbehaving:
            return _nonsense(draw)
        usage = Usage(1, draw.randrange(2000), draw.randrange(500), draw.choice([None, 0.01]), 1.0)
        return Answer(self._reply(observation, draw), usage)

    def _reply(self, observation: Observation, draw: random.Random) -> Reply:
        if draw.random() < self.abstaining:
            return Abstention("nothing to add")
        role = draw.choice(ROLES)
        if observation.act is Act.INTEND:
            return Intention(role)
        if observation.act is Act.PLAN:
            chosen = [m for m in (*observation.roster, 10_001) if draw.random() < 0.7]
            return Plan(tuple(Assignment(m, role) for m in chosen))
        if observation.act is Act.AMEND:
            return Amendment(draw.choice(["mission", "standards", "protocol.batch", "?"]), role)
        options = getattr(observation.form, "options", (True, 1, "none", (1, 2), "?"))
        if observation.act is Act.SAY:
            to = tuple(m for m in (*observation.roster, 10_001) if draw.random() < 0.3)
            return Saying(f"{role} says something", to)
        if observation.act is Act.ANSWER:
            return FinalAnswer(draw.choice(options))
        if observation.act is Act.MOVE:
            return Move(str(draw.choice(options)), draw.choice(["", role]))
        # Some of these authors it has not seen, or don't exist: the kernel must take them out.
        named = [m.author for m in observation.messages if draw.random() < 0.3]
        named += [draw.randrange(60) for _ in range(draw.randrange(3))]
        confidence = draw.random()
        answer = None if observation.form is None else draw.choice([None, *options])
        return Contribution(role, "some work", tuple(named), confidence, answer=answer)


def _nonsense(draw: random.Random) -> Any:
    match draw.randrange(5):
        case 0:
            raise RuntimeError("this mind breaks")
        case 1:
            return None
        case 2:
            return Contribution("", "no role")
        case 3:
            return Contribution("critic", "sure of it", (), 7.0)
        case _:
            return {"role": "critic"}


class DelayedMind(Mind):
    """Another mind's answers after a random wait, so that they arrive in random order.

    Args:
        mind: Decides.
        most_s: The longest wait in seconds, 0 or more.
    """

    def __init__(self, mind: Mind, most_s: float = 0.003) -> None:
        self.mind = mind
        self.name = mind.name
        self.world = mind.world
        self.most_s = most_s
        self._waits = random.Random()  # unseeded on purpose: the order must not matter

    async def decide(self, observation: Observation) -> Any:
        """Wait, then decide.

        Args:
            observation: What the member knows.
        """
        await asyncio.sleep(self._waits.random() * self.most_s)
        return self.mind.decide(observation)


class HangingMind(Mind):
    """Never answers: awaiting, or blocking a thread.

    Args:
        blocking: Whether it blocks instead of awaiting.
    """

    name = "hanging"

    def __init__(self, *, blocking: bool = False) -> None:
        self.blocking = blocking

    def decide(self, observation: Observation) -> Any:
        """Block this thread, or return what is never done.

        Args:
            observation: Ignored.
        """
        if self.blocking:
            threading.Event().wait()
        return asyncio.sleep(3600, Abstention("too late"))


class ArbitraryJudge(Judge):
    """Gives any grade, now and then none, drawn by seed."""

    instant = True
    name = "arbitrary"

    def appraise(self, submission: Submission) -> Verdict:
        """Draw every grade from the submission's seed alone.

        Args:
            submission: Its works are not read.
        """
        draw = random.Random(submission.seed)
        grades = [draw.choice([1.0, 4.0, draw.uniform(1, 4)]) for _ in CRITERIA]
        missing = draw.randrange(4 * len(grades))
        by_name: dict[str, Any] = dict(zip(CRITERIA, grades, strict=True))
        if missing < len(grades):
            by_name[CRITERIA[missing]] = None
        return Verdict(**by_name, violations=draw.choice([None, 0.0, draw.random()]))
