"""Roles against chance: specialists, division of labour, and names that are noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.histories import SUBJECTS, TITLES, row, team

from unscripted.model.metrics.emergence import emergence
from unscripted.scenarios.harness.results.emergence import emergence_lines


def test_specialists_differ_from_chance():
    specialists = team(*[[f"{s} {TITLES[(t + i) % 6]}" for i, s in enumerate(SUBJECTS)]
                         for t in range(8)])  # fmt: skip
    found = row(specialists, "specialization")
    assert found.value == pytest.approx(np.log2(6))
    assert found.z > 5
    assert found.p == pytest.approx(0.002)
    assert row(specialists, "role_stability").value == 1.0
    assert row(specialists, "role_stability").p == pytest.approx(0.002)
    rng = np.random.default_rng(3)
    lottery = team(*[rng.permutation(SUBJECTS) for _ in range(8)])
    assert row(lottery, "specialization").p > 0.05
    rotating = team(*[np.roll(SUBJECTS, t) for t in range(6)])
    assert row(rotating, "specialization").value == pytest.approx(0.0)
    assert row(rotating, "specialization").z < -3
    assert row(rotating, "role_stability").value == 0.0


def test_stability_skips_missing_roles():
    records = team(("law", "finance"), (None, None), ("law", "finance"), ("law", None))
    assert row(records, "role_stability", draws=9).value == 1.0
    assert row(records, "role_stability", draws=9).null_mean < 1.0
    apart = [replace(r, tick=2 * r.tick) for r in records]
    assert "role_stability" not in {r.measure for r in emergence(apart, draws=9)}


def test_division_differs_from_random_team():
    divided = team(*[np.roll(SUBJECTS, 2 * t) for t in range(10)])
    for null in ("shuffled", "random-role"):
        found = row(divided, "role_diversity", null)
        assert found.value == 1.0
        assert found.z > 5
    crowded = team(*[[SUBJECTS[t % 6]] * 6 for t in range(12)])
    for null in ("shuffled", "random-role"):
        found = row(crowded, "role_diversity", null)
        assert found.value == pytest.approx(1 / 6)
        assert found.z < -5
    for measure in ("specialization", "role_stability"):
        assert row(crowded, measure).null_sd == 0.0, "roles are dealt out anew within each task"


def test_control_provides_the_roles():
    divided = team(SUBJECTS, SUBJECTS)
    one = row(divided, "role_diversity", "random-role", control=team(("law", "lawyer analyst")))
    own = row(divided, "role_diversity", "random-role")
    assert own.null_mean > one.null_mean
    same = row(divided, "role_diversity", "random-role", control=team(("law", "law lead")))
    assert same.null_mean == pytest.approx(1 / 6)
    assert same.null_sd == 0.0
    assert same.z is None


def test_many_names_may_be_noise():
    rng = np.random.default_rng(0)
    noise = team(*[[f"{rng.choice(SUBJECTS)} {rng.choice(TITLES)}" for _ in range(6)]
                   for _ in range(12)])  # fmt: skip
    found = row(noise, "unique_names")
    assert found.value > 25
    assert found.p > 0.05
    fixed = dict(zip(SUBJECTS, TITLES, strict=True))
    meant = team(*[[f"{s} {fixed[s]}" for s in rng.permutation(SUBJECTS)] for _ in range(12)])
    told = row(meant, "unique_names")
    assert told.value == 6
    assert told.z < -5
    lines = emergence_lines(emergence(meant))
    assert lines[0].startswith("6 names of roles are 6 roles once paraphrases are one; fewer than")
    assert "not to be told from what titles by lot" in emergence_lines(emergence(noise))[0]
