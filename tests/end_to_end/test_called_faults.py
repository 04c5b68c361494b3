"""What goes wrong at a provider and what becomes of the decision."""

from __future__ import annotations

import asyncio

import pytest
from loopback_server.server import Faults
from support.called import agents_requests, service, team

import unscripted as un
from unscripted.model.decision import Failure
from unscripted.model.mind import Mind
from unscripted.model.record import State


@pytest.mark.parametrize(
    "faults",
    [
        Faults(no_json_schema=True),
        Faults(no_json_schema=True, no_json_object=True),
        Faults(no_temperature=True, no_seed=True),
        Faults(no_json_schema=True, no_json_object=True, no_temperature=True, no_seed=True),
        Faults(prose=1.0),
    ],
    ids=["no schema", "no json mode", "no parameters", "nothing", "prose around it"],
)
def test_any_provider_gives_decisions(loopback, faults):
    server = loopback(faults=faults)
    (record,) = team(service(server), "sequential", 3).run(1)
    assert record.totals.failures == 0
    assert any(m.state is State.CONTRIBUTED for m in record.members)
    for entry in agents_requests(server):
        assert entry.succeeded, "a refused parameter is found out once, at the start"
        assert ("temperature" in entry.body) != faults.no_temperature
        assert ("seed" in entry.body) != faults.no_seed
        schema_told = "must fit this JSON schema" in entry.messages[1]["content"]
        assert schema_told == (entry.body.get("response_format", {}).get("type") != "json_schema")


@pytest.mark.parametrize("kind", ["wrong_schema", "broken_json", "prose"])
def test_an_unusable_answer_is_repaired_once(loopback, kind):
    server = loopback(faults=Faults(schedule=(None, *(kind, None) * 3)))  # the first is the probe
    (record,) = team(service(server), "sequential", 3).run(1)
    assert record.totals.failures == 0
    repairs = [m.turns[0].trace.repairs for m in record.members]
    if kind == "wrong_schema":
        assert repairs == [1, 1, 1]
        assert [m.usage.calls for m in record.members] == [2, 2, 2]
        plea = agents_requests(server)[1].messages
        assert [m["role"] for m in plea] == ["system", "user", "assistant", "user"]
        assert plea[3]["content"].startswith("That answer could not be used: ")


def test_silence_is_sent_back(loopback):
    server = loopback(faults=Faults(schedule=(None, *["null_content", None] * 3)))
    (record,) = team(service(server), "sequential", 3).run(1)
    assert record.totals.failures == 0
    assert [(m.usage.calls, m.turns[0].trace.repairs) for m in record.members] == [(2, 1)] * 3


def test_unreadable_answers_are_bought_once(loopback):
    server = loopback(faults=Faults(empty_choices=1.0, match="You are one of"))
    made = service(server, price="1,5")
    (record,) = team(made, "shared", 3).run(1)
    assert {m.turns[0].reply.kind for m in record.members} == {"unreadable"}
    assert len(agents_requests(server)) == 3
    assert record.totals.tokens > 0
    assert record.totals.cost_usd > 0


@pytest.mark.parametrize("kind", ["html_ok", "truncated", "html"])
def test_broken_responses_are_asked_again(loopback, kind):
    server = loopback(faults=Faults(**{kind: 1.0}, only_once=True))
    made = service(server)
    (record,) = team(made, "shared", 3).run(1)
    assert record.totals.failures == 0
    assert made.client.meter.retries >= 3
    assert [m.usage.calls for m in record.members] == [2, 2, 2]


def test_a_long_prompt_is_shortened(loopback):
    server = loopback(faults=Faults(context_characters=9000))
    (record,) = team(service(server), "sequential", 12).run(1)
    assert record.totals.failures == 0
    assert record.members[11].turns[0].trace.unread


def test_a_filter_fails_one_decision(loopback):
    faults = Faults(content_filter=1.0, match="\nYou are agent 1.\n")
    (record,) = team(service(loopback(faults=faults)), "sequential", 3).run(1)
    assert [m.state for m in record.members] == [State.CONTRIBUTED, State.FAILED, State.CONTRIBUTED]
    assert record.members[1].turns[0].reply.kind == "refused"


def test_errors_on_the_way_lose_nothing(loopback):
    faults = Faults(
        server_error=0.05,
        rate_limited=0.025,
        rate_limited_silent=0.025,
        reset=0.02,
        retry_after_s=0,
    )
    server = loopback(faults=faults)
    made = service(server)
    (record,) = team(made, "shared", 160).run(1)
    assert record.totals.failures == 0
    meter = made.client.meter
    assert meter.retries > 0
    assert meter.sent <= 1.2 * meter.answered + 2


def test_a_hung_call_is_repeated(loopback):
    server = loopback(faults=Faults(hang=1.0, only_once=True, match="\nYou are agent 1.\n"))
    (record,) = team(service(server, timeout_s=4.0), "shared", 3).run(1)
    assert record.totals.failures == 0
    assert record.members[1].usage.calls == 2


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_endless_calls_fail_at_the_deadline(loopback, kind):
    server = loopback(faults=Faults(**{kind: 1.0}, match="\nYou are agent 1.\n"))
    (record,) = team(service(server, timeout_s=1.0), "shared", 3).run(1)
    assert [m.state is State.FAILED for m in record.members] == [False, True, False]
    assert record.members[1].turns[0].reply == Failure("timeout", "no answer in time")


class Leaving(Mind):
    """Ends the program, or cancels itself, in the middle of a decision."""

    paced = True
    name = "leaving"

    def __init__(self, error):
        self.error = error

    async def decide(self, observation):
        await asyncio.sleep(0)
        raise self.error


@pytest.mark.parametrize("error", [SystemExit(3), asyncio.CancelledError(), ValueError("no")])
def test_a_leaving_mind_is_a_failure(error):
    org = un.build(n_agents=2, protocol="silent", model=Leaving(error), judge="none", rng=0)
    org.step()
    assert all(isinstance(m.turns[0].reply, Failure) for m in org.records[0].members)
