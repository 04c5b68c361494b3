"""Records as JSON: canonical, exact, and the source of the log."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.records import (
    CHECK,
    FULL,
    Witness,
    all_turns,
    graded,
    measure,
    records,
    small_organization,
)

import unscripted as un
from unscripted.model.judge import Work
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import State


def expected_log(record: un.TickRecord) -> list[tuple[int, int, object, int | None]]:
    """Author, round, content and addressee of what is posted, by looking up every turn."""
    posted: list[tuple[int, int, object, int | None]] = []
    for index, played in enumerate(record.rounds):
        for actor in played.actors:
            for member, turn in all_turns(record):
                if (member, turn.round) != (actor, index):
                    continue
                if isinstance(turn.reply, un.Plan):
                    posted += [(actor, index, a, a.member) for a in turn.reply.assignments]
                elif isinstance(turn.reply, un.Contribution | un.Intention):
                    posted.append((actor, index, turn.reply, None))
    return posted


@CHECK
@given(records())
def test_records_survive_json(record):
    text = record.to_json()
    again = un.TickRecord.from_json(text)
    assert again == record
    assert again.to_json() == text
    assert list(again.log) == list(record.log)
    assert measure(again) == measure(record)
    assert [type(m.state) for m in again.members] == [State] * len(record.members)
    assert all(type(r.act) is un.Act for r in again.rounds)


@CHECK
@given(records())
def test_log_follows_the_posting_order(record):
    log = list(record.log)
    assert [(m.author, m.round, m.content, m.to) for m in log] == expected_log(record)
    assert [m.id for m in log] == list(range(len(log)))
    assert {m.tick for m in log} <= {record.tick}


@CHECK
@given(records())
def test_json_is_canonical(record):
    text = record.to_json()
    body = json.loads(text)
    assert json.dumps(body, sort_keys=True, separators=(",", ":")) == text
    assert "\n" not in text
    assert body["version"] == 1


@CHECK
@given(records(), records())
def test_equal_records_have_equal_json(one, other):
    assert (one == other) == (one.to_json() == other.to_json())


@CHECK
@given(records(), st.data())
def test_any_change_shows(record, data):
    active = [m for m in record.members if m.turns]
    assume(active)
    m = data.draw(st.sampled_from(active))
    old = m.turns[-1]
    change = data.draw(
        st.sampled_from(
            (
                {"dropped": old.dropped + 1},
                {"seen": (*old.seen, (90, 91))},
                {"recalled": (*old.recalled, (90, 91))},
                {"usage": replace(old.usage, latency_s=old.usage.latency_s + 1)},
                {"usage": replace(old.usage, calls=old.usage.calls + 1)},
                {"reply": un.Abstention("something else")},
            )
        )
    )
    changed = replace(m, turns=(*m.turns[:-1], replace(old, **change)))
    members = tuple(changed if x is m else x for x in record.members)
    assert replace(record, members=members).to_json() != record.to_json()


def test_other_versions_are_refused():
    body = json.loads(FULL.to_json()) | {"version": 2}
    with pytest.raises(ValueError, match="version"):
        un.TickRecord.from_json(json.dumps(body))


def test_infinite_numbers_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        graded(math.nan, un.Usage()).to_json()


@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
def test_judge_saw_the_derived_log(protocol):
    judge = Witness()
    for record, shown in zip(small_organization(protocol, judge).run(4), judge.shown, strict=True):
        again = un.TickRecord.from_json(record.to_json())
        assert again == record
        said = [m.content for m in again.log if isinstance(m.content, un.Contribution)]
        assert tuple(Work(c.work, c.items) for c in said) == shown
        assert record.error == ""
