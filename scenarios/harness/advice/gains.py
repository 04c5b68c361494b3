"""What freedom is worth to a model, and a team: one arm against another on the same tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..config.advice import is_alone
from .beliefs import Array
from .course import Course, arm_of
from .race import Standing
from .words import Voice, chance

FREE, ASSIGNED = "sequential", ("sequential:roles=assigned", "fixed-roles")
"""Who chooses its role, and who is given one: the first of these that is an arm."""


@dataclass(frozen=True)
class Gain:
    """How much better one arm is than another on the same tasks.

    Attributes:
        what: `freedom` or `team`.
        arm: The one that has it, by its factors.
        against: The one that hasn't.
        draws: Of the difference, the arm's minus the other's.
        voice: How the race is spoken of.
        alone: Whether it is advised to leave the model alone.
    """

    what: str
    arm: dict[str, Any]
    against: dict[str, Any]
    draws: Array
    voice: Voice
    alone: bool = False

    @property
    def difference(self) -> float:
        """Of what is compared: outcomes, or shares of the best outcome per dollar."""
        return float(self.draws.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, of the difference."""
        low, high = map(float, np.quantile(self.draws, (0.025, 0.975)))
        return low, high

    @property
    def p(self) -> float:
        """The chance that the difference is above 0."""
        return float((self.draws > 0).mean())

    def body(self) -> dict[str, Any]:
        """As JSON."""
        low, high = self.interval
        return {
            "what": self.what, "arm": self.arm, "against": self.against, "answer": self.answer,
            "difference": self.difference, "low": low, "high": high, "p_better": self.p,
        }  # fmt: skip

    @property
    def p_little(self) -> float:
        """The chance that it is worth no more than the margin."""
        return float((self.draws <= self.voice.margin).mean())

    @property
    def answer(self) -> str:
        """`no` where it is surely worth no more than the margin, `yes` where it is surely worth
        something, else `unclear`: as sure as the choice of an arm must be."""
        if self.p_little >= self.voice.sure:
            return "no"
        return "yes" if self.p >= self.voice.sure else "unclear"

    def line(self) -> str:
        """In a sentence."""
        by = self.voice.difference(self.difference, self.interval)
        pair = f"{self.voice.arm(self.arm)} against {self.voice.arm(self.against)}"
        return f"{self._said()}: {pair}, {by}"

    def _said(self) -> str:
        if self.what == "freedom":
            gains = f"{self.arm['model']} gains from choosing roles itself"
            no = f"{self.arm['model']} does not gain from choosing roles itself"
        else:
            gains = "a team is worth it"
            no = "a team is not worth it, leave the model alone"
            if not self.alone:  # a team may be as good and cheaper
                no = f"no team is better than solo by more than {self.voice.close}"
        unclear = f"it is not clear whether {gains} (chance {chance(self.p)})"
        sure = {"yes": self.p, "no": self.p_little}
        said = {"yes": gains, "no": no, "unclear": unclear}[self.answer]
        if self.answer in sure:
            said += f" (chance {chance(sure[self.answer])})"
        return said


def gains(course: Course, chosen: int, voice: Voice) -> list[Gain]:
    """What freedom is worth to each model, and a team to the chosen one's.

    Args:
        course: As far as it came.
        chosen: The arm that is advised.
        voice: How the race is spoken of.
    """
    found = course.race.standing()
    if found is None:
        return []
    return [*_freedom(course, found, voice), *_team(course, found, chosen, voice)]


def _freedom(course: Course, found: Standing, voice: Voice) -> Iterator[Gain]:
    """For each model, at its largest team where both were played."""
    arms = {arm: arm_of(course.config.arms[arm]) for arm in found.arms}
    for model in dict.fromkeys(arm["model"] for arm in arms.values()):
        free = [k for k, a in arms.items() if a["protocol"] == FREE and a["model"] == model]
        for arm in sorted(free, key=lambda k: -arms[k]["agents"]):
            twins = (
                k for p in ASSIGNED for k, a in arms.items() if a == {**arms[arm], "protocol": p}
            )
            if (twin := next(twins, None)) is not None:
                draws = _difference(found, (arm, twin))
                yield Gain("freedom", arms[arm], arms[twin], draws, voice)
                break


def _team(course: Course, found: Standing, chosen: int, voice: Voice) -> Iterator[Gain]:
    """The best team against the best of solo, both with the model that is advised."""
    arms = {arm: arm_of(course.config.arms[arm]) for arm in found.arms}
    mean = dict(zip(found.arms, found.worth.mean, strict=True))
    model = arm_of(course.config.arms[chosen])["model"]
    own = [k for k, a in arms.items() if a["model"] == model]
    alone = [k for k in own if is_alone(arms[k]["protocol"])]
    teams = [k for k in own if k not in alone]
    if alone and teams:
        team, solo = (max(of, key=mean.__getitem__) for of in (teams, alone))
        draws = _difference(found, (team, solo))
        yield Gain("team", arms[team], arms[solo], draws, voice, alone=chosen in alone)


def _difference(found: Standing, pair: tuple[int, int]) -> Array:
    one, other = (found.worth.draws[:, found.arms.index(arm)] for arm in pair)
    return np.asarray(one - other)
