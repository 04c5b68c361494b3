"""Every call, written before its agent acts on it: nothing is paid twice, all can be replayed.

A call's key is its place in the run (run, tick, who, decision, call) and the digest of what was
asked. Replicates differ in their decision's seed, so they never share a sample. SQLite in WAL mode
survives the death of the process at any point; after a power failure the last few calls may be
missing and are asked again.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ....model.errors import Halt, UsageError
from ..request import CallFailed, CallKey, Completion, Request
from .read_only import reading

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    run TEXT NOT NULL, tick INTEGER NOT NULL, who TEXT NOT NULL, decision TEXT NOT NULL,
    call INTEGER NOT NULL, digest TEXT NOT NULL,
    request BLOB NOT NULL, text TEXT NOT NULL, tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL, cost_usd REAL, latency_s REAL NOT NULL, finish TEXT NOT NULL,
    served_by TEXT NOT NULL, attempts INTEGER NOT NULL, estimated INTEGER NOT NULL,
    failed TEXT,
    PRIMARY KEY (run, tick, who, decision, call, digest)
);
CREATE TABLE IF NOT EXISTS models (model TEXT PRIMARY KEY, capabilities TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sends (id INTEGER PRIMARY KEY, usd REAL NOT NULL);
"""
COLUMNS = {"calls": 17, "sends": 2}
LOCKED_S = 30.0
"""Seconds that a write waits for another process."""
_KEY = "run = ? AND tick = ? AND who = ? AND decision = ? AND call = ? AND digest = ?"
_FIND = (
    "SELECT failed, text, tokens_in, tokens_out, cost_usd, latency_s, finish, served_by, attempts,"
    f" estimated FROM calls WHERE {_KEY}"
)


