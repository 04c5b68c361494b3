"""What a mind reads, notices and forgets, message by message."""

from __future__ import annotations

import pytest
from support.prompts import observation, view
from support.situations import (
    BRIEF,
    FULL,
    HALF,
    NONE,
    VIEW,
    N,
    P,
    competence,
    draws,
    no_errors,
    works,
)  # fmt: skip

from unscripted.agents.synthetic.faculties import Faculties
from unscripted.agents.synthetic.news import TOKENS_NEWS
from unscripted.agents.synthetic.perception import perceive
from unscripted.model.decision import Contribution, Intention
from unscripted.model.messages import Mark, RoleNote

OPEN = [0.999] * N


BASE, REASONING = P.noticing.base, P.noticing.reasoning


def seen(faculties=HALF, drawn=OPEN, changes=None, errors=no_errors, **fields):
    known = observation(**{"brief": BRIEF, **fields})
    mind = competence(faculties, **(changes or {}))
    return perceive(known, VIEW, mind, draws(notice=drawn, errors=errors))


def test_a_brief_alone():
    found = seen()
    assert (found.attention, found.done, found.versions, found.announced) == (1.0, {}, {}, {})
    assert found.tokens == 350 + BRIEF.tokens
    assert found.noticed == []


def test_the_best_work_counts():
    found = seen(messages=works({"a": 0.5, "x": 1.0}, {"a": 0.7, "b": 0.0}, {"a": 0.6}))
    assert found.done == {0: 0.7, 1: 0.0}
    assert found.author == {0: 4, 1: 4}
    assert found.versions == {0: 3, 1: 1}
    read = 3 * 60 + 120 * 5
    assert found.tokens == 350 + BRIEF.tokens + read
    assert found.attention == pytest.approx(1 / (1 + P.attention.dilution * read / 1000))
    assert found.noticed == [0, 1]


@pytest.mark.parametrize(("faculties", "spread"), [(NONE, 1.0), (HALF, 0.75), (FULL, 0.5)])
def test_works_are_misread(faculties, spread):
    off = spread * P.estimate.reading
    found = seen(
        faculties,
        errors=lambda n: [1.0, -2.0, 9.0][:n],
        messages=works({"a": 0.4}, {"a": 0.5}, {"b": 0.5}),
    )
    assert found.done == pytest.approx({0: min(1.0, 0.4 + 9 * off), 1: 0.5 + off})
    assert found.result == {0: 0.4, 1: 0.5}, "what it is worth, whatever it seems"
    assert found.author == {0: 3, 1: 5}, "the one that seems best"


def test_one_misreads_oneself_by_reflection():
    faculties = Faculties(1.0, 0.0, 1.0)
    own, other = works({"a": 0.5}, authors=(7,)), works({"b": 0.5})
    found = seen(faculties, errors=lambda n: [1.0] * n, own=own, messages=other)
    reading = P.estimate.reading
    assert found.done == pytest.approx({0: 0.5 + reading, 1: 0.5 + reading / 2})


def test_news_is_heard():
    told = Contribution(
        "r", "[synthetic] e: done\nheard 0.80 9 a\nheard 0.30 8 b\nheard x", (), 0.5
    )
    found = seen(messages=view(told, told), own=works({"b": 0.2}, authors=(7,)))
    assert found.done == {0: 0.8, 1: 0.2}, "what it read itself stands"
    assert (found.author, found.heard, found.result) == ({0: 9, 1: 7}, {0}, {1: 0.2})
    assert found.versions == {1: 1}
    assert found.tokens == 350 + BRIEF.tokens + 3 * 60 + 120 + 2 * 2 * TOKENS_NEWS
    assert 0 in found.noticed


def test_equal_work_credits_the_newest():
    assert seen(messages=works({"a": 0.5}, {"a": 0.5})).author == {0: 4}


def test_own_work_is_known_too():
    own = works({"a": 0.5}, authors=(7,))
    found = seen(own=own, messages=works({"a": 0.4}))
    assert (found.done, found.author, found.versions) == ({0: 0.5}, {0: 7}, {0: 2})
    announced = view(Intention("r", ("b",)), author=7)
    assert seen(own=announced).announced == {}


def test_announcements_are_counted():
    found = seen(messages=view(Intention("r", ("a", "in my words")), Intention("s", ("a", "c"))))
    assert (found.announced, found.noticed) == ({0: 2, 2: 1}, [0, 2])
    assert found.tokens == 350 + BRIEF.tokens + 2 * 60


def test_marks_are_work_of_nobody():
    marks = (Mark("a", 0.5, ""), Mark("a", 0.4, ""), Mark("x", 1.0, ""), Mark("b", 0.0, ""))
    found = seen(marks=marks)
    assert (found.done, found.author, found.versions) == ({0: 0.5, 1: 0.0}, {0: -1, 1: -1}, {})
    assert found.tokens == 350 + BRIEF.tokens + 4 * 40
    better = seen(marks=marks, messages=works({"a": 0.6}))
    assert (better.done[0], better.author[0]) == (0.6, 3)


def test_memory_is_a_history_of_roles():
    notes = [RoleNote(role, "L1-a") for role in ("law lead", "law", "tax x", "none")]
    found = seen(memory=view(*notes))
    assert found.role_history == {"law": 0.5, "tax": 0.25}
    assert found.tokens == 350 + BRIEF.tokens + 4 * 12


@pytest.mark.parametrize("where", ["messages", "own", "memory"])
def test_only_the_newest_are_read(where):
    authors = (7, 7, 7)
    old_and_new = works({"a": 0.1}, {"b": 0.2}, {"c": 0.3}, authors=authors)
    if where == "memory":
        old_and_new = view(*(RoleNote(r, "t") for r in ("law a", "tax b", "tax c")))
    found = seen(changes={"attention__span": 2}, **{where: old_and_new})
    expected = {"tax": 1.0} if where == "memory" else {1: 0.2, 2: 0.3}
    assert (found.role_history if where == "memory" else found.done) == expected


@pytest.mark.parametrize(
    ("faculties", "chance"), [(NONE, BASE), (HALF, BASE + REASONING / 2), (FULL, BASE + REASONING)]
)
def test_stated_requirements_are_noticed(faculties, chance):
    assert seen(faculties, [chance - 1e-6] * N).noticed == [0, 1, 3, 4]
    assert seen(faculties, [chance + 1e-6] * N).noticed == []
    hidden = chance * P.noticing.hidden
    assert seen(faculties, [1, 1, hidden - 1e-6, 1, 1]).noticed == [2]
    assert seen(faculties, [1, 1, hidden + 1e-6, 1, 1]).noticed == []


def test_consequences_are_noticed():
    result = {"messages": works({"a": 0.5})}
    fresh = seen(**result).attention
    stated = (BASE + REASONING / 2) * fresh
    chance = stated + (1 - stated) * P.noticing.consequence * fresh
    assert seen(drawn=[0.999, chance - 1e-6, 0.999, 0.999, 0.999], **result).noticed == [0, 1]
    assert seen(drawn=[0.999, chance + 1e-6, 0.999, 0.999, 0.999], **result).noticed == [0]


def test_rereading_has_blind_spots():
    own = works({"x": 0.5}, {"x": 0.5}, authors=(7, 7))
    fresh = seen(own=own).attention * P.noticing.again**2
    chance = (BASE + REASONING / 2) * fresh
    assert seen(drawn=[chance - 1e-6] * N, own=own).noticed == [0, 1, 3, 4]
    assert seen(drawn=[chance + 1e-6] * N, own=own).noticed == []
