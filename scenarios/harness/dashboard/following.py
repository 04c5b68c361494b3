"""Reads a folder again and again while somebody else plays into it; plays and sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ....agents.llm.journal.journal import Journal
from ....model.organization import BaseOrganization
from ....model.record import TickRecord
from ..api.load import offline
from ..build.from_config import organization_of
from ..config.run import RunConfig
from ..folders.database import JOURNAL
from ..folders.folder import LOCK, Archive, archive
from ..format import counted, number
from ..runs.keys import run_key
from ..runs.single import title_of

CONTINUES = "; the command that began it continues"


@dataclass(frozen=True)
class Look:
    """A folder at one moment.

    Attributes:
        title: What is played.
        progress: How far it is, in one sentence.
        playing: Whether somebody plays into it right now.
        organization: Of a run, after its last finished tick; None for a comparison or scenario.
        finished: Of a comparison or scenario: finished runs by cell, with their number.
    """

    title: str
    progress: str
    playing: bool
    organization: BaseOrganization | None = None
    finished: Sequence[tuple[str, int]] = ()


@dataclass
class Follower:
    """Follows one folder.

    Attributes:
        folder: Of a run, comparison or scenario.
    """

    folder: Path
    _org: BaseOrganization | None = field(default=None, init=False)
    _stamp: tuple[float, ...] = field(default=(), init=False)
    _look: Look | None = field(default=None, init=False)

    def look(self) -> Look:
        """What it holds now; the same value as before where nothing has changed.

        Raises:
            UsageError: It is no folder of a run, comparison or scenario, or can't be read.
        """
        stamp = self._changed_at()
        if self._look is None or stamp != self._stamp:
            with archive(self.folder) as found:
                self._look, self._stamp = self._read(found), stamp
        return self._look

    def _changed_at(self) -> tuple[float, ...]:
        """Changes whenever the folder does: times and sizes of what a player writes."""
        stamp: list[float] = []
        for name in (JOURNAL, f"{JOURNAL}-wal", LOCK):
            try:
                stat = (self.folder / name).stat()
            except OSError:
                stamp.append(-1.0)
            else:
                stamp += (stat.st_mtime, stat.st_size)
        return tuple(stamp)

    def _read(self, found: Archive) -> Look:
        playing = (self.folder / LOCK).exists()
        if not isinstance(found.config, RunConfig):
            return _sweep(found, playing=playing)
        org = self._grown(found, found.config)
        ticks = found.config.tasks.ticks
        said = f"{org.tick} of {counted(ticks, 'tick')} played"
        if org.tick < ticks:
            said += ", the next is under way" if playing else CONTINUES
        said += _spent(found, found.config)
        return Look(title_of(found.config), said, playing, organization=org)

    def _grown(self, found: Archive, config: RunConfig) -> BaseOrganization:
        """The organization, with the ticks that were finished since the last look."""
        if self._org is None or self._org.tick > found.played():
            with offline(found) as service:
                self._org = organization_of(config, service)
        for _, text in found.each_text(self._org.tick):
            self._org.replay(TickRecord.from_json(text))
        return self._org


def _sweep(found: Archive, *, playing: bool) -> Look:
    assert not isinstance(found.config, RunConfig)
    runs = list({run_key(run): run for run in found.config.runs()}.items())
    kept = found.finished()
    cells: dict[str, int] = {}
    for key, run in runs:
        cell = title_of(run)
        cells[cell] = cells.get(cell, 0) + (key in kept)
    done = sum(cells.values())
    said = f"{done} of {counted(len(runs), 'run')} played"
    if done < len(runs):
        said += ", more are under way" if playing else CONTINUES
    return Look(counted(len(cells), "cell"), said, playing, finished=tuple(cells.items()))


def _spent(found: Archive, config: RunConfig) -> str:
    """What its calls came to until now, those of an unfinished tick included."""
    if not config.keeps_answers:
        return ""
    journal = Journal(found.path, strict=True)
    try:
        calls = counted(journal.count(), "call")
        return f"; {calls} answered, {number(journal.spent_usd())} USD as far as prices are known"
    finally:
        journal.close()
