"""Spectral hierarchy: credit, scores, tiers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.network_play import decided, few, many, play, seen_authors, silent, teams

import unscripted as un
from unscripted.protocols.spectral_hierarchy import (
    TELEPORTATION,
    SpectralHierarchy,
    credit,
    dealt,
    ranking,
    scores,
    tiers,
)
from unscripted.testing import ArbitraryMind, Case, Scripted


def credits(members):
    pairs = st.tuples(st.sampled_from(members), st.sampled_from(members))
    return st.dictionaries(pairs.filter(lambda p: p[0] != p[1]), st.floats(0.01, 5), max_size=30)


@st.composite
def credited(draw):
    members = tuple(sorted(draw(st.sets(st.integers(0, 40), min_size=2, max_size=10))))
    return members, draw(credits(members))


def completed(members, given_, worth=None):
    """The completed contribution graph as a dense matrix, column a what a passes on."""
    n = len(members)
    share = (np.ones(n) if worth is None else worth)[:, None] / n
    passed = np.zeros((n, n))
    for (a, b), w in given_.items():
        passed[members.index(b), members.index(a)] += w
    if given_:
        passed /= passed.sum(axis=0).max()
    passed = passed + (1 - passed.sum(axis=0)) * share
    return (1 - TELEPORTATION) * passed + TELEPORTATION * share


@many
@given(credited())
def test_scores_are_the_leading_eigenvector(drawn):
    members, given_ = drawn
    values, vectors = np.linalg.eig(completed(members, given_))
    leading = int(np.argmax(values.real))
    vector = np.abs(vectors[:, leading].real)
    assert values[leading] == pytest.approx(1)
    others = np.delete(np.abs(values), leading)
    assert (others <= 1 - TELEPORTATION + 1e-6).all()
    found = scores(members, given_)
    expected = dict(zip(members, vector / vector.mean(), strict=True))
    assert found == pytest.approx(expected, abs=1e-6)
    assert min(found.values()) > 0


@many
@given(credited())
def test_scores_are_pagerank(drawn):
    members, given_ = drawn
    matrix = completed(members, given_)
    links = nx.from_numpy_array(matrix.T, create_using=nx.DiGraph)
    rank = nx.pagerank(links, alpha=1 - 1e-12, tol=1e-13, max_iter=500)
    expected = {m: rank[i] * len(members) for i, m in enumerate(members)}
    assert scores(members, given_) == pytest.approx(expected, abs=1e-6)


@many
@given(credited(), st.randoms(use_true_random=False))
def test_scores_ignore_identities(drawn, random):
    members, given_ = drawn
    names = list(range(100, 100 + len(members)))
    random.shuffle(names)
    moved = dict(zip(members, names, strict=True))
    renamed = {(moved[a], moved[b]): w for (a, b), w in reversed(given_.items())}
    found = scores(tuple(sorted(names)), renamed)
    assert {m: found[moved[m]] for m in members} == pytest.approx(scores(members, given_))


@many
@given(credited(), st.floats(0.5, 2))
def test_credit_ignores_the_departed(drawn, unit):
    members, given_ = drawn
    gone = {(99, members[0]): 5.0, (members[-1], 98): 5.0}
    scaled = {pair: w * unit for pair, w in given_.items()}
    assert scores(members, {**gone, **scaled}) == pytest.approx(scores(members, given_))


@many
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True))
def test_equal_credit_ranks_by_id(ids):
    members = tuple(sorted(ids))
    assert ranking(members, {}) == members
    ring = {(a, b): 0.1 for a, b in zip(members, members[1:] + members[:1], strict=True) if a != b}
    assert ranking(members, ring) == members


def test_newer_credit_counts_more():
    assert ranking((0, 1, 2, 3), {(0, 3): 1.0}) == (3, 0, 1, 2)
    assert ranking((0, 1, 2, 3), {(0, 3): 0.8, (1, 2): 1.0}) == (2, 3, 0, 1)
    # 4 and 5 have equal credit; that of 5 is from one who has credit itself.
    assert ranking((0, 1, 2, 4, 5), {(0, 4): 1.0, (1, 5): 1.0, (2, 1): 1.0})[0] == 5


@pytest.mark.parametrize("amounts", [(0.2, 0.6, 0.3), (0.3, 0.6, 0.2)])
def test_summing_order_breaks_no_tie(amounts):
    given_ = {(giver, 7): w for giver, w in enumerate(amounts)}
    given_ |= {(giver, 8): w for giver, w in enumerate(reversed(amounts), start=3)}
    assert ranking((0, 1, 2, 3, 4, 5, 7, 8), given_)[:2] == (7, 8)


@few
@given(st.integers(0, 200), st.integers(1, 5))
def test_tiers_grow_by_the_span(n, span):
    order = tuple(reversed(range(n)))
    cut = tiers(order, span)
    assert [m for tier in cut for m in tier] == list(order)
    sizes = [len(tier) for tier in cut]
    assert sizes[:-1] == [span**k for k in range(len(cut))][:-1]
    assert not cut or 0 < sizes[-1] <= span ** (len(cut) - 1)


def weights(members, past, discount):
    """What a reader is worth to each author, from the records."""
    readers = dict.fromkeys(members, 0.0)
    for record in past:
        for m in record.members:
            for author in (a for turn in m.turns for a in seen_authors(record, turn)):
                if author in readers:
                    readers[author] += discount ** (past[-1].tick - record.tick)
    usual = sum(readers.values()) / len(members)
    worth = np.array([usual / (readers[m] + usual) if usual else 1.0 for m in members])
    return worth / worth.mean()


def ranked_by_definition(members, past, horizon, discount):
    """The order from the records, with dense linear algebra."""
    if horizon == 0 or not past:
        return list(members)
    given_, worth = {}, weights(members, past[-horizon:], discount)
    for record in past[-horizon:]:
        for m in record.members:
            for author in m.builds_on:
                if m.member in members and author in members:
                    age = past[-1].tick - record.tick
                    pair = m.member, author
                    each = discount**age * worth[members.index(author)]
                    given_[pair] = given_.get(pair, 0) + each
    if not given_:
        return list(members)
    values, vectors = np.linalg.eig(completed(list(members), given_, worth))
    vector = np.abs(vectors[:, int(np.argmax(values.real))].real)
    score = dict(zip(members, np.round(vector / vector.mean(), 7), strict=True))
    return sorted(members, key=lambda m: (-score[m], m))


@few
@given(
    teams(
        SpectralHierarchy, ticks=4, mind=st.sampled_from([ArbitraryMind(), ArbitraryMind(0.2, 0.1)])
    ),
    st.integers(1, 3), st.integers(0, 3), st.sampled_from([0.5, 0.8, 1.0]),
)  # fmt: skip
def test_past_decides_who_is_first(drawn, span, horizon, discount):
    case, leaving = drawn
    make = partial(SpectralHierarchy, span=span, horizon=horizon, discount=discount)
    played = play(replace(case, make=make), leaving)
    for tick, (graph, record) in enumerate(zip(*played, strict=True)):
        order = ranked_by_definition(sorted(graph), played[1][:tick], horizon, discount)
        plan, *work = record.rounds
        assert (plan.act, plan.actors) == (un.Act.PLAN, (order[0],))
        assert [r.actors for r in work] == tiers(order, span)
        told = [m for m in order if record.by_id[m].turns[-1].assignment is not None]
        reached = [m for m in order if m == order[0] or graph.has_edge(order[0], m)]
        assert told == reached[: len(told)], "subtasks go to the first in rank"


@few
@given(teams(silent, mind=st.sampled_from([ArbitraryMind(0.0, 0.0)])), st.integers(1, 3))
def test_nothing_from_above_is_silent(drawn, span):
    case, leaving = drawn
    make = partial(SpectralHierarchy, span=span, carry="none")
    _, records = play(replace(case, make=make), leaving)
    assert decided(records) == decided(play(case, leaving)[1])


def test_lots_replace_the_ranks():
    org = un.build(protocol="spectral-hierarchy:ranks=lot", n_agents=12, rng=0)
    assert len({r.rounds[0].actors for r in org.run(12)}) > 4


def test_subtasks_follow_phases_and_ranks():
    parts = tuple(un.Assignment(m, f"r{m}", (f"t{m}",), phase) for m, phase in ((0, 3), (1, 1)))
    found = dealt(un.Plan(parts), (5, 2, 0))
    assert {m: (a.member, a.role) for m, a in found.items()} == {5: (5, "r1"), 2: (2, "r0")}
    assert dealt(un.Abstention("nothing"), (0, 1)) == {}


def test_the_seldom_read_count_for_more():
    alike = {(0, 1): 1.0, (0, 2): 1.0}
    assert ranking((0, 1, 2, 3), alike, {1: 20.0, 2: 2.0}) == (2, 0, 3, 1)
    assert ranking((0, 1, 2, 3), alike, dict.fromkeys(range(4), 3.0))[:2] == (1, 2)


def test_credit_rises_and_fades():
    def work(seen):
        on = (3,) if seen.tick == 0 and seen.member > 3 else ()
        return un.Contribution("worker", "work", on)

    case = Case(partial(SpectralHierarchy, span=1, horizon=2), 6, ticks=5, mind=Scripted([work]))
    _, records = case.play()
    first = [r.rounds[0].actors for r in records]
    assert first == [(0,), (3,), (3,), (0,), (0,)]


def test_older_credit_is_discounted():
    def work(seen):
        return un.Contribution("worker", "work", (0,) if seen.member == 1 else ())

    make = partial(SpectralHierarchy, span=1)
    _, records = Case(make, 2, ticks=3, mind=Scripted([work])).play()
    assert credit(records, 0.5) == {(1, 0): 1.75}
    assert credit(records[:1], 0.5) == {(1, 0): 1.0}
    assert SpectralHierarchy.grows
