"""Functions as minds: whatever they give becomes a reply or a failure, never an exception."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

import unscripted as un
from unscripted.agents.journaled_mind import JournaledMind
from unscripted.testing import check_mind

WORK = {"decision": "contribute", "role": "reader", "work": "the sum is 7", "builds_on": [0]}


def state_of(function, *, timeout_s=5.0, calls=None, protocol="solo"):
    """How the only member ends a tick, and the note on it."""
    org = un.build(
        protocol=protocol,
        n_agents=1,
        model=un.CallableMind(function),
        judge="none",
        timeout_s=timeout_s,
        calls=calls,
        rng=0,
    )
    org.step()
    member = org.records[0].members[0]
    return member.state, member.role or member.note


async def later(observation):
    await asyncio.sleep(0)
    return json.dumps(WORK)


def raising(observation):
    raise RuntimeError("down")


async def raising_later(observation):
    raise KeyError("down")


GIVEN = [
    (lambda o: un.Contribution("reader", "work"), "contributed", "reader"),
    (lambda o: un.Abstention("nothing to add"), "abstained", "nothing to add"),
    (lambda o: json.dumps(WORK), "contributed", "reader"),
    (lambda o: f"Well, I think: {json.dumps(WORK)} Done.", "contributed", "reader"),
    (lambda o: un.Answer(json.dumps(WORK), un.Usage(2, 10, 5, 0.5, 1.0)), "contributed", "reader"),
    (later, "contributed", "reader"),
    (raising, "failed", "RuntimeError: down"),
    (raising_later, "failed", "KeyError: 'down'"),
    (lambda o: "no idea", "failed", "the answer could not be used: it holds no JSON object"),
    (lambda o: un.Failure("error", "no tool"), "failed", "no tool"),
]


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(("function", "state", "words"), GIVEN)
def test_what_it_gives_counts(function, state, words, kept):
    if not kept:
        found = state_of(function)
    else:
        with un.Service() as service:
            found = state_of(function, calls=service)
    assert found == (state, words)


@pytest.mark.parametrize("value", [None, 7, object(), un.Plan(()), un.Answer("{}", None)])
def test_nonsense_is_a_failure(value):
    with un.Service() as service:
        assert state_of(lambda o: value, calls=service)[0] == "failed"
    assert state_of(lambda o: value)[0] == "failed"


@pytest.mark.parametrize("kept", [False, True])
def test_the_deadline_holds(kept):
    async def never(observation):
        await asyncio.sleep(60)

    began = time.monotonic()
    for function in (never, lambda o: time.sleep(3)):
        with un.Service(un.Calls(timeout_s=0.2)) as service:
            calls = service if kept else None
            assert state_of(function, timeout_s=0.2, calls=calls) == (
                "failed",
                "no answer within 0.2 s",
            )
    assert time.monotonic() - began < 2.5


def test_what_it_states_it_cost():
    usage = un.Usage(2, 10, 5, 0.5, 1.5, tokens_cached=3)
    with un.Service() as service:
        for calls in (None, service):
            org = un.build(
                protocol="solo",
                n_agents=1,
                model=un.CallableMind(lambda o: un.Answer(un.Abstention("no"), usage)),
                judge="none",
                calls=calls,
                rng=0,
            )
            org.step()
            assert org.records[0].members[0].turns[0].usage == usage


def test_its_journal_answers_again():
    calls = []

    def counting(observation):
        calls.append(observation)
        return un.Contribution("reader", f"work {len(calls)}")

    with un.Service() as service:
        records = []
        for _ in range(2):
            org = un.build(
                n_agents=3,
                model=un.CallableMind(counting),
                judge="none",
                calls=service,
                run="0",
                rng=0,
            )
            org.run(2)
            records.append([r.to_json() for r in org.records])
    assert len(calls) == 6
    assert records[0] == records[1]


def test_money_spent_stops_it():
    costly = un.CallableMind(lambda o: un.Answer(un.Abstention("no"), un.Usage(cost_usd=0.4)))
    with un.Service(un.Calls(budget_usd=1.0, price="0,0")) as service:
        org = un.build(n_agents=4, model=costly, judge="none", calls=service, rng=0)
        with pytest.raises(un.Halt, match="budget=1: "):
            org.step()
        assert service.client.meter.answered == 3


def test_names_and_labels():
    def real(observation):
        return un.Abstention("no")

    assert un.CallableMind(real).name == "real"
    assert un.CallableMind(real).synthetic
    real.synthetic = False
    assert not un.CallableMind(real).synthetic
    assert un.CallableMind(real, "mine", synthetic=True).synthetic
    with pytest.raises(TypeError, match="can't be called"):
        un.CallableMind(7)


def test_copies_share_the_function():
    mind = un.CallableMind(lambda o: un.Abstention("no"))
    org = un.build(n_agents=2, model=mind, judge="none", rng=0)
    assert org.setup.minds[0] is mind
    with un.Service() as service:
        kept = un.build(n_agents=2, model=mind, judge="none", calls=service, rng=0)
    assert isinstance(kept.setup.minds[0], JournaledMind)


def test_it_keeps_minds_rules():
    def decide(observation):
        if observation.act is un.Act.PLAN:
            return un.Plan(tuple(un.Assignment(m, "reader") for m in observation.roster[:1]))
        if observation.act is un.Act.INTEND:
            return un.Intention("reader")
        return un.Abstention("no")

    for result in check_mind(lambda: un.CallableMind(decide), examples=2):
        assert result.passed, result.failure
