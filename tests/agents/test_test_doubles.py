"""Minds and a judge for tests misbehave as they say, by seed; a script is played line by line."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter

import pytest
from support.prompts import observation, view

from unscripted.agents.scripted import Scripted
from unscripted.agents.test_doubles import (
    ROLES,
    ArbitraryJudge,
    ArbitraryMind,
    DelayedMind,
    HangingMind,
)
from unscripted.model.decision import (
    ALLOWED,
    Abstention,
    Act,
    Answer,
    Contribution,
    Failure,
    Intention,
    Plan,
)
from unscripted.model.judge import CRITERIA, Submission
from unscripted.model.ruling import Amendment

KINDS = {act: kinds[0] for act, kinds in ALLOWED.items()}


def replies(mind, n=300, **fields):
    return [mind.decide(observation(seed=seed, roster=(0, 3), **fields)) for seed in range(n)]


@pytest.mark.parametrize("act", Act)
def test_an_arbitrary_mind_replies_or_declines(act):
    found = Counter(type(a.reply) for a in replies(ArbitraryMind(), act=act))
    assert set(found) == {KINDS[act], Abstention}
    assert 45 < found[Abstention] < 110
    assert {type(a.reply) for a in replies(ArbitraryMind(0, 0), act=act)} == {KINDS[act]}
    assert replies(ArbitraryMind(), act=act) == replies(ArbitraryMind(), act=act)


def test_an_arbitrary_mind_may_name_anybody():
    said = [a.reply for a in replies(ArbitraryMind(0, 0), messages=view(Intention("r")))]
    assert {r.role for r in said} == set(ROLES)
    named = Counter(m for r in said for m in r.builds_on)
    assert named[3] > 60
    assert len(named) > 20
    plans = [a.reply for a in replies(ArbitraryMind(0, 0), act=Act.PLAN)]
    assert {a.member for p in plans for a in p.assignments} == {0, 3, 10_001}
    usages = [a.usage for a in replies(ArbitraryMind())]
    assert {u.cost_usd for u in usages} == {None, 0.01}
    assert all(u.calls == 1 and 0 <= u.tokens_in < 2000 and u.tokens_out < 500 for u in usages)


def test_a_misbehaving_mind_misbehaves():
    seen = Counter()
    for seed in range(200):
        try:
            seen[repr(ArbitraryMind(1.0).decide(observation(seed=seed)))] += 1
        except RuntimeError as error:
            seen[repr(error)] += 1
    assert len(seen) == 5
    assert min(seen.values()) > 20


def test_a_delayed_mind_answers_the_same():
    inner = ArbitraryMind()
    delayed = DelayedMind(inner, most_s=0.001)
    assert (delayed.name, delayed.world, delayed.instant) == ("arbitrary", None, False)
    known = observation(seed=4)
    assert asyncio.run(delayed.decide(known)) == inner.decide(known)


def test_a_hanging_mind_never_answers():
    async def wait():
        await asyncio.wait_for(HangingMind().decide(observation()), 0.02)

    with pytest.raises(TimeoutError):
        asyncio.run(wait())
    blocked = threading.Thread(
        target=HangingMind(blocking=True).decide, args=(observation(),), daemon=True
    )
    blocked.start()
    blocked.join(0.05)
    assert blocked.is_alive()


def test_an_arbitrary_judge_gives_any_grade():
    found = [ArbitraryJudge().appraise(Submission(None, (), "", seed)) for seed in range(400)]
    grades = [[getattr(v, c) for c in CRITERIA] for v in found]
    assert {len([g for g in given if g is None]) for given in grades} == {0, 1}
    assert all(1 <= g <= 4 for given in grades for g in given if g is not None)
    missing = [given.index(None) for given in grades if None in given]
    assert set(missing) == set(range(5))
    assert 70 < len(missing) < 130
    assert {1.0, 4.0} < {g for given in grades for g in given}
    violations = [v.violations for v in found]
    assert {None, 0.0} < set(violations)
    assert len(set(violations)) > 50


# scripts


def test_a_script_is_played_by_tick():
    answer, work = Answer(Abstention("x")), Contribution("r", "w")
    mind = Scripted([answer, work, lambda o: Abstention(str(o.member)), ValueError("no")])
    played = [mind.decide(observation(tick=t)) for t in (0, 1, 2, 4)]
    assert played == [answer, work, Abstention("7"), answer]
    with pytest.raises(ValueError, match="no"):
        mind.decide(observation(tick=3))
    assert (mind.name, mind.instant) == ("scripted", True)


@pytest.mark.parametrize(
    ("act", "lines"),
    [
        (Act.CONTRIBUTE, {"decisions": [Failure("error", "no")]}),
        (Act.INTEND, {"intentions": [Intention("r")]}),
        (Act.PLAN, {"plans": [Plan(())]}),
        (Act.AMEND, {"amendments": [Amendment("mission", "x")]}),
    ],
)
def test_each_act_has_its_lines(act, lines):
    ((line,),) = lines.values()
    assert Scripted(**lines, name="x").decide(observation(act=act)) == line
    assert Scripted().decide(observation(act=act)) == Abstention("nothing in the script")
