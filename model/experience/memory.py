"""Organizational memory: who took which role on which earlier task, and who may read it.

A protocol opens memory to the actors of a round (`Round.remembers`), as Shared does; here stands
what there is to read. Notes fade: a note of age a ticks is still there with probability
(1 - decay)^(a - 1), drawn once for each note, so that what is forgotten stays forgotten. What a
member read is in the record of its turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import UnknownNameError, UsageError
from ..messages import Log, RoleNote, View
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


class RoleHistory:
    """The notes of a run, and the view of them each member has.

    Args:
        memory: What may be read.
        streams: Draw which notes fade.
    """

    def __init__(self, memory: Memory, streams: Streams) -> None:
        self.memory = memory
        self._streams = streams
        self._log = Log()
        self._starts: list[int] = []

    def of(self, records: Sequence[TickRecord]) -> Log:
        """All notes, brought up to date with the records of a run.

        Args:
            records: Of the run, from its first tick on; those taken in before are not read again.
        """
        for record in records[len(self._starts) :]:
            self._starts.append(len(self._log))
            for own in record.members:
                if own.role is not None:
                    self._log.post(own.member, record.tick, 0, RoleNote(own.role, record.task_id))
        return self._log

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
