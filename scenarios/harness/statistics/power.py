"""Power: what a number of replicates can show, and how many it takes.

Everything is for the paired t test. Arguments are arrays, so that hundreds of contrasts are planned
at once; the power itself is statsmodels'.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

WANTED = 0.8
"""The chance of finding what is there that counts as enough."""
MOST = 10_000
"""More replicates than this are as good as never."""

Array = NDArray[Any]


@dataclass(frozen=True)
class Power:
    """What the replicates of a contrast could show, and how many more would.

    Attributes:
        effect: The difference planned for, in the measure's unit: the margin of equivalence.
        alpha: Level of the test, the strictest of Holm's.
        replicates_for_80: With which a difference of `effect` is found with 80 % power; None if
            above `MOST`.
        detectable: The smallest difference that these replicates find with 80 % power.
        replicates_to_decide: With which it would be decided with 80 % power if difference and
            spread stay what they are; None where it is decided, or if above `MOST`.
    """

    effect: float
    alpha: float
    replicates_for_80: int | None
    detectable: float
    replicates_to_decide: int | None


@dataclass(frozen=True)
class Seen:
    """What planning needs of a contrast.

    Attributes:
        difference: Its mean.
        sd: Of the differences, above 0.
        pairs: Replicates.
        decided: Whether a difference or equivalence is shown.
    """

    difference: float
    sd: float
    pairs: int
    decided: bool


def planned(seen: Sequence[Seen], margin: float, alpha: float) -> list[Power]:
    """Plans for contrasts that are corrected together.

    Args:
        seen: All contrasts of a family.
        margin: The difference planned for, above 0.
        alpha: Level of the whole family, 0 to 1; each is planned at Holm's strictest level.
    """
    if not seen:
        return []
    level = alpha / len(seen)
    sd = [s.sd for s in seen]
    needed = replicates_for([margin / s for s in sd], level)
    least = detectable([s.pairs for s in seen], sd, level)
    deciding = replicates_to_decide([s.difference for s in seen], sd, margin, level)
    return [
        Power(margin, level, n, smallest, None if s.decided else n_decides)
        for s, n, smallest, n_decides in zip(seen, needed, least, deciding, strict=True)
    ]


def power(effect: ArrayLike, pairs: ArrayLike, alpha: ArrayLike, *, sided: ArrayLike = 2) -> Array:
    """Chance that the paired t test finds an effect, in its direction.

    Args:
        effect: True mean difference over the standard deviation of the differences, 0 or above.
        pairs: Replicates, 2 or more.
        alpha: Level of the test, 0 to 1.
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
    """The fewest replicates with which an effect is found with 80 % power; None if above `MOST`.

    Args:
        effect: True mean difference over the standard deviation of the differences, above 0.
        alpha: Level of the test, 0 to 1.
    """
    effects, level = np.broadcast_arrays(np.asarray(effect, float), np.asarray(alpha, float))
    return _fewest(lambda n: power(effects, n, level), effects.shape)


def replicates_to_decide(
    difference: ArrayLike, sd: ArrayLike, margin: float, alpha: ArrayLike
) -> list[int | None]:
    """Replicates that would decide with 80 % power if difference and spread stay what they are.

    Decided is a difference from 0 or equivalence within the margin, whichever comes first. One of
    the two always comes: what is too small to be told from 0 lies well within the margin.

    Args:
        difference: The mean difference as it was seen, of either sign.
        sd: Standard deviation of the differences, above 0.
        margin: Differences below it count as none, above 0.
        alpha: Level of the test, 0 to 1.
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
    """The smallest difference that so many replicates find with 80 % power.

    Args:
        pairs: Replicates, 2 or more.
        sd: Standard deviation of the differences, above 0.
        alpha: Level of the test, 0 to 1.
    """
    from scipy import special, stats

    n, spread, level = np.broadcast_arrays(
        np.asarray(pairs, float), np.asarray(sd, float), np.asarray(alpha, float)
    )
    critical = stats.t.isf(level / 2, n - 1)
    effects = special.nctdtrinc(n - 1, 1 - WANTED, critical) / np.sqrt(n)
    return [float(v) for v in (effects * spread).flat]


def _fewest(chance: Callable[[Array], Array], shape: tuple[int, ...]) -> list[int | None]:
    """The smallest number of replicates, 2 or more, whose chance reaches `WANTED`."""
    low, high = np.ones(shape), np.full(shape, float(MOST))
    never = chance(high) < WANTED
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2).clip(2)
        enough = chance(middle) >= WANTED
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        low = np.minimum(low, high - 1)
    return [None if no else int(n) for no, n in zip(never.flat, high.flat, strict=True)]
