"""Which settings fit the given figures equally well: a sample of them, not one.

Twenty numbers are fitted to twelve, so a fit is one of many. This draws from all of them: uniform
over the ranges of `BOUNDS`, weighted by exp(-sum of squared residuals / (2 · KERNEL^2)), and keeps
those within `TOLERANCE`. Approximate Bayesian computation with common random numbers, so that
settings differ by what was changed; chains begin at draws from a normal distribution with the
curvature of the fit, and move by differences between each other (differential evolution Markov
chains), half of them at a time. A chain of draws has no end to reach: it stops when enough were
kept that are different, or the time is up.

References:
    M. A. Beaumont, "Approximate Bayesian computation in evolution and ecology", 2010.
    C. J. F. ter Braak, "A Markov chain Monte Carlo version of the genetic algorithm differential
    evolution", 2006.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .accuracy import rms
from .setting import Setting, outward, values
from .targets import FIGURES, Means, Numbers, figures, residuals, words

KERNEL = 2.0
"""Spread of the kernel, in small misses: 0.02 of quality."""
STEP = 0.3  # of z, for differences
LOGISTIC = 1.8  # spread of z where a value is uniform within its range

Play = Callable[[Sequence[Setting]], list[Means]]


class Tolerance(NamedTuple):
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
        """Whether a setting is within it.

        Args:
            m: Means of the setting's conditions.
        """
        found = figures(m)
        misses = [found[f.name] - f.published for f in FIGURES]
        shorts = [abs(short / scale) for short, scale in words(m).values()]
        return (
            rms(misses) <= self.rmse
            and max(map(abs, misses)) <= self.worst
            and max(shorts) <= self.word
        )


TOLERANCE = Tolerance()


@dataclass
class Chains:
    """Chains of settings.

    Attributes:
        base: Has what is not fitted.
        play: Plays settings.
        rng: For all that is random.
        z: Where each chain is, shape (chains, fitted values), in logits within the ranges.
        cost: Minus the logarithm of the density at each.
        kept: Settings within the tolerance, each once, the newest last.
    """

    base: Setting
    play: Play
    rng: np.random.Generator
    z: Numbers
    cost: Numbers
    kept: dict[tuple[float, ...], Setting]

    @classmethod
    def around(cls, z: Numbers, base: Setting, play: Play, chains: int) -> Chains:
        """Chains that begin near a fit, spread by its curvature.

        Args:
            z: Of the fit.
            base: Has what is not fitted.
            play: Plays settings.
            chains: How many, 4 or more.
        """
        rng = np.random.default_rng(0)
        steps = [z, *(z + STEP * unit for unit in np.eye(len(z)))]
        at = [residuals(m, hold_back=False) for m in play([outward(s, base) for s in steps])]
        jacobian = np.array([(moved - at[0]) / STEP for moved in at[1:]]).T / KERNEL
        precision = jacobian.T @ jacobian + np.eye(len(z)) / LOGISTIC**2
        spread = np.linalg.cholesky(np.linalg.inv(precision))
        begun = z + rng.standard_normal((chains, len(z))) @ spread.T
        found = cls(base, play, rng, begun, np.full(chains, math.inf), {})
        found._consider(np.arange(chains), begun)
        return found

    def advance(self) -> int:
        """One step of every chain, each half in view of the other; the steps taken."""
        everyone = self.rng.permutation(len(self.z))
        half = len(everyone) // 2
        return self._step(everyone[:half], everyone[half:]) + self._step(
            everyone[half:], everyone[:half]
        )

    def _step(self, moving: Numbers, others: Numbers) -> int:
        n = self.z.shape[1]
        pairs = np.array([self.rng.choice(others, 2, replace=False) for _ in moving])
        scale = np.where(self.rng.random(len(moving)) < 0.1, 1.0, 2.38 / math.sqrt(2 * n))
        jump = scale[:, None] * (self.z[pairs[:, 0]] - self.z[pairs[:, 1]])
        jitter = 0.02 * self.rng.standard_normal(jump.shape)
        return self._consider(moving, self.z[moving] + jump + jitter)

    def _consider(self, chains: Numbers, proposed: Numbers) -> int:
        """Move chains to what is proposed, by Metropolis' rule."""
        settings = [outward(z, self.base) for z in proposed]
        moved = 0
        for chain, z, setting, m in zip(
            chains, proposed, settings, self.play(settings), strict=True
        ):
            cost = density_cost(z, m)
            if math.log(1.0 - self.rng.random()) < self.cost[chain] - cost:
                self.z[chain], self.cost[chain] = z, cost
                moved += 1
                if TOLERANCE.holds(m):
                    self.kept[tuple(values(setting).values())] = setting
        return moved


def density_cost(z: Numbers, m: Means) -> float:
    """Minus the logarithm of the density of a setting, up to a constant.

    Args:
        z: Of the setting, in logits within the ranges.
        m: Means of its conditions.
    """
    misfit = residuals(m, hold_back=False) / KERNEL
    uniform = z + 2.0 * np.log1p(np.exp(-z))  # minus the logarithm of x (1 - x)
    return float(misfit @ misfit / 2.0 + uniform.sum())


def spread_out(kept: Sequence[Setting], n: int) -> list[Setting]:
    """Of the settings kept, n evenly over the order in which they were drawn; all where fewer.

    Args:
        kept: In that order.
        n: How many, 1 or more.
    """
    if len(kept) <= n:
        return list(kept)
    return [kept[i * len(kept) // n] for i in range(n)]
