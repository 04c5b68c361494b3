"""Mean field: the equilibrium, and the responses to it."""

from __future__ import annotations

from collections import Counter
from functools import partial
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.intentions import Wanting, few, given_in, heard_by, intentions, minds, tally, wanting

import unscripted as un
from unscripted.protocols.mean_field import MeanField, equilibrium
from unscripted.testing import Case, Scripted, networks, seeds

wishes = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=30)


congestions = st.floats(0.0, 1000.0)


temperatures = st.floats(0.001, 1000.0)


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def response(m, wanted, congestion, temperature):
    p = np.array(wanted) / np.sum(wanted)
    return softmax((np.log(p) - congestion * len(p) * m) / temperature)


@given(wishes, congestions, temperatures)
def test_equilibrium_responds_to_itself(wanted, congestion, temperature):
    m = equilibrium(wanted, congestion=congestion, temperature=temperature)
    assert m.shape == (len(wanted),)
    assert m.sum() == pytest.approx(1.0, abs=1e-12)
    steep = 1 + congestion * len(wanted) / temperature  # what an error of m grows to
    again = response(m, wanted, congestion, temperature)
    assert np.abs(again - m).max() < 1e-10 * steep


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.01, 100), min_size=2, max_size=8),
    st.floats(0.0, 4.0),
    st.floats(0.5, 4.0),
    seeds(),
)
def test_equilibrium_is_unique(wanted, congestion, temperature, seed):
    settled = equilibrium(wanted, congestion=congestion, temperature=temperature)
    draw = np.random.default_rng(seed)
    step = 1 / (1 + congestion * len(wanted) / temperature)
    for start in (draw.dirichlet(np.ones(len(wanted))), np.eye(len(wanted))[0]):
        m = start
        for _ in range(int(25 / step)):
            m = (1 - step) * m + step * response(m, wanted, congestion, temperature)
        assert np.abs(m - settled).max() < 1e-8


@given(wishes, congestions, st.floats(1.0, 1000.0))
def test_equilibrium_is_more_even(wanted, congestion, temperature):
    p = np.array(wanted) / np.sum(wanted)
    m = equilibrium(wanted, congestion=congestion, temperature=temperature)
    by_wish = np.argsort(p, kind="stable")
    assert (np.diff(m[by_wish]) >= -1e-12).all(), "a topic less wanted is more frequent"
    ratio_p, ratio_m = p[by_wish][1:] / p[by_wish][:-1], m[by_wish][1:] / m[by_wish][:-1]
    assert (ratio_m <= ratio_p * (1 + 1e-9)).all()
    assert (np.cumsum(np.sort(m)) >= np.cumsum(np.sort(p)) - 1e-12).all(), "Lorenz"
    if congestion > 0.01 and p.max() > 1.01 * p.min():
        assert m.max() < p.max()


def test_congestion_spreads_the_team():
    wanted = [6.0, 3.0, 1.0]
    assert equilibrium(wanted, congestion=0, temperature=1) == pytest.approx([0.6, 0.3, 0.1])
    crowded = equilibrium(wanted, congestion=1000, temperature=1)
    assert crowded == pytest.approx([1 / 3] * 3, abs=1e-3)
    # two topics: log 4 - 2c(2m - 1) = log(m / (1 - m)), solved for c at m = 2/3
    c = (log(4) - log(2)) / (2 / 3)
    assert equilibrium([4, 1], congestion=c, temperature=1)[0] == pytest.approx(2 / 3)


@few
@given(st.integers(2, 40), seeds(), wanting, st.floats(0.0, 5.0), st.floats(0.2, 5.0))
def test_complete_network_plays_the_equilibrium(n, seed, mind, congestion, temperature):
    protocol = MeanField(congestion=congestion, temperature=temperature, cohorts=1)
    _, (record,) = Case(lambda: protocol, n, "complete", seed, 1, mind).play()
    wanted, roles = tally(intentions(record).values())
    responses = given_in(record)
    if not wanted:
        assert set(responses.values()) == {None}
        return
    names = sorted(wanted)
    m = equilibrium([wanted[t] for t in names], congestion=congestion, temperature=temperature)
    counts = Counter(a.focus[0] for a in responses.values())
    assert sum(counts.values()) == n
    assert set(counts) <= set(names)
    for topic, share in zip(names, m, strict=True):
        assert abs(counts[topic] - n * share) < 1 + 1e-6
    for assignment in responses.values():
        stated = roles[assignment.focus[0]]
        assert stated[assignment.role] == max(stated.values())


