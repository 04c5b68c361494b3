"""What the calibration says of itself is so: values, ranges, figures."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from statistics import fmean

import pytest
import yaml

from unscripted.agents.synthetic.parameters import Parameters
from unscripted.agents.synthetic.profiles import profiles
from unscripted.scenarios.harness.calibration.accuracy import REPORT_SEEDS, rms
from unscripted.scenarios.harness.calibration.bench import job, mean_play
from unscripted.scenarios.harness.calibration.fixed import FIXED
from unscripted.scenarios.harness.calibration.setting import (
    BOUNDS,
    CALIBRATED,
    PARAMETER_BOUNDS,
    by_name,
    current,
    values,
)
from unscripted.scenarios.harness.calibration.targets import (
    ABSTENTION,
    FIGURES,
    FITTED,
    Condition,
    needed,
)  # fmt: skip

SEEDS = range(REPORT_SEEDS, REPORT_SEEDS + 3)
HELD = yaml.safe_load(CALIBRATED.read_text(encoding="utf-8"))


@cache
def means(condition: Condition, seeds: int = 3) -> list[float]:
    """Quality, abstention, depth."""
    return mean_play(job(current(), condition, SEEDS[:seeds])).tolist()


def of_mini(protocol: str, n: int, level: str = "L3", seeds: int = 3) -> list[float]:
    return means(Condition(protocol, "gpt-4.1-mini", n, level), seeds)


def test_what_ships_was_fitted():
    assert values(current()) == by_name(HELD["values"])
    for name, value in values(current()).items():
        low, high = BOUNDS[name]
        assert low + 0.02 * (high - low) < value < high - 0.02 * (high - low), name


def test_the_file_says_its_source():
    provenance = HELD["provenance"]
    said = {"source", "method", "loss", "search_seeds", "report_seeds", "held_back", "fixed"}
    assert said <= set(provenance)
    assert not set(provenance["search_seeds"]) & set(SEEDS)
    assert set(HELD["report"]["figures"]) == {f.name for f in FIGURES}


def test_published_figures_come_out():
    misses = [fmean(means(c)[0] for c in f.conditions) - f.published for f in FIGURES]
    assert rms(misses) <= 0.025  # 0.02 and the noise of three seeds
    assert max(map(abs, misses)) <= 0.05


@pytest.mark.parametrize("model", ABSTENTION)
def test_abstention_comes_out(model):
    work = job(current(), Condition("sequential", model, 16), range(1000, 1008))
    assert mean_play(work)[1] == pytest.approx(ABSTENTION[model], abs=0.025)


def test_twenty_numbers_are_free():
    assert len(BOUNDS) == 20
    free = set(PARAMETER_BOUNDS)
    assert not free & set(FIXED)
    assert free | set(FIXED) == set(Parameters().values()), "a reason for each that is not fitted"
    followed = {p.faculties.instruction_following for n, p in profiles().items() if n in FITTED}
    assert followed == {0.9}


def test_no_parameter_is_a_protocols():
    per_model = {c.model for c in needed()}
    assert not {c.protocol for c in needed()} & {n.partition("/")[0] for n in BOUNDS}
    assert {n.partition("/")[0] for n in BOUNDS if "/" in n} <= per_model


@pytest.mark.parametrize("n", [4, 16, 64])
def test_hierarchy_stays_flat_uncapped(n):
    assert 1.0 <= of_mini("sequential", n)[2] <= 2.0


def test_eager_building_makes_deep_hierarchies():
    eager = replace(current(), parameters=Parameters().changed({"coupling.uptake": 1.0}))
    assert mean_play(job(eager, Condition("sequential", "gpt-4.1-mini", 16), SEEDS))[2] > 3.0


def test_quality_falls_with_the_level():
    found = {
        p: [of_mini(p, 32, level)[0] for level in ("L1", "L2", "L3", "L4")]
        for p in ("sequential", "coordinator", "broadcast", "shared")
    }
    best = found.pop("sequential")
    assert best == sorted(best, reverse=True)
    assert best[2] - best[3] > 0.08
    assert all(max(others) < top for top, *others in zip(best, *found.values(), strict=True))


def test_size_only_lets_more_decline():
    small, large = (of_mini("sequential", n, "L1", seeds=1) for n in (64, 256))
    assert large[0] == pytest.approx(small[0], abs=0.01)
    assert large[1] > small[1]


@pytest.mark.parametrize(("model", "sign"), [("weak", -1), ("strong", 1)])
def test_capability_threshold_lies_between(model, sign):
    free, fixed = (means(Condition(p, model, 8))[0] for p in ("sequential", "fixed-roles"))
    assert sign * (free - fixed) > 0.02
