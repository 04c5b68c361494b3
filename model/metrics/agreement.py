"""How far several judges of the same work agree.

References:
    K. Krippendorff, Content Analysis, 4th ed., 2019, chapter 12: alpha is 1 where all agree, 0
    where they agree no more than by chance, below 0 where they disagree systematically.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..judge import CRITERIA
from ..record import TickRecord
from .scales import Scales

Floats = npt.NDArray[np.float64]


def agreement(records: Sequence[TickRecord]) -> dict[str, float | None]:
    """Krippendorff's alpha of each criterion, by its name, and of `quality` as a whole.

    Grades are ordinal; quality, the sum of the first four, is an interval scale. None where fewer
    than two judges graded any work, or where nothing varies.

    Args:
        records: Of a run; the units are its ticks.
    """
    grades = _grades(records)
    found = {name: alpha(grades[:, :, i], ordinal=True) for i, name in enumerate(CRITERIA)}
    return {"quality": alpha(grades[:, :, :4].sum(axis=2)), **found}


def judge_alpha(records: Sequence[TickRecord], scales: Scales) -> float | None:
    """Krippendorff's alpha of quality, an interval scale; None with fewer than two judges.

    Args:
        records: Of a run; the units are its ticks.
        scales: Play no part.
    """
    return alpha(_grades(records)[:, :, :4].sum(axis=2))


def _grades(records: Sequence[TickRecord]) -> Floats:
    """Grades by judge, tick and criterion; NaN where there is none."""
    judges = sorted({vote.judge for r in records for vote in r.verdict.votes})
    grades = np.full((len(judges), len(records), len(CRITERIA)), math.nan)
    for tick, record in enumerate(records):
        for vote in record.verdict.votes:
            row = [math.nan if g is None else g for g in vote.grades]
            grades[judges.index(vote.judge), tick] = row
    return grades


def alpha(values: Floats, *, ordinal: bool = False) -> float | None:
    """Krippendorff's alpha: 1 - observed / expected disagreement over all pairs of values.

    O(units · V²) for V distinct values.

    Args:
        values: Of shape (judges, units); NaN where a judge gave none.
        ordinal: Whether only the order of values counts, not how far they lie apart.

    Returns:
        1 or less; None where no unit has two values, or those that do don't vary.
    """
    given = ~np.isnan(values)
    paired = values[:, given.sum(axis=0) > 1]
    if len(np.unique(paired[~np.isnan(paired)])) < 2:
        return None
    domain = np.unique(values[given])
    counts = (values.T[:, :, None] == domain).sum(axis=1)  # of each value, by unit
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(domain))
    others = np.maximum(counts.sum(axis=1), 2) - 1
    observed = (pairs / others[:, None, None]).sum(axis=0)
    n = observed.sum(axis=0)
    expected = (np.outer(n, n) - np.diag(n)) / (n.sum() - 1)
    place = np.cumsum(n) - n / 2 if ordinal else domain  # how many stand below, ties by half
    apart = (place[:, None] - place) ** 2
    found = float(1 - (observed * apart).sum() / (expected * apart).sum())
    return found if math.isfinite(found) else None
