"""Measures on teams of which everybody knows what they should say: stable, mixed, two camps."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import CHECK, measure, record_of, with_roles

import unscripted as un
from unscripted.model.metrics.resilience import resilience, retention
from unscripted.model.record import RoundRecord, Turn

N, TASKS = 8, 400
SUBJECTS = ("law", "tax", "energy", "logistics", "finance", "privacy", "education", "marketing")
TITLES = ("lead", "analyst", "architect", "auditor")


def stability(subjects_by_task):
    """Mean role stability over tasks, with titles that say nothing."""
    rng = np.random.default_rng(0)
    records = []
    for subjects in subjects_by_task:
        titles = rng.choice(TITLES, size=len(subjects))
        records.append(with_roles(*(f"{s} {t}" for s, t in zip(subjects, titles, strict=True))))
    found = [measure(now, before)["role_stability"] for before, now in pairwise(records)]
    return sum(found) / len(found)


def hearing(n, edges):
    """A record in which members speak in turn and hear those they are linked with, either way."""
    linked = {frozenset(e) for e in edges}
    turns = {}
    for m in range(n):
        seen = tuple((a, a + 1) for a in range(m) if frozenset((a, m)) in linked)
        turns[m] = [Turn(m, un.Act.CONTRIBUTE, un.Contribution("r", "w"), seen=seen)]
    return record_of(turns, [RoundRecord(un.Act.CONTRIBUTE, (m,)) for m in range(n)])


def gap(n, edges):
    return measure(hearing(n, edges))["spectral_gap"]


def complete(members):
    return [(a, b) for a in members for b in members if a < b]


def test_stable_teams_keep_every_role():
    assert stability([SUBJECTS] * 6) == 1.0


def test_mixed_teams_keep_roles_by_chance():
    rng = np.random.default_rng(1)
    drawn = [list(rng.choice(SUBJECTS, size=N)) for _ in range(TASKS)]
    assert stability(drawn) == pytest.approx(1 / len(SUBJECTS), abs=0.02)


def test_camps_that_swap_keep_nothing():
    one, two = ["law"] * 4 + ["tax"] * 4, ["tax"] * 4 + ["law"] * 4
    assert stability([one, two] * 3) == 0.0
    assert stability([one] * 6) == 1.0
    mixed = [["law", "tax"] * 4, one] * 100  # half of each camp stays by where it stood
    assert stability(mixed) == pytest.approx(0.5)


def test_new_tasks_leave_no_role():
    assert stability([["law"] * N, ["tax"] * N, ["energy"] * N]) == 0.0


def test_teams_that_all_hear_are_mixed():
    assert gap(N, complete(range(N))) == N


def test_camps_apart_have_no_gap():
    camps = [*complete(range(4)), *complete(range(4, 8))]
    assert gap(N, camps) == 0.0
    bridged = gap(N, [*camps, (3, 4)])
    assert 0 < bridged < 0.4
    assert bridged < gap(N, [*camps, (3, 4), (2, 5)]) < gap(N, complete(range(N)))


def test_hubs_and_chains_lie_between():
    assert gap(N, [(0, m) for m in range(1, N)]) == pytest.approx(1.0)
    chain = gap(N, [(m, m + 1) for m in range(N - 1)])
    assert chain == pytest.approx(2 - 2 * math.cos(math.pi / N))


def test_declining_members_hear_too():
    """Who reads everything and has nothing to add is no group of its own."""
    seen = ((0, 1), (1, 2))
    turns = {
        0: [Turn(0, un.Act.CONTRIBUTE, un.Contribution("r", "w"))],
        1: [Turn(1, un.Act.CONTRIBUTE, un.Contribution("r", "w"), seen=((0, 1),))],
        2: [Turn(2, un.Act.CONTRIBUTE, un.Abstention("done"), seen=seen)],
    }
    record = record_of(turns, [RoundRecord(un.Act.CONTRIBUTE, (m,)) for m in range(3)])
    assert measure(record)["spectral_gap"] == 3.0


@CHECK
@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=45), st.integers(2, 10))
def test_gap_never_falls_with_a_link(edges, n):
    some = {(a % n, b % n) for a, b in edges if a % n != b % n}
    more = some | {(0, n - 1)}
    assert gap(n, some) <= gap(n, more) + 1e-9
    assert 0 <= gap(n, some) <= n + 1e-9


@pytest.mark.parametrize("n", [257, 300])
def test_large_teams_of_many_links(n):
    """Few are deaf to each other: the complement is what is solved."""
    apart = {(0, 1), (0, 2), (5, 9)}
    edges = [e for e in complete(range(n)) if e not in apart]
    laplacian = np.full((n, n), -1.0)
    for a, b in [(m, m) for m in range(n)] + list(apart):
        laplacian[a, b] = laplacian[b, a] = 0.0
    np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
    assert gap(n, edges) == pytest.approx(np.linalg.eigvalsh(laplacian)[1], rel=1e-6)


def test_little_to_lose_is_not_resilient():
    """A team that delivers little keeps all of it; measured by the target it stays low."""
    good, poor = [0.80, 0.70, 0.78], [0.50, 0.50, 0.50]
    assert retention(good, [0.80] * 3) < retention(poor, [0.50] * 3) == 1.0
    assert resilience(good) > resilience(poor) == 0.5
    assert resilience([1.0] * 3) == 1.0
    assert resilience([0.4, None], target=0.8) == 0.5
