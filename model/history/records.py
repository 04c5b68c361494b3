"""The records of a run that need not hold all of them: a read-only sequence like any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from ..record import TickRecord
from .spill import Spilled


class Records(Sequence[TickRecord]):
    """Records of which the last ones are held and earlier ones are read back when asked for.

    A slice is such a sequence too, and reads nothing. It equals any sequence of equal records.

    Args:
        kept: All records of the run.
        places: Those that belong to it; None for all, those that are still to come included.
    """

    def __init__(self, kept: Spilled[TickRecord], places: range | None = None) -> None:
        self._kept = kept
        self._chosen = places

    @property
    def _places(self) -> range:
        return range(len(self._kept)) if self._chosen is None else self._chosen

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> TickRecord: ...
    @overload
    def __getitem__(self, index: slice) -> Records: ...
    def __getitem__(self, index: int | slice) -> TickRecord | Records:
        if isinstance(index, slice):
            return Records(self._kept, self._places[index])
        try:
            place = self._places[index]
        except IndexError:
            raise IndexError(f"index={index} is outside {len(self)} records") from None
        return self._kept[place]

    def __iter__(self) -> Iterator[TickRecord]:
        return (self._kept[place] for place in self._places)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str) or len(self) != len(other):
            return False
        return all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Records: {len(self)} ticks, the last {self._kept.keep} of the run in memory>"


class Followed(Sequence[TickRecord]):
    """Records with one more after them, without a copy of them.

    Args:
        past: What was before.
        last: What follows.
    """

    def __init__(self, past: Sequence[TickRecord], last: TickRecord) -> None:
        self._past = past
        self._last = last

    def __len__(self) -> int:
        return len(self._past) + 1

    @overload
    def __getitem__(self, index: int) -> TickRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[TickRecord]: ...
    def __getitem__(self, index: int | slice) -> TickRecord | list[TickRecord]:
        places = range(len(self))
        if isinstance(index, slice):
            return [self[place] for place in places[index]]
        place = places[index]
        return self._last if place == len(self._past) else self._past[place]
