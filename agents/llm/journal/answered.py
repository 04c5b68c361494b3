"""The answers in a journal as a forecast learns from them: what was asked, how it was answered."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .read_only import reading

NEWEST = 1000
"""Answers that are looked at, at most."""
_ANSWERED = (
    "SELECT run, call, request, text, tokens_in, tokens_out, {cached}, latency_s FROM calls"
    f" WHERE failed IS NULL AND tick >= 0 ORDER BY rowid DESC LIMIT {NEWEST}"
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer; probes and calls without one are left out.

    Attributes:
        run: Which run of a comparison; empty where there is only one.
        model: LiteLLM id.
        schema: Name of the answer's schema, with its bounds.
        prompt: All messages as one text.
        text: The answer.
        tokens_in: As counted, those from a cache included.
        tokens_out: Likewise.
        tokens_cached: Of the prompt.
        latency_s: Seconds it took.
        again: Whether the first answer of its decision could not be used.
    """

    run: str
    model: str
    schema: str
    prompt: str
    text: str
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    latency_s: float
    again: bool


def answers_in(path: Path) -> list[Answered]:
    """The newest answers of a folder's journal; none where there is no journal yet.

    Args:
        path: Of the database, which is only read.
    """
    if not path.exists():
        return []
    try:
        with closing(reading(path)) as db:
            return list(answers_of(db))
    except (sqlite3.Error, zlib.error, ValueError):  # damage is said by whoever needs the journal
        return []


def answers_of(db: sqlite3.Connection) -> Iterator[Answered]:
    """The newest answers of an open journal.

    Args:
        db: The database.
    """
    names = {row[1] for row in db.execute("PRAGMA table_info(calls)")}
    if not names:
        return
    cached = "tokens_cached" if "tokens_cached" in names else "0"
    for run, call, packed, text, read, wrote, kept, latency_s in db.execute(
        _ANSWERED.format(cached=cached)
    ):
        model, messages, schema, *_ = json.loads(zlib.decompress(packed))
        prompt = "".join(said for _, said in messages)
        yield Answered(run, model, schema, prompt, text, read, wrote, kept, latency_s, call > 0)
