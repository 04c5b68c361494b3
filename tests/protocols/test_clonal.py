"""Clonal: survivors, dealing, mutation and memory cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.intentions import few, heard_by, minds, seen_messages
from support.network_play import decided, play, silent, teams

import unscripted as un
from unscripted.protocols import clonal
from unscripted.protocols.clonal import Antibody, Clonal
from unscripted.testing import ArbitraryMind, Case, Scripted, networks, seeds

antibodies = st.lists(st.floats(0, 1), max_size=12).map(
    lambda values: [Antibody(i, i, a) for i, a in enumerate(values)]
)


def apart(works, start):
    return [w._replace(message=w.message + start, author=w.author + start) for w in works]


@given(antibodies, antibodies, antibodies, st.integers(1, 12))
def test_survivors_keep_the_best(pool, clones, fresh, size):
    clones, fresh = apart(clones, 100), apart(fresh, 200)
    kept = clonal.survivors(pool, clones, fresh, size)
    assert len(kept) == min(size, len(kept)) == len(set(kept))
    assert kept == clonal.ranked(kept)
    competing = clonal.ranked([*pool, *clones])
    if competing or fresh:
        assert kept[0].affinity == max(w.affinity for w in [*competing, *fresh])
    stayed = [w for w in kept if w in competing]
    assert stayed == competing[: len(stayed)], "a worse one outlived a better"
    if len(fresh) < size:
        assert set(fresh) <= set(kept), "newcomers need not compete"
        assert len(kept) == min(size, len(competing) + len(fresh)), "a place was left empty"


@given(st.integers(1, 8), st.integers(0, 60))
def test_clones_follow_the_rank(k, n):
    works = [Antibody(i, 50 + i, 1 - i / 10) for i in range(k)]
    dealt = clonal.deal(dict.fromkeys(range(n), works))
    counts = Counter(parent.author for parent in dealt.values())
    by_rank = [counts[w.author] for w in works]
    assert sum(by_rank) == n
    assert by_rank == sorted(by_rank, reverse=True)
    total = k * (k + 1) / 2
    for r, count in enumerate(by_rank):
        assert count >= int(n * (k - r) / total), "d'Hondt never gives less than the whole share"
    if n % int(total) == 0:
        assert by_rank == [n * (k - r) // int(total) for r in range(k)]


def test_older_wins_and_silence_halves():
    assert [w.message for w in clonal.ranked([Antibody(7, 0, 0.5), Antibody(3, 1, 0.5)])] == [3, 7]
    said = [clonal.affinity(un.Contribution("r", "w", (), c)) for c in (None, 0.0, 1)]
    assert said == [0.5, 0.0, 1.0]


def pools(record, protocol, members):
    """The pool before each generation, and its members that see nothing, retraced."""
    n = len(members)
    size = max(1, int(protocol.naive * n + 0.5))

    def born(index):
        return [
            (-clonal.affinity(m.content), m.id, m.author) for m in record.log if m.round == index
        ]

    pool = sorted(born(0))
    assert len(record.rounds[0].actors) == size
    for index, played in enumerate(record.rounds[1:], start=1):
        yield index, played.actors, pool
        count = int(protocol.newcomers * len(played.actors) + 0.5)
        blind = [a for a in played.actors if not seen_messages(record, a, index)]
        if count == 0:
            pool = sorted([*pool, *born(index)])[:size]
        else:  # which of the blind were newcomers does not show; follow the log no further
            assert len(blind) >= count
            return


@few
@given(networks(), st.booleans(), seeds(), minds, st.floats(0.05, 1), st.integers(1, 4),
       st.integers(1, 5), st.sampled_from([0.0, 0.0, 0.2, 1.0]))  # fmt: skip
def test_clones_see_their_parents(
    network, directed, seed, mind, naive, generations, select, newcomers
):
    protocol = Clonal(
        naive=naive, generations=generations, select=select, newcomers=newcomers, memory=0
    )
    case = Case(lambda: protocol, network[1], network[0], seed, 1, mind, directed=directed)
    org, (record,) = case.play()
    assert not record.error
    acted = [a for played in record.rounds for a in played.actors]
    assert sorted(acted) == list(org.network.G), "each member works once"
    assert all(not seen_messages(record, a, 0) for a in record.rounds[0].actors)
    best = 0.0
    for index, actors, pool in pools(record, protocol, acted):
        best, before = max((-a for a, _, _ in pool), default=0.0), best
        assert best >= before, "the best affinity fell"
        blind = 0
        for actor in actors:
            hears = heard_by(org.network.G, actor)
            near = [w for w in pool if w[2] in hears]
            seen = {m.id for m in seen_messages(record, actor, index)}
            assert seen <= {i for _, i, _ in near}
            assert len(seen) in {0, 1, len(near)}
            told = next(t for t in record.by_id[actor].turns).assignment
            if told is not None:
                (message,) = seen
                assert message in {i for _, i, _ in near[:select]}
                assert told.role == record.log[message].content.role, "it inherits the role"
            blind += bool(near) and not seen
        most = int(newcomers * len(actors) + 0.5)
        assert blind <= most
        if newcomers == 0.0:
            assert blind == 0, "a clone was shown nothing of what it could hear"


@pytest.mark.parametrize(
    ("rho", "sure", "expected"),
    [(2.5, 1.0, exp(-2.5)), (2.5, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 0.5, exp(-0.5))],
)
def test_poor_parents_are_departed_from(rho, sure, expected):
    mind = Scripted([un.Contribution("r", "w", (), sure)])
    protocol = Clonal(naive=0.005, rho=rho, newcomers=0.0, generations=1)
    org = un.build(protocol=protocol, n_agents=2000, model=mind, judge="none", rng=1)
    (record,) = org.run(1)
    read = [len(seen_messages(record, a, 1)) for a in record.rounds[1].actors]
    assert set(read) <= {1, 10}
    assert read.count(10) / len(read) == pytest.approx(expected, abs=0.04)
    told = [t.assignment for m in record.members for t in m.turns if t.seen]
    assert told.count(None) == read.count(10), "mutants inherit nothing"


@few
@given(teams(silent))
def test_nothing_inherited_is_silent(drawn):
    case, leaving = drawn
    _, records = play(replace(case, make=partial(Clonal, inherit="none")), leaving)
    assert decided(records) == decided(play(case, leaving)[1])


def test_without_mutation_all_inherit():
    org = un.build(protocol="clonal:mutation=none,newcomers=0", n_agents=12, rng=1)
    for record in org.run(2):
        clones = [a for r in record.rounds[1:] for a in r.actors]
        assert all(record.by_id[a].turns[0].assignment for a in clones)


def test_clones_vary_their_parents_piece():
    org = un.build(protocol="clonal", n_agents=16, level="L3", rng=1)
    worked = [
        ({i.requirement for i in m.contributions[0].items}, m.turns[0])
        for record in org.run(5)
        for m in record.members
        if m.contributions
    ]
    inherited = [(own, t.assignment.focus) for own, t in worked if t.assignment is not None]
    assert len(inherited) > 10
    assert all(own == set(focus) for own, focus in inherited)
    assert any(m.builds_on for r in org.records for m in r.members)


@few
@given(st.integers(2, 30), seeds(), st.integers(0, 5), minds)
def test_memory_cells_open_the_task(n, seed, memory, mind):
    case = Case(lambda: Clonal(memory=memory), n, "complete", seed, 4, mind)
    _, records = case.play()
    for before, record in pairwise(records):
        trust = sorted(
            (-max(0.5 if c.confidence is None else c.confidence for c in m.contributions), m.member)
            for m in before.members
            if m.contributions
        )
        opening = record.rounds[0].actors
        cells = [m for _, m in trust][:memory]
        assert set(cells[: len(opening)]) <= set(opening)


def test_departed_cells_are_passed_over():
    _, (record,) = Case(Clonal, 6, "complete", 3, 1, ArbitraryMind(0.0, 0.0)).play()
    best = clonal.memory_cells(record, range(6), 6)
    assert clonal.memory_cells(record, set(range(6)) - {best[0]}, 2) == best[1:3]


def test_chance_opens_without_memory():
    _, records = Case(
        lambda: Clonal(memory=0), 12, "complete", 3, 4, ArbitraryMind(0.0, 0.0)
    ).play()
    assert len({r.rounds[0].actors for r in records}) > 1
