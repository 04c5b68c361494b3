"""A run's folder: what it holds survives any crash, and never mixes two configurations.

config.json       the resolved configuration
study.yaml        the same as a file for --config
journal.sqlite    every finished tick (run) or run (compare), written as it finishes; every call
ticks, agents     the same as .parquet and .csv, for analysis
figures/          PNG and SVG
report.html       one page
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from ....model.errors import UsageError
from ....model.record import TickRecord
from ..config.files import options_text
from ..config.identity import FREE, Config, as_options, from_json, objects_in, to_json
from ..results.run_result import RunResult

if TYPE_CHECKING:
    import pandas as pd

JOURNAL = "journal.sqlite"
LOCK = ".lock"
OWN = {LOCK, ".config.json.part"}
"""What a folder may hold that was left before it had a configuration."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS ticks (tick INTEGER PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (run TEXT PRIMARY KEY, result TEXT NOT NULL);
"""


class Folder:
    """A run folder, open for one configuration.

    Args:
        path: Made if it isn't there.
        config: Must equal the one in the folder, if there is one.
        alone: Take the folder's lock: nobody else may play into it meanwhile.

    Raises:
        UsageError: It holds another configuration, something else, is in use, or can't be written;
            nothing was touched.
    """

    def __init__(self, path: Path, config: Config, *, alone: bool = False) -> None:
        self.path = path
        self._config = config
        self._lock = FileLock(path / LOCK, timeout=0)
        there = path / "config.json"
        if there.exists():
            _require_same(path, _read_json(there), to_json(config))
        elif path.exists() and (not path.is_dir() or {p.name for p in path.iterdir()} - OWN):
            raise UsageError(f"out={path} holds other files; use an empty or new folder")
        if (path / "ticks.csv").exists() and not self.journal.exists():
            raise UsageError(f"{self.journal} is gone; use another folder")
        try:
            path.mkdir(parents=True, exist_ok=True)
            if alone:
                self._lock.acquire()
            if not there.exists():
                write_text(there, json.dumps(to_json(config), indent=2) + "\n")
            if not ((study := path / "study.yaml").exists() or objects_in(config)):
                write_text(study, options_text(*as_options(config)))
            self._db = sqlite3.connect(path / JOURNAL, timeout=30.0, check_same_thread=False)
            self._db.executescript("PRAGMA journal_mode=WAL;" + SCHEMA)
        except Timeout:
            raise UsageError(
                f"out={path} is in use by another process; wait for it, or use another folder"
            ) from None
        except sqlite3.DatabaseError as error:
            self._lock.release()
            what = f"{self.journal} can't be used: {error}"
            raise UsageError(f"{what}; use another folder") from None
        except OSError as error:
            self._lock.release()
            raise UsageError(f"out={path} can't be written: {error}; use another folder") from None

    @classmethod
    def existing(cls, path: Path) -> Folder:
        """Open the folder of an earlier run.

        Raises:
            UsageError: There is none.
        """
        there = path / "config.json"
        if not there.is_file():
            raise UsageError(f"dir={path} holds no config.json; give the folder of a run")
        return cls(path, from_json(_read_json(there)))

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        if self._lock.is_locked:  # unlinked while held; who opened it meanwhile sees that it's gone
            (self.path / LOCK).unlink(missing_ok=True)
            self._lock.release()

    @property
    def config(self) -> Config:
        """What it holds."""
        return self._config

    @property
    def journal(self) -> Path:
        """The database, which also holds the calls of real models."""
        return self.path / JOURNAL

    def records(self) -> list[TickRecord]:
        """The finished ticks of a run, in order."""
        return [self._parse(tick, text) for tick, text in self.texts()]

    def texts(self) -> list[tuple[int, str]]:
        """The finished ticks of a run as they were written, in order."""
        return self._db.execute("SELECT tick, record FROM ticks ORDER BY tick").fetchall()

    def _parse(self, tick: int, text: str) -> TickRecord:
        try:
            return TickRecord.from_json(text)
        except (ValueError, TypeError, KeyError, AttributeError, AssertionError) as error:
            cause = f"{type(error).__name__}: {error}"
            raise UsageError(
                f"{self.journal}: tick {tick} can't be read ({cause}); use another folder"
            ) from None

    def keep_record(self, record: TickRecord) -> None:
        """Write a finished tick, durably, before the next begins."""
        self._write("INSERT OR REPLACE INTO ticks VALUES (?, ?)", (record.tick, record.to_json()))

    def results(self) -> dict[str, RunResult]:
        """The finished runs of a comparison or scenario, by key."""
        rows = self._db.execute("SELECT run, result FROM runs").fetchall()
        return {key: RunResult.of(json.loads(text)) for key, text in rows}

    def finished(self) -> set[str]:
        """The keys of finished runs, without reading what they gave."""
        return {key for (key,) in self._db.execute("SELECT run FROM runs")}

    def keep_result(self, key: str, result: RunResult) -> None:
        """Write a finished run of a comparison or scenario.

        Args:
            key: Names the run.
            result: What it gave.
        """
        row = (key, json.dumps(result.body(), allow_nan=False))
        self._write("INSERT OR REPLACE INTO runs VALUES (?, ?)", row)

    def _write(self, statement: str, row: tuple[Any, ...]) -> None:
        """Write one row or nothing of it.

        Raises:
            OSError: The journal can't take it: a full disk, or a folder that is gone.
        """
        try:
            with self._db:
                self._db.execute(statement, row)
        except sqlite3.Error as error:
            raise OSError(f"{self.journal}: {error}") from None

    def export(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table as `name.parquet` and `name.csv`.

        Args:
            name: Of both files.
            frame: The table.
        """
        for suffix, write in (("parquet", frame.to_parquet), ("csv", frame.to_csv)):
            part = self.path / f".{name}.{suffix}.part"
            write(part, index=False)
            os.replace(part, self.path / f"{name}.{suffix}")


def write_text(path: Path, text: str) -> None:
    """Write a whole file or nothing of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} can't be read: {error}; use another folder") from None
    if not isinstance(body, dict):
        raise UsageError(f"{path} is not a run's configuration; use another folder")
    return body


def _require_same(path: Path, there: dict[str, Any], asked: dict[str, Any]) -> None:
    """Refuse to mix configurations; name the first thing that differs."""
    flat_there, flat_asked = dict(_flat(there)), dict(_flat(asked))
    for key in sorted(flat_there.keys() | flat_asked.keys()):
        if key.rpartition(".")[2] in FREE:
            continue
        old, new = flat_there.get(key), flat_asked.get(key)
        if old != new:
            raise UsageError(
                f"out={path} holds a run with {key}={old}, not {new}; use another --out folder"
            )


def _flat(body: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a JSON body with the way to it."""
    if not isinstance(body, dict | list):
        yield prefix.removesuffix("."), body
        return
    for key, value in body.items() if isinstance(body, dict) else enumerate(body):
        yield from _flat(value, f"{prefix}{key}.")
