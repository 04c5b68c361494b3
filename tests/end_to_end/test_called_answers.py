"""What providers were seen to answer: nothing paid is lost, nothing false is recorded."""

from __future__ import annotations

import pytest
from loopback_server.server import Faults
from support.called import MODEL, agents_requests, command, service, team

from unscripted.model.errors import Halt
from unscripted.model.record import State

ASKED = "You are one of"
DECISIONS = 3


def played(loopback, agents=DECISIONS, **faults):
    server = loopback(faults=Faults(match=ASKED, **faults))
    made = service(server, price="1,10,0.1")
    made.probe([MODEL])
    (record,) = team(made, "sequential", agents).run(1)
    return record, made.client, server


@pytest.mark.parametrize(
    ("kind", "mended"),
    [("parts", 0), ("draft", 0), ("odd_fields", 4), ("tool_call", 0), ("reasoning_field", 0),
     ("prose", 0)],
)  # fmt: skip
def test_good_answers_survive(loopback, kind, mended):
    record, _, server = played(loopback, **{kind: 1.0})
    sober, _, _ = played(loopback)
    assert [m.state for m in record.members] == [m.state for m in sober.members]
    assert record.roles == sober.roles
    works = [[c.work for c in m.contributions] for m in record.members]
    assert works == [[c.work for c in m.contributions] for m in sober.members]
    assert len(agents_requests(server)) == DECISIONS, "each is bought once"
    worked = [m for m in record.members if m.state is State.CONTRIBUTED]
    assert {m.turns[0].trace.mended for m in worked} == {mended}


def test_refusals_are_asked_once(loopback):
    record, _, server = played(loopback, refusal=1.0)
    replies = [m.turns[0].reply for m in record.members]
    assert {(r.kind, r.cause) for r in replies} == {
        ("refused", "the model refused: I can't help with that.")
    }
    assert len(agents_requests(server)) == DECISIONS
    assert record.totals.cost_usd > 0


def test_cut_answers_are_never_whole(loopback):
    record, client, _ = played(loopback, cut_quietly=1.0)
    for member in record.members:
        assert member.state is State.FAILED
        assert "it was cut off; be briefer" in member.turns[0].reply.cause
        assert member.usage.calls == 2
    assert record.totals.cost_usd == pytest.approx(
        client.budget.spent_usd - _probe_usd(client), abs=1e-9
    )


def _probe_usd(client):
    probe = "SELECT total(cost_usd) FROM requests WHERE who LIKE 'probe%'"
    return client.journal._db.execute(probe).fetchone()[0]


def test_cached_tokens_are_cheaper(loopback):
    record, _, _ = played(loopback, cached=1.0)
    full, _, _ = played(loopback)
    totals = record.totals
    assert (totals.tokens, full.totals.tokens_cached) == (full.totals.tokens, 0)
    assert 0.85 < totals.tokens_cached / sum(m.usage.tokens_in for m in record.members) <= 0.9
    assert totals.cost_usd < totals.cost_usd_uncached == pytest.approx(full.totals.cost_usd)


def test_hidden_thoughts_are_billed(loopback):
    record, _, _ = played(loopback, hidden_thoughts=1.0)
    full, _, _ = played(loopback)
    assert record.totals.tokens == full.totals.tokens + DECISIONS * 1500
    assert record.totals.cost_usd == pytest.approx(full.totals.cost_usd + DECISIONS * 0.015)


def test_errors_in_place_of_answers(loopback):
    server = loopback(faults=Faults(error_ok=1.0, match=ASKED))
    made = service(server, price="1,10")
    made.probe([MODEL])
    with pytest.raises(Halt, match="requires more system memory") as halt:
        team(made, "sequential", 8).run(1)
    assert halt.value.reason == "refused"
    assert len(agents_requests(server)) == 3, "one try each"
    assert made.client.budget.used_usd == pytest.approx(_probe_usd(made.client))


def test_overloads_cost_nothing(loopback):
    record, client, server = played(loopback, overloaded=1.0, only_once=True)
    assert record.totals.failures == 0
    assert client.budget.held_usd == 0.0
    assert len(agents_requests(server)) == 2 * DECISIONS


@pytest.mark.parametrize(
    ("faults", "taken"),
    [
        ({"no_system": True}, lambda b: [m["role"] for m in b["messages"]] == ["user"]),
        ({"no_max_tokens": True}, lambda b: b["max_completion_tokens"] == 2048),
        ({"most_tokens": 1024}, lambda b: b["max_tokens"] == 1024),
        ({"most_temperature": 0.5}, lambda b: b["temperature"] == 0.5),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else "",
)
def test_refused_parameters_are_lowered(loopback, faults, taken):
    server = loopback(faults=Faults(**faults))
    (record,) = team(service(server), "sequential", DECISIONS).run(1)
    assert record.totals.failures == 0
    assert len(server.log) == DECISIONS + 2, "found out once"
    assert all(taken(e.body) for e in server.log[1:])


def test_later_refusals_teach_too(loopback):
    server = loopback()
    made = service(server)
    org = team(made, "sequential", DECISIONS)
    org.run(1)
    server.faults = Faults(no_seed=True)
    org.run(1)
    assert org.records[1].totals.failures == 0
    assert any("found out in the run: " in note and "no seed" in note for note in made.client.notes)
    assert sum(not e.succeeded for e in server.log) == 1


def test_nothing_but_refusals_ends_with_three(loopback, tmp_path):
    server = loopback(faults=Faults(error_ok=1.0, match=ASKED))
    process = command(
        "run", "--model", MODEL, "--api-base", server.api_base, "--judge", "none", "--agents", 8,
        "--protocol", "sequential", "--out", tmp_path / "run", "--yes",
    )  # fmt: skip
    _, told = process.communicate(timeout=90)
    assert process.returncode == 3, told
    assert "requires more system memory" in " ".join(told.split())
    assert "Traceback" not in told


def test_no_requests_left_today(loopback):
    server = loopback(faults=Faults(no_day_left=True))
    made = service(server)
    with pytest.raises(Halt, match="of 50 requests none is left until") as halt:
        team(made, "sequential", DECISIONS).run(1)
    assert halt.value.reason == "limit"
    assert server.requests == 1
