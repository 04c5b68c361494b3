"""What has happened to an organization, as values: its state is the fold of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from ..mind import Mind
from ..observation import Charter
from ..record import TickRecord
from ..ruling import Ruling
from ..tasks.task import TaskChange


@dataclass(frozen=True)
class Joined:
    """A member came, with its links."""

    mind: Mind
    neighbours: tuple[int, ...]


@dataclass(frozen=True)
class Left:
    """A member went, and its links with it."""

    member: int


@dataclass(frozen=True)
class Rewired:
    """Links were cut and made."""

    cut: tuple[tuple[int, int], ...]
    made: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Substituted:
    """A member got another mind."""

    member: int
    mind: Mind


@dataclass(frozen=True)
class Restated:
    """Mission, values or standards were stated anew, from outside."""

    charter: Charter


@dataclass(frozen=True)
class TasksChanged:
    """Every later task is changed in this way."""

    change: TaskChange


@dataclass(frozen=True)
class Proposed:
    """A user proposed a change of the rules, and this became of it; nobody is asked again."""

    ruling: Ruling


@dataclass(frozen=True)
class ShocksApplied:
    """The shocks due at this tick happened; what they did follows from setup and seed."""


Event = (
    TickRecord
    | Joined
    | Left
    | Rewired
    | Substituted
    | Restated
    | TasksChanged
    | Proposed
    | ShocksApplied
)
"""What changes an organization. Its state is the fold of its events over its setup."""


@dataclass(frozen=True)
class Events(Sequence[Event]):
    """What happened, oldest first; ticks are looked up among the records, which may be on a disk.

    Attributes:
        marks: Events, and in the place of a tick's record its number.
        records: Of these ticks.
    """

    marks: tuple[Event | int, ...]
    records: Sequence[TickRecord]

    def __len__(self) -> int:
        return len(self.marks)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Event, ...]: ...
    def __getitem__(self, index: int | slice) -> Event | tuple[Event, ...]:
        if isinstance(index, slice):
            return tuple(map(self._event, self.marks[index]))
        return self._event(self.marks[index])

    def _event(self, mark: Event | int) -> Event:
        return self.records[mark] if isinstance(mark, int) else mark
