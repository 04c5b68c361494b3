"""Stopping and going on: halts, panels, full disks, redirects, and keys in disguise."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time

import pytest
from aiohttp import web
from loopback_server.server import Faults

import unscripted as un
from unscripted.agents.llm.calling import adapter as door
from unscripted.agents.llm.calling.client import Client
from unscripted.agents.llm.calling.gather import all_of
from unscripted.agents.llm.calling.journal import Journal
from unscripted.agents.llm.calling.request import Completion, Mode, Request, Site
from unscripted.model.decision import Failure
from unscripted.model.engine import event_loop as loop
from unscripted.model.errors import Halt, UsageError
from unscripted.model.mind import Mind
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.runs.interrupts import graceful
from unscripted.scenarios.harness.runs.sweep import run_one

MODEL = "openai/gpt-4.1-mini"
KEY = "sk-planted-0123456789abcdefghijklmnop"
SITE = Site("", 0, "member 0", 1)
REQUEST = Request(MODEL, (("user", "JSON, please"),), "contribute", Mode.JSON_OBJECT, 256)


@pytest.fixture(autouse=True)
def planted_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def service(server, journal=None, *, timeout_s=20.0, concurrency=64, **calls):
    made = un.Calls(api_base=server.api_base, **calls)
    return un.Service(made, journal, timeout_s=timeout_s, concurrency=concurrency)


def team(service, protocol="shared", n_agents=4, **rest):
    rest = {"model": MODEL, "judge": "none", "rng": 0, **rest}
    return un.build(protocol=protocol, n_agents=n_agents, calls=service, **rest)


def until(true, limit_s=30.0):
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < limit_s, "it did not happen"
        time.sleep(0.005)


# Halts


def test_after_a_halt_the_organization_steps_again_once_its_cause_is_mended(loopback):
    server = loopback()
    org = team(service(server, timeout_s=1.0))
    server.faults = Faults(auth="another")
    with pytest.raises(Halt):
        org.step()
    with pytest.raises(Halt):
        org.step()
    assert org.tick == 0
    server.faults = Faults()
    org.step()
    assert org.records[0].totals.failures == 0


def test_a_command_that_was_stopped_stays_stopped(loopback):
    made = service(loopback())
    made.client.sticky = True
    made.client.stop(Halt("interrupted", "interrupted"))
    with pytest.raises(Halt, match="interrupted"):
        team(made).step()


def test_the_first_reason_to_stop_is_the_one_that_is_told():
    client = Client()
    first, second = Halt("budget", "first"), Halt("interrupted", "second")
    assert client.stop(first) is first
    assert client.stop(second) is first
    assert client.halt is first


def test_an_answer_between_lost_decisions_keeps_the_run_going(loopback):
    faults = Faults(server_error=1.0, match="You are agent 1.")
    made = service(loopback(faults=faults), timeout_s=1.5)
    made.probe([MODEL])
    records = team(made, "sequential", 3).run(4)
    assert [r.totals.failures for r in records] == [1, 1, 1, 1]


def test_a_judge_that_must_stop_stops_the_step_and_nothing_is_recorded(loopback):
    server = loopback(faults=Faults(quota=1.0, match="You grade work"))
    org = team(service(server), judge="openai/judge")
    with pytest.raises(Halt, match="quota"):
        org.step()
    assert org.records == []


def test_a_run_of_a_comparison_that_was_cut_short_is_no_result(loopback):
    server = loopback()
    config = RunConfig(model=MODEL, agents=2, ticks=3, judge="none", api_base=server.api_base)
    made = un.Service(config.calls)
    made.probe([MODEL])
    server.faults = Faults(schedule=(*(None,) * (len(server.log) + 2), *("quota",) * 9))
    assert set(run_one(config, 0, made)) == {"stopped"}
    server.faults = Faults()
    assert run_one(config, 0, made)["row"]["ticks"] == 3


def test_one_judge_that_must_stop_cuts_off_no_other_in_flight(loopback):
    server = loopback(latency_s=0.4)
    made = service(server, concurrency=1)
    made.probe([MODEL, "openai/one", "openai/two"])
    org = team(made, n_agents=1, judge="openai/one,openai/two")

    def stop():
        until(lambda: any("You grade work" in e.prompt for e in server.log))
        halt = Halt("interrupted", "interrupted")
        loop.permanent_loop().call_soon_threadsafe(lambda: made.client.stop(halt))

    threading.Thread(target=stop).start()
    with pytest.raises(Halt):
        org.step()
    rows = made.client.journal._db.execute("SELECT who FROM calls WHERE who LIKE 'judge%'")
    assert len(rows.fetchall()) == 1, "paid for, and kept"


def test_all_of_them_come_to_their_end_before_an_error_is_told():
    ended = []

    async def work(i):
        await asyncio.sleep(0.01 * i)
        ended.append(i)
        if i == 0:
            raise ValueError("first")
        return i

    async def both():
        await all_of(work(i) for i in range(3))

    with pytest.raises(ValueError, match="first"):
        asyncio.run(both())
    assert ended == [0, 1, 2]


@pytest.mark.parametrize("at_once", [False, True])
def test_whoever_is_stopped_is_not_left_cancelled_and_gives_its_places_back(loopback, at_once):
    server = loopback(faults=Faults(hang=1.0, only_once=True))
    client = Client(concurrency=1, timeout_s=10.0)

    async def story():
        ends = []

        async def one(i):
            try:
                await client.complete(Site("", 0, f"member {i}", i), REQUEST, server.api_base)
            except Halt:
                ends.append(asyncio.current_task().cancelling())

        tasks = [asyncio.ensure_future(one(i)) for i in range(3)]
        while client.meter.in_flight < 1 or client.meter.waiting < 2:
            await asyncio.sleep(0.01)
        client.stop(Halt("interrupted", "interrupted"), at_once=True)
        await asyncio.gather(*tasks)
        return ends

    assert loop.run(story()) == [0, 0, 0]
    (lane,) = client._lanes.values()
    assert (lane.gate.inside, lane.gate.waiting, client._places.inside) == (0, 0, 0)
    assert (client.meter.in_flight, client.meter.waiting) == (0, 0)
    assert not client._waiting
    assert not client._sending
    if at_once:
        client.resume()
        assert client.halt is None


def test_ctrl_c_stops_calls_even_if_nobody_reads_what_we_say(loopback):
    import os
    import signal

    made = service(loopback())

    def gone(words):
        raise BrokenPipeError

    with graceful(made, gone):
        os.kill(os.getpid(), signal.SIGINT)
        until(lambda: made.client.halt is not None)
    assert made.client.halt.reason == "interrupted"


# The journal


def test_a_full_disk_stops_everybody_and_nobody_sends_any_more(loopback, tmp_path):
    server = loopback(latency_s=0.02)
    journal = Journal(tmp_path / "j.sqlite")
    made = service(server, journal, concurrency=4)
    made.probe([MODEL])
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(Halt) as halt:
        team(made, n_agents=60).step()
    assert halt.value.reason == "disk"
    assert made.client.halt is not None
    kept = journal.count()
    assert server.requests <= kept + 8, "at most what was in flight is lost"


def test_half_of_a_write_is_taken_back(tmp_path):
    journal = Journal(tmp_path / "j.sqlite")
    send = journal.about_to_send(1.0)
    answer = Completion("x", 1, 1, 0.5, 0.1)

    def half():
        with journal._whole():
            journal._db.execute("DELETE FROM sends")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert journal.spent_usd() == 1.0
    journal.keep(SITE, REQUEST, answer, send)
    assert journal.spent_usd() == 0.5


def test_what_was_refused_unpaid_leaves_nothing_set_aside(loopback, tmp_path):
    faults = Faults(rate_limited=1.0, only_once=True, retry_after_s=0)
    made = service(loopback(faults=faults), Journal(tmp_path / "j.sqlite"), budget_usd=1.0)
    team(made).step()
    client = made.client
    with sqlite3.connect(tmp_path / "j.sqlite") as db:
        assert db.execute("SELECT count(*) FROM sends").fetchone() == (0,)
    assert client.meter.rate_limited >= 4
    assert client.journal.spent_usd() == pytest.approx(client.budget.spent_usd)


def test_probes_of_one_model_under_several_names_are_all_paid_for_and_kept(loopback, tmp_path):
    made = service(loopback(), Journal(tmp_path / "j.sqlite"), budget_usd=1.0)
    made.probe([MODEL, f"{MODEL}?temperature=0.1", f"{MODEL}?temperature=0.9"])
    assert made.client.journal.count() == 3
    assert made.client.journal.spent_usd() == pytest.approx(made.client.budget.spent_usd)


@pytest.mark.parametrize("faults", [Faults(wrong_usage=1.0), Faults(no_usage=1.0)])
def test_an_answer_whose_tokens_nobody_knows_costs_the_worst(loopback, faults):
    made = service(loopback(faults=faults), price="1,5", max_tokens=300)
    answer = loop.run(made.client.complete(SITE, REQUEST, made.client.calls.api_base))
    assert answer.estimated
    assert answer.cost_usd == made.client.price(MODEL).worst(REQUEST)


def test_runs_of_one_service_never_share_a_sample_unless_they_are_the_same(loopback):
    server = loopback()
    made = service(server)
    team(made).step()
    team(made).step()
    assert made.client.meter.replayed == 0
    assert len({r for (r,) in made.client.journal._db.execute("SELECT run FROM calls")}) == 3


# Empty answers are paid for too


def test_an_empty_answer_is_asked_for_again_twice_at_most(loopback):
    server = loopback(faults=Faults(null_content=1.0, match="JSON, please"))
    client = Client(timeout_s=20.0)
    with pytest.raises(Exception, match="without text"):
        loop.run(client.complete(SITE, REQUEST, server.api_base))
    assert server.requests == 3


# Keys in disguise


@pytest.mark.parametrize(
    "disguised",
    [KEY, KEY[:4] + "\\u0000" + KEY[4:], "".join(f"\\u{ord(c):04x}" for c in KEY)],
    ids=["plain", "split", "escaped"],
)
def test_a_key_in_an_answer_reaches_no_record(loopback, disguised):
    def leaky(messages):
        said = '{"decision": "contribute", "role": "r", "work": "the key is %s", "builds_on": [],'
        return said % disguised + ' "confidence": 0.5, "reason": ""}'

    made = service(loopback(replies=leaky))
    org = team(made, n_agents=1)
    org.step()
    (turn,) = org.records[0].members[0].turns
    assert turn.reply.work == "the key is [secret]"
    assert KEY not in org.records[0].to_json()


def test_addresses_and_words_in_an_answer_stay_as_they_are(loopback):
    def plain(messages):
        work = "see https://example.com, ask bob@example.com, use Bearer authentication"
        said = {"decision": "contribute", "role": "r", "work": work, "builds_on": []}
        return json.dumps({**said, "confidence": 0.9, "reason": "x@y"}, separators=(",", ":"))

    org = team(service(loopback(replies=plain)), n_agents=1)
    org.step()
    reply = org.records[0].members[0].turns[0].reply
    assert reply.work.endswith("use Bearer authentication")
    assert "https://example.com" in reply.work
    assert reply.confidence == 0.9


@pytest.mark.parametrize("status", [302, 307, 308])
def test_no_redirect_is_followed(loopback, status):
    """A key must not go where the address does not say."""
    target = loopback()
    door.litellm()

    async def story():
        async def away(request):
            where = target.api_base.replace("127.0.0.1", "localhost") + "/chat/completions"
            return web.Response(status=status, headers={"Location": where})

        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", away)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        try:
            await Client(timeout_s=3.0).complete(SITE, REQUEST, f"http://127.0.0.1:{port}/v1")
        finally:
            await runner.cleanup()

    with pytest.raises(Halt, match="redirects are refused"):
        loop.run(story())
    assert target.requests == 0


@pytest.mark.parametrize("address", ["http://h/v1#sk-a1b2c3d4e5f6g7", f"http://h/{KEY}/v1"])
def test_an_address_that_holds_a_key_is_refused(address):
    with pytest.raises(UsageError) as refused:
        un.Calls(api_base=address)
    assert "sk-" not in str(refused.value)


# Minds that pace themselves


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
def test_a_paced_mind_that_leaves_is_a_failed_member(error):
    org = un.build(n_agents=2, protocol="silent", model=Leaving(error), judge="none", rng=0)
    org.step()
    assert all(isinstance(m.turns[0].reply, Failure) for m in org.records[0].members)
