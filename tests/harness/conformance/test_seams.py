"""Minds and judges have conformance suites too, and those find what is wrong."""

from __future__ import annotations

import asyncio
import random

import pytest

import unscripted as un
from unscripted.agents.rubric import Rubric
from unscripted.agents.synthetic.profiles import profiles, synthetic
from unscripted.testing import ArbitraryJudge, DelayedMind, JudgeWitness, check_judge, check_mind


def broken(results):
    return {r.name: r.failure for r in results if not r.passed}


@pytest.mark.parametrize("name", sorted(profiles()))
def test_every_synthetic_model_passes(name):
    assert broken(check_mind(lambda: synthetic(name), examples=5)) == {}


def test_slow_minds_pass():
    assert broken(check_mind(lambda: DelayedMind(synthetic("weak")), examples=3)) == {}


class Patient(un.Judge):
    """Takes its time."""

    async def appraise(self, submission):
        await asyncio.sleep(0.001)
        return un.Verdict(accuracy=2.0)


@pytest.mark.parametrize("make", [Rubric, lambda: Rubric(noise=0.5), ArbitraryJudge, Patient])
def test_every_judge_passes(make):
    assert broken(check_judge(make, examples=5)) == {}


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
def test_bad_minds_are_caught(mind, check):
    assert set(broken(check_mind(mind, examples=5))) == {check}


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


class Broken(un.Judge):
    """Raises where there is no work."""

    instant = True

    def appraise(self, submission):
        raise RuntimeError("no idea")


@pytest.mark.parametrize(
    ("judge", "check", "said"),
    [(Generous, "judge_grades", "accuracy=5.0 is not"), (Fickle, "judge_repeats", ""),
     (Broken, "judge_grades", "no idea")],
)  # fmt: skip
def test_bad_judges_are_caught(judge, check, said):
    found = broken(check_judge(judge, examples=5))
    assert set(found) == {check}
    assert said in found[check]


def test_witnesses_keep_what_was_given():
    witness = JudgeWitness(Patient())
    org = un.build(protocol="solo", n_agents=1, judge=witness, rng=0)
    org.run(2)
    assert witness.given == [r.verdict for r in org.records] == [un.Verdict(accuracy=2.0)] * 2
