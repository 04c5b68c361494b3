"""Teams of models that are called over loopback, alone and by the command."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import unscripted as un
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.request import CallKey, Mode, Request
from unscripted.agents.llm.service import Service
from unscripted.agents.llm.settings import Calls
from unscripted.model.engine.event_loop import permanent_loop
from unscripted.model.errors import Halt
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.folders.folder import Folder, archive
from unscripted.scenarios.harness.runs.play import play

MODEL = "openai/gpt-4.1-mini"
CALL = CallKey("", 0, "member 0", 1)
REQUEST = Request(MODEL, (("user", "JSON, please"),), "contribute", Mode.JSON_OBJECT, 256)
KEY = "sk-planted-0123456789abcdefghijklmnop"


def service(server, journal=None, *, timeout_s=30.0, concurrency=64, **calls):
    """A service that calls models at a server of ours."""
    made = Calls(api_base=server.api_base, timeout_s=timeout_s, concurrency=concurrency, **calls)
    return Service(made, journal)


def client_alone(*, timeout_s=20.0, concurrency=64, **calls):
    """A client alone."""
    return Service(Calls(timeout_s=timeout_s, concurrency=concurrency, **calls)).client


def team(service, protocol="shared", n_agents=4, **rest):
    rest = {"model": MODEL, "judge": "none", "rng": 0, **rest}
    return un.build(protocol=protocol, n_agents=n_agents, calls=service, **rest)


def agents_requests(server):
    """The requests that reached the server, probes and judges left out."""
    return [e for e in server.log if e.prompt.startswith("You are one of")]


def asks(messages, member):
    """Whether a request asks that member."""
    return f"\nYou are agent {member}.\n" in messages[-1]["content"]


def timeless(record):
    """A record without the one thing that differs between two runs: how long calls took."""
    return record.to_json() if record is None else _without_latency(json.loads(record.to_json()))


def _without_latency(value):
    if isinstance(value, dict):
        return {k: _without_latency(v) for k, v in value.items() if k != "latency_s"}
    return [_without_latency(v) for v in value] if isinstance(value, list) else value


def config(server, **rest):
    made = {
        "model": MODEL, "agents": 4, "ticks": 3, "judge": "none", "api_base": server.api_base,
        "timeout": 20.0, **rest,
    }  # fmt: skip
    return RunConfig.of(**made)


def played(config, path, **rest):
    """Play a configuration in its folder as the command does."""
    made = Service(config.calls)
    with Folder(path, config) as folder:
        made.move_to(Journal(folder.path))
        outcome = play(config, folder, org=organization_of(config, made), **rest)
        made.close()
    return outcome, made


def stop_when_flying(client, calls):
    until(lambda: client.meter.in_flight >= calls)
    halt = Halt("interrupted", "interrupted")
    permanent_loop().call_soon_threadsafe(lambda: client.stop(halt))


def command(*arguments, **rest):
    return subprocess.Popen(
        [sys.executable, "-m", "unscripted", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **rest,
    )


def arguments(server, out, *more):
    return (
        "run", "--model", MODEL, "--api-base", server.api_base, "--judge", "none", "--out", out,
        *more,
    )  # fmt: skip


def until(true, limit_s=60.0):
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < limit_s, "it did not happen"
        time.sleep(0.01)


def records_in(path):
    with archive(path) as folder:
        return list(folder.each_record())
