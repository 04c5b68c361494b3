"""Stigmergic: deposits, evaporation, and marks without authors."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.network_play import amounts, decided, few, into, many, play, silent, teams

import unscripted as un
from unscripted.model.metrics.structure import hierarchy_depth
from unscripted.protocols.stigmergic import FADED, Board, Deposit, Stigmergic, lifetime
from unscripted.testing import ArbitraryMind, Case, Scripted, Witness, seeds


class Leaving(un.Mind):
    """Works on requirements or in words, more or less sure, drawn by seed."""

    name = "leaving"
    instant = True

    def decide(self, observation):
        draw = np.random.default_rng(observation.seed)
        sure = [None, 0.0, 1.0, float(draw.random())][draw.integers(4)]
        items = tuple(un.WorkItem(str(t), 0.5) for t in draw.integers(6, size=draw.integers(4)))
        words = f"words of {observation.member}"
        return un.Contribution(f"role {draw.integers(3)}", words, (0, 1, 2), sure, items)


rates = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.05, 0.5, 0.9, 1.0]))


@many
@given(amounts, amounts)
def test_deposits_reinforce_and_saturate(s, d):
    board = Board(0.1)
    board.deposit(Deposit("t", s, 0))
    before = board.strength("t")
    board.deposit(Deposit("t", d, 1))
    assert board.strength("t") == pytest.approx(before + (1 - before) * d)
    assert max(before, d) - 1e-12 <= board.strength("t") <= 1
    assert board.strength("elsewhere") == 0


@many
@given(st.floats(FADED, 1), rates, st.integers(0, 60))
def test_evaporation_takes_equal_shares(s, rate, rounds):
    board = Board(rate)
    board.deposit(Deposit("t", s, 0))
    board.evaporate(rounds)
    left = s * (1 - rate) ** rounds
    assert board.strength("t") == (pytest.approx(left) if left >= FADED else 0)


@many
@given(st.lists(st.tuples(st.integers(0, 3), amounts), max_size=40), st.floats(1e-3, 1))
def test_marks_vanish_within_their_lifetime(deposits, rate):
    board = Board(rate)
    for source, (topic, amount) in enumerate(deposits):
        board.deposit(Deposit(str(topic), amount, source))
    board.evaporate(int(lifetime(rate)))
    assert board.marks() == ()
    assert board.sources() == set()
    assert board._deposits == {}


@many
@given(st.floats(1e-3, 0.5))
def test_lifetime_is_not_too_long(rate):
    board = Board(rate)
    board.deposit(Deposit("t", 1.0, 0))
    board.evaporate(int(lifetime(rate)) - 2)
    assert board.strength("t") >= FADED
    assert lifetime(0.0) == math.inf
    assert lifetime(1.0) == 1


events = st.lists(st.one_of(st.tuples(st.integers(0, 2), amounts), st.none()), max_size=40)


def board_by_definition(events, rate):
    """What is left of each deposit when everything is brought up to date every round."""
    left = []
    for event in events:
        if event is None:
            left = [(t, s * (1 - rate), i) for t, s, i in left]
            left = [(t, s, i) for t, s, i in left if s >= FADED]
        else:
            topic, d, source = event
            left = [(t, s * (1 - d) if t == topic else s, i) for t, s, i in left]
            left.append((topic, d, source))
    marks = {}
    for topic, s, _ in left:
        marks[topic] = marks.get(topic, 0) + s
    return marks, {i for _, _, i in left}


@many
@given(events, st.sampled_from([0.0, 0.07, 0.3, 1.0]))
def test_board_is_what_is_left(drawn, rate):
    named = [None if e is None else (str(e[0]), e[1], i) for i, e in enumerate(drawn)] + [None]
    board = Board(rate)
    for event in named:
        if event is None:
            board.evaporate()
        else:
            board.deposit(Deposit(*event))
    strengths, sources = board_by_definition(named, rate)
    shown = board.marks()
    assert {m.topic: m.strength for m in shown} == pytest.approx(strengths)
    assert board.sources() == sources
    assert [m.strength for m in shown] == sorted((m.strength for m in shown), reverse=True)


def test_strongest_deposit_gives_the_text():
    board = Board(0.1)
    board.deposit(Deposit("t", 0.9, 0, "sure"))
    board.deposit(Deposit("t", 0.3, 1, "less so"))
    assert [m.work for m in board.marks()] == ["sure"]
    board.deposit(Deposit("u", 1.0, 2, "whole"))
    board.deposit(Deposit("u", 0.5, 3, "second half"))
    assert {m.topic: m.work for m in board.marks()}["u"] == "second half"


@few
@given(
    teams(Stigmergic, mind=st.sampled_from([Leaving(), ArbitraryMind(0.2)])),
    st.integers(1, 4), st.sampled_from([0.0, 0.05, 0.4, 1.0]),
)  # fmt: skip
def test_neighbours_work_leaves_marks(drawn, group, rate):
    case, leaving = drawn
    make = partial(Stigmergic, group=group, evaporation=rate)
    for graph, record in zip(*play(replace(case, make=make), leaving), strict=True):
        members = sorted(graph)
        groups = [tuple(members[i : i + group]) for i in range(0, len(members), group)]
        assert [r.actors for r in record.rounds] == groups
        for index, played in enumerate(groups):
            for member in played:
                (turn,) = record.by_id[member].turns
                events = left_for(member, graph, record, index)
                strengths, sources = board_by_definition(events, rate)
                assert {m.topic: m.strength for m in turn.marks} == pytest.approx(strengths)
                assert {i for a, b in turn.marks_from for i in range(a, b)} == sources


def left_for(member, graph, record, now):
    """What a member could find: its neighbours' deposits, and a None for every round."""
    events = []
    for index in range(now):
        for message in record.log:
            if message.round == index and message.author in into(graph, member):
                work = message.content
                sure = 1.0 if work.confidence is None else work.confidence
                topics = [i.requirement for i in work.items] or [work.role]
                events += [(topic, sure, message.id) for topic in topics]
        events.append(None)
    return events


