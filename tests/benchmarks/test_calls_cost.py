"""What our layer adds to a bare `litellm.acompletion`, as ratios measured in one run.

A server in a process of its own answers after 50 ms. The same requests are sent by a run of ours,
by a bare gather of `litellm.acompletion`, and by bare aiohttp; repetitions alternate.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
import zlib
from dataclasses import dataclass

import aiohttp
import pytest
from loopback_server.server import LoopbackProcess
from support.fakes import answer, kept

import unscripted as un
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.prompting.bounds import bare_name
from unscripted.agents.llm.prompting.templates import schema
from unscripted.agents.llm.request import CallKey, Mode, Request
from unscripted.agents.llm.service import Service
from unscripted.agents.llm.settings import Calls
from unscripted.agents.llm.transport.host_process import import_litellm, tuned_for_calls
from unscripted.model.engine import event_loop as loop

pytestmark = pytest.mark.bench

MODEL = "openai/gpt-4.1-mini"
LATENCY_S = 0.05
REPETITIONS = 5


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and of CPU that some calls took."""

    wall: float
    cpu: float
    calls: int


def measured(work, calls):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu, calls)


@pytest.fixture(scope="module")
def server():
    with tuned_for_calls(), LoopbackProcess(latency_s=LATENCY_S) as running:
        yield running


def organization(server, protocol, n_agents, seed):
    service = Service(Calls(api_base=server.api_base, concurrency=256))
    org = un.build(
        protocol=protocol, n_agents=n_agents, model=MODEL, judge="none", calls=service, rng=seed
    )
    service.probe([MODEL])
    return org, service


def asked(service):
    """The requests of a run as LiteLLM takes them, in the order they were answered."""
    rows = service.client.journal._db.execute(
        "SELECT request FROM calls WHERE who NOT LIKE 'probe%' ORDER BY rowid"
    ).fetchall()
    found = []
    for (packed,) in rows:
        model, messages, shape, _, max_tokens, temperature, seed = json.loads(
            zlib.decompress(packed)
        )
        found.append(
            {
                "model": model,
                "messages": [{"role": role, "content": text} for role, text in messages],
                "max_tokens": max_tokens,
                "temperature": temperature,
                "seed": seed,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {
                        "name": bare_name(shape),
                        "strict": True,
                        "schema": schema(shape),
                    },
                },
            }
        )
    return found


def bare_litellm(server, requests, *, at_once):
    async def one(request):
        await import_litellm().acompletion(
            **request, api_base=server.api_base, api_key="none", max_retries=0, timeout=60
        )

    async def every():
        if at_once:
            await asyncio.gather(*(one(r) for r in requests))
        else:
            for r in requests:
                await one(r)

    loop.run(every())


def bare_aiohttp(server, requests, *, at_once):
    async def every():
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def one(request):
                body = {**request, "model": request["model"].partition("/")[2]}
                url = f"{server.api_base}/chat/completions"
                async with session.post(url, json=body) as response:
                    await response.json()

            if at_once:
                await asyncio.gather(*(one(r) for r in requests))
            else:
                for r in requests:
                    await one(r)

    loop.run(every())


@pytest.mark.parametrize(
    ("protocol", "n_agents", "rounds"), [("shared", 256, 1), ("sequential", 16, 16)]
)
def test_our_layer_costs_little(server, protocol, n_agents, rounds):
    at_once = rounds == 1
    walls, cpus, fast = [], [], []
    ours = bare = plain = None
    for repetition in range(REPETITIONS + 1):
        org, service = organization(server, protocol, n_agents, repetition)
        ours = measured(org.step, n_agents)
        assert org.records[0].totals.failures == 0
        requests = asked(service)
        assert len(requests) == n_agents
        bare = measured(lambda r=requests: bare_litellm(server, r, at_once=at_once), n_agents)
        plain = measured(lambda r=requests: bare_aiohttp(server, r, at_once=at_once), n_agents)
        if repetition:  # the first warms both up
            walls.append(ours.wall / bare.wall)
            cpus.append(ours.cpu / bare.cpu)
            fast.append((ours.wall / plain.wall, ours.cpu / plain.cpu))
    critical_s = rounds * LATENCY_S
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    print(
        f"\n{protocol}, N={n_agents}: makespan / bare LiteLLM {wall:.3f} (at most 1.2), "
        f"CPU per call / bare LiteLLM {cpu:.3f} (at most 1.2); "
        f"makespan / critical path: ours {ours.wall / critical_s:.2f}, "
        f"bare LiteLLM {bare.wall / critical_s:.2f}, aiohttp {plain.wall / critical_s:.2f}; "
        f"ours / aiohttp: makespan {statistics.median(w for w, _ in fast):.2f}, "
        f"CPU {statistics.median(c for _, c in fast):.1f}"
    )
    assert wall <= 1.2
    assert cpu <= 1.2


def test_journal_writes_cost_little(tmp_path):
    journal = Journal(tmp_path / "journal.sqlite")
    given = answer("x" * 2000, 500, 500, 0.01)
    request = Request(MODEL, (("user", "y" * 8000),), "contribute", Mode.PROMPT, 500)
    keys = [CallKey("", 0, "member 0", i) for i in range(500)]

    def write():
        for key in keys:
            kept(journal, key, request, given)

    def read():
        for key in keys:
            assert journal.find(key, request.digest) == given

    print(
        f"\njournal: write {measured(write, 500).wall / 500 * 1e3:.3f} ms, "
        f"read {measured(read, 500).wall / 500 * 1e3:.3f} ms a call"
    )
