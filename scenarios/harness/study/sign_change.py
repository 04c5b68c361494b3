"""Where a difference changes its sign along a dial, with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..format import number
from ..statistics.samples import Sample, resampled


@dataclass(frozen=True)
class Crossing:
    """The value above which a difference stays positive.

    Attributes:
        at: By linear interpolation between the values tried; -inf where the difference is positive
            throughout, inf where it is not positive at the largest value.
        low: End of the 95 % bootstrap interval over seeds.
        high: Its other end.
    """

    at: float
    low: float
    high: float

    @property
    def finite(self) -> bool:
        """Whether it lies, interval and all, among the values tried."""
        return all(map(math.isfinite, (self.at, self.low, self.high)))

    def words(self) -> str:
        """For people."""
        if self.at == -math.inf:
            return "positive at every value tried"
        if self.at == math.inf:
            return "not positive at the largest value tried"
        ends = (_end(self.low, "below the values tried"), _end(self.high, "above them"))
        return f"positive above {number(self.at, 2)} (95 % bootstrap interval {' to '.join(ends)})"


def _end(value: float, outside: str) -> str:
    return number(value, 2) if math.isfinite(value) else outside


def crossing(values: Sequence[float], differences: Sequence[Sample]) -> Crossing | None:
    """Find it.

    Args:
        values: Of the dial, rising.
        differences: One sample at each value.

    Returns:
        None where a difference was not measured.
    """
    means = [d.mean for d in differences]
    draws = resampled(differences)
    if any(m is None for m in means) or not np.isfinite(draws).all():
        return None
    found = np.array([_last_rise(values, draw) for draw in draws])
    low, high = np.quantile(found, [0.025, 0.975], method="inverted_cdf")
    return Crossing(_last_rise(values, np.array(means)), float(low), float(high))


def _last_rise(values: Sequence[float], means: np.ndarray[Any, np.dtype[Any]]) -> float:
    """Where the line through the means rises through 0 for the last time."""
    under = np.flatnonzero(means <= 0)
    if not under.size:
        return -math.inf
    i = int(under[-1])
    if i == len(values) - 1:
        return math.inf
    share = -means[i] / (means[i + 1] - means[i])
    return float(values[i] + share * (values[i + 1] - values[i]))
