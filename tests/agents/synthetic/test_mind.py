"""A synthetic mind from observation to answer: each act, its usage, and a log to the digit."""

from __future__ import annotations

import pytest
from support.prompts import observation, view
from support.situations import BRIEF, FULL, TASK

from unscripted.agents.synthetic.faculties import Profile
from unscripted.agents.synthetic.mind import Synthetic
from unscripted.agents.synthetic.parameters import Parameters
from unscripted.agents.synthetic.world import SyntheticWorld
from unscripted.model.decision import Abstention, Act, Contribution, Intention, Plan

DULL = Parameters().changed({"choice.threshold": 2.0})


def decided(act=Act.CONTRIBUTE, parameters=None, verbosity=1.0, usd_in=2.0, **fields):
    world = SyntheticWorld()
    world.open(TASK)
    mind = Synthetic(Profile("m", FULL, usd_in, 8.0, verbosity), world, parameters)
    assert (mind.name, mind.instant, mind.synthetic) == ("synthetic/m", True, True)
    known = {"roster": (1, 2, 3)} if act is Act.PLAN else {}
    return mind.decide(observation(act=act, brief=BRIEF, **known, **fields))


def test_each_act_has_its_reply():
    assert decided(Act.AMEND).reply == Abstention(
        "I am synthetic and have no opinion on the rules."
    )
    assert isinstance(decided(Act.PLAN).reply, Plan)
    intended = decided(Act.INTEND).reply
    assert isinstance(intended, Intention)
    assert set(intended.focus) <= set("abcde")
    assert isinstance(decided().reply, Contribution)
    for act in (Act.INTEND, Act.CONTRIBUTE):
        assert decided(act, DULL).reply == Abstention(
            "I see nothing left that I could do well enough to add."
        )


def test_a_decision_to_the_digit():
    reply = decided().reply
    assert (reply.role, reply.builds_on, reply.confidence) == ("law analyst", (), 0.694524)
    assert [(i.requirement, i.quality) for i in reply.items] == [("a", 0.491911), ("e", 0.96348)]


@pytest.mark.parametrize(
    ("act", "parameters", "written"),
    [
        (Act.CONTRIBUTE, None, 60 + 2 * 120),
        (Act.INTEND, None, 40),
        (Act.AMEND, None, 40),
        (Act.CONTRIBUTE, DULL, 40),
    ],
)
def test_usage_is_modelled(act, parameters, written):
    usage = decided(act, parameters, verbosity=1.2).usage
    out = round(1.2 * written)
    tokens_in = 350 + BRIEF.tokens
    assert (usage.calls, usage.tokens_in, usage.tokens_out) == (1, tokens_in, out)
    assert usage.cost_usd == pytest.approx((2 * tokens_in + 8 * out) / 1e6, abs=1e-12)
    assert usage.latency_s == pytest.approx(0.8 + out / 80)


def test_a_plan_is_paid_by_assignment():
    answer = decided(Act.PLAN, verbosity=1.0)
    assert answer.usage.tokens_out == 40 + 45 * len(answer.reply.assignments)


def test_usage_is_rounded():
    usage = decided(usd_in=0.1234167, verbosity=0.777).usage
    usd = (usage.tokens_in * 0.1234167 + usage.tokens_out * 8.0) / 1e6
    assert usage.cost_usd == round(usd, 9) != round(usd, 10)
    assert usage.latency_s == round(0.8 + usage.tokens_out / 80, 6)


def test_reading_costs_tokens():
    read = decided(messages=view(Intention("r", ("a",)))).usage.tokens_in
    assert read - decided().usage.tokens_in == 60