class Journal:
    """The calls of one folder.

    Args:
        path: The database; None keeps calls in memory only.
        strict: Only reads: what isn't there is an error and nothing may be sent.

    Raises:
        UsageError: It can't be opened.
    """

    def __init__(self, path: Path | None = None, *, strict: bool = False) -> None:
        self.path = path
        self.strict = strict
        try:
            if strict and path is not None:
                self._db = reading(path)
                return
            self._db = sqlite3.connect(
                path or ":memory:", isolation_level=None, check_same_thread=False, timeout=LOCKED_S
            )
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + SCHEMA)
        except sqlite3.Error as error:
            raise UsageError(f"{path} can't be opened: {error}; use another folder") from None

    def __reduce__(self) -> tuple[object, ...]:
        """By its file; one in memory takes its calls along."""
        kept = None if self.path is not None else self._db.serialize()
        return _journal, (self.path, self.strict, kept)

    def close(self) -> None:
        """Close it; the folder can be copied afterwards."""
        self._db.close()

    def find(self, key: CallKey, digest: str) -> Completion | None:
        """The answer of a call made before.

        Args:
            key: Where in the run it was made.
            digest: Of its request.

        Returns:
            None where there is none, or the call failed: a resumed run makes it again.

        Raises:
            CallFailed: It failed, and this is a replay.
            Halt: The journal can't be read.
        """
        with self._statement():
            row = self._db.execute(_FIND, (*_values(key), digest)).fetchone()
        if row is None:
            return None
        failed, *answer = row
        found = Completion(*answer)
        if failed is None:
            return replace(found, estimated=bool(found.estimated))
        if self.strict:
            raise CallFailed(failed, found.text, found.attempts, found.cost_usd, found.latency_s)
        return None

    def keep(self, key: CallKey, request: Request, answer: Completion, send: int) -> None:
        """Write an answer, and that its money is no longer set aside.

        Args:
            key: Where in the run the call was made.
            request: What was asked.
            answer: What came back.
            send: As given by `set_aside`; 0 where nothing was.

        Raises:
            Halt: It can't be written.
        """
        if not send:
            with self._statement():
                self._insert(key, request, answer, None)
            return
        with self._transaction():
            self._insert(key, request, answer, None)
            self._db.execute("DELETE FROM sends WHERE id = ?", (send,))

    def keep_failure(self, key: CallKey, request: Request, failure: CallFailed) -> None:
        """Write that a call was given up, for replays; a resumed run makes it again.

        Args:
            key: Where in the run the call was made.
            request: What was asked.
            failure: Why there is no answer.

        Raises:
            Halt: It can't be written.
        """
        lost = Completion(
            str(failure), 0, 0, failure.cost_usd, failure.latency_s, attempts=failure.attempts
        )
        with self._statement():
            self._insert(key, request, lost, failure.kind)

    def _insert(
        self, key: CallKey, request: Request, answer: Completion, failed: str | None
    ) -> None:
        packed = zlib.compress(request.json.encode("utf-8", "replace"), 1)
        row = (
            *_values(key), request.digest, packed, answer.text, answer.tokens_in, answer.tokens_out,
            answer.cost_usd, answer.latency_s, answer.finish, answer.served_by, answer.attempts,
            int(answer.estimated), failed,
        )  # fmt: skip
        places = ",".join("?" * COLUMNS["calls"])
        self._db.execute(f"INSERT OR REPLACE INTO calls VALUES ({places})", row)

    def set_aside(self, usd: float) -> int:
        """Write that a request is about to be sent; what a crash leaves behind counts as spent.

        Args:
            usd: The most it may cost, in US dollars.

        Returns:
            A number for it, 1 or more.

        Raises:
            Halt: It can't be written.
        """
        with self._statement():
            sends = self._db.execute("INSERT INTO sends (usd) VALUES (?)", (usd,))
        return int(sends.lastrowid or 0)

    def take_back(self, send: int) -> None:
        """Write that a request was refused, so that nothing is owed for it.

        Args:
            send: As given by `set_aside`; 0 does nothing.

        Raises:
            Halt: It can't be written.
        """
        if send:
            with self._statement():
                self._db.execute("DELETE FROM sends WHERE id = ?", (send,))

    def copy_to(self, other: Journal) -> None:
        """Copy every call, and what is set aside, into another journal.

        Args:
            other: Keeps what it has; of equal calls the copied one stays.

        Raises:
            Halt: It can't be written; then nothing was.
        """
        with other._transaction():
            for table, columns in COLUMNS.items():
                for row in self._db.execute(f"SELECT * FROM {table}"):
                    values = (None, row[1]) if table == "sends" else row
                    places = ",".join("?" * columns)
                    other._db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({places})", values)

    def spent_usd(self) -> float:
        """What is known to be spent, and what may have been: requests without an answer."""
        known = self._db.execute("SELECT total(cost_usd) FROM calls").fetchone()[0]
        return float(known + self._db.execute("SELECT total(usd) FROM sends").fetchone()[0])

    def count(self) -> int:
        """Calls in it."""
        return int(self._db.execute("SELECT count(*) FROM calls").fetchone()[0])

    def capabilities(self, model: str) -> str | None:
        """What a model was found capable of, as it was kept.

        Args:
            model: As the user wrote it.
        """
        found = self._db.execute("SELECT capabilities FROM models WHERE model = ?", (model,))
        row = found.fetchone()
        return None if row is None else str(row[0])

    def keep_capabilities(self, model: str, capabilities: str) -> None:
        """Write what a model was found capable of.

        Args:
            model: As the user wrote it.
            capabilities: JSON.

        Raises:
            Halt: It can't be written.
        """
        with self._statement():
            values = (model, capabilities)
            self._db.execute("INSERT OR REPLACE INTO models VALUES (?, ?)", values)

    @contextmanager
    def _statement(self) -> Iterator[None]:
        """One statement; SQLite itself writes it whole or not at all.

        Raises:
            Halt: The journal can't take it: without it nothing may go on.
        """
        try:
            yield
        except sqlite3.Error as error:
            raise Halt("disk", f"{self.path}: {error}") from None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All statements inside, or none.

        Raises:
            Halt: As `_statement`.
        """
        with self._statement():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _values(key: CallKey) -> tuple[str, int, str, str, int]:
    """A key as its columns hold it; SQLite's integers are too short for a decision's seed."""
    return key.run, key.tick, key.who, str(key.decision), key.call


def _journal(path: Path | None, strict: bool, kept: bytes | None) -> Journal:
    """A journal that was pickled."""
    journal = Journal(path, strict=strict)
    if kept is not None:
        journal._db.deserialize(kept)
    return journal
