"""Seeds and tasks as two samples at once, crossed: neither alone says how sure a mean is.

Written tasks are played again under every seed. An interval over seeds then says how sure a mean is
for these very tasks, and one over tasks leaves out what seeds add. What is concluded about tasks
like these needs both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..results.rows import Row
from .intervals import Bounds

DRAWS = 2000
FEWEST = 2
"""Seeds, and tasks where they are crossed, below which nothing is resampled."""
Array = NDArray[Any]


@dataclass(frozen=True)
class Crossed:
    """A measure by seed and task; a pair that was not played or not measured is left out.

    Attributes:
        values: By seed and task id; the mean where a run met the same task again.
    """

    values: Mapping[tuple[int, str], float]

    @classmethod
    def of(cls, ticks: Iterable[Row], measure: str) -> Crossed:
        """From rows of ticks.

        Args:
            ticks: With columns `seed` and `task_id`.
            measure: A column of them.
        """
        found: dict[tuple[int, str], list[float]] = {}
        for t in ticks:
            if t[measure] is not None:
                found.setdefault((t["seed"], t["task_id"]), []).append(float(t[measure]))
        return cls({key: math.fsum(v) / len(v) for key, v in sorted(found.items())})

    @property
    def seeds(self) -> int:
        """How many different seeds."""
        return len({seed for seed, _ in self.values})

    @property
    def tasks(self) -> int:
        """How many different tasks."""
        return len({task for _, task in self.values})


@dataclass(frozen=True)
class Resampled:
    """Means of several samples, and what they might have been with other seeds and tasks.

    Attributes:
        means: One for each sample.
        draws: Shape (draws, samples); no draws where there are too few seeds.
        seeds: Common to all samples.
        tasks: Common to all samples.
    """

    means: Array
    draws: Array
    seeds: int
    tasks: int

    def interval(self, weights: Sequence[float]) -> tuple[float, Bounds | None]:
        """A weighted sum of the means, and its 95 % percentile interval.

        Args:
            weights: One for each sample.

        Returns:
            The interval is None where nothing could be resampled.
        """
        value = math.fsum(w * float(m) for w, m in zip(weights, self.means, strict=True))
        if not len(self.draws):
            return value, None
        low, high = np.quantile(self.draws @ np.asarray(weights, float), [0.025, 0.975])
        return value, (float(low), float(high))


def resampled_crossed(samples: Sequence[Crossed], draws: int = DRAWS) -> Resampled | None:
    """Resample seeds and tasks, each with replacement and together for all samples.

    Where tasks come again under other seeds, both are drawn (the pigeonhole bootstrap, which errs
    on the wide side by the share of what neither explains). Where every seed has tasks of its own,
    seeds are drawn with their tasks.

    Args:
        samples: Pairs of seed and task that one of them lacks are left out of all.
        draws: How many.

    Returns:
        None where no pair is common to all.

    References:
        A. B. Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007.
    """
    common = sorted(set.intersection(*(set(s.values) for s in samples))) if samples else []
    if not common:
        return None
    seeds = sorted({seed for seed, _ in common})
    tasks = sorted({task for _, task in common})
    places = [(seeds.index(seed), tasks.index(task)) for seed, task in common]
    played = np.zeros((len(seeds), len(tasks)))
    table = np.zeros((len(samples), *played.shape))
    for pair, place in zip(common, places, strict=True):
        played[place] = 1.0
        table[(slice(None), *place)] = [s.values[pair] for s in samples]
    means = np.array([math.fsum(s.values[p] for p in common) / len(common) for s in samples])
    crossed = len(common) >= 2 * len(tasks)
    rng = np.random.default_rng(0)  # the same samples always give the same interval
    found = np.empty((0, len(samples)))
    if len(seeds) >= FEWEST and (not crossed or len(tasks) >= FEWEST):
        of_seeds = _counts(rng, draws, len(seeds))
        of_tasks = _counts(rng, draws, len(tasks)) if crossed else np.ones((draws, len(tasks)))
        found = _weighted(table, played, of_seeds, of_tasks)
    return Resampled(means, found, len(seeds), len(tasks))


def _counts(rng: np.random.Generator, draws: int, n: int) -> Array:
    """How often each of n is drawn, in each draw."""
    counts: Array = rng.multinomial(n, np.full(n, 1.0 / n), size=draws).astype(float)
    return counts


def _weighted(table: Array, played: Array, of_seeds: Array, of_tasks: Array) -> Array:
    """Means of every draw; draws that hit no pair at all are left out."""
    total = np.einsum("ds,st,dt->d", of_seeds, played, of_tasks, optimize=True)
    summed = np.einsum("ds,kst,dt->dk", of_seeds, table, of_tasks, optimize=True)
    hit = total > 0
    found: Array = summed[hit] / total[hit, None]
    return found
