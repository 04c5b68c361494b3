"""Stopping and going on: halts, Ctrl-C, kills, full disks."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import threading
import time
from collections import Counter

import pytest
from loopback_server.server import Faults
from support.called import (
    KEY,
    MODEL,
    REQUEST,
    agents_requests,
    arguments,
    client_alone,
    command,
    records_in,
    service,
    stop_when_flying,
    team,
    timeless,
    until,
)
from support.fakes import call_of

import unscripted as un
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.request import CallKey
from unscripted.model.engine import event_loop as loop
from unscripted.model.errors import Halt, UsageError
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.exits import Exit
from unscripted.scenarios.harness.runs.interrupts import graceful
from unscripted.scenarios.harness.runs.sweep import run_one


def test_an_unreachable_provider_stops_the_run(loopback, tmp_path):
    server = loopback()
    made = service(server, Journal(tmp_path / "j.sqlite"), timeout_s=1.0)
    org = team(made, "shared", 8)
    org.run(1)
    server.faults = Faults(reset=1.0)
    with pytest.raises(Halt, match="3 decisions in a row without an answer"):
        org.step()
    assert org.tick == len(org.records) == 1
    server.faults = Faults()
    again = team(service(server, Journal(tmp_path / "j.sqlite")), "shared", 8)
    assert again.run(2)[0].to_json() == org.records[0].to_json()
    assert again.records[1].totals.failures == 0


@pytest.mark.parametrize("faults", [Faults(auth="another"), Faults(schedule=("quota",) * 9)])
def test_a_refused_account_is_one_line(loopback, faults):
    server = loopback(faults=faults)
    made = service(server)
    with pytest.raises(UsageError) as refused:
        made.probe([MODEL])
    assert str(refused.value).startswith(f"model='{MODEL}' at {server.api_base} can't be used: ")
    assert "\n" not in str(refused.value)
    assert KEY not in str(refused.value)


def test_an_empty_account_stops_the_run(loopback):
    server = loopback()
    org = team(service(server), "sequential", 4)
    org.run(1)
    server.faults = Faults(schedule=(None, None, *("quota",) * 20))
    with pytest.raises(Halt) as halt:
        org.run(1)
    assert halt.value.reason == "refused"
    assert org.tick == 1


def test_calls_in_flight_finish(loopback):
    server = loopback(latency_s=0.5)
    made = service(server, concurrency=4)
    made.probe([MODEL])
    org = team(made, "shared", 12)

    threading.Thread(target=stop_when_flying, args=(made.client, 4)).start()
    with pytest.raises(Halt) as halt:
        org.step()
    assert halt.value.reason == "interrupted"
    assert made.client.meter.answered == len(agents_requests(server)) == 4
    assert made.client.journal.count() == 5  # and the probe
    assert made.client.meter.in_flight == made.client.meter.waiting == 0
    assert org.tick == 0


def test_ctrl_c_twice_ends_at_once(loopback, tmp_path):
    server = loopback(latency_s=0.02)
    out = tmp_path / "run"
    asked = arguments(server, out, "--ticks", 2, "--agents", 3, "--json")
    server.faults = Faults(hang=1.0, match="\nYou are agent 2.\n")
    process = command(*asked)
    until(lambda: any(e.fault == "hang" for e in server.log))
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None, "the first press waits for what is in flight"
    pressed = time.monotonic()
    process.send_signal(signal.SIGINT)
    said, told = process.communicate(timeout=30)
    assert time.monotonic() - pressed < 60
    assert process.returncode == Exit.INTERRUPTED, told
    assert "Traceback" not in told
    assert "may finish; Ctrl-C again" in told
    server.faults = Faults()
    before = len(agents_requests(server))
    process = command(*asked)
    said, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert json.loads(said)["runs"][0]["calls"] == 3
    assert len(agents_requests(server)) - before == 6 - 2, "two were answered and kept"


def test_a_killed_run_resumes(loopback, tmp_path):
    kill_and_resume(loopback, tmp_path, kills=2, n_agents=16)


@pytest.mark.slow
def test_ten_kills_of_64_agents(loopback, tmp_path):
    kill_and_resume(loopback, tmp_path, kills=10, n_agents=64)


def kill_and_resume(loopback, tmp_path, *, kills, n_agents):
    server = loopback(latency_s=0.03)
    size = ("--agents", n_agents, "--ticks", 3, "--protocol", "broadcast", "--concurrency", 24)
    process = command(*arguments(server, tmp_path / "whole", *size))
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    wanted = len(agents_requests(server))
    rng = random.Random(1)
    server.reset()
    points = sorted(rng.sample(range(5, wanted - 5), kills))
    for point in points:
        process = command(*arguments(server, tmp_path / "killed", *size))
        until(lambda p=point: len({e.digest for e in agents_requests(server)}) >= p)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    process = command(*arguments(server, tmp_path / "killed", *size))
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    times = Counter(e.digest for e in agents_requests(server))
    repaid = sum(n - 1 for n in times.values())
    print(f"\nkilled {kills} times: {wanted} calls, {repaid} paid again, 24 in flight at most")
    assert len(times) == wanted
    assert repaid <= 24 * kills
    whole, killed = (records_in(tmp_path / name) for name in ("whole", "killed"))
    assert [timeless(r) for r in whole] == [timeless(r) for r in killed]
    replay = command("replay", tmp_path / "killed")
    _, told = replay.communicate(timeout=60)
    assert replay.returncode == 0, told


def test_a_mended_cause_steps_again(loopback):
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


def test_a_run_cut_short_is_none(loopback):
    server = loopback()
    config = RunConfig.of(model=MODEL, agents=2, ticks=3, judge="none", api_base=server.api_base)
    made = un.Service(config.calls)
    made.probe([MODEL])
    server.faults = Faults(schedule=(*(None,) * (len(server.log) + 2), *("quota",) * 9))
    found = run_one(config, 0, made)
    assert found.stopped
    assert found.row is None
    server.faults = Faults()
    assert run_one(config, 0, made).row["ticks"] == 3


@pytest.mark.parametrize("at_once", [False, True])
def test_stopped_tasks_give_slots_back(loopback, at_once):
    server = loopback(faults=Faults(hang=1.0, only_once=True))
    client = client_alone(concurrency=1, timeout_s=10.0)

    async def story():
        ends = []

        async def one(i):
            try:
                await client.complete(
                    call_of(CallKey("", 0, f"member {i}", i), REQUEST, server.api_base)
                )
            except Halt:
                ends.append(asyncio.current_task().cancelling())

        tasks = [asyncio.ensure_future(one(i)) for i in range(3)]
        while client.meter.in_flight < 1 or client.meter.waiting < 2:
            await asyncio.sleep(0.01)
        client.stop(Halt("interrupted", "interrupted"), at_once=True)
        await asyncio.gather(*tasks)
        return ends

    assert loop.run(story()) == [0, 0, 0]
    (endpoint,) = client.sender._endpoints.values()
    assert (endpoint.concurrency.held, endpoint.concurrency.waiting, client.sender._slots.held) == (
        0,
        0,
        0,
    )
    assert (client.meter.in_flight, client.meter.waiting) == (0, 0)
    assert not client.switch._waiting
    assert not client.switch._sending
    if at_once:
        client.resume()
        assert client.halt is None


def test_ctrl_c_with_nobody_reading(loopback):
    import signal

    made = service(loopback())

    def gone(words):
        raise BrokenPipeError

    with graceful(made, gone):
        os.kill(os.getpid(), signal.SIGINT)
        until(lambda: made.client.halt is not None)
    assert made.client.halt.reason == "interrupted"


def test_a_full_disk_stops_everybody(loopback, tmp_path):
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
