"""A measure by seed: the unit in which cells of a scenario are compared.

The same seed gives every cell the same tasks, so samples are subtracted seed by seed and the
tasks' difficulty cancels. A difference is a sample again, so differences can be compared too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..results.labels import range_of
from ..results.rows import Row, mean
from .intervals import ANYWHERE, Bounds, Interval, interval


@dataclass(frozen=True)
class Sample:
    """Values by seed, in order of seeds; a seed where nothing was measured is left out.

    Attributes:
        values: By seed.
        within: What they can be at all; intervals end there.
    """

    values: Mapping[int, float]
    within: Bounds = field(default=ANYWHERE, compare=False, repr=False)

    @classmethod
    def of(cls, rows: Iterable[Row], measure: str) -> Sample:
        """One value per seed: the mean of its rows, where something was measured.

        Args:
            rows: Of runs or ticks, with a column `seed`.
            measure: A column of them.
        """
        by_seed: dict[int, list[float | None]] = {}
        for row in rows:
            by_seed.setdefault(row["seed"], []).append(row[measure])
        means = {seed: mean(found) for seed, found in sorted(by_seed.items())}
        return cls({seed: m for seed, m in means.items() if m is not None}, range_of(measure))

    def __len__(self) -> int:
        return len(self.values)

    def __sub__(self, other: Sample) -> Sample:
        (low, high), (lower, higher) = self.within, other.within
        return self._paired(other, lambda a, b: a - b, (low - higher, high - lower))

    def __truediv__(self, other: Sample) -> Sample:
        """Ratios; seeds where the divisor is 0 are left out."""
        positive = self.within[0] >= 0 and other.within[0] >= 0
        within = (0.0, math.inf) if positive else ANYWHERE
        return self._paired(other, lambda a, b: a / b if b else None, within)

    def __mul__(self, factor: float) -> Sample:
        low, high = sorted(factor * end for end in self.within) if factor else (0.0, 0.0)
        return Sample({s: factor * v for s, v in self.values.items()}, (low, high))

    def _paired(
        self, other: Sample, operation: Callable[[float, float], float | None], within: Bounds
    ) -> Sample:
        both = [s for s in self.values if s in other.values]
        made = {s: operation(self.values[s], other.values[s]) for s in both}
        return Sample({s: v for s, v in made.items() if v is not None}, within)

    @property
    def mean(self) -> float | None:
        """None where there is no value."""
        return mean(self.values.values())

    @property
    def interval(self) -> Interval | None:
        """Mean, standard deviation and Student's 95 % interval over seeds, as `interval` does."""
        return interval(self.values.values(), self.within)

    @property
    def bounds(self) -> Bounds | None:
        """The 95 % interval; None with fewer than two seeds."""
        found = self.interval
        return None if found is None else found.ci95


def resampled(samples: Iterable[Sample], draws: int = 2000) -> np.ndarray[Any, np.dtype[Any]]:
    """Bootstrap means of several samples, their seeds drawn together so that pairs stay pairs.

    Args:
        samples: Over the same seeds; seeds that one of them lacks are left out.
        draws: Resamples.

    Returns:
        Means, shape (draws, samples); nan where no seed is common to all.

    References:
        B. Efron & R. J. Tibshirani, An Introduction to the Bootstrap, 1993.
    """
    listed = list(samples)
    common = sorted(set.intersection(*(set(s.values) for s in listed))) if listed else []
    if not common:
        return np.full((draws, len(listed)), np.nan)
    table = np.array([[s.values[seed] for s in listed] for seed in common])
    rng = np.random.default_rng(0)  # the same samples always give the same interval
    chosen = rng.integers(len(common), size=(draws, len(common)))
    means: np.ndarray[Any, np.dtype[Any]] = table[chosen].mean(axis=1)
    return means
