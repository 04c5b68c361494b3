"""How sure a number is: Student's interval, the bootstrap's, and that of an effect size."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

LEVEL = 0.95
RESAMPLES = 2000
FEWEST_TO_RESAMPLE = 5
STILL = 1e-12
"""A standard deviation below this is rounding: nothing varied."""

MOST_T = 1000.0
"""Above it d has no interval: finding the noncentrality takes a time that grows with t."""

Bounds = list[float]


def interval(values: Iterable[float | None]) -> dict[str, Any] | None:
    """Mean, standard deviation and Student's 95 % interval of what was measured."""
    from scipy import stats

    known = [float(v) for v in values if v is not None]
    n = len(known)
    if not n:
        return None
    mean = math.fsum(known) / n
    if n < 2:
        return {"mean": mean, "sd": None, "ci95": None, "n": n}
    sd = math.sqrt(math.fsum((v - mean) ** 2 for v in known) / (n - 1))
    half = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1)) * sd / math.sqrt(n)
    return {"mean": mean, "sd": sd, "ci95": [mean - half, mean + half], "n": n}


def bootstrapped(samples: Sequence[Sequence[float]]) -> list[Bounds | None]:
    """The bootstrap's 95 % interval of the mean of each sample, corrected for bias and skew (BCa).

    It doesn't assume the normal distribution that Student's does, and with few values it is a
    little too narrow. The same samples always give the same interval.

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
                found[i] = [float(low), float(high)]
    return found


def cohens_d(left: Sequence[float], right: Sequence[float]) -> tuple[float | None, Bounds | None]:
    """Cohen's d of pairs, the mean difference over the two samples' pooled sd, and its interval.

    The interval is the exact one of the paired t statistic's noncentrality, in units of d; unlike
    the usual approximations it takes in how closely the pairs go together.

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
    bounds = [float(special.nctdtrinc(len(difference) - 1, p, t)) * error / pooled for p in tails]
    return d, bounds if all(map(math.isfinite, bounds)) else None
