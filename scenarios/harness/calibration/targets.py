"""What the synthetic minds are fitted to: published figures, and nothing that was not published.

A *condition* is one team on one level under one judge; playing it gives the means of quality,
voluntary abstention and hierarchy depth. Two kinds of residual are made of conditions:

    figure   (Q - published) / 0.01, for the figures printed in arXiv:2603.28990
    word     shortfall / scale: 0 where hierarchy depth is in the published range, and the two
             published abstention rates as logarithms of a ratio

Both are in units of what we would call a small miss, so they are summed as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

FITTED = ("claude-sonnet-4.6", "deepseek-v3.2", "glm-5", "gpt-4.1-mini")
CLAUDE, DEEPSEEK, GLM, MINI = FITTED
PILOT, FINAL = "gpt-4o", "gpt-5.4"
MEASURES = ("quality", "abstention_rate", "hierarchy_depth")
"""What playing a condition gives, in this order."""
PLAUSIBLE = np.array([0.5, 0.05, 1.5])
"""Values of these that no target fails at, where only what is asked for matters."""
SMALL_MISS = 0.01
FEW = 0.34  # share of the seeds, for conditions whose residuals need less precision

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Condition:
    """One team.

    Attributes:
        protocol: Its name.
        model: Synthetic model, without the family.
        n: Members.
        level: L1 to L4.
        judge: Whose severity grades it.
        share: Share of the seeds it is played with.
    """

    protocol: str
    model: str
    n: int
    level: str = "L3"
    judge: str = FINAL
    share: float = 1.0


Means = Callable[[Condition], Numbers]
"""Quality, abstention and depth of a condition."""


@dataclass(frozen=True)
class Figure:
    """A published figure.

    Attributes:
        name: What it is.
        published: Its value.
        conditions: Their mean quality is to be it.
        held_back: Whether a search with `--hold-back` leaves it out; the one that ships did not.
    """

    name: str
    published: float
    conditions: tuple[Condition, ...]
    held_back: bool = False


def _pilot(protocol: str, published: float) -> Figure:
    conditions = tuple(Condition(protocol, MINI, 8, level, PILOT) for level in ("L3", "L4"))
    return Figure(f"pilot {MINI} {protocol}", published, conditions)


def _final(model: str, protocol: str, published: float, *, held_back: bool = False) -> Figure:
    name = f"final {model} {protocol}"
    return Figure(name, published, (Condition(protocol, model, 16),), held_back)


FIGURES = (
    _pilot("coordinator", 0.640),
    _pilot("sequential", 0.724),
    _pilot("broadcast", 0.510),
    _pilot("shared", 0.503),
    _final(CLAUDE, "sequential", 0.875),
    _final(CLAUDE, "coordinator", 0.767),
    _final(DEEPSEEK, "sequential", 0.829),
    _final(DEEPSEEK, "coordinator", 0.738, held_back=True),
    _final(GLM, "sequential", 0.800),
    _final(GLM, "coordinator", 0.713, held_back=True),
)
"""Held back are two of the three gains of the final series: with a model's faculties found from its
Sequential figure, its Coordinator figure is a prediction."""
ABSTENTION = {CLAUDE: 0.086, GLM: 0.008}


def figures(m: Means) -> dict[str, float]:
    """The fitted value of every figure, by name.

    Args:
        m: Gives the means of a condition.
    """
    return {f.name: fmean(float(m(condition)[0]) for condition in f.conditions) for f in FIGURES}


def words(m: Means) -> dict[str, tuple[float, float]]:
    """What else the paper states in numbers: shortfall and scale, by name.

    What it says without a number, or what we think must be so, is no target: it is predicted
    (`predictions.py`) and may come out wrong.

    Args:
        m: Gives the means of a condition.
    """
    return {**_abstention(m), **_depth(m)}


def _abstention(m: Means) -> dict[str, tuple[float, float]]:
    """8.6 % for the strongest model and 0.8 % for GLM-5, on a scale that bears 0."""
    found = {k: float(m(Condition("sequential", k, 16))[1]) for k in ABSTENTION}
    return {
        f"abstention {k}": (math.log((found[k] + 0.004) / (given + 0.004)), 0.22)
        for k, given in ABSTENTION.items()
    }


def _depth(m: Means) -> dict[str, tuple[float, float]]:
    """Between 1 and 2 as N goes from 4 to 64: up to 0.15 above is what few seeds can't tell."""
    large = (Condition("sequential", MINI, 64, share=FEW), Condition("sequential", CLAUDE, 16))
    return {f"depth {c.model} {c.n}": (max(0.0, float(m(c)[2]) - 2.0), 0.15) for c in large}


def residuals(m: Means, *, hold_back: bool) -> Numbers:
    """Figures and words, in small misses.

    Args:
        m: Gives the means of a condition.
        hold_back: Whether held-back figures are left out.
    """
    fitted = figures(m)
    of_figures = [
        (fitted[f.name] - f.published) / SMALL_MISS
        for f in FIGURES
        if not (hold_back and f.held_back)
    ]
    return np.array(of_figures + [shortfall / scale for shortfall, scale in words(m).values()])


def needed() -> list[Condition]:
    """Every condition the residuals ask for."""
    asked: dict[Condition, None] = {}

    def note(condition: Condition) -> Numbers:
        asked[condition] = None
        return PLAUSIBLE

    residuals(note, hold_back=False)
    return list(asked)
