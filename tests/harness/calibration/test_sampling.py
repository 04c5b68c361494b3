"""Sets that fit equally well: the sampler finds the region, and the predictions over it."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import yaml

from unscripted.scenarios.harness.calibration import sets
from unscripted.scenarios.harness.calibration.bench import on_demand
from unscripted.scenarios.harness.calibration.predictions import (
    NOT_IDENTIFIED,
    PREDICTIONS,
    asked,
    lines,
    skill,
    spread,
)
from unscripted.scenarios.harness.calibration.sampling import (
    Tolerance,
    chain,
    place,
    setting_at,
)
from unscripted.scenarios.harness.calibration.setting import BOUNDS, current, values
from unscripted.scenarios.harness.calibration.targets import FIGURES, Condition, figures, needed

PUBLISHED = {c: f.published for f in FIGURES for c in f.conditions}


def paper(error=0.0, only=None, abstention=0.086):
    """Means as published, with an error in all figures or one."""

    def means(c):
        off = error if only is None or (c.protocol, c.model) == only else 0.0
        rate = {"claude-sonnet-4.6": abstention, "glm-5": 0.008}.get(c.model, 0.0)
        return np.array([PUBLISHED.get(c, 0.5) + off, rate, 1.5])

    return means


def test_places_and_settings_are_inverse():
    u = place(current())
    assert ((u > 0) & (u < 1)).all()
    assert values(setting_at(u, current())) == pytest.approx(values(current()), abs=1e-4)
    corners = (values(setting_at(np.full(len(BOUNDS), x), current())) for x in (0.0, 1.0))
    for low_high, found in zip(zip(*BOUNDS.values(), strict=True), corners, strict=True):
        assert list(found.values()) == list(low_high)


def test_tolerance_bounds_every_miss():
    limits = Tolerance(rmse=0.02, worst=0.04, word=3.5)
    assert limits.holds(paper())
    assert limits.holds(paper(0.0199))
    assert not limits.holds(paper(0.0201))
    assert limits.holds(paper(0.039, ("shared", "gpt-4.1-mini")))
    assert not limits.holds(paper(0.041, ("shared", "gpt-4.1-mini")))
    assert not limits.holds(paper(abstention=0.3))


def test_tolerance_stops_asking_early():
    questions = []

    def means(c):
        questions.append(c)
        return paper(0.1)(c)

    assert not Tolerance().holds(means)
    assert len(set(questions)) == 2 < len(needed())


def test_chains_sample_the_region_evenly():
    names = list(BOUNDS)
    a, b = names.index("choice.salience"), names.index("choice.burden")

    def fits(setting):  # two values in a band across the square, the rest free
        u = place(setting)
        return abs(u[a] + u[b] - 1.0) < 0.2

    start = place(current())
    start[a], start[b] = 0.5, 0.5
    drawn = islice(chain(setting_at(start, current()), fits, np.random.default_rng(0)), 3000)
    u = np.array([place(s) for s in drawn])[100:]
    assert (np.abs(u[:, a] + u[:, b] - 1.0) < 0.2).all(), "no step leaves the region"
    assert u.min() >= -1e-3
    assert u.max() <= 1 + 1e-3
    free = np.delete(u, [a, b], axis=1)
    assert free.mean(axis=0) == pytest.approx(0.5, abs=0.12)
    assert free.std(axis=0) == pytest.approx(1 / 12**0.5, abs=0.06), "uniform"
    assert u[:, a].std() > 0.2, "along the band"


def test_only_what_fits_again_is_written(tmp_path, monkeypatch):
    drawn = [setting_at(np.full(len(BOUNDS), x / 100), current()) for x in range(20, 60)]
    odd = {tuple(values(s).values()) for s in drawn[::2]}
    monkeypatch.setattr(sets, "within", lambda _: lambda s: tuple(values(s).values()) in odd)
    out = tmp_path / "sets.yaml"
    for wanted, kept in ((99, 20), (7, 7)):
        sets.write_sets(out, [*drawn, drawn[0]], wanted)
        found = [tuple(v.values()) for v in sets.read_sets(out)]
        assert found == [tuple(values(s).values()) for s in drawn[::2]][:kept]
        said = yaml.safe_load(out.read_text())["provenance"]
        assert (said["drawn"], said["tried_on_fresh_seeds"]) == (40, 40 if wanted == 99 else 7)
    assert said["tolerance"]["rmse_of_ten_figures"] == 0.02


def test_open_signs_are_not_identified():
    name = next(n for n in PREDICTIONS if "free less fixed" in n and "medium" in n)
    level = next(n for n in PREDICTIONS if n.endswith("L4"))

    def means(free):
        return lambda c: np.array(
            [0.6 + (free if (c.protocol, c.model) == ("sequential", "medium") else 0.0), 0.0, 1.0]
        )

    found = spread([means(0.02), means(-0.01), means(0.05)])
    assert (found[name]["fitted"], found[name]["low"], found[name]["high"]) == (0.02, -0.01, 0.05)
    assert found[name]["identified"] == NOT_IDENTIFIED
    assert spread([means(0.02), means(0.05)])[name]["identified"] == "yes"
    assert found[level]["identified"] == "yes", "a level has no sign to be open"
    said = list(lines(found))
    assert len(said) == 1 + len(PREDICTIONS)
    assert sum(line.endswith(NOT_IDENTIFIED) for line in said) == 1


def test_predictions_ask_beyond_the_fit():
    conditions = asked()
    assert len(conditions) == len(set(conditions))
    assert Condition("sequential", "claude-sonnet-4.6", 16, "L4") in conditions
    assert {c.protocol for c in conditions} >= {"solo", "silent", "fixed-roles"}


def test_skill_is_against_the_simplest_guess():
    perfect = skill(figures(paper()))
    assert perfect["held_back"] == 0.0
    assert perfect["skill"] == 1.0
    assert perfect["simplest_guess"] == pytest.approx(0.0115, abs=5e-4)
    assert skill(figures(paper(0.023)))["skill"] == pytest.approx(-1.0, abs=0.1)


def test_what_ships_fits_again():
    wider = Tolerance(rmse=0.026, worst=0.055, word=6.0)  # three other seeds scatter
    found = sets.read_sets()
    assert len(found) >= 32
    assert all(set(v) == set(BOUNDS) for v in found)
    for v in found:
        assert all(BOUNDS[k][0] <= x <= BOUNDS[k][1] for k, x in v.items())
    some = [setting_at(_cube(v), current()) for v in found[::8]]
    assert all(wider.holds(on_demand(s, range(2000, 2003))) for s in some)


def _cube(found):
    low, high = np.array([BOUNDS[k] for k in found]).T
    return (np.array(list(found.values())) - low) / (high - low)
