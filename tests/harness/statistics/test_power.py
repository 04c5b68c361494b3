"""Plans against statsmodels, and by simulating what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestPower

from unscripted.scenarios.harness.statistics.power import (
    Power,
    Seen,
    detectable,
    planned,
    power,
    replicates_for,
    replicates_to_decide,
)


@pytest.mark.parametrize("effect", [0.1, 0.5, 1.4])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 6, 0.05 / 120])
def test_replicates_are_those_of_statsmodels(effect, alpha):
    (found,) = replicates_for(effect, alpha)
    assert found == math.ceil(TTestPower().solve_power(effect, None, alpha, 0.8))
    (least,) = detectable(found, 1.0, alpha)
    far, scale = stats.t.isf(alpha / 2, found - 1), math.sqrt(found)
    assert stats.nct.sf(far, found - 1, least * scale) == pytest.approx(0.8, abs=1e-5)
    assert least <= effect


def test_power_is_that_of_statsmodels():
    found = power([0.5, 0.5, 100.0], [10, 10, 10], 0.05, sided=[2, 1, 2])
    two, one = (TTestPower().power(0.5, 10, alpha, alternative="larger") for alpha in (0.025, 0.05))
    assert found == pytest.approx([two, one, 1.0])


def test_nobody_plans_for_ever():
    assert replicates_for([0.001, 50.0, 0.03], 0.05) == [None, 2, 8723]


def test_plans_are_for_holms_strictest_level():
    seen = [Seen(0.02, 0.05, 9, decided=False), Seen(0.09, 0.06, 12, decided=True)]
    first, second = planned(seen, 0.05, 0.1)
    assert (first.effect, first.alpha, second.alpha) == (0.05, 0.05, 0.05)
    assert first.replicates_for_80 == replicates_for(0.05 / 0.05, 0.05)[0]
    assert second.replicates_for_80 == replicates_for(0.05 / 0.06, 0.05)[0]
    assert first.detectable == detectable(9, 0.05, 0.05)[0]
    assert first.replicates_to_decide == replicates_to_decide(0.02, 0.05, 0.05, 0.05)[0]
    reach = detectable(12, 0.06, 0.05)[0]
    assert second == Power(0.05, 0.05, second.replicates_for_80, reach, None)
    assert planned([], 0.05, 0.05) == []


@pytest.mark.parametrize("gap", [0.0, 0.02, -0.03, 0.08])
def test_replicates_to_decide_mostly_decide(gap):
    rng, margin, sd = np.random.default_rng(4), 0.05, 0.06
    (n,) = replicates_to_decide(gap, sd, margin, 0.05)
    decided = 0
    for _ in range(400):
        difference = rng.normal(gap, sd, n)
        p = stats.ttest_1samp(difference, 0).pvalue
        low, high = stats.t.interval(0.9, n - 1, difference.mean(), stats.sem(difference))
        equal = -margin < low and high < margin
        decided += p < 0.05 if abs(gap) > margin / 2 else equal
    assert decided / 400 == pytest.approx(0.8, abs=0.08)


def test_half_the_margin_decides_last():
    needed = [replicates_to_decide(g, 0.06, 0.05, 0.05)[0] for g in (0.0, 0.02, 0.025, 0.05, 0.1)]
    assert needed == [14, 27, 38, 14, 6]
