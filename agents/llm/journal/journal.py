"""Every call, written before its agent acts on it: nothing is paid twice, all can be replayed.

A call's key is its place in the run (run, tick, who, decision, call) and the digest of what was
asked. Replicates differ in their decision's seed, so they never share a sample. Beside the calls
stand all requests sent for them, each written before it is sent and again when it has ended, so
that what is owed is known whatever happens. SQLite in WAL mode survives the death of the process
at any point; after a power failure the last few calls may be missing and are asked again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ....model.errors import Halt, UsageError
from ..billing.bill import NOTHING, Bill, End
from ..billing.tokens import Tokens
from ..request import CallFailed, CallKey, Completion, Request
from . import tables
from .answered import Answered, answers_of
from .read_only import LOCKED_S, reading
from .rows import Earlier, Sent, bill_of, billed, columns_of, values_of

FINAL = frozenset({"refused", "used up", "empty", "unreadable"})
"""Failures that were answered: where the answer is owed, a resumed run doesn't buy another."""


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
            else:
                where = path or ":memory:"
                self._db = sqlite3.connect(
                    where, isolation_level=None, check_same_thread=False, timeout=LOCKED_S
                )
                tables.prepare(self._db)
            self._read_up()
        except sqlite3.Error as error:
            raise UsageError(f"{path} can't be opened: {error}; use another folder") from None

    def _read_up(self) -> None:
        """Get ready to find what is there."""
        self._find = tables.find_statement(self._db)
        self.continued = tables.has_requests(self._db)
        self._earlier: dict[tuple[Any, ...], list[Bill | None]] = {}
        if tables.columns(self._db, "requests") and not self.strict:
            rows = self._db.execute(tables.EARLIER)
            for run, tick, who, decision, call, ended, *counted in rows:
                bill = bill_of(counted) if ended in (End.USABLE, End.UNUSABLE) else None
                self._earlier.setdefault((run, tick, who, decision, call), []).append(bill)

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
            None where there is none, or the call failed for nothing: a resumed run makes it again.

        Raises:
            CallFailed: It failed, and this is a replay, or the failure is paid or was acted on.
            Halt: The journal can't be read.
        """
        with self._statement():
            row = self._db.execute(self._find, (*values_of(key), digest)).fetchone()
            looked = not self.strict and row is not None
            went_on = looked and self._db.execute(tables.SENT, values_of(key, 1)).fetchone()
        if row is None:
            return None
        (
            text, tokens_in, tokens_out, cost_usd, latency_s, finish, served_by, attempts,
            estimated, failed, cached, written, reasoning, uncached_usd, completion_tokens,
        ) = row  # fmt: skip
        tokens = Tokens(tokens_in, tokens_out, cached, written, reasoning)
        bill = Bill(tokens, cost_usd, uncached_usd)
        if failed is None:
            return Completion(
                text, bill, latency_s, finish, served_by, attempts, bool(estimated),
                completion_tokens,
            )  # fmt: skip
        paid = failed in FINAL and tokens_in + tokens_out > 0
        if self.strict or paid or went_on:
            raise CallFailed(failed, text, attempts=attempts, bill=bill, latency_s=latency_s)
        return None

    def earlier(self, key: CallKey) -> Earlier:
        """What an earlier process had sent for a call that it could not finish.

        Args:
            key: Of the call.
        """
        bills = self._earlier.pop(values_of(key), None)
        if bills is None:
            return Earlier()
        return Earlier(len(bills), Bill.together(b for b in bills if b is not None))

    def keep(self, key: CallKey, request: Request, answer: Completion, sent: Sent) -> None:
        """Write an answer, and that its request has ended.

        Args:
            key: Where in the run the call was made.
            request: What was asked.
            answer: What came back.
            sent: The request that brought it.

        Raises:
            Halt: It can't be written.
        """
        with self._transaction():
            self._insert(key, request, answer, None)
            self._db.execute(tables.END, (End.USABLE, *billed(sent.bill), sent.id))

    def keep_failure(self, key: CallKey, request: Request, failure: CallFailed) -> None:
        """Write that a call was given up: replays find it, and who resumes where it was paid.

        Args:
            key: Where in the run the call was made.
            request: What was asked.
            failure: Why there is no answer.

        Raises:
            Halt: It can't be written.
        """
        lost = Completion(str(failure), failure.bill, failure.latency_s, attempts=failure.attempts)
        with self._statement():
            self._insert(key, request, lost, failure.kind)

    def _insert(
        self, key: CallKey, request: Request, answer: Completion, failed: str | None
    ) -> None:
        row = (*values_of(key), *columns_of(request, answer, failed))
        self._db.execute(f"INSERT OR REPLACE INTO calls {tables.INTO_CALLS}", row)

    def send(self, key: CallKey, worst_usd: float | None) -> int:
        """Write that a request is about to be sent; what a crash leaves behind counts as spent.

        Args:
            key: Of the call it is sent for.
            worst_usd: The most it may cost, in US dollars; None where no price is known.

        Returns:
            A number for it, 1 or more.

        Raises:
            Halt: It can't be written.
        """
        with self._statement():
            sent = self._db.execute(tables.SEND, (*values_of(key), worst_usd))
        return int(sent.lastrowid or 0)

    def end(self, sent: int, end: End, bill: Bill = NOTHING) -> None:
        """Write what a request came to that brought no usable answer.

        Args:
            sent: As given by `send`.
            end: How it ended.
            bill: What is owed for it.

        Raises:
            Halt: It can't be written.
        """
        with self._statement():
            self._db.execute(tables.END, (end, *billed(bill), sent))

    def copy_to(self, other: Journal) -> None:
        """Copy all of it into another journal.

        Args:
            other: Keeps what it has; of equal calls the copied one stays.

        Raises:
            Halt: It can't be written; then nothing was.
        """
        with other._transaction():
            for table, names in tables.COPIED.items():
                listed, places = ", ".join(names), ", ".join("?" * len(names))
                into = f"INSERT OR REPLACE INTO {table} ({listed}) VALUES ({places})"
                other._db.executemany(into, self._db.execute(f"SELECT {listed} FROM {table}"))

    def spent_usd(self) -> float:
        """The bills of all answered requests, as far as their prices are known."""
        ended = "requests WHERE ended IN ('usable', 'unusable')"
        where = ended if tables.columns(self._db, "requests") else "calls"
        return float(self._db.execute(f"SELECT total(cost_usd) FROM {where}").fetchone()[0])

    def held_usd(self) -> float:
        """The most that requests may have cost whose end nobody knows."""
        held = "total(worst_usd) FROM requests WHERE ended IS NULL OR ended = 'unknown'"
        if not tables.columns(self._db, "requests"):
            held = "total(usd) FROM sends"
        return float(self._db.execute(f"SELECT {held}").fetchone()[0])

    def excess(self) -> float:
        """By how much the dearest bill exceeded what was set aside for it; a factor, at least 1."""
        if not tables.columns(self._db, "requests"):
            return 1.0
        dearest = "max(cost_usd / worst_usd) FROM requests WHERE worst_usd > 0"
        return max(1.0, self._db.execute(f"SELECT {dearest}").fetchone()[0] or 1.0)

    def billed(self, key: CallKey) -> Bill:
        """What is owed for all requests of a decision, whichever call they were sent for.

        Args:
            key: Of one of its calls.
        """
        with self._statement():
            rows = self._db.execute(tables.OF_DECISION, values_of(key)[:-1]).fetchall()
        return Bill.together(bill_of(list(row)) for row in rows)

    def of_members(self, run: str) -> set[CallKey]:
        """Where a run's members made a call, whatever came of it.

        Args:
            run: As calls name it.
        """
        with self._statement():
            rows = self._db.execute(tables.OF_MEMBERS, (run,)).fetchall()
        return {CallKey(run, tick, who, int(seed), call) for run, tick, who, seed, call in rows}

    def took(self, run: str) -> tuple[int, float]:
        """Calls that a run's members made, and what the whole of it cost in US dollars.

        Args:
            run: As calls name it.
        """
        with self._statement():
            return tables.took(self._db, run)

    def answered(self) -> list[Answered]:
        """The newest answers in it, to learn from."""
        return list(answers_of(self._db))

    def count(self) -> int:
        """Calls in it."""
        return int(self._db.execute("SELECT count(*) FROM calls").fetchone()[0])

    def capabilities(self, model: str) -> list[str]:
        """What a model was found capable of, oldest first: each revision as it was kept.

        Args:
            model: As the user wrote it.

        Raises:
            Halt: The journal can't be read.
        """
        with self._statement():
            if tables.columns(self._db, "capabilities"):
                known = "SELECT body FROM capabilities WHERE model = ? ORDER BY revision"
            else:
                known = "SELECT capabilities FROM models WHERE model = ?"
            return [str(body) for (body,) in self._db.execute(known, (model,))]

    def keep_capabilities(self, model: str, revision: int, body: str) -> None:
        """Write what a model was found capable of.

        Args:
            model: As the user wrote it.
            revision: From 0.
            body: JSON.

        Raises:
            Halt: It can't be written.
        """
        with self._statement():
            values = (model, revision, body)
            self._db.execute("INSERT OR REPLACE INTO capabilities VALUES (?, ?, ?)", values)

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


def _journal(path: Path | None, strict: bool, kept: bytes | None) -> Journal:
    """A journal that was pickled."""
    journal = Journal(path, strict=strict)
    if kept is not None:
        journal._db.deserialize(kept)
        journal._read_up()
    return journal
