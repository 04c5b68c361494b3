"""Published figures beside ours: fitted, following, predicted, and never mixed."""

from __future__ import annotations

import math

import pytest
from support.runs import sample

from unscripted.scenarios.harness.statistics.published import HEAD, Claim, Origin, sections, summary


@pytest.mark.parametrize(
    ("published", "ours", "difference", "agrees"),
    [
        (0.5, sample(0.49, 0.51, 0.5), 0.0, True),
        (0.5, sample(0.59, 0.61, 0.6), 0.1, False),
        (0.5, sample(0.1, 0.9, 0.5), 0.0, None),  # too wide to have missed it
        (0.5, sample(0.5), 0.0, None),
        (0.5, 0.7, 0.2, None),
        (0.5, sample(), None, None),
        (0.5, None, None, None),
        ((1.0, 2.0), sample(1.4, 1.5, 1.6), 0.0, True),
        ((1.0, 2.0), sample(2.4, 2.5, 2.6), 0.5, False),
        ((1.0, 2.0), sample(0.4, 0.5, 0.6), -0.5, False),
        ((1.0, 2.0), sample(1.9, 2.0, 2.1), 0.0, None),
        ((1.0, 2.0), 1.5, 0.0, True),
        ((1.0, 2.0), 2.5, 0.5, False),
        ((0.0, math.inf), sample(-0.2, -0.21, -0.22), -0.21, False),
        ((-math.inf, 0.0), sample(-0.2, -0.21, -0.22), 0.0, True),
    ],
)
def test_agreement_is_judged_by_intervals(published, ours, difference, agrees):
    claim = Claim.of("s", "n", published, ours)
    assert claim.difference == (None if difference is None else pytest.approx(difference))
    assert claim.agrees is agrees
    assert len(claim.line()) == len(HEAD)
    assert "inf" not in " ".join(claim.line())


def test_narrow_is_a_tenth():
    half = 0.0499
    exact = Claim("s", "n", 0.5, 0.5, 0.5, (0.5 - half, 0.5 + half), Origin.PREDICTION)
    assert exact.agrees is True
    wider = Claim("s", "n", 0.5, 0.5, 0.5, (0.5 - half, 0.5002 + half), Origin.PREDICTION)
    assert wider.agrees is None
    filled = Claim("s", "n", 1.0, 2.0, 1.5, (1.0, 2.0), Origin.PREDICTION)
    assert filled.agrees is True, "a range holds its ends"
    negative = Claim("s", "n", -0.5, -0.5, -0.5, (-0.51, -0.49), Origin.PREDICTION)
    assert negative.agrees is True


@pytest.mark.parametrize(
    ("claim", "line"),
    [
        (Claim.of("s", "n", 0.5, sample(0.49, 0.51, 0.5)),
         ["n", "0.500", "0.500 [0.475, 0.525]", "0", "yes", "prediction"]),
        (Claim.of("s", "n", 0.5, sample(0.514, 0.515, 0.516), Origin.FITTED),
         ["n", "0.500", "0.515 [0.513, 0.517]", "+0.015", "near", "fitted"]),
        (Claim.of("s", "n", 0.5, sample(0.534, 0.535, 0.536)),
         ["n", "0.500", "0.535 [0.533, 0.537]", "+0.035", "no", "prediction"]),
        (Claim.of("s", "n", 24.0, sample(24.01, 24.011, 24.012)),
         ["n", "24.0", "24.0 [24.0, 24.0]", "+0.011", "no", "prediction"]),
        (Claim.of("s", "n", 5006.0, 100.0, Origin.INPUT),
         ["n", "5,006", "100.0", "-4,906", "–", "input"]),
        (Claim.of("s", "n", 0.5, None, Origin.FOLLOWS),
         ["n", "0.500", "–", "–", "–", "follows from fitted"]),
        (Claim.of("s", "n", (1.0, 2.0), sample(1.9, 2.0, 2.1)),
         ["n", "1 to 2", "2.000 [1.752, 2.248]", "0", "open", "prediction"]),
        (Claim.of("s", "n", (0.0, math.inf), -0.2),
         ["n", "above 0", "-0.200", "-0.200", "no", "prediction"]),
        (Claim.of("s", "n", (-math.inf, 0.0), -0.2),
         ["n", "below 0", "-0.200", "0", "yes", "prediction"]),
    ],
)  # fmt: skip
def test_a_claim_is_a_line(claim, line):
    assert claim.line() == line


@pytest.mark.parametrize(
    ("published", "ours", "near"),
    [(0.5, 0.5199, True), (0.5, 0.5201, False), (0.5, 0.4801, True), (1.5, 1.51, False),
     (0.0, 0.02, True), (1.0, 0.99, True), ((0.4, 0.6), 0.5, False), (0.5, None, False)],
)  # fmt: skip
def test_near_is_two_hundredths(published, ours, near):
    assert Claim.of("s", "n", published, ours).near is near


def test_origins_are_never_mixed():
    made = [
        Claim.of("s", "a", 0.5, sample(0.5, 0.501, 0.499), Origin.FITTED),
        Claim.of("s", "b", 0.5, sample(0.9, 0.901, 0.899)),
        Claim.of("t", "c", 5006.0, 100.0),
        Claim.of("t", "d", 0.5, sample(0.1, 0.101), Origin.FOLLOWS),
    ]
    assert summary(made) == [
        "1 fitted figures: 1 agree, 0 don't, by intervals; 1 of 1 values of 0 to 1 are within "
        "0.02, their root mean square error is 0.000",
        "2 predictions: 0 agree, 1 don't, by intervals; 0 of 1 values of 0 to 1 are within 0.02, "
        "their root mean square error is 0.400; 1 can't be told",
    ]
    assert {k: [c.name for c in v] for k, v in sections(made).items()} == {
        "s": ["a", "b"], "t": ["c", "d"]
    }  # fmt: skip
    assert summary([]) == []
    assert summary(made[2:3]) == ["1 predictions; 1 can't be told"]
