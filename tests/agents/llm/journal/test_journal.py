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
from support.fakes import CALL, REQUEST, answer, failure, kept

from unscripted.agents.llm.billing.bill import NOTHING, Bill, End
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.journal.rows import Sent
from unscripted.agents.llm.request import CallFailed, CallKey, Completion
from unscripted.model.errors import Halt, UsageError

CHECK = settings(max_examples=60, deadline=None)
ANSWER = answer("yes", 10, 5, 0.25, 1.5, served_by="m-2025", attempts=2, estimated=True)
OTHER = replace(REQUEST, messages=(("user", "ho"),))
COUNT = st.integers(0, 2**53)
MONEY = st.none() | st.floats(0, 1e6)
BILLS = st.builds(Bill, st.builds(Tokens, COUNT, COUNT, COUNT, COUNT, COUNT), MONEY, MONEY)
COMPLETIONS = st.builds(
    Completion, st.text(min_size=1), BILLS, st.floats(0, 1e6), st.text(), st.text(),
    st.integers(1, 99), st.booleans(), COUNT,
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
def test_what_was_kept_is_found(site, given):
    journal = Journal()
    assert journal.find(site, REQUEST.digest) is None
    kept(journal, site, REQUEST, given)
    assert journal.find(site, REQUEST.digest) == given
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
    kept(journal, CALL, REQUEST, ANSWER)
    assert journal.find(site, request_.digest) is None
    kept(journal, site, request_, replace(ANSWER, text="no"))
    assert journal.find(CALL, REQUEST.digest) == ANSWER


def test_only_a_replay_finds_failures(tmp_path):
    journal = Journal(tmp_path / "j.db")
    failed = failure("rate limit", "slow down", 7, latency_s=12.5)
    journal.keep_failure(CALL, REQUEST, failed)
    assert journal.find(CALL, REQUEST.digest) is None
    replay = Journal(tmp_path / "j.db", strict=True)
    with pytest.raises(CallFailed, match="slow down") as caught:
        replay.find(CALL, REQUEST.digest)
    again = caught.value
    assert (again.kind, again.attempts, again.bill.cost_usd, again.latency_s) == (
        "rate limit", 7, 0.0, 12.5,
    )  # fmt: skip
    kept(journal, CALL, REQUEST, ANSWER)
    assert journal.find(CALL, REQUEST.digest) == replay.find(CALL, REQUEST.digest) == ANSWER


def test_the_four_ends_of_a_request(tmp_path):
    journal = Journal(tmp_path / "j.db")
    used, unused, refused, unknown, flying = (journal.send(CALL, usd) for usd in (1, 2, 4, 8, 16))
    assert (journal.spent_usd(), journal.held_usd()) == (0.0, 31.0)
    journal.keep(CALL, REQUEST, ANSWER, Sent(used, ANSWER.bill))
    journal.end(unused, End.UNUSABLE, Bill(Tokens(1, 2), 0.5, 0.5))
    journal.end(refused, End.REFUSED)
    journal.end(unknown, End.UNKNOWN)
    assert len({used, unused, refused, unknown, flying}) == 5
    for found in (journal, Journal(tmp_path / "j.db")):
        assert (found.spent_usd(), found.held_usd()) == (0.75, 24.0)


def test_the_dearest_excess_is_known(tmp_path):
    journal = Journal(tmp_path / "j.db")
    assert journal.excess() == 1.0
    for cost in (0.5, 6.0, 4.0):
        journal.end(journal.send(CALL, 2.0), End.UNUSABLE, Bill(Tokens(1, 2), cost, cost))
    journal.end(journal.send(CALL, None), End.UNUSABLE, Bill(Tokens(1, 2), 99.0, 99.0))
    assert (journal.excess(), Journal(tmp_path / "j.db").excess()) == (3.0, 3.0)


def test_unknown_prices_count_nothing():
    journal = Journal()
    kept(journal, CALL, REQUEST, answer(cost_usd=None))
    journal.end(journal.send(CALL, None), End.UNKNOWN)
    assert (journal.spent_usd(), journal.held_usd()) == (0.0, 0.0)


@pytest.mark.parametrize("kind", ["refused", "used up", "empty", "unreadable"])
def test_paid_failures_are_not_bought_again(kind):
    journal = Journal()
    paid = failure(kind, "such as it is", 2, Bill(Tokens(3, 4), 0.5, 0.5))
    journal.keep_failure(CALL, REQUEST, paid)
    with pytest.raises(CallFailed, match="such as it is") as caught:
        journal.find(CALL, REQUEST.digest)
    assert (caught.value.kind, caught.value.bill, caught.value.attempts) == (kind, paid.bill, 2)
    journal.keep_failure(CALL, REQUEST, failure(kind))
    assert journal.find(CALL, REQUEST.digest) is None, "refused for nothing: asked again"


def test_failures_acted_on_stay(tmp_path):
    journal = Journal(tmp_path / "j.db")
    journal.keep_failure(CALL, REQUEST, failure("length", "too long"))
    assert journal.find(CALL, REQUEST.digest) is None
    journal.send(replace(CALL, call=CALL.call + 1), 1.0)
    with pytest.raises(CallFailed, match="too long"):
        journal.find(CALL, REQUEST.digest)


def test_earlier_attempts_are_remembered(tmp_path):
    bill = Bill(Tokens(1, 2), 0.5, 0.5)
    journal = Journal(tmp_path / "j.db")
    journal.end(journal.send(CALL, 1.0), End.REFUSED)
    journal.end(journal.send(CALL, 1.0), End.UNUSABLE, bill)
    journal.send(CALL, 1.0)
    kept(journal, replace(CALL, call=7), REQUEST, ANSWER)
    again = Journal(tmp_path / "j.db")
    assert again.earlier(CALL) == (2, bill)
    assert again.earlier(CALL) == again.earlier(replace(CALL, call=7)) == (0, NOTHING)


FIRST = """
CREATE TABLE calls (
    run TEXT NOT NULL, tick INTEGER NOT NULL, who TEXT NOT NULL, decision TEXT NOT NULL,
    call INTEGER NOT NULL, digest TEXT NOT NULL,
    request BLOB NOT NULL, text TEXT NOT NULL, tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL, cost_usd REAL, latency_s REAL NOT NULL, finish TEXT NOT NULL,
    served_by TEXT NOT NULL, attempts INTEGER NOT NULL, estimated INTEGER NOT NULL,
    failed TEXT,
    PRIMARY KEY (run, tick, who, decision, call, digest)
);
CREATE TABLE models (model TEXT PRIMARY KEY, capabilities TEXT NOT NULL);
CREATE TABLE sends (id INTEGER PRIMARY KEY, usd REAL NOT NULL);
INSERT INTO calls VALUES ('', 0, 'member 0', '1', 0, 'd', x'', 'yes', 10, 5, 0.25, 1.5, 'stop',
    'm', 1, 0, NULL);
INSERT INTO models VALUES ('m', '{}');
INSERT INTO sends VALUES (1, 2.0);
"""


@pytest.mark.parametrize("strict", [False, True])
def test_a_journal_of_the_first_version(tmp_path, strict):
    with sqlite3.connect(tmp_path / "j.db") as db:
        db.executescript(FIRST)
    db.close()
    journal = Journal(tmp_path / "j.db", strict=strict)
    found = journal.find(CallKey("", 0, "member 0", 1), "d")
    assert (found.text, found.bill) == ("yes", Bill(Tokens(10, 5), 0.25, 0.25))
    assert journal.capabilities("m") == ["{}"]
    if not strict:
        assert (journal.spent_usd(), journal.held_usd()) == (0.25, 2.0)


def test_never_closed_loses_nothing(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    journal = Journal(folder / "j.db")
    for tick in range(50):
        kept(journal, replace(CALL, tick=tick), REQUEST, ANSWER)
    journal.keep_capabilities("m", 0, "{}")
    journal.send(CALL, 1.0)
    shutil.copytree(folder, tmp_path / "copy")  # as the death of the process leaves it
    for path in (folder, tmp_path / "copy"):
        found = Journal(path / "j.db")
        assert found.count() == 50
        assert found.find(replace(CALL, tick=49), REQUEST.digest) == ANSWER
        assert found.capabilities("m") == ["{}"]
        assert (found.spent_usd(), found.held_usd()) == (50 * 0.25, 1.0)


def test_a_copy_holds_both(tmp_path):
    first, second = Journal(), Journal(tmp_path / "j.db")
    kept(first, CALL, REQUEST, ANSWER)
    first.keep_failure(replace(CALL, call=2), REQUEST, failure("server", "x"))
    kept(second, CALL, OTHER, replace(ANSWER, text="no"))
    for journal in (first, second):
        journal.send(CALL, 1.0)
    first.copy_to(second)
    assert second.count() == 3
    assert second.find(CALL, REQUEST.digest) == ANSWER
    assert second.find(CALL, OTHER.digest) == replace(ANSWER, text="no")
    assert (second.spent_usd(), second.held_usd()) == (2 * 0.25, 2 * 1.0)


def test_a_closed_journal_is_one_file(tmp_path):
    journal = Journal(tmp_path / "j.db")
    kept(journal, CALL, REQUEST, ANSWER)
    journal.close()
    assert [p.name for p in tmp_path.iterdir()] == ["j.db"]
    shutil.copy(tmp_path / "j.db", tmp_path / "copy.db")
    assert Journal(tmp_path / "copy.db", strict=True).find(CALL, REQUEST.digest) == ANSWER


def test_two_connections_write_side_by_side(tmp_path):
    journals = [Journal(tmp_path / "j.db") for _ in range(2)]

    def write(who: int) -> None:
        for tick in range(60):
            kept(journals[who], CallKey("", tick, f"member {who}", tick), REQUEST, ANSWER)

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
    kept(journal, CALL, REQUEST, ANSWER)
    row = sqlite3.connect(tmp_path / "j.db").execute("SELECT request, digest FROM calls").fetchone()
    assert zlib.decompress(row[0]).decode() == REQUEST.json
    assert row[1] == REQUEST.digest


def test_a_full_disk_halts(tmp_path):
    journal = Journal(tmp_path / "j.db")
    kept(journal, CALL, REQUEST, ANSWER)
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count={pages}")
    noise = random.Random(0).randbytes(50_000).hex()
    with pytest.raises(Halt) as caught:
        kept(journal, replace(CALL, tick=4), REQUEST, replace(ANSWER, text=noise))
    assert caught.value.reason == "disk"
    assert str(tmp_path / "j.db") in str(caught.value)
    assert journal.find(replace(CALL, tick=4), REQUEST.digest) is None
    assert journal.find(CALL, REQUEST.digest) == ANSWER
    journal._db.execute("PRAGMA max_page_count=100000")  # somebody made room
    kept(journal, replace(CALL, tick=4), REQUEST, ANSWER)
    assert Journal(tmp_path / "j.db").count() == 2


def test_an_unwritable_disk_halts(tmp_path):
    journal = Journal(tmp_path / "j.db")
    journal._db.execute("PRAGMA query_only=1")
    for write in (
        lambda: journal.keep(CALL, REQUEST, ANSWER, Sent(1, ANSWER.bill)),
        lambda: journal.keep_failure(CALL, REQUEST, failure("server", "x")),
        lambda: journal.send(CALL, 1.0),
        lambda: journal.end(1, End.REFUSED),
        lambda: journal.keep_capabilities("m", 0, "{}"),
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
    kept(journal, CALL, REQUEST, ANSWER)

    def half():
        with journal._transaction():
            journal._db.execute("DELETE FROM calls")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert journal.find(CALL, REQUEST.digest) == ANSWER
