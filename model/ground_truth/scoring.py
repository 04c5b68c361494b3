"""What code makes of a team's answers, and how several answers become the team's."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import UnknownNameError
from .values import Fact, Value

Rule = Literal["each", "plurality", "last"]
RULES: tuple[Rule, ...] = ("each", "plurality", "last")
"""Each for itself; the most frequent of those who answered; whoever answered last."""

Answers = Mapping[int, Value | None]
"""Answers by member, in the order they were given; None is no answer."""


@dataclass(frozen=True, slots=True)
class Score:
    """What code makes of the answers to one task.

    Attributes:
        score: Of the team, 0 to 1.
        by_member: Of each member, 0 to 1; a missing answer scores 0.
        reason: Why, in one line.
    """

    score: float
    by_member: dict[int, float] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """One member's final answer in a record.

    Attributes:
        member: Whose.
        value: None where it gave none.
        score: What it is worth by itself, 0 to 1.
    """

    member: int
    value: Value | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what a team's score lies; expected scores, 0 to 1.

    Attributes:
        floor: The best constant answer, or chance.
        own: What members score from their own parts alone.
        ceiling: What they score with all parts pooled.
    """

    floor: float
    own: float
    ceiling: float


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What a record holds of a task that code scores.

    Attributes:
        family: The family with its options, as users type it.
        answers: One for each member.
        facts: All private parts.
        bounds: Floor, own part and ceiling.
    """

    family: str
    answers: tuple[Given, ...]
    facts: tuple[Fact, ...]
    bounds: Bounds


def mean(values: Mapping[int, float]) -> float:
    """The mean over members; 0 without any.

    Args:
        values: By member.
    """
    return math.fsum(values.values()) / len(values) if values else 0.0


def check_rule(rule: str) -> Rule:
    """A team rule by its name.

    Args:
        rule: One of `RULES`.

    Raises:
        UnknownNameError: It is none.
    """
    for known in RULES:
        if rule == known:
            return known
    raise UnknownNameError("rule", rule, RULES)


def team_answer(answers: Answers, rule: Rule, seed: int) -> Value | None:
    """The team's one answer; None where nobody answered, or each answers for itself.

    Args:
        answers: By member, in the order they were given.
        rule: How the team decides.
        seed: Decides between answers given equally often.
    """
    given = [a for a in answers.values() if a is not None]
    if not given or rule == "each":
        return None
    if rule == "last":
        return given[-1]
    counted = Counter(given)
    most = max(counted.values())
    tied = sorted((a for a, k in counted.items() if k == most), key=repr)
    return tied[0] if len(tied) == 1 else random.Random(seed).choice(tied)


def grade(
    members: tuple[int, ...],
    answers: Answers,
    worth: Callable[[int, Value], float],
    rule: Rule,
    seed: int,
) -> Score:
    """Score answers that are right or wrong one by one.

    Args:
        members: All of the team.
        answers: By member.
        worth: What a member's answer is worth, 0 to 1.
        rule: How the team decides.
        seed: Decides between answers given equally often.
    """
    given = {m: answers.get(m) for m in members}
    by_member = {m: 0.0 if a is None else worth(m, a) for m, a in given.items()}
    missing = sum(a is None for a in given.values())
    right = sum(v == 1 for v in by_member.values())
    reason = f"{right} of {len(members)} right, {missing} without an answer"
    if rule == "each":
        return Score(mean(by_member), by_member, reason)
    team = team_answer(answers, rule, seed)
    score = 0.0 if team is None else worth(members[0], team)
    return Score(score, by_member, f"the team's answer by {rule}: {team!r}; {reason}")