@few
@given(networks(), st.booleans(), seeds(), st.one_of(minds, wanting))
def test_members_answer_what_they_hear(network, directed, seed, mind):
    make = partial(MeanField, cohorts=1)
    case = Case(make, network[1], network[0], seed, 2, mind, directed=directed)
    org, records = case.play()
    for record in records:
        assert not record.error
        assert [r.act for r in record.rounds] == [un.Act.INTEND, un.Act.CONTRIBUTE]
        assert all(r.actors == tuple(org.network.G) for r in record.rounds)
        assert all(t.seen == () for m in record.members for t in m.turns)
        stated = intentions(record)
        for member, assignment in given_in(record).items():
            hears = heard_by(org.network.G, member) | {member}
            near = [stated[m] for m in sorted(hears) if m in stated]
            assert (assignment is None) == (not near or hears == {member})
            if assignment is not None:
                worded = {(t, i.role) for i in near for t in (i.focus or (i.role,))}
                assert " ".join(assignment.focus[0].casefold().split()) in {
                    " ".join(t.casefold().split()) for t, _ in worded
                }
                assert assignment.role in {role for _, role in worded}


def test_ring_plays_every_quantile():
    topics = [f"t{i}" for i in range(3)]
    mind = Wanting(topics, most=1)
    _, (record,) = Case(MeanField, 40, "ring", 5, 1, mind).play()
    counts = Counter(a.focus[0] for a in given_in(record).values())
    assert {"t0", "t1", "t2"} <= set(counts)


def test_wordings_are_one_topic():
    mind = [
        Scripted([un.Contribution("r", "w")], intentions=[un.Intention("Lawyer", (topic,))])
        for topic in ("Data  Law", "data law", "DATA LAW ")
    ]
    org = un.build(protocol="mean-field", n_agents=3, model=mind, judge="none", rng=0)
    (record,) = org.run(1)
    assert {a.focus for a in given_in(record).values()} == {("Data  Law",)}


@few
@given(networks(), st.booleans(), seeds(), st.one_of(minds, wanting), st.integers(1, 5))
def test_cohorts_meet_the_field(network, directed, seed, mind, cohorts):
    make = partial(MeanField, cohorts=cohorts)
    case = Case(make, network[1], network[0], seed, 2, mind, directed=directed)
    org, records = case.play()
    for record in records:
        assert not record.error
        *opening, last = record.rounds
        assert len(opening) <= cohorts
        assert sorted(m for r in opening for m in r.actors) == sorted(org.network.G)
        assert last.actors == tuple(org.network.G)
        stated, when = intentions(record), {m: w for w, r in enumerate(opening) for m in r.actors}
        for member in record.members:
            assert all(turn.seen == () for turn in member.turns), "nobody is heard"
            (first, answer) = member.turns
            assert answer.marks == ()
            heard = heard_by(org.network.G, member.member)
            near = [stated[m] for m in heard if m in stated and when[m] < first.round]
            assert {" ".join(m.topic.casefold().split()) for m in first.marks} == {
                topic for intention in near for topic in intention.topics
            }
            shares = [m.strength for m in first.marks]
            assert all(0 < share <= 1 for share in shares)
            if near and max(shares) < 1:
                assert sum(shares) == pytest.approx(len(heard) + 1)


def test_hidden_field_leaves_all_free():
    org = un.build(protocol="mean-field:field=hidden", n_agents=9, rng=1)
    for record in org.run(2):
        assert set(given_in(record).values()) == {None}
        assert all(t.marks == t.seen == () for m in record.members for t in m.turns)


def test_field_brings_more_topics():
    def topics(protocol):
        org = un.build(protocol=protocol, n_agents=16, level="L3", rng=0)
        return sum(len({a.focus for a in given_in(r).values() if a}) for r in org.run(4))

    assert topics("mean-field") > 1.5 * topics("mean-field:cohorts=1")
