"""Lists run folders: what was played, when, how far it came and what it cost."""

from __future__ import annotations

import csv
import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ....agents.llm.journal.read_only import reading
from ....model.errors import UsageError
from ..config.identity import Config
from ..config.run import RunConfig
from ..folders.database import JOURNAL
from ..folders.folder import CONFIG, Archive, archive, configuration, is_run_folder
from ..report.citation import day_of, played_of
from ..runs.keys import run_key

DEPTH = 2
"""Folders below the one asked for that are looked into."""


@dataclass(frozen=True)
class Found:
    """A run folder.

    Attributes:
        path: Of the folder.
        what: Was played, in words; or why it can't be read.
        models: Those that decided.
        on: The day on which it was last played into, as `2026-11-22`.
        done: Finished ticks of a run, else finished runs; None where nobody knows.
        of: How many there will be.
        cost_usd: US dollars paid; None where prices are unknown or minds are synthetic.
        note: What is amiss with it; empty where nothing is.
    """

    path: str
    what: str
    models: tuple[str, ...] = ()
    on: str = ""
    done: int | None = None
    of: int | None = None
    cost_usd: float | None = None
    note: str = ""

    @property
    def line(self) -> str:
        """For people, without its path."""
        if not self.models:
            return self.what
        state = f"{'?' if self.done is None else self.done} of {self.of}"
        state = "done" if self.done == self.of else state
        cost = "cost unknown or none" if self.cost_usd is None else f"${self.cost_usd:.4f}"
        synthetic = all(m.startswith("synthetic/") for m in self.models)
        paid = "synthetic" if synthetic else cost
        note = f"; {self.note}" if self.note else ""
        return f"{self.on}  {state}  {paid}  {self.what}; {', '.join(self.models)}{note}"


def run_folders(folder: Path) -> list[Found]:
    """The run folders in a folder, the folder itself included, by name.

    Args:
        folder: Where to look.

    Raises:
        UsageError: It isn't there.
    """
    if not folder.is_dir():
        raise UsageError(f"dir={folder} is no folder; give one that holds run folders")
    return [_found(path) for path in _below(folder, DEPTH)]


def _below(folder: Path, depth: int) -> Iterator[Path]:
    if is_run_folder(folder):
        yield folder
    elif depth:
        try:
            inside = sorted(p for p in folder.iterdir() if p.is_dir() and not p.is_symlink())
        except OSError:
            return
        for path in inside:
            yield from _below(path, depth - 1)


def _found(path: Path) -> Found:
    try:
        if not (path / JOURNAL).exists():
            return _without_journal(path)
        with archive(path) as kept:
            played = played_of(kept.config, path)
            done, of = _progress(kept)
    except UsageError as error:
        return Found(str(path), f"can't be read: {error}")
    day = str(day_of(path) or "")
    return Found(str(path), played.what, played.models, day, done, of, _paid(path / JOURNAL))


def _without_journal(path: Path) -> Found:
    """What its configuration and its tables say; it can be neither replayed nor continued."""
    with configuration(path) as (config, _, _):
        played = played_of(config)
    of, table = _wanted(config), "ticks.csv" if isinstance(config, RunConfig) else "runs.csv"
    done = _rows(path / table)
    day = datetime.fromtimestamp((path / CONFIG).stat().st_mtime, UTC).date()
    counted = "as counted in its tables" if done is not None else "so nobody knows how far it came"
    note = f"no {JOURNAL}, {counted}"
    return Found(str(path), played.what, played.models, str(day), done, of, note=note)


def _rows(table: Path) -> int | None:
    """Lines of a table without its head; None where there is none."""
    try:
        with table.open(newline="", encoding="utf-8") as lines:
            return max(0, sum(1 for _ in csv.reader(lines)) - 1)
    except (OSError, ValueError, csv.Error):
        return None


def _progress(kept: Archive) -> tuple[int, int]:
    if isinstance(kept.config, RunConfig):
        return kept.played(), _wanted(kept.config)
    return len(kept.finished() & {run_key(run) for run in kept.config.runs()}), _wanted(kept.config)


def _wanted(config: Config) -> int:
    """Ticks of a run, else runs."""
    if isinstance(config, RunConfig):
        return config.tasks.ticks
    return len({run_key(run) for run in config.runs()})


def _paid(journal: Path) -> float | None:
    """What the calls of a folder cost; None where there are none or a price is unknown."""
    try:
        with closing(reading(journal)) as db:
            costs = [usd for (usd,) in db.execute(
                "SELECT cost_usd FROM calls WHERE tokens_in + tokens_out > 0"
            )]  # fmt: skip
    except (sqlite3.Error, UnicodeError):
        return None
    known = [float(usd) for usd in costs if isinstance(usd, int | float)]
    return math.fsum(known) if known and len(known) == len(costs) else None


def body_of(found: Found) -> dict[str, object]:
    """For JSON.

    Args:
        found: A folder.
    """
    return {**asdict(found), "models": list(found.models)}
