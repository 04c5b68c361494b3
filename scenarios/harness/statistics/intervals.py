"""How sure a number is: Student's interval, the bootstrap's, and that of an effect size."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

LEVEL = 0.95
FEWEST_FOR_BARS = 5
"""Seeds below which a figure shows the values themselves: an interval of them is mostly a guess."""
RESAMPLES = 2000
FEWEST_TO_RESAMPLE = 5
STILL = 1e-12
"""A standard deviation below this is rounding: nothing varied."""

MOST_T = 1000.0
"""Above it d has no interval: finding the noncentrality takes a time that grows with t."""

Bounds = tuple[float, float]
"""Lower and upper end of an interval."""
ANYWHERE: Bounds = (-math.inf, math.inf)
"""The range of what nothing bounds."""


@dataclass(frozen=True)
class Interval:
    """A mean of what was measured, and how sure it is.

    Attributes:
        mean: Of the values.
        sd: Their standard deviation, n - 1 in the denominator; None with fewer than two values.
        ci95: Student's 95 % interval of the mean; None with fewer than two values.
        n: How many values, 1 or more.
    """

    mean: float
    sd: float | None
    ci95: Bounds | None
    n: int

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


@dataclass(frozen=True)
class ResampledInterval(Interval):
    """A mean that has the bootstrap's interval beside Student's.

    Attributes:
        ci95_bootstrap: None where `bootstrapped` gives none.
    """

    ci95_bootstrap: Bounds | None = None


def exact_mean(values: Iterable[float]) -> float:
    """The mean, summed without rounding.

    Args:
        values: At least one.
    """
    known = list(values)
    return math.fsum(known) / len(known)


def interval(values: Iterable[float | None], within: Bounds = ANYWHERE) -> Interval | None:
    """Mean, standard deviation and Student's 95 % interval of what was measured.

    Args:
        values: None where nothing was measured; such values count for nothing.
        within: What the mean can be at all: the interval ends there.

    Returns:
        None where no value is left.
    """
    from scipy import stats

    known = [float(v) for v in values if v is not None]
    n = len(known)
    if not n:
        return None
    mean = exact_mean(known)
    if n < 2:
        return Interval(mean, None, None, n)
    sd = math.sqrt(math.fsum((v - mean) ** 2 for v in known) / (n - 1))
    half = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1)) * sd / math.sqrt(n)
    return Interval(mean, sd, inside((mean - half, mean + half), within, mean), n)


def inside(bounds: Bounds, within: Bounds, seen: float) -> Bounds:
    """An interval without the part that can't be.

    Args:
        bounds: Of the interval.
        within: What can be.
        seen: What was found; never cut off, even where it can't be.
    """
    return max(bounds[0], min(within[0], seen)), min(bounds[1], max(within[1], seen))


def between_two(within: Bounds) -> Bounds:
    """What the difference of two numbers can be.

    Args:
        within: What each of them can be.
    """
    width = within[1] - within[0]
    return -width, width


def bootstrapped(samples: Sequence[Sequence[float]]) -> list[Bounds | None]:
    """The bootstrap's 95 % interval of the mean of each sample, corrected for bias and skew (BCa).

    It doesn't assume the normal distribution that Student's does, and with few values it is a
    little too narrow. The same samples always give the same interval.

    Args:
        samples: Of any sizes; those of one size are resampled together.

    Returns:
        One per sample; None with fewer than `FEWEST_TO_RESAMPLE` values or where none varies.

    References:
        B. Efron, "Better bootstrap confidence intervals", J. Am. Stat. Assoc. 82, 1987.
    """
    import numpy as np
    from scipy import stats

    found: list[Bounds | None] = [None] * len(samples)
    sizes: dict[int, list[int]] = {}
    for i, sample in enumerate(samples):
        if len(sample) >= FEWEST_TO_RESAMPLE and np.std(sample) > STILL:
            sizes.setdefault(len(sample), []).append(i)
    for chosen in sizes.values():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a degenerate distribution: it has no bounds
            bounds = stats.bootstrap(
                (np.array([samples[i] for i in chosen]),),
                np.mean,
                axis=-1,
                confidence_level=LEVEL,
                n_resamples=RESAMPLES,
                rng=np.random.default_rng(0),
            ).confidence_interval
        for i, low, high in zip(chosen, bounds.low, bounds.high, strict=True):
            if math.isfinite(low) and math.isfinite(high):
                found[i] = (float(low), float(high))
    return found


def cohens_d(left: Sequence[float], right: Sequence[float]) -> tuple[float | None, Bounds | None]:
    """Cohen's d of pairs, the mean difference over the two samples' pooled sd, and its interval.

    The interval is the exact one of the paired t statistic's noncentrality, in units of d; unlike
    the usual approximations it takes in how closely the pairs go together.

    Args:
        left: One value of each pair, two or more.
        right: The other, in the same order.

    Returns:
        d and its 95 % interval; None where nothing, or next to nothing, varies.

    References:
        J. Algina & H. J. Keselman, "Approximate confidence intervals for effect sizes",
        Educational and Psychological Measurement 63, 2003.
    """
    import numpy as np
    from scipy import special

    difference = np.subtract(left, right)
    pooled = math.sqrt((np.var(left, ddof=1) + np.var(right, ddof=1)) / 2)
    if pooled <= STILL:
        return None, None
    d = float(difference.mean()) / pooled
    error = float(difference.std(ddof=1)) / math.sqrt(len(difference))
    if error <= STILL:
        return d, None
    t = float(difference.mean()) / error
    if abs(t) > MOST_T:
        return d, None
    tails = (0.5 + LEVEL / 2, 0.5 - LEVEL / 2)
    low, high = (
        float(special.nctdtrinc(len(difference) - 1, p, t)) * error / pooled for p in tails
    )
    return d, (low, high) if math.isfinite(low) and math.isfinite(high) else None


def turned(bounds: Bounds | None) -> Bounds | None:
    """The interval of the negative of what it is the interval of.

    Args:
        bounds: None stays None.
    """
    return None if bounds is None else (-bounds[1], -bounds[0])
