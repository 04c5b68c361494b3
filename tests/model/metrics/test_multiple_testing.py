"""Holm's correction by hand, and against statsmodels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from unscripted.model.metrics.multiple_testing import holm


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.9]) == pytest.approx([0.04, 0.09, 0.09, 0.9])
    assert holm([0.2, 0.3]) == [0.4, 0.4]
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert (holm([0.3]), holm([])) == ([0.3], [])


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12))
def test_holm_is_that_of_statsmodels(p_values):
    assert holm(p_values) == multipletests(p_values, method="holm")[1].tolist()
