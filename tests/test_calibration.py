"""What the calibration says of itself is so: values, ranges, figures."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean

import pytest
import yaml

from unscripted.agents.synthetic.parameters import Parameters
from unscripted.scenarios.harness.calibration.fit import (
    BOUNDS,
    CALIBRATED,
    REPORT_SEEDS,
    by_name,
    inward,
    outward,
    values,
)
from unscripted.scenarios.harness.calibration.targets import (
    ABSTENTION,
    FIGURES,
    Cell,
    current,
    job,
    needed,
    play,
)

SEEDS = range(REPORT_SEEDS, REPORT_SEEDS + 3)


def held() -> dict:
    return yaml.safe_load(CALIBRATED.read_text(encoding="utf-8"))


def test_what_ships_is_what_was_fitted():
    assert values(current()) == by_name(held()["values"])


def test_no_fitted_value_is_at_a_bound():
    for name, value in values(current()).items():
        low, high = BOUNDS[name]
        assert low + 0.02 * (high - low) < value < high - 0.02 * (high - low), name


def test_a_setting_survives_the_way_into_the_search_and_back():
    back = values(outward(inward(current()), current()))
    assert back == pytest.approx(values(current()), abs=2e-4)


def test_the_data_file_says_where_its_values_are_from():
    provenance = held()["provenance"]
    assert {"source", "method", "loss", "search_seeds", "report_seeds", "held_back"} <= set(
        provenance
    )
    assert not set(provenance["search_seeds"]) & set(SEEDS)
    assert set(held()["report"]["figures"]) == {f.name for f in FIGURES}


def test_the_published_figures_come_out_on_seeds_no_fit_has_seen():
    setting = current()
    misses = [
        fmean(play(job(setting, c, SEEDS)).mean(axis=0)[0] for c in f.cells) - f.published
        for f in FIGURES
    ]
    assert math.sqrt(fmean(e * e for e in misses)) <= 0.025  # 0.02 and the noise of three seeds
    assert max(map(abs, misses)) <= 0.05


@pytest.mark.parametrize("model", ABSTENTION)
def test_abstention_comes_out_as_published(model):
    found = play(job(current(), Cell("sequential", model, 16), range(1000, 1008))).mean(axis=0)[1]
    assert ABSTENTION[model] / 2 < found < ABSTENTION[model] * 2


def test_no_cell_is_a_protocol_and_a_parameter_of_its_own():
    per_model = {c.model for c in needed()}
    assert not {c.protocol for c in needed()} & {n.partition("/")[0] for n in BOUNDS}
    assert {n.partition("/")[0] for n in BOUNDS if "/" in n} <= per_model


# --- what the paper says in words -----------------------------------------------------------


def means(protocol: str, model: str, n: int, level: str = "L3", seeds: int = 3) -> list[float]:
    """Quality, abstention, depth."""
    cell = Cell(protocol, model, n, level)
    return play(job(current(), cell, SEEDS[:seeds])).mean(axis=0).tolist()


@pytest.mark.parametrize("n", [4, 16, 64])
def test_hierarchy_stays_between_one_and_two_without_a_cap(n):
    assert 1.0 <= means("sequential", "gpt-4.1-mini", n)[2] <= 2.0


def test_a_world_in_which_minds_build_on_everything_has_deep_hierarchies():
    eager = replace(current(), parameters=Parameters().changed({"coupling.uptake": 1.0}))
    deep = play(job(eager, Cell("sequential", "gpt-4.1-mini", 16), SEEDS)).mean(axis=0)[2]
    assert deep > 3.0


def test_quality_falls_with_the_level_and_sequential_is_best_on_each():
    found = {
        p: [means(p, "gpt-4.1-mini", 32, level)[0] for level in ("L1", "L2", "L3", "L4")]
        for p in ("sequential", "coordinator", "broadcast", "shared")
    }
    best = found.pop("sequential")
    assert best == sorted(best, reverse=True)
    assert best[2] - best[3] > 0.08
    assert all(max(others) < top for top, *others in zip(best, *found.values(), strict=True))


def test_size_changes_nothing_on_simple_tasks_but_how_many_decline():
    small, large = (means("sequential", "gpt-4.1-mini", n, "L1", seeds=1) for n in (64, 256))
    assert large[0] == pytest.approx(small[0], abs=0.01)
    assert large[1] > small[1]


@pytest.mark.parametrize(("model", "sign"), [("weak", -1), ("strong", 1)])
def test_the_capability_threshold_lies_between_weak_and_strong(model, sign):
    free, fixed = (means(p, model, 8)[0] for p in ("sequential", "fixed-roles"))
    assert sign * (free - fixed) > 0.02
