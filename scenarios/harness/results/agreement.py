"""How far several judges of the same work agree.

References:
    K. Krippendorff, Content Analysis, 4th ed., 2019, chapter 12: alpha is 1 where all agree, 0
    where they agree no more than by chance, below 0 where they disagree systematically.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from ....model.judge import CRITERIA
from ....model.record import TickRecord


def agreement(records: Sequence[TickRecord]) -> dict[str, float | None]:
    """Krippendorff's alpha of each criterion, by its name, and of `quality` as a whole.

    Grades are ordinal; quality, the sum of the first four, is an interval scale. None where fewer
    than two judges graded any work, or where nothing varies. Units are ticks.
    """
    judges = sorted({vote.judge for r in records for vote in r.verdict.votes})
    grades = np.full((len(judges), len(records), len(CRITERIA)), math.nan)
    for tick, record in enumerate(records):
        for vote in record.verdict.votes:
            row = [math.nan if g is None else g for g in vote.grades]
            grades[judges.index(vote.judge), tick] = row
    found = {name: _alpha(grades[:, :, i], "ordinal") for i, name in enumerate(CRITERIA)}
    return {"quality": _alpha(grades[:, :, :4].sum(axis=2), "interval"), **found}


def _alpha(values: npt.NDArray[np.float64], level: Literal["ordinal", "interval"]) -> float | None:
    paired = values[:, (~np.isnan(values)).sum(axis=0) > 1]
    if len(np.unique(paired[~np.isnan(paired)])) < 2:
        return None
    import krippendorff

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        alpha = float(krippendorff.alpha(reliability_data=values, level_of_measurement=level))
    return alpha if math.isfinite(alpha) else None
