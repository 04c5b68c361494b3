"""p values that are honest, corrected, and depend on the seed alone."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats
from support.histories import CHAIN, lottery, team

import unscripted as un
from unscripted.model.metrics import emergence as emergence_module
from unscripted.model.metrics.emergence import NullTest, affordable, corrected, emergence
from unscripted.model.metrics.nulls import null_model
from unscripted.model.metrics.nulls.null_model import p_value
from unscripted.scenarios.harness.results.emergence import emergence_lines


@pytest.mark.parametrize(
    ("value", "p"), [(0, 2 / 11), (11, 2 / 11), (1, 4 / 11), (5, 1.0), (5.5, 1.0), (9.5, 4 / 11)]
)
def test_p_counts_run_and_tails(value, p):
    assert p_value(value, list(range(1, 11))) == pytest.approx(p)


def test_rounding_ties_are_ties():
    assert p_value(0.1 + 0.2, [0.3] * 9) == 1.0


RUNS, DRAWS = 300, 99


@dataclass
class Calibration:
    """What many runs of the lottery gave, test by test.

    Attributes:
        p: As the rows say.
        ranks: Of the run among its draws, 0 to 1, ties broken by lot: uniform if and only if the
            run can't be told from its draws.
    """

    p: dict[str, list[float]]
    ranks: dict[str, list[float]]


def calibrate(runs: int, draws: int) -> Calibration:
    rng = np.random.default_rng(11)
    seen: list[float] = []

    def ranked(value, drawn):
        below, ties = np.sum(drawn < value - 1e-9), np.sum(np.abs(drawn - value) <= 1e-9)
        seen.append((below + rng.uniform(0, ties + 1)) / (len(drawn) + 1))
        return p_value(value, drawn)

    found = Calibration({}, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emergence_module, "p_value", ranked)
        for seed in range(runs):
            seen.clear()
            rows = [r for r in emergence(lottery(rng), seed=seed, draws=draws) if r.p is not None]
            for r, rank in zip(rows, seen, strict=True):
                found.p.setdefault(f"{r.measure}, {r.null}", []).append(r.p)
                found.ranks.setdefault(f"{r.measure}, {r.null}", []).append(rank)
    return found


@pytest.fixture(scope="module")
def calibration():
    found = calibrate(RUNS, DRAWS)
    assert len(found.p) == 6
    return found


def test_null_runs_are_undetected(calibration):
    for test, ranks in calibration.ranks.items():
        assert stats.kstest(ranks, "uniform").pvalue > 0.001, test


@pytest.mark.parametrize("level", [0.05, 0.1, 0.2, 0.5])
def test_p_is_honest_under_the_null(calibration, level):
    for test, p in calibration.p.items():
        hits = int(np.sum(np.array(p) <= level))
        assert stats.binomtest(hits, RUNS, level, alternative="greater").pvalue > 0.001, test


def test_holm_by_hand():
    rows = [NullTest("x", "", 0.0, p=p) for p in (0.01, 0.04, 0.03, None, 0.9)]
    found = [r.p_holm for r in corrected(rows)]
    assert found == [pytest.approx(0.04), pytest.approx(0.09), pytest.approx(0.09), None, 0.9]
    rows = [NullTest("x", "", 0.0, p=p) for p in (0.2, 0.3)]
    assert [r.p_holm for r in corrected(rows)] == [0.4, 0.4]


def test_holm_spares_false_alarms():
    rng = np.random.default_rng(5)
    alarms = 0
    for seed in range(100):
        rows = [r for r in emergence(lottery(rng), seed=seed, draws=199) if r.p is not None]
        assert all(r.p_holm >= r.p for r in rows)
        assert max(r.p_holm for r in rows) >= max(r.p for r in rows)
        alarms += any(r.p_holm <= 0.1 for r in rows)
    assert stats.binomtest(alarms, 100, 0.1, alternative="greater").pvalue > 0.001


def test_tests_depend_on_the_seed():
    assert emergence(CHAIN, seed=1) == emergence(CHAIN, seed=1)
    assert emergence(CHAIN, seed=1) != emergence(CHAIN, seed=2)
    values = [[r.value for r in emergence(CHAIN, seed=s)] for s in (1, 2)]
    assert values[0] == values[1]


def test_portions_change_nothing(monkeypatch):
    whole = emergence(CHAIN, draws=50)
    monkeypatch.setattr(null_model, "CELLS", 1)
    for a, b in zip(whole, emergence(CHAIN, draws=50), strict=True):
        assert (a.measure, a.value, a.draws) == (b.measure, b.value, b.draws)
        assert a.null_mean is None or a.null_mean == pytest.approx(b.null_mean, rel=0.2)


def test_nothing_done_nothing_tested():
    assert emergence([]) == []
    assert emergence(team((None, None))) == []
    assert emergence_lines([]) == []
    with pytest.raises(un.UsageError, match="draws=0"):
        emergence(CHAIN, draws=0)


def test_one_member_one_draw():
    rows = emergence(team(("law",)), draws=1)
    assert {r.p for r in rows} == {None, 1.0}
    assert json.dumps([r.body() for r in rows], allow_nan=False)


def test_large_runs_draw_less():
    assert affordable(CHAIN) == 999
    assert affordable(CHAIN, most=30 * 200) == 200
    assert affordable(CHAIN, most=1) == 99
