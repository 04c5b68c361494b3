"""Holm's correction by hand, and against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from unscripted.model.metrics.multiple_testing import holm


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.9]) == pytest.approx([0.04, 0.09, 0.09, 0.9])
    assert holm([0.2, 0.3]) == [0.4, 0.4]
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert (holm([0.3]), holm([])) == ([0.3], [])


@pytest.mark.parametrize("seed", range(3))
def test_holm_is_that_of_statsmodels(seed):
    p_values = np.random.default_rng(seed).random(7) ** 3
    assert holm(p_values.tolist()) == multipletests(p_values, method="holm")[1].tolist()
