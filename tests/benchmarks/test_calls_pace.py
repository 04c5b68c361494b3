"""What a provider may do to hundreds of calls, and what it costs: ratios and times of one run.

The server runs in a process of its own. `make bench` prints every figure.
"""

from __future__ import annotations

import asyncio
import time

import pytest
from loopback_server.server import Faults, LoopbackProcess
from support.fakes import call_of

from unscripted.agents.llm.request import CallFailed, CallKey, Completion, Mode, Request
from unscripted.agents.llm.service import Service
from unscripted.agents.llm.settings import Calls
from unscripted.agents.llm.transport.host_process import tuned_for_calls
from unscripted.model.engine import event_loop as loop

pytestmark = pytest.mark.bench

MODEL = "openai/gpt-4.1-mini"
LATENCY_S = 0.05


@pytest.fixture(scope="module", autouse=True)
def settled():
    with tuned_for_calls():
        yield


def request(i):
    return Request(
        MODEL, (("user", f"JSON, please: {i}"),), "contribute", Mode.JSON_OBJECT, 256, 0.7, i
    )


def asked(service, server, calls):
    """Make so many calls at once; what came of each, and the seconds it took."""

    async def one(i):
        site = CallKey("", 0, f"member {i}", i)
        try:
            return await service.client.complete(call_of(site, request(i), server.api_base))
        except CallFailed as failure:
            return failure

    async def every():
        return await asyncio.gather(*(one(i) for i in range(calls)))

    began = time.monotonic()
    return loop.run(every()), time.monotonic() - began


def told(name, service, answers, wall):
    meter = service.client.meter
    succeeded = sum(isinstance(a, Completion) for a in answers)
    per_success = meter.sent / max(1, succeeded)
    print(
        f"\n{name}: {succeeded} of {len(answers)} succeeded, {per_success:.3f} requests per "
        f"success, {meter.rate_limited} refused with 429, {wall:.2f} s"
    )
    return per_success


def test_errors_refusals_and_resets_lose_nothing():
    faults = Faults(
        server_error=0.05,
        rate_limited=0.025,
        rate_limited_silent=0.025,
        reset=0.02,
        retry_after_s=1,
    )
    with LoopbackProcess(latency_s=LATENCY_S, faults=faults) as server:
        service = Service()
        answers, wall = asked(service, server, 640)
        per_success = told("5 % 500s, 5 % 429s, 2 % resets", service, answers, wall)
    assert all(isinstance(a, Completion) for a in answers)
    assert per_success <= 1.2


@pytest.mark.parametrize("known", ["given", "learnt from headers", "not told"])
def test_rate_limit_is_kept_and_used(known):
    rate, calls = 100, 768
    faults = Faults(requests_per_s=rate, burst=10, hide_limit_headers=known == "not told")
    with LoopbackProcess(latency_s=LATENCY_S, faults=faults) as server:
        made = Calls(api_base=server.api_base, rpm=60 * rate if known == "given" else None)
        service = Service(made)
        service.probe([MODEL])  # as every command does first; its answer carries the headers
        service.client.meter.sent = 0
        answers, wall = asked(service, server, calls)
        per_success = told(f"100 requests/s, {known}", service, answers, wall)
    ideal = calls / rate
    print(f"wall / ideal {wall / ideal:.3f}")
    assert all(isinstance(a, Completion) for a in answers)
    # Who isn't told finds the limit by running into it.
    assert wall <= (1.5 if known == "not told" else 1.2) * ideal
    assert per_success <= (1.25 if known == "not told" else 1.1)


def test_outage_of_seconds_loses_nothing():
    with LoopbackProcess(latency_s=LATENCY_S) as server:
        service = Service()
        asked(service, server, 16)
        server.reset()
        began = server.age
        server.faults = Faults(outage=(began, began + 6.0))
        service = Service()
        answers, wall = asked(service, server, 256)
        told("6 s outage", service, answers, wall)
        first = min(e.at + e.seconds for e in server.log if e.succeeded) - began
        print(f"first success {first:.1f} s after the start of it, all after {wall:.1f} s")
    assert all(isinstance(a, Completion) for a in answers)
    assert wall <= 6.0 + 15.0


@pytest.mark.parametrize("kind", ["drip", "hang"])
def test_deadline_is_met_closely(kind):
    with LoopbackProcess(faults=Faults(**{kind: 1.0})) as server:
        service = Service(Calls(timeout_s=3.0))
        answers, wall = asked(service, server, 32)
        print(f"\n{kind}: {len(answers)} calls with a deadline of 3 s ended after {wall:.2f} s")
    assert {a.kind for a in answers} == {"timeout"}
    assert wall <= 3.5
