"""Organizational memory: who took which role on which earlier task, and who may read it.

A protocol opens memory to the actors of a round (`Round.remembers`), as Shared does; here stands
what there is to read. Notes fade: a note of age a ticks is still there with probability
(1 - decay)^(a - 1), drawn once for each note, so that what is forgotten stays forgotten. What a
member read is in the record of its turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import UnknownNameError, UsageError
from ..messages import Log, Message, RoleNote, View
from ..networks.team_network import TeamNetwork
from ..randomness import Purpose, Streams
from ..record import TickRecord

SCOPES = ("off", "own", "team")


@dataclass(frozen=True, slots=True)
class Memory:
    """What of the past members may read.

    Attributes:
        scope: `off`, `own` (each its own notes) or `team` (its own, and those of members the
            network carries to it).
        horizon: How many ticks back.
        decay: Chance that a note is lost, per tick of its age after the first; 0 to 1.
        always: Open in every round, whatever the protocol says.
    """

    scope: str = "team"
    horizon: int = 8
    decay: float = 0.0
    always: bool = False

    def __post_init__(self) -> None:
        if self.scope not in SCOPES:
            raise UnknownNameError("memory", self.scope, SCOPES)
        if self.horizon < 0:
            raise UsageError(f"horizon={self.horizon} is below 0; use 0 or more ticks")
        if not 0 <= self.decay <= 1:
            raise UsageError(f"decay={self.decay} is outside 0 to 1; use e.g. decay=0.1")


class _Later(list[Message]):
    """The messages of a log from some id on; their places are their ids all the same."""

    def __init__(self, first: int, messages: Iterable[Message]) -> None:
        super().__init__(messages)
        self.first = first

    def __len__(self) -> int:
        return self.first + super().__len__()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return super().__getitem__(slice(index.start - self.first, index.stop - self.first))
        return super().__getitem__(index - self.first)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Later, (self.first, list(iter(self)))


class RecentLog(Log):
    """The end of a log, with the ids of the whole. Views of the whole stay what they are.

    Args:
        whole: The log.
        first: The first id that is in it.
    """

    __slots__ = ()

    def __init__(self, whole: Log, first: int) -> None:
        super().__init__()
        self._messages = _Later(first, (whole[i] for i in range(first, len(whole))))
        for message in self._messages:
            self._by_author.setdefault(message.author, []).append(message.id)


class RoleHistory:
    """The notes of a run, and the view of them each member has.

    Args:
        memory: What may be read.
        streams: Draw which notes fade.
        whole: Whether to hold all notes, or only those that may still be read.
    """

    def __init__(self, memory: Memory, streams: Streams, *, whole: bool = True) -> None:
        self.memory = memory
        self._streams = streams
        self._whole = whole
        self._log = Log()
        self._first = 0  # tick from which on notes are held
        self._starts: list[int] = []

    def all_of(self, records: Sequence[TickRecord]) -> Log:
        """All notes of a run, whatever is held.

        Args:
            records: Of the run.
        """
        return (self if self._whole else RoleHistory(self.memory, self._streams)).of(records)

    def of(self, records: Sequence[TickRecord]) -> Log:
        """The notes that are held, brought up to date with the records of a run.

        Args:
            records: Of the run, from its first tick on; those taken in before are not read again.
        """
        for record in records[len(self._starts) :]:
            self._starts.append(len(self._log))
            for own in record.members:
                if own.role is not None:
                    self._log.post(own.member, record.tick, 0, RoleNote(own.role, record.task_id))
            self._forget()
        return self._log

    def _forget(self) -> None:
        """Drop what is too old, now and then: a new log each time, as somebody may view the old."""
        horizon, played = max(1, self.memory.horizon), len(self._starts)
        if not self._whole and played - self._first > 2 * horizon:
            self._first = played - horizon
            self._log = RecentLog(self._log, self._starts[self._first])

    def open(self, records: Sequence[TickRecord]) -> View:
        """The notes that are neither too old nor faded, whoever reads them.

        Args:
            records: Of the ticks until now.
        """
        log, horizon = self.of(records), self.memory.horizon
        starts = self._starts[-horizon:] if horizon and self.memory.scope != "off" else []
        if not starts:
            return log.only(())
        recent = log.since(starts[0])
        return recent if not self.memory.decay else log.only(self._unfaded(recent, len(records)))

    def _unfaded(self, notes: View, tick: int) -> list[int]:
        kept: list[int] = []
        draws: dict[int, list[float]] = {}
        for note in notes:
            if note.tick not in draws:
                start = self._starts[note.tick]
                stop = (*self._starts, len(self._log))[note.tick + 1]
                rng = self._streams.generator(Purpose.MEMORY, note.tick)
                draws[note.tick] = rng.random(stop - start).tolist()
            drawn = draws[note.tick][note.id - self._starts[note.tick]]
            if drawn < (1.0 - self.memory.decay) ** (tick - note.tick - 1):
                kept.append(note.id)
        return kept

    def read_by(self, reader: int, notes: View, network: TeamNetwork) -> View:
        """What of these notes one member reads.

        Args:
            reader: The member's id.
            notes: Open to everybody, as `open` gives them.
            network: Carries notes from member to member.
        """
        if self.memory.scope == "own":
            return notes.authored_by((reader,))
        return network.carried(notes, reader, own=True)
