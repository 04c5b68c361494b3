"""The database of a run folder: finished ticks, finished runs, and the calls beside them.

It is opened for writing by whoever plays, and read by everybody else without leaving a trace, on
read-only media too. What a stranger's database holds is checked as it is read: what can be read is
given, and what can't is said.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from ....agents.llm.journal.read_only import reading
from ....model.errors import UsageError, because
from ....model.metrics.catalogue import of_runs, of_ticks
from ....model.record import TickRecord
from ..results.factors import Cell
from ..results.rows import Row
from ..results.run_result import RunResult

JOURNAL = "journal.sqlite"
VERSION = 2
"""Of the tables; a folder of a later one is refused, of an earlier one read."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS ticks (tick INTEGER PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (run TEXT PRIMARY KEY, result TEXT NOT NULL);
"""
MAGIC = b"SQLite format 3\0"
LOCKED_S = 30.0
_UNREADABLE = (
    ValueError, TypeError, KeyError, AttributeError, AssertionError, RecursionError, MemoryError,
)  # fmt: skip


def _complete(result: RunResult) -> RunResult:
    """A result that has every column which is read; what earlier versions didn't measure is None.

    Raises:
        KeyError, TypeError: A row lacks what names it, or holds no number where one belongs.
    """
    if result.row is not None:
        Cell.of(result.row)
        _fill(result.row, ("seed",), of_runs())
    for tick in result.ticks:
        _fill(tick, ("tick", "task_id"), of_ticks())
    return result


def _fill(row: Row, needed: Iterable[str], measures: Iterable[str]) -> None:
    for name in needed:
        row[name]
    for name in measures:
        value = row.setdefault(name, None)
        if value is not None and not isinstance(value, int | float):
            raise TypeError(f"{name} is no number")


class Database:
    """The finished ticks and runs of a folder.

    Args:
        path: Of the file.
        writing: Whether to write; a file that isn't there is then made.

    Attributes:
        damage: What could not be read, in words; empty while all could. Only where nothing is
            written: whoever plays on is refused instead.

    Raises:
        UsageError: It is no such database, of a later version, or can't be opened.
    """

    def __init__(self, path: Path, *, writing: bool) -> None:
        self.path = path
        self.writing = writing
        self.damage: list[str] = []
        version = 0
        if path.exists() or not writing:
            self._check()
            version = self._version()
        try:
            self._db = self._opened()
            if writing and version < VERSION:  # else a refusal later on finds the file untouched
                setting = f"PRAGMA journal_mode=WAL;{SCHEMA}PRAGMA user_version={VERSION};"
                self._db.executescript(setting)
        except (sqlite3.Error, UnicodeError) as error:
            raise self._unusable(error) from None

    def _check(self) -> None:
        """Refuse what is no database before anything else believes in it."""
        try:
            with self.path.open("rb") as file:
                head = file.read(len(MAGIC))
        except OSError as error:
            raise UsageError(
                f"{self.path} can't be read: {because(error)}; use another folder"
            ) from None
        if head != MAGIC:
            what = "is empty" if not head else "is no database"
            raise UsageError(f"{self.path} {what}: what was played is lost; use another folder")

    def _version(self) -> int:
        """Of the tables that are there; read without leaving a trace."""
        try:
            with closing(reading(self.path)) as db:
                version = int(db.execute("PRAGMA user_version").fetchone()[0])
                db.execute("SELECT * FROM sqlite_master").fetchall()
        except (sqlite3.Error, UnicodeError) as error:
            raise self._unusable(error) from None
        if not 0 <= version <= VERSION:
            raise UsageError(
                f"{self.path} is of version {version}, this program knows {VERSION}; "
                "use a later one"
            )
        return version

    def _unusable(self, error: BaseException) -> UsageError:
        said = " ".join(str(error).split())[:200]
        return UsageError(f"{self.path} can't be used: {said}; use another folder")

    def _opened(self) -> sqlite3.Connection:
        if self.writing:
            return sqlite3.connect(self.path, timeout=LOCKED_S, check_same_thread=False)
        return reading(self.path)

    def close(self) -> None:
        """Close it."""
        self._db.close()

    def each_text(self, first: int = 0) -> Iterator[tuple[int, str]]:
        """The finished ticks of a run as they were written, in order, each with its number.

        Args:
            first: Tick to begin with.
        """
        return self._rows(
            f"SELECT tick, record FROM ticks WHERE tick >= {first:d} ORDER BY tick", "ticks"
        )

    def played(self) -> int:
        """How many ticks of a run are finished."""
        return sum(count for (count,) in self._rows("SELECT count(*) FROM ticks", "ticks"))

    def each_record(self) -> Iterator[TickRecord]:
        """The finished ticks of a run, in order; up to the first missing or unreadable one."""
        for place, (tick, text) in enumerate(self.each_text()):
            if tick != place:
                self._damaged(f"tick {place} is missing", shows=bool(place))
                return
            try:
                record = TickRecord.from_json(text)
            except _UNREADABLE as error:
                self._unreadable(f"tick {tick}", error)
                return
            yield record

    def results(self) -> dict[str, RunResult]:
        """The finished runs of a comparison or scenario, by key."""
        found = {}
        for key, text in self._rows("SELECT run, result FROM runs", "runs"):
            try:
                found[key] = _complete(RunResult.of(json.loads(text)))
            except _UNREADABLE as error:
                self._unreadable(f"run {key}", error)
        return found

    def finished(self) -> set[str]:
        """The keys of finished runs, without reading what they gave."""
        return {key for (key,) in self._rows("SELECT run FROM runs", "runs")}

    def took(self, run: str) -> tuple[int, float]:
        """Calls that the members of a run made, and what the whole of it cost in US dollars.

        Args:
            run: As calls name it, whether or not it came to its end.
        """
        from ....agents.llm.journal.tables import took

        try:
            return took(self._db, run)
        except (sqlite3.Error, UnicodeError) as error:
            self._unreadable("calls", error)
            return 0, 0.0

    def keep_record(self, record: TickRecord) -> None:
        """Write a finished tick, durably, before the next begins.

        Args:
            record: Of the tick.

        Raises:
            OSError: It can't be written: a full disk, or a folder that is gone.
        """
        self._write("INSERT OR REPLACE INTO ticks VALUES (?, ?)", (record.tick, record.to_json()))

    def keep_result(self, key: str, result: RunResult) -> None:
        """Write a finished run.

        Args:
            key: Names it.
            result: What it gave.

        Raises:
            OSError: It can't be written.
        """
        row = (key, json.dumps(result.written(), allow_nan=False))
        self._write("INSERT OR REPLACE INTO runs VALUES (?, ?)", row)

    def _rows(self, statement: str, what: str) -> Iterator[Any]:
        """Rows as far as they can be read."""
        shows = False
        try:
            for row in self._db.execute(statement):
                yield row
                shows = True
        except (sqlite3.Error, UnicodeError) as error:
            self._unreadable(what, error, shows=shows)

    def _unreadable(self, what: str, error: BaseException, *, shows: bool = True) -> None:
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        self._damaged(f"{what} can't be read ({said})", shows=shows)

    def _damaged(self, what: str, *, shows: bool) -> None:
        """Note damage, or refuse to play on; `shows` is whether a report has something to show."""
        if not self.writing:
            self.damage.append(what)
            return
        hint = ", `unscripted report` shows what can be read of this one" if shows else ""
        raise UsageError(f"{self.path} is damaged: {what}; use another folder{hint}")

    def nothing(self, what: str) -> UsageError:
        """Why there is nothing to show.

        Args:
            what: Is looked for, in the singular.
        """
        if self.damage:
            said = "; ".join(self.damage)
            return UsageError(f"{self.path} is damaged: {said}; use another folder")
        return UsageError(f"dir={self.path.parent} holds no finished {what}; play it first")

    def _write(self, statement: str, row: tuple[Any, ...]) -> None:
        """Write one row or nothing of it."""
        try:
            with self._db:
                self._db.execute(statement, row)
        except sqlite3.Error as error:
            raise OSError(f"{self.path}: {error}") from None
