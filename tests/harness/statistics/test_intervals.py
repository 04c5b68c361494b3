"""Intervals against scipy, and worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from support.runs import noisy, pairs_of

from unscripted.scenarios.harness.statistics.intervals import (
    Interval,
    ResampledInterval,
    bootstrapped,
    cohens_d,
    exact_mean,
    interval,
    turned,
)

values = st.floats(-1e4, 1e4, allow_nan=False).map(lambda x: round(x, 6))


@settings(deadline=None, max_examples=40)
@given(st.lists(values, min_size=2, max_size=30))
def test_interval_is_students(sample):
    assume(len(set(sample)) > 1)
    found = interval(sample)
    expected = stats.t.interval(0.95, len(sample) - 1, np.mean(sample), stats.sem(sample))
    assert found.mean == pytest.approx(np.mean(sample), abs=1e-6)
    assert found.sd == pytest.approx(np.std(sample, ddof=1), rel=1e-6, abs=1e-6)
    assert found.ci95 == pytest.approx(expected, rel=1e-6, abs=1e-5)
    assert found.n == len(sample)


def test_interval_worked_by_hand():
    half = 2.776445105 * math.sqrt(2.5) / math.sqrt(5)  # t(0.975, 4), sd sqrt(10/4)
    found = interval([1, 2, 3, 4, 5])
    assert found.ci95 == pytest.approx((3 - half, 3 + half))
    assert found.sd == pytest.approx(1.5811388)
    two = interval([1.0, 3.0])
    assert (two.mean, two.sd) == (2.0, pytest.approx(math.sqrt(2)))
    assert two.ci95 == pytest.approx((2 - 12.7062, 2 + 12.7062), abs=1e-4)


def test_coverage_is_95_of_100():
    draws = np.random.default_rng(0).normal(2.0, 3.0, (2000, 5))
    covered = sum(low <= 2.0 <= high for low, high in (interval(s).ci95 for s in draws))
    assert 0.935 < covered / 2000 < 0.965


def test_unmeasured_values_are_left_out():
    assert interval([None, 1.0, None, 3.0]) == interval([1.0, 3.0])
    assert interval([None, None]) is interval([]) is None
    assert interval([None, 0.5]) == Interval(0.5, None, None, 1)
    assert interval([0.1] * 7) == Interval(0.1, 0.0, (0.1, 0.1), 7)


def test_sums_are_exact():
    assert exact_mean([0.1] * 10) == 0.1
    assert interval([1e16, 1.0, -1e16]).mean == pytest.approx(1 / 3)


def test_body_is_that_of_json():
    assert interval([1.0, 3.0]).body().keys() == {"mean", "sd", "ci95", "n"}
    body = ResampledInterval(2.0, 1.0, (1.0, 3.0), 2, (1.1, 2.9)).body()
    assert list(body) == ["mean", "sd", "ci95", "n", "ci95_bootstrap"]
    assert body["ci95_bootstrap"] == (1.1, 2.9)


def test_bounds_are_turned_round():
    assert turned((-1.0, 3.0)) == (-3.0, 1.0)
    assert turned(None) is None


def test_bootstrap_is_scipys():
    left, right = pairs_of(15, 0.03, 1)
    difference = (left - right).tolist()
    (found,) = bootstrapped([difference])
    drawn = stats.bootstrap((difference,), np.mean, n_resamples=20_000, rng=1).confidence_interval
    assert found == pytest.approx((drawn.low, drawn.high), abs=0.002)
    again = stats.bootstrap(
        (difference,), np.mean, n_resamples=2000, rng=np.random.default_rng(0)
    ).confidence_interval
    assert found == pytest.approx((again.low, again.high), abs=1e-12)


def test_bootstrap_sees_skew():
    skewed = [0.5] * 14 + [0.9, 0.95]
    (low, high), student = bootstrapped([skewed])[0], interval(skewed).ci95
    mean = np.mean(skewed)
    assert high - mean > 1.5 * (mean - low)
    assert student[1] - mean == pytest.approx(mean - student[0])


def test_bootstrap_keeps_samples_in_place():
    samples = [[0.1, 0.2], noisy(5, 9, 1), [0.3] * 8, noisy(9, 6, 2), noisy(1, 9, 3)]
    found = bootstrapped(samples)
    assert [f is None for f in found] == [True, False, True, False, False]
    assert found[1] == bootstrapped([samples[1], samples[4]])[0]
    assert found[3][0] < 9 < found[3][1]
    assert found[4][1] < 2


def test_bootstrap_wants_five_values():
    assert bootstrapped([[1.0, 2.0, 3.0, 4.0]]) == [None]
    assert bootstrapped([[1.0, 2.0, 3.0, 4.0, 5.0]]) != [None]
    assert bootstrapped([[1.0 + 1e-13 * k for k in range(6)]]) == [None]
    assert bootstrapped([]) == []


def test_d_worked_by_hand():
    d, (low, high) = cohens_d([2.0, 4.0, 9.0, 5.0], [1.0, 4.0, 6.0, 5.0])
    pooled = math.sqrt((26 / 3 + 14 / 3) / 2)  # variances of the two samples
    assert d == pytest.approx(1.0 / pooled)
    t = 1.0 / (math.sqrt(2.0) / 2)  # differences 1 0 3 0: mean 1, sd sqrt 2
    scale = math.sqrt(2.0) / 2 / pooled
    assert stats.nct.cdf(t, 3, low / scale) == pytest.approx(0.975, abs=1e-6)
    assert stats.nct.cdf(t, 3, high / scale) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize(("shared", "lead"), [(0.0, 0.04), (0.1, 0.04)])
def test_interval_of_d_covers(shared, lead):
    true, covered = lead / math.hypot(shared, 0.04), 0
    for seed in range(800):
        _, (low, high) = cohens_d(*pairs_of(12, lead, seed, shared=shared))
        covered += low <= true <= high
    assert 0.92 < covered / 800 < 0.975


def test_d_turns_with_the_difference():
    left, right = pairs_of(12, 0.05, 3)
    d, (low, high) = cohens_d(left, right)
    e, (lower, higher) = cohens_d(right, left)
    assert (e, lower, higher) == pytest.approx((-d, -high, -low))
    assert 0 < low < d < high


def test_d_without_spread():
    still = [0.5 + 0.1 * (i % 3) for i in range(10)]
    assert cohens_d([1.0, 1.0], [2.0, 2.0]) == (None, None)
    d, bounds = cohens_d(still, [q - 0.1 for q in still])
    assert (d, bounds) == (pytest.approx(0.1 / np.std(still, ddof=1)), None)
    # t is above 1e8: looking for its noncentrality would never end
    d, bounds = cohens_d(still, [q - 0.1 + 1e-9 * (i % 2) for i, q in enumerate(still)])
    assert (d, bounds) == (pytest.approx(0.1 / np.std(still, ddof=1), rel=1e-6), None)
    near = cohens_d(still, [q - 0.1 + 8e-4 * (i % 2) for i, q in enumerate(still)])
    assert near[1] is not None, "t of some 700 still has an interval"
    far = cohens_d(still, [q - 0.1 + 5e-4 * (i % 2) for i, q in enumerate(still)])
    assert far[1] is None, "t of some 1200"
