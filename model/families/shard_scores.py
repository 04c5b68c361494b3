"""How right an answer about split data is: wholly, and in part.

The original's partial score has faults, kept here under `compat`: repeated values collapse, so a
right list with repeats scores below 1, and answers are compared after a round trip through text
without tolerance.

References:
    Silo-Bench, arXiv:2603.01045.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from typing import Any

from ..ground_truth.values import Value

TOLERANCE = 1e-6
CLOSE = 0.01
"""Relative error that counts as right in part, for aggregates."""


def same(given: Any, true: Any) -> bool:
    """Whether an answer is right, numbers up to rounding.

    Args:
        given: As read.
        true: What is right.
    """
    if isinstance(true, tuple):
        fits = isinstance(given, tuple) and len(given) == len(true)
        return fits and all(same(g, t) for g, t in zip(given, true, strict=True))
    if isinstance(true, float) and isinstance(given, int | float):
        return abs(given - true) <= TOLERANCE * max(1.0, abs(true))
    return bool(given == true)


def same_text(given: Any, true: Any) -> bool:
    """Whether an answer is right as the original compares: exactly, after reading texts as JSON.

    Args:
        given: As given.
        true: What is right.
    """
    if isinstance(given, str) and not isinstance(true, str):
        try:
            given = json.loads(given)
        except ValueError:
            return False
    listed = [list(x) if isinstance(x, tuple) else x for x in (given, true)]
    return bool(listed[0] == listed[1])


def partly(given: Any, true: Value, level: int, *, strict: bool) -> float:
    """How right an answer is in part, 0 to 1.

    Level 1: within 1 %. Level 2: the share of places that agree. Level 3: the longest part in the
    right order; what is no list is right or wrong.

    Args:
        given: As read; anything at all.
        true: What is right.
        level: 1 to 3.
        strict: Whether repeated values count as often as they occur.
    """
    if level == 1:
        if type(true) in (int, float) and isinstance(given, int | float):
            assert isinstance(true, int | float)
            return float(abs(given - true) <= CLOSE * abs(true))
        return float(same(given, true))
    if not isinstance(true, tuple) or not isinstance(given, tuple | list):
        return float(same(given, true))
    if level == 2:
        agree = sum(same(g, t) for g, t in zip(given, true, strict=False))
        return agree / len(true)
    ordered = _common(given, true) if strict else _increasing(given, true)
    return ordered / len(true)


def _common(given: Any, true: tuple[Any, ...]) -> int:
    """Length of the longest common subsequence: repeats count as often as they occur."""
    row = [0] * (len(true) + 1)
    for g in given:
        before = 0
        for i, t in enumerate(true, 1):
            kept = row[i]
            row[i] = before + 1 if same(g, t) else max(row[i], row[i - 1])
            before = kept
    return row[-1]


def _increasing(given: Any, true: tuple[Any, ...]) -> int:
    """The original's: the longest increasing run of places, where equal values share one place."""
    place = {value: i for i, value in enumerate(true)}
    tails: list[int] = []
    for value in given:
        if value in place:
            at = bisect_left(tails, place[value])
            tails[at : at + 1] = [place[value]]
    return len(tails)
