"""What null models share: permutations in portions, and p values from draws by lot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

CELLS = 4_000_000
"""Numbers held at once: draws are made in portions of so many."""
TIE = 1e-9
"""Values closer than this are equal: a draw that gives the same team again may round otherwise."""

Codes = np.ndarray[Any, np.dtype[np.intp]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

Statistic = Callable[[np.random.Generator | None, int], Floats]
"""A measure under n draws by lot, or, without a generator, of the run itself."""


def p_value(value: float, drawn: Sequence[float] | Floats) -> float:
    """Two-sided Monte Carlo p: twice the smaller tail, the run counted among the draws.

    Args:
        value: Of the run.
        drawn: Of the draws; any number.

    Returns:
        Above 0 to 1.
    """
    them = np.asarray(drawn)
    above = int((them >= value - TIE).sum())
    below = int((them <= value + TIE).sum())
    return min(1.0, 2.0 * (1 + min(above, below)) / (len(them) + 1))


def portions(n: int, size: int) -> Iterator[int]:
    """How many draws to make at once.

    Args:
        n: Draws in all.
        size: Numbers that one draw holds.
    """
    most = max(1, CELLS // max(1, size))
    while n > 0:
        yield min(n, most)
        n -= most


def distinct(codes: Codes) -> Codes:
    """How many different numbers stand in each row.

    Args:
        codes: Of shape (rows, places), at least one place.
    """
    ordered = np.sort(codes, axis=1)
    return 1 + (ordered[:, 1:] != ordered[:, :-1]).sum(axis=1)


def coded(values: Sequence[Any]) -> Codes:
    """Values as numbers from 0, in order of size.

    Args:
        values: Of one kind that can be ordered.
    """
    return np.unique(np.array(values), return_inverse=True)[1].astype(np.intp).ravel()
