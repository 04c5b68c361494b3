"""Resilience: what is left, when it is back, and how much came back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shocked import many

import unscripted as un
from unscripted.model.metrics.resilience import (
    adaptation,
    level_before,
    recovery_time,
    resilience,
    retention,
)


def test_index_is_the_area_left():
    assert retention([0.4, 0.6, 0.8], [0.8, 0.8, 0.8]) == pytest.approx(1.8 / 2.4)
    assert retention([0.5, 0.5], [0.5, 0.5]) == 1.0
    assert retention([0.6], [0.5]) == pytest.approx(1.2)
    assert retention([0.0, 0.0], [0.5, 0.7]) == 0.0
    # A tick where either is missing counts for neither.
    assert retention([0.4, None, 0.9], [0.8, 0.1, None]) == 0.5


@pytest.mark.parametrize("function", [retention, adaptation, recovery_time])
@pytest.mark.parametrize(
    "pair", [([], []), ([None], [0.5]), ([0.5], [None]), ([None] * 6, [0.5] * 6)]
)
def test_undefined_is_none(function, pair):
    assert function(*pair) is None


def test_zero_reference_is_undefined():
    assert retention([0.5, 0.5], [0.0, 0.0]) is None
    assert adaptation([0.5] * 3, [0.0, 0.5, 0.5]) is None


def test_recovery_is_first_held_tick():
    level = [1.0] * 6
    assert recovery_time([0.95] * 6, level) == 0  # 5 % may be missing
    assert recovery_time([0.94] * 6, level) is None
    assert recovery_time([0.5, 1.0, 1.0, 0.5, 0.5, 0.5], level) == 1
    assert recovery_time([0.5, 1.0, 0.5, 1.0, 1.0, 0.5], level) == 3
    assert recovery_time([0.5, 1.0, 0.5, 1.0, 1.0, 0.5], level, hold=1) == 1
    assert recovery_time([0.5, 1.0, 0.5, 1.0, 1.0, 0.5], level, hold=3) is None
    assert recovery_time([0.5, 0.5, 0.5, 0.5, 0.5, 1.0], level) is None  # no time to hold
    assert recovery_time([0.5, 0.7, 0.9, 0.9, 0.9, 0.9], level, tolerance=0.1) == 2
    assert recovery_time([1.0, None, 1.0, 1.0], [1.0] * 4) == 2
    assert recovery_time([0.5, 0.5], [0.5, 0.2]) == 0  # against what it would have been


def test_adaptation_is_what_returned():
    level = [0.8] * 6
    assert adaptation([0.4, 0.4, 0.5, 0.6, 0.8, 0.8], level) == pytest.approx(0.5)
    assert adaptation([0.2, 0.4, 0.6], [0.4, 0.8, 0.6]) == pytest.approx(0.5)
    assert adaptation([0.4] * 6, level) == 0.0  # a lasting loss
    assert adaptation(level, level) == 0.0  # no loss
    assert adaptation([0.8, 0.6, 0.4], level[:3]) == pytest.approx(-0.5)
    assert adaptation([0.4, 0.8], level[:2]) is None


@given(st.lists(st.tuples(*[st.none() | st.floats(0.25, 1)] * 2), max_size=30), st.floats(0.1, 9))
@many
def test_scale_changes_nothing(pairs, scale):
    quality, reference = [q for q, _ in pairs], [r for _, r in pairs]

    def scaled(series):
        return [None if v is None else v * scale for v in series]

    for function in (retention, adaptation):
        plain, other = function(quality, reference), function(scaled(quality), scaled(reference))
        assert plain == (None if other is None else pytest.approx(other))
    if any(q is not None and r is not None for q, r in pairs):
        assert 0.25 - 1e-9 <= retention(quality, reference) <= 4 + 1e-9


def test_level_before_replaces_a_twin():
    assert level_before([0.4, None, 0.6, 0.1, 0.2], 3) == [0.5, 0.5]
    assert level_before([0.4, 0.6], 0) == [None, None]
    assert retention([0.1, 0.2], level_before([0.4, None, 0.6, 0.1, 0.2], 3)) == pytest.approx(0.3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: retention([1.0], [1.0, 1.0]),
        lambda: recovery_time([1.0], []),
        lambda: adaptation([1.0] * 3, [1.0] * 4),
        lambda: recovery_time([1.0], [1.0], tolerance=1.0),
        lambda: recovery_time([1.0], [1.0], tolerance=-0.1),
        lambda: recovery_time([1.0], [1.0], hold=0),
    ],
)
def test_other_ticks_are_refused(call):
    with pytest.raises(un.UsageError):
        call()


def test_targets_are_above_zero():
    assert resilience([0.4, 0.6]) == 0.5
    assert resilience([None, 0.6], 0.8) == pytest.approx(0.75)
    assert resilience([]) is resilience([None]) is None
    with pytest.raises(un.UsageError, match="target=0"):
        resilience([0.5], 0)
