"""Minds and judges have conformance suites too, and those find what is wrong."""

from __future__ import annotations

import random

import pytest

import unscripted as un
from unscripted.agents.rubric import Rubric
from unscripted.agents.synthetic.profiles import profiles, synthetic
from unscripted.testing import ArbitraryJudge, DelayedMind, check_judge, check_mind


def broken(results):
    return {r.name: r.failure for r in results if not r.passed}


@pytest.mark.parametrize("name", sorted(profiles()))
def test_every_synthetic_model_passes(name):
    assert broken(check_mind(lambda: synthetic(name))) == {}


def test_a_delayed_mind_passes():
    assert broken(check_mind(lambda: DelayedMind(synthetic("weak")), examples=4)) == {}


@pytest.mark.parametrize("make", [Rubric, lambda: Rubric(noise=0.5), ArbitraryJudge])
def test_every_judge_passes(make):
    assert broken(check_judge(make)) == {}


class Forgetful(un.Mind):
    """Knows nothing of plans."""

    instant = True

    def decide(self, observation):
        return un.Contribution("worker", "done")


class Moody(un.Mind):
    """Counts its decisions."""

    instant = True
    count = 0

    def decide(self, observation):
        Moody.count += 1
        return un.Abstention(f"for the {Moody.count}th time")


class Boastful(un.Mind):
    """Builds on whom it never saw."""

    instant = True

    def decide(self, observation):
        if observation.act != un.Act.CONTRIBUTE:
            return un.Abstention("no")
        return un.Contribution("worker", "done", (99,))


@pytest.mark.parametrize(
    ("mind", "check"),
    [(Forgetful, "mind_answers"), (Moody, "mind_repeats"), (Boastful, "mind_answers")],
)
def test_a_broken_mind_is_caught(mind, check):
    assert check in broken(check_mind(mind))


class Generous(un.Judge):
    """Gives fives."""

    instant = True

    def appraise(self, submission):
        return un.Verdict(accuracy=5.0)


class Fickle(un.Judge):
    """Draws from elsewhere."""

    instant = True

    def appraise(self, submission):
        return un.Verdict(accuracy=random.uniform(1, 4))


@pytest.mark.parametrize(
    ("judge", "check"), [(Generous, "judge_grades"), (Fickle, "judge_repeats")]
)
def test_a_broken_judge_is_caught(judge, check):
    assert check in broken(check_judge(judge))
