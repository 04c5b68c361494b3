"""What paired outcomes say of the arms' true means, as draws from a posterior.

The model is a hierarchical normal one. The outcome of arm a on the tasks of seed s is

    y[a, s] = level[s] + mean[a] + noise[a, s],     noise[a, s] ~ N(0, sd[a]²),

with the level of a seed's tasks free, so that arms are only ever compared on the same tasks; an arm
that was not played on a seed is missing there, which costs nothing but precision. Means are drawn
towards each other, mean[a] ~ N(m, spread²), by a spread that is itself learnt: the best of many
arms looks better than it is, and this takes it back. No arm is favoured before it has played. Noise
is learnt arm by arm and drawn towards what all arms share, so that two equal outcomes of one arm
don't count as certainty.

A posterior says the same whenever it is looked at, so a race may stop when it is clear; that this
holds here, where the model is only nearly right, is measured in docs/advice.md.

References:
    A. Gelman & J. Hill, *Data Analysis Using Regression and Multilevel/Hierarchical Models*, 2007.
    G. K. Smyth, *Statistical Applications in Genetics and Molecular Biology* 3, 2004 (variances).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

VARIANCES, PER_VARIANCE = 32, 128
"""Draws of the noise, and of the means for each of them."""
SPREADS = np.geomspace(0.02, 0.5, 12)
"""Of the arms' true means; equally likely at first. Outcomes lie between 0 and 1. Smaller ones than
the usual margin would say of arms that have played little that they are all close to the best."""
SHARED_DF = 6.0
"""Of how many degrees of freedom's worth the noise of all arms counts for that of one."""


@dataclass(frozen=True)
class Noise:
    """What is supposed of the noise before any outcome is seen.

    Attributes:
        sd: A standard deviation, above 0.
        df: Of how many degrees of freedom's worth it counts, above 0.
    """

    sd: float
    df: float = 1.0


COARSE = Noise(0.3, 4.0)
"""Of scores: a task is right or wrong, so the standard deviation is up to 0.5."""


@dataclass(frozen=True)
class Beliefs:
    """Draws from the posterior of the arms' means on the tasks played.

    Attributes:
        draws: One row per draw, one column per arm.
    """

    draws: Array

    @property
    def mean(self) -> Array:
        """By arm."""
        return np.asarray(self.draws.mean(axis=0))

    @property
    def interval(self) -> Array:
        """By arm: the ends of its 95 % interval."""
        return np.asarray(np.quantile(self.draws, (0.025, 0.975), axis=0).T)

    def p_best(self) -> Array:
        """By arm: the chance that no other is better."""
        winners = np.bincount(self.draws.argmax(axis=1), minlength=self.draws.shape[1])
        return np.asarray(winners / len(self.draws))

    def p_close(self, margin: float) -> Array:
        """By arm: the chance that no other is better by more than a margin.

        Args:
            margin: In the outcome's unit, 0 or more.
        """
        best = self.draws.max(axis=1, keepdims=True)
        return np.asarray((self.draws >= best - margin).mean(axis=0))


def believe(outcomes: Array, *, noise: Noise, seed: int = 0) -> Beliefs:
    """The posterior of the arms' means.

    Args:
        outcomes: One row per arm, one column per seed; NaN where it was not played. Every arm has
            one outcome at least.
        noise: What is supposed of it to begin with.
        seed: Of the draws.
    """
    y = outcomes[:, np.isfinite(outcomes).any(axis=0)]
    draw = np.random.default_rng(seed)
    variances = _variances(y, noise, draw)
    precision, pull = _differences(y, 1 / variances)
    means = _means(precision, pull, draw)
    return Beliefs(means + _level(y, 1 / variances, means)[:, None])


def _variances(y: Array, noise: Noise, draw: np.random.Generator) -> Array:
    """Draws of each arm's noise variance, one row per draw."""
    seen = np.isfinite(y)
    precision, pull = _differences(y, np.ones((1, len(y))))
    mean = np.linalg.pinv(precision[0], hermitian=True) @ pull[0]
    rest = np.where(seen, np.nan_to_num(y) - mean[:, None], 0.0)
    rest = np.where(seen, rest - rest.sum(axis=0) / seen.sum(axis=0), 0.0)
    squares = (rest**2).sum(axis=1)
    shares = np.where(seen, 1 - 1 / seen.sum(axis=0), 0.0).sum(axis=1)
    df = shares * np.clip(1 - 1 / seen.sum(axis=1), 0.0, None)
    pooled = noise.df * noise.sd**2 + squares.sum()
    shared = pooled / draw.chisquare(noise.df + df.sum(), (VARIANCES, 1))
    own = draw.chisquare(SHARED_DF + df, (VARIANCES, len(y)))
    return np.asarray((SHARED_DF * shared + squares) / own)


def _differences(y: Array, weights: Array) -> tuple[Array, Array]:
    """Normal equations of the means, with the seeds' levels eliminated.

    Args:
        y: Outcomes, NaN where missing.
        weights: One row per draw, one column per arm: what one outcome counts.

    Returns:
        By draw: a matrix and a vector; both say nothing about the level of all arms together.
    """
    seen = np.isfinite(y)
    w = weights[:, :, None] * seen
    total = w.sum(axis=1)
    known = np.nan_to_num(y)
    centre = (w * known).sum(axis=1) / total
    pull = (w * (known - centre[:, None, :])).sum(axis=2)
    between = (w / total[:, None, :]) @ w.transpose(0, 2, 1)
    precision = w.sum(axis=2)[:, :, None] * np.eye(len(y)) - between
    return precision, pull


def _means(precision: Array, pull: Array, draw: np.random.Generator) -> Array:
    """Draws of the means; those of one draw add up to nothing in particular."""
    arms = precision.shape[-1]
    flat = np.full((arms, arms), 1 / arms)
    prior = (np.eye(arms) - flat) / SPREADS[:, None, None] ** 2
    whole = precision[:, None] + prior + flat
    centre = np.linalg.solve(whole, np.broadcast_to(pull[:, None, :, None], (*whole.shape[:3], 1)))
    centre = centre[..., 0]
    fit = 0.5 * (centre * pull[:, None]).sum(axis=2)
    log = fit - 0.5 * np.linalg.slogdet(whole)[1] - (arms - 1) * np.log(SPREADS)
    chance = np.exp(log - log.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    roots = np.linalg.cholesky(np.linalg.inv(whole))
    found = []
    for k in range(len(precision)):
        spread = draw.choice(len(SPREADS), PER_VARIANCE, p=chance[k])
        noise = draw.standard_normal((PER_VARIANCE, arms, 1))
        found.append(centre[k, spread] + (roots[k, spread] @ noise)[..., 0])
    return np.concatenate(found)


def _level(y: Array, weights: Array, means: Array) -> Array:
    """By draw of the means: the mean level of the seeds' tasks."""
    seen = np.isfinite(y)
    w = np.repeat(weights, PER_VARIANCE, axis=0) @ seen
    known = np.nan_to_num(y)
    found = np.empty(len(means))
    for k, weight in enumerate(weights):
        rows = slice(k * PER_VARIANCE, (k + 1) * PER_VARIANCE)
        sums = (weight[:, None] * known * seen).sum(axis=0) - (means[rows] * weight) @ seen
        found[rows] = (sums / w[rows]).mean(axis=1)
    return found
