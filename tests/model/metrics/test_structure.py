"""Hierarchy by hand: depth and the spectral gap of regular shapes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from support.records import CHECK, NEAR, measure, record_of, records, story, work, works_of

import unscripted as un
from unscripted.model.metrics import structure
from unscripted.model.record import RoundRecord, Turn


@CHECK
@given(records())
def test_depth_is_bounded_by_rounds(record):
    rounds_with_work = {round_ for _, round_, _ in works_of(record)}
    depth = measure(record)["hierarchy_depth"]
    assert min(1, len(rounds_with_work)) <= depth <= len(rounds_with_work)


@CHECK
@given(records(), st.randoms(use_true_random=False))
def test_structure_ignores_identities(record, random):
    ids = [m.member for m in record.members]
    fresh = random.sample(range(100), len(ids))
    to = dict(zip(ids, fresh, strict=True))

    def renamed(turn: Turn) -> Turn:
        if isinstance(turn.reply, un.Contribution):
            used = tuple(to[a] for a in turn.reply.builds_on)
            return replace(turn, reply=replace(turn.reply, builds_on=used))
        return turn

    other = record_of(
        {to[m.member]: [renamed(t) for t in m.turns] for m in record.members},
        [RoundRecord(r.act, tuple(to[a] for a in r.actors)) for r in record.rounds],
        verdict=record.verdict,
        error=record.error,
    )
    for name, value in measure(record).items():
        expected = None if value is None else pytest.approx(value, **NEAR)
        assert measure(other)[name] == expected, name


def test_chains_are_deep_and_parallel_flat():
    chain = story(*({i: work(on=(i - 1,) if i else ())} for i in range(7)))
    assert measure(chain)["hierarchy_depth"] == 7
    flat = story(*({i: work()} for i in range(7)))
    assert measure(flat)["hierarchy_depth"] == 1
    assert measure(story({0: un.Abstention("")}))["hierarchy_depth"] == 0


def test_same_round_adds_no_depth():
    record = story({0: work()}, {1: work(on=(0,)), 2: work(on=(1,)), 0: work(on=(1,))})
    assert measure(record)["hierarchy_depth"] == 2


def test_depth_runs_through_others():
    back = story({0: work()}, {1: work(on=(0,))}, {0: work(on=(1,))}, {1: work(on=(0,))})
    assert measure(back)["hierarchy_depth"] == 4
    alone = story({0: work()}, {0: work()}, {0: work()})
    assert measure(alone)["hierarchy_depth"] == 1


def test_any_earlier_work_counts():
    record = story({0: work()}, {1: work(on=(0,))}, {1: work()}, {2: work(on=(1,))})
    assert measure(record)["hierarchy_depth"] == 3


def star_record(n: int) -> un.TickRecord:
    return story({0: work()}, {i: work(on=(0,)) for i in range(1, n)})


def chain_record(n: int) -> un.TickRecord:
    return story(*({i: work(on=(i - 1,) if i else ())} for i in range(n)))


def complete_record(n: int) -> un.TickRecord:
    return story(*({i: work(on=tuple(range(i)))} for i in range(n)))


@pytest.mark.parametrize("n", [2, 3, 12, 255, 256, 257, 300])
@pytest.mark.parametrize(
    ("shape", "gap"),
    [
        (star_record, lambda n: 2 if n == 2 else 1),
        (chain_record, lambda n: 2 - 2 * math.cos(math.pi / n)),
        (complete_record, lambda n: n),
    ],
    ids=["star", "chain", "complete"],
)
def test_gap_of_regular_shapes(n, shape, gap):
    assert measure(shape(n))["spectral_gap"] == pytest.approx(gap(n), rel=1e-6)


def test_gap_is_zero_when_apart():
    apart = story({0: work(), 2: work()}, {1: work(on=(0,)), 3: work(on=(2,))})
    assert measure(apart)["spectral_gap"] == 0.0
    enough_links = story(
        {0: work()}, {1: work(on=(0,))}, {2: work(on=(0, 1))}, {3: work(on=(0, 1, 2))}, {4: work()}
    )
    assert measure(enough_links)["spectral_gap"] == 0.0


@pytest.mark.parametrize(("n", "share"), [(300, 0.02), (300, 0.9), (700, 0.004), (520, 0.99)])
def test_large_teams_are_measured_alike(n, share, monkeypatch):
    drawn = np.random.default_rng(1).random((n, n)) < share
    linked = drawn | drawn.T
    np.fill_diagonal(linked, False)
    apart = ~linked & ~np.eye(n, dtype=bool)
    for found, wanted in (
        (structure._sparse_laplacian(linked), csr_array(structure._laplacian(linked))),
        (structure._sparse_laplacian(~linked, loops=True), csr_array(structure._laplacian(apart))),
    ):
        assert (found.indptr == wanted.indptr).all()
        assert (found.indices == wanted.indices).all()
        assert (found.data == wanted.data).all()
    whole = connected_components(csr_array(linked), directed=False)[0] == 1
    for at_once in (1, 256):
        monkeypatch.setattr(structure, "AT_ONCE", at_once)
        assert structure._connected(linked) == whole
