"""Which settings fit the given figures equally well: a sample of them, not one.

Twenty numbers are fitted to twelve, so a fit is one of many. This samples all of them: uniform over
the ranges of `BOUNDS`, as far as the setting is within `TOLERANCE` of what is published
(approximate Bayesian computation with a uniform kernel). Chains of slice sampling begin at the fit:
a few values at a time are moved along a line of random direction, the line being cut back to where
the last try failed until one succeeds. Each step ends within the tolerance, and a chain has no end
to reach. Every setting is played with the same seeds, so that settings differ by what was changed;
what is kept is played again on seeds the chains have not seen.

References:
    R. M. Neal, "Slice sampling", Annals of Statistics 31:705-767, 2003.
    M. A. Beaumont, "Approximate Bayesian computation in evolution and ecology", 2010.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .setting import BOUNDS, Setting, values, with_values
from .targets import FIGURES, Means, Numbers, words

TRIES = 12
"""After so many along one line a chain stays where it is."""
TOGETHER = 4
"""The most values that are moved at once."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a setting may be off and still fit as well as any.

    Attributes:
        rmse: Root mean square error of the figures, in quality.
        worst: Largest error of a figure, in quality.
        word: Largest shortfall of a word, in its scale.
    """

    rmse: float = 0.02
    worst: float = 0.04
    word: float = 3.5

    def holds(self, m: Means) -> bool:
        """Whether a setting is within it; conditions are asked for until that is clear.

        Args:
            m: Means of the setting's conditions.
        """
        squares = 0.0
        for figure in FIGURES:
            found = [float(m(condition)[0]) for condition in figure.conditions]
            miss = math.fsum(found) / len(found) - figure.published
            squares += miss * miss
            if abs(miss) > self.worst or squares > len(FIGURES) * self.rmse**2:
                return False
        return all(abs(short / scale) <= self.word for short, scale in words(m).values())


TOLERANCE = Tolerance()


def place(setting: Setting) -> Numbers:
    """Where a setting lies in the unit cube of the ranges.

    Args:
        setting: Whose values.
    """
    low, high = np.array(list(BOUNDS.values())).T
    return np.asarray((np.array(list(values(setting).values())) - low) / (high - low))


def setting_at(u: Numbers, base: Setting) -> Setting:
    """The setting at a place.

    Args:
        u: In the unit cube of the ranges.
        base: Has what is not fitted.
    """
    low, high = np.array(list(BOUNDS.values())).T
    x = low + (high - low) * u
    return with_values(base, dict(zip(BOUNDS, x.tolist(), strict=True)))


def chain(
    start: Setting, fits: Callable[[Setting], bool], rng: np.random.Generator
) -> Iterator[Setting]:
    """Settings that fit, one after another; without end.

    Args:
        start: One that fits.
        fits: Whether a setting is within the tolerance.
        rng: For all that is random.
    """
    u = np.clip(place(start), 0.0, 1.0)
    while True:
        moved = rng.choice(len(u), int(rng.integers(1, TOGETHER + 1)), replace=False)
        direction = np.zeros(len(u))
        direction[moved] = rng.standard_normal(len(moved))
        u = _along(u, direction, lambda v: fits(setting_at(v, start)), rng)
        yield setting_at(u, start)


def _along(
    u: Numbers, direction: Numbers, fits: Callable[[Numbers], bool], rng: np.random.Generator
) -> Numbers:
    """Another place on a line through a place, uniform over what of the line fits around it."""
    low, high = _inside(u, direction)
    for _ in range(TRIES):
        t = rng.uniform(low, high)
        there = np.clip(u + t * direction, 0.0, 1.0)
        if fits(there):
            return np.asarray(there)
        low, high = (t, high) if t < 0.0 else (low, t)
    return u


def _inside(u: Numbers, direction: Numbers) -> tuple[float, float]:
    """The part of a line that lies in the unit cube."""
    moving = direction != 0.0
    ends = np.array([-u[moving], 1.0 - u[moving]]) / direction[moving]
    return float(ends.min(axis=0).max()), float(ends.max(axis=0).min())
