"""Ids of messages as ranges: what a member of a large team saw is a few of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""Message ids from `start` up to, not including, `stop`."""


def spans_of(ids: Iterable[int]) -> tuple[Span, ...]:
    """Ascending ids as maximal runs.

    Args:
        ids: Ascending, each once.
    """
    spans: list[Span] = []
    start = stop = -1
    for i in ids:
        if i == stop:
            stop += 1
            continue
        if stop > start:
            spans.append((start, stop))
        start, stop = i, i + 1
    if stop > start:
        spans.append((start, stop))
    return tuple(spans)


def cut_out(spans: tuple[Span, ...], ids: Sequence[int]) -> tuple[Span, ...]:
    """The spans without some ids, in O(spans + ids inside them).

    Args:
        spans: Ascending and disjoint.
        ids: Ascending; those outside the spans play no part.
    """
    left: list[Span] = []
    for start, stop in spans:
        for i in ids[bisect_left(ids, start) : bisect_left(ids, stop)]:
            if start < i:
                left.append((start, i))
            start = i + 1
        if start < stop:
            left.append((start, stop))
    return tuple(left)


def ids_in(spans: tuple[Span, ...]) -> list[int]:
    """The ids in ascending spans, ascending.

    Args:
        spans: Ascending and disjoint.
    """
    return [i for start, stop in spans for i in range(start, stop)]
