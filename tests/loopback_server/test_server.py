"""The loopback server is faithful: a real client gets what it would get outside."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import jsonschema
import openai
import pytest
from support.loopback import HELLO, Start, as_dicts, client, complete, enforced, posed

from loopback_server.faults import Faults
from unscripted.agents.llm.prompting.templates import schema, template


def test_a_plain_completion(loopback: Start):
    server = loopback()
    reply = complete(server)
    assert reply.choices[0].finish_reason == "stop"
    assert reply.choices[0].message.content
    assert reply.usage.prompt_tokens == len("Say hello.") // 4
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.model == "loopback-1"
    (entry,) = server.log
    assert entry.messages == HELLO
    assert entry.headers["authorization"] == "…1234"
    assert (entry.status, entry.fault, entry.succeeded) == (200, None, True)
    assert (server.requests, server.successes, server.by_status) == (1, 1, {200: 1})
    with client(server) as c:
        assert "loopback-1" in [m.id for m in c.models.list()]


def test_an_enforced_schema_is_kept(loopback: Start):
    server = loopback()
    probe = as_dicts((("user", template("probe").substitute()),))
    for messages in (posed(), probe, HELLO):
        reply = complete(server, messages, response_format=enforced("contribute"), seed=4)
        jsonschema.validate(json.loads(reply.choices[0].message.content), schema("contribute"))
    reply = complete(server, probe, response_format={"type": "json_object"})
    assert json.loads(reply.choices[0].message.content)["reason"] == "ready"


def test_long_answers_are_cut(loopback: Start):
    reply = complete(loopback(), posed(), max_tokens=10)
    assert reply.choices[0].finish_reason == "length"
    assert reply.usage.completion_tokens == 10


def test_scripts_come_first(loopback: Start):
    server = loopback(replies=lambda messages: "scripted" if "hello" in str(messages) else None)
    assert complete(server).choices[0].message.content == "scripted"
    assert json.loads(complete(server, posed()).choices[0].message.content)["work"]


@pytest.mark.parametrize(
    "options",
    [
        {"messages": []},
        {"messages": [{"role": "king", "content": "x"}]},
        {"max_tokens": 0},
        {"temperature": 3},
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "yaml"}},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a b"}}},
        {"max_tokens": 3, "max_completion_tokens": 3},
    ],
)
def test_bad_requests_are_refused(loopback: Start, options: dict[str, Any]):
    server = loopback()
    with pytest.raises(openai.BadRequestError):
        complete(server, **options)
    assert server.log[0].fault == "invalid"


def test_messages_and_model_are_needed(loopback: Start):
    server = loopback()
    with client(server) as c:
        for body in ({"model": "m"}, {"messages": HELLO}):
            with pytest.raises(openai.BadRequestError, match=r"messages|model"):
                c.post("/chat/completions", body=body, cast_to=object)


def test_a_process_is_controlled_and_ends(loopback_process: Callable[..., Any]):
    server = loopback_process(latency_s=0.01, faults=Faults(schedule=("quota",)))
    with pytest.raises(openai.RateLimitError):
        complete(server)
    server.faults = Faults(match="hello", no_usage=1.0)
    assert complete(server).usage is None
    assert [e.fault for e in server.log] == ["quota", "no_usage"]
    assert server.log[0].prompt == "Say hello."
    assert (server.requests, server.successes) == (2, 1)
    assert server.by_status == {429: 1, 200: 1}
    assert server.cpu_s > 0
    server.reset()
    assert (server.requests, server.log) == (0, [])
    assert server.faults == Faults(match="hello", no_usage=1.0)
    server.__exit__(None, None, None)
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)