@few
@given(teams(Stigmergic, mind=st.sampled_from([Leaving(), ArbitraryMind()])), st.integers(1, 4))
def test_nobody_can_be_credited(drawn, group):
    case, leaving = drawn
    witness = Witness(case.mind)
    make = partial(Stigmergic, group=group)
    _, records = play(replace(case, make=make, mind=witness), leaving)
    for observation in witness.shown:
        assert len(observation.messages) == len(observation.own) == len(observation.memory) == 0
        assert not any(hasattr(mark, "author") for mark in observation.marks)
    for record in records:
        assert all(m.builds_on == () for m in record.members)
        assert hierarchy_depth(record) <= 1


def test_worded_work_marks_its_role():
    def work(seen):
        return un.Contribution(
            "critic", f"words of {seen.member}", (), (0.5, None, 0.8)[seen.member]
        )

    _, (record,) = Case(Stigmergic, 3, ticks=1, mind=Scripted([work])).play()
    shown = [record.by_id[m].turns[0].marks for m in range(3)]
    assert shown[0] == ()
    assert [(m.topic, m.strength, m.work) for m in shown[1]] == [("critic", 0.475, "words of 0")]
    assert [(m.topic, m.strength, m.work) for m in shown[2]] == [("critic", 0.95, "words of 1")]


def test_unnamed_items_mark_the_role():
    mind = Scripted([un.Contribution("critic", "words", (), 1.0, (un.WorkItem("", 0.5),))])
    _, (record,) = Case(Stigmergic, 2, ticks=1, mind=mind).play()
    assert not record.error
    assert [m.topic for m in record.by_id[1].turns[0].marks] == ["critic"]


@few
@given(teams(silent, mind=st.sampled_from([Leaving(), ArbitraryMind(0.2)])), st.integers(1, 4))
def test_full_evaporation_is_silent(drawn, group):
    case, leaving = drawn
    make = partial(Stigmergic, group=group, evaporation=1.0)
    _, records = play(replace(case, make=make), leaving)
    assert decided(records) == decided(play(case, leaving)[1])


@few
@given(st.integers(2, 20), seeds())
def test_synthetic_minds_follow_traces(n, seed):
    case = Case(Stigmergic, n, "complete", seed, 1, level="L3")
    case = replace(case, mind=un.build(n_agents=1, rng=0).members[0].mind)
    _, (record,) = case.play()
    assert any(m.turns[0].marks for m in record.members[1:])
    requirements = {i.requirement for m in record.members for c in m.contributions for i in c.items}
    assert {mark.topic for m in record.members for mark in m.turns[0].marks} <= requirements
