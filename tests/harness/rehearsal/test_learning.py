"""Habits learned from answers: means where there are many, the usual where there are few."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unscripted.agents.llm.billing.estimate import likely_tokens
from unscripted.agents.llm.journal.answered import Answered
from unscripted.scenarios.harness.rehearsal.habits import USUAL, Habits
from unscripted.scenarios.harness.rehearsal.learning import habits_of, learned

WORK = 'contribute?{"named":[],"words":100}'


def answer(said, schema=WORK, *, prompt=100, again=False, tokens_out=100, unseen=0, read_s=0.0):
    """One answer, to a prompt of some words that its provider counts with something unseen."""
    text = said if isinstance(said, str) else json.dumps(said)
    asked = "word " * prompt
    tokens_in = likely_tokens(asked) + unseen
    latency_s = 1.0 + read_s * tokens_in + 0.05 * tokens_out
    return Answered("", "m", schema, asked, text, tokens_in, tokens_out, 0, latency_s, again)


def work(words):
    return {"decision": "contribute", "role": "r", "work": "w " * words, "reason": "because"}


USUAL_HABITS = Habits()
DECLINED = {"decision": "abstain", "reason": "nothing to add"}


@pytest.mark.parametrize(("of_ten", "declines"), [(0, 0.0), (3, 0.3), (10, 1.0)])
def test_declining_is_counted(of_ten, declines):
    answers = [answer(DECLINED)] * (20 * of_ten) + [answer(work(40))] * (20 * (10 - of_ten))
    assert learned(answers).of("contribute").declines == pytest.approx(declines, abs=0.01)


def test_words_are_learned_by_question():
    found = learned([answer(work(60))] * 200)
    assert found.of(WORK).words(100) == 60
    assert found.of("say") == USUAL["say"], "nothing was said"
    assert found.of("contribute").beside == pytest.approx(100 - 1.4 * 60, rel=0.05)


def test_one_answer_changes_little():
    few, many = learned([answer(work(90))]), learned([answer(work(90))] * 100)
    usual = Habits().of("contribute").words(100)
    assert usual < few.of("contribute").words(100) < many.of("contribute").words(100)


def test_what_cant_be_read_gives_nothing():
    odd = [answer("Sure!"), answer('{"decision": "intend"}'), answer("[1]"), answer('{"a":')]
    assert learned(odd * 50).of("contribute").declines > 0.98


@pytest.mark.parametrize("odd", [None, 5, True, "x", {}])
def test_other_than_lists_count_as_none(odd):
    verdict, plan = {"checklist": odd}, {"decision": "plan", "assignments": odd}
    found = learned([answer(verdict, "verdict"), answer(plan, "plan"), answer("[" * 200_000)] * 9)
    assert found.answers == 27
    assert found.per_assignment == USUAL_HABITS.per_assignment


def test_hidden_tokens_are_found():
    answers = [answer(work(30), prompt=p, unseen=350) for p in (100, 200, 400, 800) * 5]
    found = learned(answers)
    assert found.tokens_in(1000.0) == pytest.approx(1350, rel=0.01)


def test_a_pace_is_found():
    answers = [
        answer(work(30), prompt=p, tokens_out=o, read_s=0.01)
        for p in (100, 300, 900)
        for o in (50, 120, 300)
    ]
    pace = learned(answers).pace
    assert pace.known
    assert pace.seconds(500, 200) == pytest.approx(1.0 + 5.0 + 10.0, rel=0.01)


def test_repairs_count_as_calls():
    answers = [answer(work(30)), answer(work(30), again=True)] * 10
    assert learned(answers).calls == 2.0


def test_models_are_kept_apart():
    one, other = answer(work(30)), answer(DECLINED)
    found = habits_of([one] * 50 + [Answered(**{**_fields(other), "model": "n"})] * 50)
    assert found["m"].of("contribute").declines < 0.05 < 0.9 < found["n"].of("contribute").declines
    assert found["m"].answers == 50


def _fields(found):
    return {name: getattr(found, name) for name in Answered.__slots__}


@given(st.lists(st.sampled_from(["", "{", "[]", '{"decision": 3}', json.dumps(work(5)), "null"]),
                min_size=1, max_size=20))  # fmt: skip
def test_anything_can_be_learned_from(texts):
    found = learned([answer(text) for text in texts])
    habit = found.of("contribute")
    assert 0 <= habit.declines <= 1
    assert habit.beside >= 1
    assert found.calls >= 1
    assert found.tokens_in(100.0) >= 0
