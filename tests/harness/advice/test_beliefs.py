"""Beliefs from paired outcomes: right in the long run, and fair to all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.scenarios.harness.advice.beliefs import COARSE, Beliefs, Noise, believe


def outcomes_of(seed, means, seeds, sd=0.03):
    draw = np.random.default_rng(seed)
    level = draw.normal(0, 0.1, seeds)
    return np.array(means)[:, None] + level + sd * draw.normal(size=(len(means), seeds))


def test_many_seeds_find_the_means():
    means = [0.5, 0.62, 0.6, 0.4]
    found = believe(outcomes_of(1, means, 200), noise=Noise(0.02))
    gaps = found.mean - found.mean[0]
    assert gaps == pytest.approx(np.array(means) - 0.5, abs=0.012)
    assert found.p_best()[1] > 0.95


def test_chances_are_kept():
    said, true = [], []
    for case in range(150):
        means = np.random.default_rng([7, case]).normal(0.6, 0.08, 6)
        found = believe(outcomes_of(case, means, 4, sd=0.05), noise=Noise(0.02), seed=case)
        said.append(found.p_close(0.02))
        true.append(means >= means.max() - 0.02)
    said, true = np.concatenate(said), np.concatenate(true)
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        inside = (said >= low) & (said < high)
        assert true[inside].mean() == pytest.approx(said[inside].mean(), abs=0.1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.integers(2, 6), st.integers(1, 5))
def test_levels_of_tasks_dont_matter(seed, arms, seeds):
    y = outcomes_of(seed, np.linspace(0.4, 0.6, arms), seeds)
    moved = y + np.linspace(-0.2, 0.2, seeds)
    one, other = (believe(table, noise=Noise(0.02), seed=1).p_best() for table in (y, moved))
    assert one == pytest.approx(other, abs=0.02)
    assert one.sum() == pytest.approx(1)


def test_no_arm_is_favoured():
    y = outcomes_of(3, [0.5, 0.5, 0.5], 4)
    turned = believe(y[::-1], noise=Noise(0.02)).p_best()[::-1]
    assert believe(y, noise=Noise(0.02)).p_best() == pytest.approx(turned, abs=0.04)


def test_missing_seeds_cost_precision_only():
    y = outcomes_of(4, [0.5, 0.56, 0.4], 30)
    y[2, 3:] = np.nan
    found = believe(y, noise=Noise(0.02))
    low, high = found.interval.T
    assert high[2] - low[2] > high[0] - low[0]
    assert found.mean[2] - found.mean[0] == pytest.approx(-0.1, abs=0.05)


def test_equal_outcomes_are_no_certainty():
    y = np.array([[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]])
    found = believe(y, noise=Noise(0.02))
    assert found.p_best()[0] == pytest.approx(0.5, abs=0.1)


def test_one_arm_is_the_best():
    assert believe(np.array([[0.4, np.nan]]), noise=Noise(0.02)).p_best() == pytest.approx([1.0])


def test_close_is_weaker_than_best():
    found = Beliefs(np.array([[0.5, 0.51], [0.6, 0.55]]))
    assert found.p_best() == pytest.approx([0.5, 0.5])
    assert found.p_close(0.02) == pytest.approx([1.0, 0.5])


def test_few_equal_scores_say_little():
    """Two tasks that one arm got right and the other wrong are no certainty."""
    twice, often = (np.array([[1.0] * n, [0.0] * n]) for n in (2, 12))
    assert believe(twice, noise=Noise(0.02)).p_best()[0] > 0.99, "a continuous grade would be one"
    assert believe(twice, noise=COARSE).p_best()[0] < 0.995
    third = np.array([[1 / 3] * 2, [0.0] * 2])
    assert 0.6 < believe(third, noise=COARSE).p_best()[0] < 0.95
    assert believe(often, noise=COARSE).p_best()[0] > 0.99


def test_intervals_hold_what_they_say():
    """Nineteen of twenty, of differences that are drawn as the model says."""
    inside = []
    for case in range(100):
        means = np.random.default_rng([11, case]).normal(0.6, 0.08, 4)
        found = believe(outcomes_of(case, means, 6, sd=0.04), noise=Noise(0.02), seed=case)
        gaps = found.draws - found.draws.mean(axis=1, keepdims=True)
        low, high = Beliefs(gaps).interval.T
        true = means - means.mean()
        inside += list((low <= true) & (true <= high))
    assert 0.9 < np.mean(inside) < 0.99


def test_means_stand_at_their_level():
    y = outcomes_of(12, [0.5, 0.6], 40) + np.linspace(-0.2, 0.2, 40)
    found = believe(y, noise=Noise(0.02))
    assert found.mean.mean() == pytest.approx(y.mean(), abs=0.01)
