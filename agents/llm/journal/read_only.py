"""Opens a database that somebody else wrote, without leaving a trace beside it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

LOCKED_S = 30.0
"""Seconds that a database waits for another process."""


def reading(path: Path) -> sqlite3.Connection:
    """A connection that only reads; on read-only media, too.

    Args:
        path: Of the database.

    Raises:
        sqlite3.Error: It can't be read.
    """
    where = path.resolve().as_uri()
    if path.with_name(f"{path.name}-wal").exists():  # somebody writes, or died while writing
        try:
            return _opened(f"{where}?mode=ro")
        except sqlite3.OperationalError:  # nobody can write here: what is there is all there is
            return _opened(f"{where}?immutable=1")
    return _opened(f"{where}?immutable=1")


def _opened(uri: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=LOCKED_S
    )
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        db.close()
        raise
    return db
