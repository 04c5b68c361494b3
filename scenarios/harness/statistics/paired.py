"""The paired difference of two cells: replicates are paired by seed.

The same seed gives every cell the same tasks in the same order, so a difference is taken within the
seed and the tasks' difficulty cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..results.rows import Row
from .intervals import STILL, Bounds, cohens_d, interval


@dataclass(frozen=True)
class PairedDifference:
    """The difference of one measure between two cells, over the seeds that both measured.

    Attributes:
        measure: Its name.
        difference: Mean of first minus second, in the measure's unit.
        sd: Standard deviation of the differences.
        ci95: Student's 95 % interval of the mean difference.
        cohens_d: Difference over the two cells' pooled standard deviation; None where undefined.
        cohens_d_ci95: Its 95 % interval; None where it has none.
        p: Of the paired t test; None where the difference never varies.
        pairs: How many seeds, 2 or more.
        by_seed: The difference for each of them.
    """

    measure: str
    difference: float
    sd: float
    ci95: Bounds
    cohens_d: float | None
    cohens_d_ci95: Bounds | None
    p: float | None
    pairs: int
    by_seed: tuple[float, ...] = field(repr=False)


def paired_difference(
    first: Sequence[Row], second: Sequence[Row], measure: str
) -> PairedDifference | None:
    """The paired difference first - second of one measure.

    Args:
        first: Rows of runs of one cell.
        second: Those of another.
        measure: A column of both.

    Returns:
        None with fewer than two seeds that both measured.
    """
    from scipy import stats

    other = {r["seed"]: r[measure] for r in second}
    pairs = [
        (float(r[measure]), float(other[r["seed"]]))
        for r in first
        if r[measure] is not None and other.get(r["seed"]) is not None
    ]
    by_seed = tuple(a - b for a, b in pairs)
    found = interval(by_seed)
    if found is None or found.sd is None or found.ci95 is None:
        return None
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    p = float(stats.ttest_rel(left, right).pvalue) if found.sd > STILL else None
    d, d_bounds = cohens_d(left, right)
    return PairedDifference(
        measure, found.mean, found.sd, found.ci95, d, d_bounds, p, found.n, by_seed
    )
