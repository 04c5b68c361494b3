"""Every call is kept, found again, and survives a crash."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fakes import CALL, REQUEST

from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.request import CallFailed, CallKey, Completion
from unscripted.model.errors import Halt, UsageError

CHECK = settings(max_examples=60, deadline=None)
ANSWER = Completion("yes", 10, 5, 0.25, 1.5, "stop", "m-2025", 2, True)
OTHER = replace(REQUEST, messages=(("user", "ho"),))
COUNT = st.integers(0, 2**53)
MONEY = st.none() | st.floats(0, 1e6)
COMPLETIONS = st.builds(
    Completion, st.text(min_size=1), COUNT, COUNT, MONEY, st.floats(0, 1e6), st.text(), st.text(),
    st.integers(1, 99), st.booleans(),
)  # fmt: skip
KEYS = st.builds(
    CallKey,
    st.text(),
    st.integers(-1, 10**6),
    st.text(),
    st.integers(0, 2**64 - 1),
    st.integers(0, 9),
)


@CHECK
@given(KEYS, COMPLETIONS)
def test_what_was_kept_is_found(site, answer):
    journal = Journal()
    assert journal.find(site, REQUEST.digest) is None
    journal.keep(site, REQUEST, answer, 0)
    assert journal.find(site, REQUEST.digest) == answer
    assert journal.count() == 1
    journal.close()


@pytest.mark.parametrize(
    ("site", "request_"),
    [
        (replace(CALL, run="other"), REQUEST),
        (replace(CALL, tick=4), REQUEST),
        (replace(CALL, who="member 11"), REQUEST),
        (replace(CALL, decision=2**64 - 2), REQUEST),
        (replace(CALL, call=0), REQUEST),
        (replace(CALL, call=2), REQUEST),
        (CALL, OTHER),
    ],
    ids=["run", "tick", "who", "decision", "call before", "call after", "request"],
)
def test_no_other_call_is_found(site, request_):
    journal = Journal()
    journal.keep(CALL, REQUEST, ANSWER, 0)
    assert journal.find(site, request_.digest) is None
    journal.keep(site, request_, replace(ANSWER, text="no"), 0)
    assert journal.find(CALL, REQUEST.digest) == ANSWER


def test_only_a_replay_finds_failures(tmp_path):
    journal = Journal(tmp_path / "j.db")
    failure = CallFailed("rate limit", "slow down", 7, 0.0, 12.5)
    journal.keep_failure(CALL, REQUEST, failure)
    assert journal.find(CALL, REQUEST.digest) is None
    replay = Journal(tmp_path / "j.db", strict=True)
    with pytest.raises(CallFailed, match="slow down") as caught:
        replay.find(CALL, REQUEST.digest)
    again = caught.value
    assert (again.kind, again.attempts, again.cost_usd, again.latency_s) == (
        "rate limit", 7, 0.0, 12.5,
    )  # fmt: skip
    journal.keep(CALL, REQUEST, ANSWER, 0)
    assert journal.find(CALL, REQUEST.digest) == replay.find(CALL, REQUEST.digest) == ANSWER


def test_money_set_aside_counts_as_spent(tmp_path):
    journal = Journal(tmp_path / "j.db")
    assert journal.spent_usd() == 0.0
    first, second, third = (journal.set_aside(usd) for usd in (1.0, 2.0, 4.0))
    assert len({first, second, third, 0}) == 4
    assert journal.spent_usd() == 7.0
    journal.keep(CALL, REQUEST, ANSWER, first)
    assert journal.spent_usd() == 6.25
    journal.take_back(second)
    journal.take_back(0)
    assert journal.spent_usd() == 4.25
    journal.keep(replace(CALL, call=2), REQUEST, replace(ANSWER, cost_usd=None), 0)
    journal.keep_failure(replace(CALL, call=3), REQUEST, CallFailed("server", "x"))
    assert journal.spent_usd() == Journal(tmp_path / "j.db").spent_usd() == 4.25


def test_never_closed_loses_nothing(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    journal = Journal(folder / "j.db")
    for tick in range(50):
        journal.keep(replace(CALL, tick=tick), REQUEST, ANSWER, 0)
    journal.keep_capabilities("m", "{}")
    journal.set_aside(1.0)
    shutil.copytree(folder, tmp_path / "copy")  # as the death of the process leaves it
    for path in (folder, tmp_path / "copy"):
        found = Journal(path / "j.db")
        assert found.count() == 50
        assert found.find(replace(CALL, tick=49), REQUEST.digest) == ANSWER
        assert found.capabilities("m") == "{}"
        assert found.spent_usd() == 50 * 0.25 + 1.0


def test_a_copy_holds_both(tmp_path):
    first, second = Journal(), Journal(tmp_path / "j.db")
    first.keep(CALL, REQUEST, ANSWER, 0)
    first.keep_failure(replace(CALL, call=2), REQUEST, CallFailed("server", "x"))
    second.keep(CALL, OTHER, replace(ANSWER, text="no"), 0)
    for journal in (first, second):
        journal.set_aside(1.0)
    first.copy_to(second)
    assert second.count() == 3
    assert second.find(CALL, REQUEST.digest) == ANSWER
    assert second.find(CALL, OTHER.digest) == replace(ANSWER, text="no")
    assert second.spent_usd() == 2 * 0.25 + 2 * 1.0


def test_a_closed_journal_is_one_file(tmp_path):
    journal = Journal(tmp_path / "j.db")
    journal.keep(CALL, REQUEST, ANSWER, 0)
    journal.close()
    assert [p.name for p in tmp_path.iterdir()] == ["j.db"]
    shutil.copy(tmp_path / "j.db", tmp_path / "copy.db")
    assert Journal(tmp_path / "copy.db", strict=True).find(CALL, REQUEST.digest) == ANSWER


def test_two_connections_write_side_by_side(tmp_path):
    journals = [Journal(tmp_path / "j.db") for _ in range(2)]

    def write(who: int) -> None:
        for tick in range(60):
            send = journals[who].set_aside(1.0)
            site = CallKey("", tick, f"member {who}", tick)
            journals[who].keep(site, REQUEST, ANSWER, send)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for journal in journals:
        assert journal.count() == 120
        assert journal.spent_usd() == 120 * 0.25


def test_the_whole_request_is_kept(tmp_path):
    import zlib

    journal = Journal(tmp_path / "j.db")
    journal.keep(CALL, REQUEST, ANSWER, 0)
    row = sqlite3.connect(tmp_path / "j.db").execute("SELECT request, digest FROM calls").fetchone()
    assert zlib.decompress(row[0]).decode() == REQUEST.json
    assert row[1] == REQUEST.digest


def test_a_full_disk_halts(tmp_path):
    journal = Journal(tmp_path / "j.db")
    journal.keep(CALL, REQUEST, ANSWER, 0)
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count={pages}")
    noise = random.Random(0).randbytes(50_000).hex()
    with pytest.raises(Halt) as caught:
        journal.keep(replace(CALL, tick=4), REQUEST, replace(ANSWER, text=noise), 0)
    assert caught.value.reason == "disk"
    assert str(tmp_path / "j.db") in str(caught.value)
    assert journal.find(replace(CALL, tick=4), REQUEST.digest) is None
    assert journal.find(CALL, REQUEST.digest) == ANSWER
    journal._db.execute("PRAGMA max_page_count=100000")  # somebody made room
    journal.keep(replace(CALL, tick=4), REQUEST, ANSWER, 0)
    assert Journal(tmp_path / "j.db").count() == 2


def test_an_unwritable_disk_halts(tmp_path):
    journal = Journal(tmp_path / "j.db")
    journal._db.execute("PRAGMA query_only=1")
    for write in (
        lambda: journal.keep(CALL, REQUEST, ANSWER, 0),
        lambda: journal.keep_failure(CALL, REQUEST, CallFailed("server", "x")),
        lambda: journal.set_aside(1.0),
        lambda: journal.take_back(1),
        lambda: journal.keep_capabilities("m", "{}"),
    ):
        with pytest.raises(Halt, match="readonly") as caught:
            write()
        assert caught.value.reason == "disk"


def test_what_is_no_journal_is_refused(tmp_path):
    (tmp_path / "j.db").write_bytes(b"This is no database. " * 100)
    with pytest.raises(UsageError, match=r"j\.db can't be opened.*use another folder"):
        Journal(tmp_path / "j.db")
    with pytest.raises(UsageError, match="can't be opened"):
        Journal(tmp_path / "nowhere" / "j.db")


def test_half_a_write_is_undone(tmp_path):
    journal = Journal(tmp_path / "j.sqlite")
    send = journal.set_aside(1.0)
    answer = Completion("x", 1, 1, 0.5, 0.1)

    def half():
        with journal._transaction():
            journal._db.execute("DELETE FROM sends")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert journal.spent_usd() == 1.0
    journal.keep(CALL, REQUEST, answer, send)
    assert journal.spent_usd() == 0.5
