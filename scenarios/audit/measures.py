"""What the grades of planted works say: estimates over seeds and tasks, paired task by task."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unscripted import study
from unscripted.model.metrics.agreement import alpha

FLOOR = 0.25
"""Quality where every criterion is graded 1 of 4."""


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval over seeds and tasks.

    Attributes:
        value: None where nothing was measured.
        bounds: The 95 % interval; None where there are too few seeds.
        seeds: How many.
        tasks: Different ones; 0 where only seeds were resampled.
    """

    value: float | None = None
    bounds: tuple[float, float] | None = None
    seeds: int = 0
    tasks: int = 0

    @classmethod
    def of(cls, rows: Sequence[study.Row]) -> Estimate:
        """From rows of ticks.

        Args:
            rows: With columns `seed`, `task_id` and `value`; None where nothing was graded.
        """
        found = study.resampled_crossed([study.Crossed.of(rows, "value")])
        if found is None:
            return cls()
        value, bounds = found.interval([1.0])
        return cls(value, bounds, found.seeds, found.tasks)

    def between(self, claim: str, low: float, high: float, basis: study.Basis) -> study.Finding:
        """Judge that the truth lies between two bounds.

        Args:
            claim: In words, with the bounds.
            low: Lower end, in the estimate's unit.
            high: Upper end, above it.
            basis: What the outcome rests on.
        """
        enough = self.seeds >= study.FEWEST_SEEDS
        support = study.supported(self.bounds if enough else None, low, high)
        return study.Finding(claim, support, self.value, self.bounds, self.seeds, basis, self.tasks)


def graded(found: study.StudyResults, **where: object) -> list[study.Row]:
    """Rows of ticks with the column `value`: what a judge says the works are worth, 0 to 1.

    Args:
        found: The runs.
        where: Labels; the rows keep `worth`.
    """
    return [
        {
            **{k: t[k] for k in ("seed", "tick", "task_id", "worth")},
            "value": None if t["quality"] is None else (t["quality"] - FLOOR) / (1.0 - FLOOR),
        }
        for t in found.ticks_of(**where)
    ]


def minus(first: Sequence[study.Row], second: Sequence[study.Row]) -> list[study.Row]:
    """Paired differences, tick by tick of each seed; None where one of the two wasn't graded.

    Args:
        first: As `graded` gives them, of one form and worth.
        second: Of another, over the same seeds and tasks.
    """
    other = {(r["seed"], r["tick"]): r["value"] for r in second}
    made = []
    for row in first:
        a, b = row["value"], other.get((row["seed"], row["tick"]))
        made.append({**row, "value": None if a is None or b is None else a - b})
    return made


def errors(rows: Sequence[study.Row]) -> list[study.Row]:
    """What a judge says minus what was planted.

    Args:
        rows: As `graded` gives them.
    """
    return [{**r, "value": None if r["value"] is None else r["value"] - r["worth"]} for r in rows]


def rank_correlation(rows: Sequence[study.Row]) -> Estimate:
    """Spearman's rank correlation of judged and planted worth, over all works of a seed.

    Over tasks too, since a judge may draw the same for every work on one task.

    Args:
        rows: As `graded` gives them, of several worths.
    """
    pairs: dict[int, list[tuple[float, float]]] = {}
    for row in rows:
        if row["value"] is not None:
            pairs.setdefault(row["seed"], []).append((row["value"], row["worth"]))
    by_seed = {seed: spearman(some) for seed, some in pairs.items()}
    return _over_seeds({seed: rho for seed, rho in by_seed.items() if rho is not None})


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Spearman's rank correlation, ties at their mean rank; 0 where the first never varies.

    Args:
        pairs: Of which the second vary.

    Returns:
        -1 to 1; None with fewer than three.
    """
    if len(pairs) < 3:
        return None
    first, second = (_ranks([p[i] for p in pairs]) for i in (0, 1))
    spread = math.sqrt(float((first @ first) * (second @ second)))
    return max(-1.0, min(1.0, float(first @ second) / spread)) if spread else 0.0


def _ranks(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Mean ranks, centred at 0."""
    given = np.asarray(values, float)
    below = (given[None, :] < given[:, None]).sum(axis=1)
    equal = (given[None, :] == given[:, None]).sum(axis=1)
    ranks: np.ndarray[tuple[int], np.dtype[np.float64]] = below + (equal - 1) / 2.0
    return ranks - (len(given) - 1) / 2.0


def agreement(by_judge: Sequence[Sequence[study.Row]]) -> Estimate:
    """Krippendorff's alpha among judges of the same works, by seed.

    Args:
        by_judge: As `graded` gives them, a list for each judge; the units are works of a task.
    """
    seeds = sorted({r["seed"] for rows in by_judge for r in rows})
    found = {}
    for seed in seeds:
        units = sorted({(r["tick"], r["worth"]) for rows in by_judge for r in rows})
        table = np.full((len(by_judge), len(units)), math.nan)
        for judge, rows in enumerate(by_judge):
            for r in rows:
                if r["seed"] == seed and r["value"] is not None:
                    table[judge, units.index((r["tick"], r["worth"]))] = r["value"]
        value = alpha(table)
        if value is not None:
            found[seed] = value
    return _over_seeds(found)


def _over_seeds(values: Mapping[int, float]) -> Estimate:
    """A coefficient of -1 to 1 with Student's interval over seeds."""
    sample = study.Sample(values, (-1.0, 1.0))
    return Estimate(sample.mean, sample.bounds, len(sample))
