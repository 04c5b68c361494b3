"""The tables of a journal, and how one of an earlier version becomes one of this."""

from __future__ import annotations

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    run TEXT NOT NULL, tick INTEGER NOT NULL, who TEXT NOT NULL, decision TEXT NOT NULL,
    call INTEGER NOT NULL, digest TEXT NOT NULL,
    request BLOB NOT NULL, text TEXT NOT NULL, tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL, cost_usd REAL, latency_s REAL NOT NULL, finish TEXT NOT NULL,
    served_by TEXT NOT NULL, attempts INTEGER NOT NULL, estimated INTEGER NOT NULL,
    failed TEXT, tokens_cached INTEGER NOT NULL DEFAULT 0,
    tokens_written INTEGER NOT NULL DEFAULT 0, tokens_reasoning INTEGER NOT NULL DEFAULT 0,
    cost_usd_uncached REAL, completion_tokens INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, tick, who, decision, call, digest)
);
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, run TEXT NOT NULL, tick INTEGER NOT NULL, who TEXT NOT NULL,
    decision TEXT NOT NULL, call INTEGER NOT NULL, worst_usd REAL, ended TEXT,
    tokens_in INTEGER NOT NULL DEFAULT 0, tokens_out INTEGER NOT NULL DEFAULT 0,
    tokens_cached INTEGER NOT NULL DEFAULT 0, tokens_written INTEGER NOT NULL DEFAULT 0,
    tokens_reasoning INTEGER NOT NULL DEFAULT 0, cost_usd REAL, cost_usd_uncached REAL
);
CREATE INDEX IF NOT EXISTS requests_of ON requests (run, tick, who, decision, call);
CREATE TABLE IF NOT EXISTS capabilities (
    model TEXT NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (model, revision)
);
"""
"""`ended` is null while a request is in flight, and stays so where its process died."""
CALL = (
    "run", "tick", "who", "decision", "call", "digest", "request", "text", "tokens_in",
    "tokens_out", "cost_usd", "latency_s", "finish", "served_by", "attempts", "estimated",
    "failed", "tokens_cached", "tokens_written", "tokens_reasoning", "cost_usd_uncached",
    "completion_tokens",
)  # fmt: skip
REQUEST = (
    "run", "tick", "who", "decision", "call", "worst_usd", "ended", "tokens_in", "tokens_out",
    "tokens_cached", "tokens_written", "tokens_reasoning", "cost_usd", "cost_usd_uncached",
)  # fmt: skip
CAPABILITIES = ("model", "revision", "body")
COPIED = {"calls": CALL, "requests": REQUEST, "capabilities": CAPABILITIES}
KEY = "run = ? AND tick = ? AND who = ? AND decision = ? AND call = ?"
INTO_CALLS = f"({', '.join(CALL)}) VALUES ({', '.join('?' * len(CALL))})"
SEND = "INSERT INTO requests (run, tick, who, decision, call, worst_usd) VALUES (?,?,?,?,?,?)"
END = (
    "UPDATE requests SET ended = ?, tokens_in = ?, tokens_out = ?, tokens_cached = ?,"
    " tokens_written = ?, tokens_reasoning = ?, cost_usd = ?, cost_usd_uncached = ? WHERE id = ?"
)
BILLED = (
    "tokens_in, tokens_out, tokens_cached, tokens_written, tokens_reasoning, cost_usd,"
    " cost_usd_uncached"
)
OF_MEMBERS = (
    "SELECT DISTINCT run, tick, who, decision, call FROM calls WHERE run = ?"
    " AND who LIKE 'member %'"
)
SENT = f"SELECT 1 FROM requests WHERE {KEY} LIMIT 1"
OF_DECISION = (
    f"SELECT {BILLED} FROM requests WHERE run = ? AND tick = ? AND who = ? AND decision = ?"
    " AND ended IN ('usable', 'unusable') ORDER BY id"
)
EARLIER = (
    f"SELECT run, tick, who, decision, call, ended, {BILLED} FROM requests r"
    " WHERE ended IS NOT NULL AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.failed IS NULL AND"
    " (c.run, c.tick, c.who, c.decision, c.call) = (r.run, r.tick, r.who, r.decision, r.call))"
)
"""Requests that ended, of calls without an answer."""
ADDED = {
    "tokens_cached": "INTEGER NOT NULL DEFAULT 0",
    "tokens_written": "INTEGER NOT NULL DEFAULT 0",
    "tokens_reasoning": "INTEGER NOT NULL DEFAULT 0",
    "cost_usd_uncached": "REAL",
    "completion_tokens": "INTEGER NOT NULL DEFAULT 0",
}
"""Columns of `calls` that the first version didn't have."""
_FROM_FIRST = """
INSERT INTO requests (run, tick, who, decision, call, ended, tokens_in, tokens_out, cost_usd,
    cost_usd_uncached)
    SELECT run, tick, who, decision, call, iif(failed IS NULL, 'usable', 'refused'), tokens_in,
    tokens_out, cost_usd, cost_usd FROM calls;
INSERT INTO requests (run, tick, who, decision, call, worst_usd, ended)
    SELECT '', -1, 'unknown', '0', 0, usd, 'unknown' FROM sends;
INSERT INTO capabilities SELECT model, 0, capabilities FROM models;
DROP TABLE sends;
DROP TABLE models;
"""


