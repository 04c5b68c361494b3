"""Power: what a number of replicates can show, and how many it takes.

Everything is for the paired t test. Arguments are arrays, so that hundreds of contrasts are planned
at once; the power itself is statsmodels'.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

POWER = 0.8
MOST = 10_000
"""More replicates than this are as good as never."""

Array = NDArray[Any]


def power(effect: ArrayLike, pairs: ArrayLike, alpha: ArrayLike, *, sided: ArrayLike = 2) -> Array:
    """Chance that the paired t test finds an effect, in its direction.

    Args:
        effect: True mean difference over the standard deviation of the differences, 0 or above.
        pairs: Replicates.
        alpha: Level of the test.
        sided: 2, or 1 for a test in the direction of the effect.
    """
    from statsmodels.stats.power import ttest_power

    effects, n, level = np.broadcast_arrays(
        np.asarray(effect, float), np.asarray(pairs, float), np.asarray(alpha) / np.asarray(sided)
    )
    found = np.ones(effects.shape)  # so far out the noncentral t has no digits left
    near = effects * np.sqrt(n) < 30
    if near.any():
        found[near] = ttest_power(effects[near], n[near], level[near], alternative="larger")
    return found


def replicates_for(effect: ArrayLike, alpha: ArrayLike) -> list[int | None]:
    """The fewest replicates with which an effect is found with 80 % power; None if above `MOST`."""
    effects, level = np.broadcast_arrays(np.asarray(effect, float), np.asarray(alpha, float))
    return _fewest(lambda n: power(effects, n, level), effects.shape)


def replicates_to_decide(
    difference: ArrayLike, sd: ArrayLike, margin: float, alpha: ArrayLike
) -> list[int | None]:
    """Replicates that would decide with 80 % power if difference and spread stay what they are.

    Decided is a difference from 0 or equivalence within the margin, whichever comes first. One of
    the two always comes: what is too small to be told from 0 lies well within the margin.
    """
    gap, spread, level = np.broadcast_arrays(
        np.abs(np.asarray(difference, float)), np.asarray(sd, float), np.asarray(alpha, float)
    )
    effects = np.stack([gap, np.clip(margin - gap, 0, None), margin + gap]) / spread
    sided = np.array([2, 1, 1]).reshape(3, *[1] * gap.ndim)

    def decides(n: Array) -> Array:
        differs, near, far = power(effects, n, level, sided=sided)
        return np.maximum(differs, near + far - 1)

    return _fewest(decides, gap.shape)


def detectable(pairs: ArrayLike, sd: ArrayLike, alpha: ArrayLike) -> list[float]:
    """The smallest difference that so many replicates find with 80 % power."""
    from scipy import special, stats

    n, spread, level = np.broadcast_arrays(
        np.asarray(pairs, float), np.asarray(sd, float), np.asarray(alpha, float)
    )
    critical = stats.t.isf(level / 2, n - 1)
    effects = special.nctdtrinc(n - 1, 1 - POWER, critical) / np.sqrt(n)
    return [float(v) for v in (effects * spread).flat]


def _fewest(chance: Callable[[Array], Array], shape: tuple[int, ...]) -> list[int | None]:
    """The smallest number of replicates, 2 or more, whose chance reaches `POWER`."""
    low, high = np.ones(shape), np.full(shape, float(MOST))
    never = chance(high) < POWER
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2).clip(2)
        enough = chance(middle) >= POWER
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        low = np.minimum(low, high - 1)
    return [None if no else int(n) for no, n in zip(never.flat, high.flat, strict=True)]
