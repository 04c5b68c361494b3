"""What the minds are fitted to: figures as published, statements as shortfalls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from unscripted.scenarios.harness.calibration.targets import (
    ABSTENTION,
    CLAUDE,
    FIGURES,
    FITTED,
    GLM,
    Condition,
    figures,
    needed,
    residuals,
    words,
)

QUALITY = {
    "coordinator": 0.6, "sequential": 0.7, "broadcast": 0.5, "shared": 0.45, "fixed-roles": 0.66,
    "silent": 0.62, "solo": 0.65,
}  # fmt: skip
LEVELS = {"L1": 0.2, "L2": 0.15, "L3": 0.0, "L4": -0.1}


def means(c: Condition) -> np.ndarray:
    """A made-up world in which every statement has something to say."""
    weak = -0.05 if (c.model, c.protocol) == ("weak", "sequential") else 0.0
    quality = QUALITY[c.protocol] + LEVELS[c.level] + weak + (0.01 if c.n == 256 else 0.0)
    return np.array([quality, 0.05 if c.model == CLAUDE else 0.01, 1.0 + c.n / 50])


def test_figures_are_means_of_conditions():
    found = figures(means)
    assert found["pilot gpt-4.1-mini sequential"] == pytest.approx((0.7 + 0.6) / 2)
    assert found["final glm-5 coordinator"] == pytest.approx(0.6)
    assert list(found) == [f.name for f in FIGURES]


def test_words_are_shortfalls_on_scales():
    found = words(means)
    assert found == {
        f"abstention {CLAUDE}": (pytest.approx(math.log(0.054 / 0.09)), 0.22),
        f"abstention {GLM}": (pytest.approx(math.log(0.014 / 0.012)), 0.22),
        "depth gpt-4.1-mini 64": (pytest.approx(2.28 - 2.0), 0.15),
        f"depth {CLAUDE} 16": (0.0, 0.15),
    }


def test_residuals_are_small_misses():
    every, some = (residuals(means, hold_back=h) for h in (False, True))
    assert len(every) == 10 + 4
    assert len(some) == 8 + 4
    assert every[0] == pytest.approx((0.55 - 0.64) / 0.01)
    assert every[-2] == pytest.approx(0.28 / 0.15)
    held = [f.name for f in FIGURES if f.held_back]
    assert held == ["final deepseek-v3.2 coordinator", "final glm-5 coordinator"]


def test_every_condition_is_asked_for_once():
    conditions = needed()
    assert len(conditions) == len(set(conditions)) == 15
    assert set(FITTED) <= {c.model for c in conditions}
    assert {c.judge for c in conditions if c.n == 8} == {"gpt-4o"}
    assert {c.share for c in conditions} == {1.0, 0.34}
    assert set(ABSTENTION) == {CLAUDE, GLM}
