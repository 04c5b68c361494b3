"""A growing sequence of which only the end is held; the rest lies in a temporary file.

A run of thousands of ticks is mostly past, and the past is asked for seldom and in order. What is
read back is equal to what went in. Nothing is ever lost to a disk: what can't be written is held
in memory, compressed, and what can't be pickled is held as it is.
"""

from __future__ import annotations

import copy
import os
import pickle
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, Generic, TypeVar

T = TypeVar("T")

FASTEST = 1
"""Of zlib; a record shrinks to an eighth."""
MOST_REREAD = 2
"""Values that were read back last and may be asked for again at once."""


class _Unnamed:
    """A file without a name: it is gone with whoever has it open, however that ends."""

    def __init__(self) -> None:
        self.number, name = tempfile.mkstemp(prefix="unscripted-")
        os.unlink(name)
        self.owner = os.getpid()
        self.size = 0

    def __del__(self) -> None:
        if hasattr(self, "number"):
            os.close(self.number)

    def write(self, data: bytes) -> int:
        """Append; where it begins."""
        start, left = self.size, memoryview(data)
        while left:
            written = os.pwrite(self.number, left, start + len(data) - len(left))
            left = left[written:]
        self.size = start + len(data)
        return start


@dataclass(frozen=True, slots=True)
class _Written:
    """Bytes in a file."""

    file: _Unnamed
    start: int
    size: int

    def read(self) -> bytes:
        return os.pread(self.file.number, self.size, self.start)


@dataclass(frozen=True, slots=True)
class _AsItIs:
    """A value that can't be pickled."""

    value: Any


_Past = _Written | bytes | _AsItIs


class Spilled(Generic[T]):
    """An append-only sequence that holds its last values and reads earlier ones back.

    A copy shares what is in the file and goes its own way from there. A pickle holds everything.

    Args:
        keep: Values held, 1 or more.
    """

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self._held: list[T] = []
        self._past: list[_Past] = []
        self._reread: tuple[tuple[int, T], ...] = ()
        self._file: _Unnamed | None = None
        self._lock = threading.Lock()  # a progress display looks on from a thread of its own

    def __len__(self) -> int:
        with self._lock:
            return len(self._past) + len(self._held)

    def __getitem__(self, place: int) -> T:
        """One value.

        Args:
            place: From 0; negative ones count from the end.

        Raises:
            IndexError: There is no such place.
        """
        with self._lock:
            left = len(self._past)
            there = range(left + len(self._held))[place]
            if there >= left:
                return self._held[there - left]
        for known, value in self._reread:
            if known == there:
                return value
        found: T = _unpacked(self._past[there])
        self._reread = ((there, found), *self._reread[: MOST_REREAD - 1])
        return found

    def __iter__(self) -> Iterator[T]:
        return (self[place] for place in range(len(self)))

    def append(self, value: T) -> None:
        """Add a value at the end; the oldest that is held may leave for the file.

        Args:
            value: Whatever pickles; anything else stays in memory.
        """
        with self._lock:
            self._held.append(value)
        while len(self._held) > self.keep:
            packed = self._packed(self._held[0])
            with self._lock:
                self._past.append(packed)
                del self._held[0]

    def _packed(self, value: T) -> _Past:
        try:
            data = _pickled(value)
        except Exception:  # foreign values raise what they like
            return _AsItIs(value)
        return self._written(zlib.compress(data, FASTEST))

    def _written(self, data: bytes) -> _Past:
        try:
            if self._file is None or self._file.owner != os.getpid():  # a fork has its own end
                self._file = _Unnamed()
            return _Written(self._file, self._file.write(data), len(data))
        except OSError:  # a full disk, or none
            return data

    def __deepcopy__(self, memo: dict[int, Any]) -> Spilled[T]:
        twin: Spilled[T] = Spilled(self.keep)
        memo[id(self)] = twin
        twin._held = copy.deepcopy(self._held, memo)
        twin._past = [_AsItIs(copy.deepcopy(p.value, memo)) if isinstance(p, _AsItIs) else p
                      for p in self._past]  # fmt: skip
        return twin

    def __getstate__(self) -> dict[str, Any]:
        past = [p.read() if isinstance(p, _Written) else p for p in self._past]
        return {"keep": self.keep, "held": self._held, "past": past}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["keep"])  # type: ignore[misc]
        self._held = state["held"]
        self._past = [self._written(p) if isinstance(p, bytes) else p for p in state["past"]]


class _Pickler(pickle.Pickler):
    """Pickles frozen dataclasses with slots, of which records are made, several times as fast."""

    def reducer_override(self, value: Any) -> Any:
        """How to pickle a value, where not as usual."""
        kind: Any = type(value)
        fill = _slots_of(kind)
        if not fill:
            return NotImplemented
        return _made, (kind, *[getattr(value, name) for name, _ in fill])


@lru_cache(maxsize=256)
def _slots_of(kind: type) -> tuple[tuple[str, Callable[[Any, Any], None]], ...]:
    """Fields and how to fill them, of a dataclass with slots that pickles as usual; else none."""
    usual = is_dataclass(kind) and getattr(kind.__getstate__, "__module__", "") == "dataclasses"
    if not usual:
        return ()
    return tuple((f.name, getattr(kind, f.name).__set__) for f in fields(kind))


def _made(kind: type, *values: Any) -> Any:
    made: Any = object.__new__(kind)
    for (_, fill), value in zip(_slots_of(kind), values, strict=True):
        fill(made, value)
    return made


def _pickled(value: Any) -> bytes:
    file = BytesIO()
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(value)
    return file.getvalue()


def _unpacked(past: _Past) -> Any:
    if isinstance(past, _AsItIs):
        return past.value
    data = past.read() if isinstance(past, _Written) else past
    return pickle.loads(zlib.decompress(data))
