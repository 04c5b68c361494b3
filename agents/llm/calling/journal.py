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
from pathlib import Path

from ....model.errors import Halt, UsageError
from .request import CallFailed, Completion, Request, Site

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
CREATE TABLE IF NOT EXISTS models (model TEXT PRIMARY KEY, takes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sends (id INTEGER PRIMARY KEY, usd REAL NOT NULL);
"""
_KEY = "run = ? AND tick = ? AND who = ? AND decision = ? AND call = ? AND digest = ?"
_FOUND = (
    "SELECT text, tokens_in, tokens_out, cost_usd, latency_s, finish, served_by, attempts,"
    f" estimated, failed FROM calls WHERE {_KEY}"
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
            self._db = sqlite3.connect(
                path or ":memory:", isolation_level=None, check_same_thread=False, timeout=30.0
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

    def find(self, site: Site, digest: str) -> Completion | None:
        """The answer of a call made before.

        Raises:
            CallFailed: It failed then, and this is a replay.
        """
        with self._one():
            row = self._db.execute(_FOUND, (*_key(site), digest)).fetchone()
        if row is None:
            return None
        (text, tokens_in, tokens_out, cost_usd, latency_s, finish, served_by, attempts,
         estimated, failed) = row  # fmt: skip
        if failed is None:
            return Completion(
                text, tokens_in, tokens_out, cost_usd, latency_s, finish, served_by, attempts,
                bool(estimated),
            )  # fmt: skip
        if self.strict:
            raise CallFailed(failed, text, attempts, cost_usd, latency_s)
        return None  # that was another day; ask again

    def keep(self, site: Site, request: Request, answer: Completion, send: int) -> None:
        """Write an answer, and that its money is no longer set aside."""
        if not send:
            with self._one():
                self._insert(site, request, answer, None)
            return
        with self._whole():
            self._insert(site, request, answer, None)
            self._db.execute("DELETE FROM sends WHERE id = ?", (send,))

    def keep_failure(self, site: Site, request: Request, failure: CallFailed) -> None:
        """Write that a call was given up, for replays; a resumed run asks it again."""
        lost = Completion(
            str(failure), 0, 0, failure.cost_usd, failure.latency_s, attempts=failure.attempts
        )
        with self._one():
            self._insert(site, request, lost, failure.kind)

    def _insert(self, site: Site, request: Request, answer: Completion, failed: str | None) -> None:
        packed = zlib.compress(request.json.encode("utf-8", "replace"), 1)
        row = (
            *_key(site), request.digest, packed, answer.text, answer.tokens_in, answer.tokens_out,
            answer.cost_usd, answer.latency_s, answer.finish, answer.served_by, answer.attempts,
            int(answer.estimated), failed,
        )  # fmt: skip
        self._db.execute(f"INSERT OR REPLACE INTO calls VALUES ({','.join('?' * 17)})", row)

    def about_to_send(self, usd: float) -> int:
        """Write that this much is set aside; what a crash leaves behind counts as spent."""
        with self._one():
            return int(
                self._db.execute("INSERT INTO sends (usd) VALUES (?)", (usd,)).lastrowid or 0
            )

    def not_billed(self, send: int) -> None:
        """Take back what was set aside for a request that was refused."""
        if send:
            with self._one():
                self._db.execute("DELETE FROM sends WHERE id = ?", (send,))

    def hand_over(self, other: Journal) -> None:
        """Copy every call, and what is set aside, into another journal."""
        with other._whole():
            for table, columns in (("calls", 17), ("sends", 2)):
                for row in self._db.execute(f"SELECT * FROM {table}"):
                    values = (None, row[1]) if table == "sends" else row
                    places = ",".join("?" * columns)
                    other._db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({places})", values)

    def spent_usd(self) -> float:
        """What is known to be spent, and what may have been: requests without an answer."""
        known = self._db.execute("SELECT total(cost_usd) FROM calls").fetchone()[0]
        return float(known + self._db.execute("SELECT total(usd) FROM sends").fetchone()[0])

    def count(self) -> int:
        """Answers in it."""
        return int(self._db.execute("SELECT count(*) FROM calls").fetchone()[0])

    def takes(self, model: str) -> str | None:
        """What a model was found to take."""
        row = self._db.execute("SELECT takes FROM models WHERE model = ?", (model,)).fetchone()
        return None if row is None else str(row[0])

    def keep_takes(self, model: str, takes: str) -> None:
        """Write what a model was found to take."""
        with self._one():
            self._db.execute("INSERT OR REPLACE INTO models VALUES (?, ?)", (model, takes))

    @contextmanager
    def _one(self) -> Iterator[None]:
        """One statement; SQLite itself writes it whole or not at all.

        Raises:
            Halt: The journal can't take it: without it nothing may go on.
        """
        try:
            yield
        except sqlite3.Error as error:
            raise Halt("disk", f"{self.path}: {error}") from None

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All statements inside, or none.

        Raises:
            Halt: As `_one`.
        """
        with self._one():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _key(site: Site) -> tuple[str, int, str, str, int]:
    return site.run, site.tick, site.who, str(site.decision), site.call


def _journal(path: Path | None, strict: bool, kept: bytes | None) -> Journal:
    """A journal that was pickled."""
    journal = Journal(path, strict=strict)
    if kept is not None:
        journal._db.deserialize(kept)
    return journal
