"""Seeds and tasks resampled together: means are exact, and intervals cover what they should."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.scenarios.harness.statistics.crossed import Crossed, resampled_crossed


def crossed(table):
    """From an array of seeds by tasks; nan where nothing was measured."""
    return Crossed({
        (s, f"t{t}"): float(v)
        for s, row in enumerate(table) for t, v in enumerate(row) if not math.isnan(v)
    })  # fmt: skip


def made(rng, seeds, tasks, *, of_tasks, noise):
    """Tasks differ by `of_tasks`, single plays by `noise`; the true mean is 0."""
    return rng.normal(0, of_tasks, (1, tasks)) + rng.normal(0, noise, (seeds, tasks))


def test_rows_become_pairs():
    rows = [
        {"seed": 0, "task_id": "a", "q": 0.2},
        {"seed": 0, "task_id": "a", "q": 0.4},
        {"seed": 1, "task_id": "a", "q": 0.5},
        {"seed": 1, "task_id": "b", "q": None},
    ]
    found = Crossed.of(rows, "q")
    assert found.values == {(0, "a"): pytest.approx(0.3), (1, "a"): 0.5}
    assert (found.seeds, found.tasks) == (2, 1)


def test_lacking_pairs_are_left_out():
    a = crossed(np.array([[0.0, 1.0], [0.0, 1.0]]))
    b = crossed(np.array([[0.0, math.nan], [0.0, math.nan]]))
    found = resampled_crossed([a, b])
    assert list(found.means) == [0.0, 0.0]
    assert (found.seeds, found.tasks) == (2, 1)
    assert resampled_crossed([a, crossed(np.empty((0, 0)))]) is None
    assert resampled_crossed([]) is None


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 5), st.integers(2, 6), st.integers(0, 99))
def test_sums_are_those_of_means(seeds, tasks, draw):
    rng = np.random.default_rng(draw)
    tables = [rng.random((seeds, tasks)) for _ in range(3)]
    found = resampled_crossed([crossed(t) for t in tables])
    value, (low, high) = found.interval([1.0, -2.0, 0.5])
    expected = tables[0].mean() - 2 * tables[1].mean() + 0.5 * tables[2].mean()
    assert value == pytest.approx(expected)
    assert low <= high
    assert found.draws.shape == (2000, 3)


def test_one_seed_has_no_interval():
    found = resampled_crossed([crossed(np.array([[0.1, 0.2, 0.3]]))])
    assert found.interval([1.0]) == (pytest.approx(0.2), None)


def test_tasks_count_where_they_differ():
    """Ten tasks under many seeds: an interval over seeds alone would miss the truth mostly."""
    covered = narrow = 0
    for draw in range(60):
        rng = np.random.default_rng(draw)
        table = made(rng, 20, 10, of_tasks=1.0, noise=0.3)
        _, (low, high) = resampled_crossed([crossed(table)]).interval([1.0])
        covered += low <= 0 <= high
        half = 2.09 * table.mean(1).std(ddof=1) / math.sqrt(20)
        narrow += abs(table.mean()) <= half
    assert covered >= 51
    assert narrow <= 30


def test_seeds_carry_tasks_of_their_own():
    """Where no task comes twice, seeds are drawn with their tasks, as one sample."""
    rng = np.random.default_rng(0)
    values = {(s, f"{s}-{t}"): float(rng.normal()) for s in range(12) for t in range(5)}
    found = resampled_crossed([Crossed(values)])
    by_seed = [np.mean([v for (s, _), v in values.items() if s == seed]) for seed in range(12)]
    assert found.draws.std() == pytest.approx(np.std(by_seed) / math.sqrt(12), rel=0.1)