def prepare(db: sqlite3.Connection) -> None:
    """Make what is missing of the tables.

    Args:
        db: Open for writing.

    Raises:
        sqlite3.Error: It can't be written.
    """
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + SCHEMA)
    there = columns(db, "calls")
    for name, kind in ADDED.items():
        if name not in there:
            db.execute(f"ALTER TABLE calls ADD COLUMN {name} {kind}")
    if there and "cost_usd_uncached" not in there:
        db.execute("UPDATE calls SET cost_usd_uncached = cost_usd")
    if columns(db, "sends"):
        db.executescript(f"BEGIN;{_FROM_FIRST}COMMIT;")


def columns(db: sqlite3.Connection, table: str) -> set[str]:
    """The columns of a table; none where it isn't there.

    Args:
        db: Open.
        table: Its name.
    """
    return {name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")}


def took(db: sqlite3.Connection, run: str) -> tuple[int, float]:
    """Calls that a run's members made, and what the whole of it cost in US dollars.

    Args:
        db: Open; one without calls gives none.
        run: As calls name it.
    """
    if not columns(db, "calls"):
        return 0, 0.0
    billed = "requests WHERE ended IN ('usable', 'unusable')"
    where = f"{billed} AND" if columns(db, "requests") else "calls WHERE"
    (usd,) = db.execute(f"SELECT total(cost_usd) FROM {where} run = ?", (run,)).fetchone()
    return len(db.execute(OF_MEMBERS, (run,)).fetchall()), float(usd)


def selected(db: sqlite3.Connection) -> str:
    """The columns of `calls` to be read, with what stands for those that an old one lacks.

    Args:
        db: Open.
    """
    there = columns(db, "calls")
    stand_in = {name: "cost_usd" if name == "cost_usd_uncached" else "0" for name in ADDED}
    return ", ".join(name if name in there else stand_in[name] for name in CALL[7:])


def find_statement(db: sqlite3.Connection) -> str:
    """What looks for a call by its key and its request's digest.

    Args:
        db: Open.
    """
    return f"SELECT {selected(db)} FROM calls WHERE {KEY} AND digest = ?"


def has_requests(db: sqlite3.Connection) -> bool:
    """Whether an earlier process sent requests, as far as the journal says.

    Args:
        db: Open.
    """
    known = bool(columns(db, "requests"))
    return known and db.execute("SELECT 1 FROM requests LIMIT 1").fetchone() is not None
