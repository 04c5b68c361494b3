"""Samples by seed, what an interval says to a claim, and where a difference changes its sign."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats
from support.runs import sample

from unscripted.scenarios.harness.statistics.findings import (
    Finding,
    Support,
    above,
    below,
    between,
    fitted,
    overall,
    supported,
)
from unscripted.scenarios.harness.statistics.samples import Sample, resampled
from unscripted.scenarios.harness.study.sign_change import Crossing, crossing


def test_samples_are_paired_by_seed():
    a, b = Sample({0: 3.0, 1: 5.0, 2: 8.0}), Sample({1: 1.0, 2: 2.0, 3: 9.0})
    assert (a - b).values == {1: 4.0, 2: 6.0}
    assert (a / b).values == {1: 5.0, 2: 4.0}
    assert (a / Sample({0: 0.0, 1: 5.0})).values == {1: 1.0}
    assert (a * 2).values == {0: 6.0, 1: 10.0, 2: 16.0}
    assert len(a) == 3


def test_a_seeds_rows_are_averaged():
    rows = [{"seed": 1, "q": 1.0}, {"seed": 1, "q": 3.0}, {"seed": 0, "q": None},
            {"seed": 2, "q": 5}]  # fmt: skip
    assert Sample.of(rows, "q").values == {1: 2.0, 2: 5}
    assert list(Sample.of(rows[::-1], "q").values) == [1, 2]
    assert Sample.of([], "q").mean is None


def test_interval_is_over_seeds():
    found = sample(1.0, 2.0, 4.0)
    assert (found.mean, found.interval.n) == (7 / 3, 3)
    assert found.bounds == pytest.approx(stats.t.interval(0.95, 2, 7 / 3, stats.sem([1, 2, 4])))
    assert sample(1.0).bounds is sample().bounds is sample().interval is None


def test_bootstrap_keeps_pairs_together():
    a, b = sample(0.0, 1.0, 2.0, 3.0), sample(1.0, 2.0, 3.0, 4.0)
    draws = resampled([a, b], draws=50)
    assert draws.shape == (50, 2)
    assert (draws[:, 1] - draws[:, 0]).round(9).tolist() == [1.0] * 50
    assert len(np.unique(draws[:, 0])) > 5
    assert (resampled([a, b], draws=50) == draws).all(), "the same samples, the same interval"
    assert resampled([a, Sample({2: 7.0})], draws=3).tolist() == [[2.0, 7.0]] * 3
    assert np.isnan(resampled([a, sample()], draws=3)).all()
    assert resampled([], draws=3).shape == (3, 0)
    assert len(resampled([a])) == 2000


def five(*values):
    """Those values over and over, for six seeds."""
    return sample(*(values * 6)[:6])


@pytest.mark.parametrize(
    ("finding", "support"),
    [
        (above("", five(0.1, 0.11, 0.12)), "held"),
        (above("", five(-0.1, -0.11, -0.12)), "refuted"),
        (above("", five(-0.1, 0.0, 0.1)), "undecided"),
        (above("", sample(0.1)), "undecided"),
        (above("", sample(0.1, 0.11, 0.12, 0.11)), "undecided"),
        (above("", sample()), "undecided"),
        (above("", five(0.4), 0.5), "refuted"),
        (above("", five(0.0)), "refuted"),
        (below("", five(0.1, 0.11, 0.12), 0.2), "held"),
        (below("", five(0.1, 0.11, 0.12), 0.05), "refuted"),
        (below("", five(-0.1, -0.11, -0.12)), "held"),
        (between("", five(0.0), -0.01, 0.01), "held"),
        (between("", five(-0.02, 0.0, 0.02), -0.01, 0.01), "undecided"),
        (between("", five(0.5, 0.51, 0.52), -0.01, 0.01), "refuted"),
        (between("", five(-0.5, -0.51, -0.52), -0.01, 0.01), "refuted"),
    ],
)
def test_claims_are_judged_by_intervals(finding, support):
    assert finding.support == support
    assert finding.line().startswith(support)
    assert json.dumps(finding.body(), allow_nan=False)


@pytest.mark.parametrize(
    ("bounds", "low", "high", "support"),
    [
        (None, 0, 1, "undecided"),
        ((0.0, 1.0), 0, 1, "held"),
        ((0.0, 0.0), 0, 1, "refuted"),
        ((1.0, 1.0), 0, 1, "refuted"),
        ((1.0, 2.0), 0, 1, "refuted"),
        ((-1.0, 0.0), 0, 1, "refuted"),
        ((-0.1, 0.5), 0, 1, "undecided"),
        ((0.5, 1.1), 0, 1, "undecided"),
    ],
)
def test_bounds_decide(bounds, low, high, support):
    assert supported(bounds, low, high) == support


def test_a_finding_in_words_and_json():
    finding = above("gain > 0", sample(0.1, 0.2, 0.3))
    line = (
        "undecided: gain > 0 (0.200, 95 % interval -0.048 to 0.448, 3 seeds, of 5 that it takes to "
        "conclude)"
    )
    assert finding.line() == line
    body = finding.body()
    assert list(body) == [
        "claim", "verdict", "estimate", "ci95", "n", "tasks", "status", "source", "line",
    ]  # fmt: skip
    assert (body["claim"], body["verdict"], body["n"], body["line"]) == (
        "gain > 0", "undecided", 3, line
    )  # fmt: skip
    assert (body["estimate"], body["ci95"]) == (finding.estimate, list(finding.ci95))
    assert above("x", sample(0.1)).line() == "undecided: x (0.100, no interval, 1 seed)"
    basis = fitted("it is in the loss")
    told = above("x", sample(*[0.1] * 5), basis=basis)
    assert told.line().endswith("5 seeds); fitted: it is in the loss")
    assert (told.body()["status"], told.body()["source"]) == ("fitted", "it is in the loss")
    assert above("x", sample()).line() == "undecided: x (not measured)"
    assert above("x", sample()).body()["ci95"] is None


def test_one_refuted_claim_refutes():
    held, open_, refuted = (Finding("", s) for s in (Support.HELD, Support.UNDECIDED,
                                                     Support.REFUTED))  # fmt: skip
    assert overall([held, held]) == "held"
    assert overall([held, open_]) == "undecided"
    assert overall([held, open_, refuted]) == "refuted"
    assert overall([]) == "undecided"


@pytest.mark.parametrize(
    ("means", "at"),
    [
        ((-1.0, -1.0, 1.0), 0.75),
        ((-1.0, 1.0, 1.0), 0.25),
        ((1.0, -1.0, 3.0), 0.625),
        ((1.0, 1.0, 1.0), -math.inf),
        ((1.0, 1.0, -1.0), math.inf),
        ((-1.0, 1.0, 0.0), math.inf),
        ((0.0, 1.0, 1.0), 0.0),
    ],
)
def test_sign_changes_at_the_last_rise(means, at):
    found = crossing((0.0, 0.5, 1.0), [sample(m, m) for m in means])
    assert (found.at, found.low, found.high) == (pytest.approx(at), found.at, found.at)
    assert found.finite is math.isfinite(at)


def test_sign_change_has_an_interval():
    spread = sample(-0.5, 0.0, 0.5, 0.2, -0.2)
    rising = [spread * 0.2 - sample(*[1.0] * 5), spread * 0.2 - sample(*[-1.0] * 5)]
    found = crossing((0.0, 1.0), rising)
    assert found.at == pytest.approx(0.5)
    assert 0.44 < found.low < 0.5 < found.high < 0.56
    assert crossing((0.0, 1.0), [sample(1.0), sample()]) is None


def test_a_sign_change_in_words():
    assert Crossing(-math.inf, 0, 0).words() == "positive at every value tried"
    assert Crossing(math.inf, 0, 0).words() == "not positive at the largest value tried"
    said = "positive above 0.50 (95 % bootstrap interval 0.40 to 0.62)"
    assert Crossing(0.5, 0.4, 0.62).words() == said
    wide = Crossing(0.5, -math.inf, math.inf)
    assert wide.words().endswith("interval below the values tried to above them)")
    assert not wide.finite
