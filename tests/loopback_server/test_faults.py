"""The loopback server's faults are those a real client would meet."""

from __future__ import annotations

import json

import jsonschema
import openai
import pytest
from support.called import until
from support.loopback import Start, complete, enforced, posed

from loopback_server.answers.answer import answer
from loopback_server.faults import KINDS, Faults
from loopback_server.token_bucket import Bucket, duration
from unscripted.agents.llm.prompting.templates import schema

RAISED = {
    "rate_limited_silent": (openai.RateLimitError, "rate_limit_exceeded"),
    "quota": (openai.RateLimitError, "insufficient_quota"),
    "server_error": (openai.InternalServerError, None),
    "html": (openai.InternalServerError, None),
    "auth": (openai.AuthenticationError, "invalid_api_key"),
    "no_model": (openai.NotFoundError, "model_not_found"),
    "content_filter": (openai.BadRequestError, "content_policy_violation"),
    "context_overflow": (openai.BadRequestError, "context_length_exceeded"),
    "reset": (openai.APIConnectionError, None),
    "truncated": (openai.APIConnectionError, None),
}


@pytest.mark.parametrize("kind", RAISED)
def test_a_fault_raises_what_clients_expect(loopback: Start, kind: str):
    error, code = RAISED[kind]
    server = loopback(faults=Faults(schedule=(kind,)))
    with pytest.raises(error) as raised:
        complete(server)
    assert type(raised.value) is error
    assert getattr(raised.value, "code", None) == code
    assert server.log[0].fault == kind
    assert server.successes == 0
    assert complete(server).choices, "the schedule is over"
    assert server.successes == 1


def test_a_rate_limit_names_a_wait(loopback: Start):
    with pytest.raises(openai.RateLimitError) as told:
        complete(loopback(faults=Faults(rate_limited=1.0, retry_after_s=7)))
    assert told.value.response.headers["retry-after"] == "7"
    with pytest.raises(openai.RateLimitError) as silent:
        complete(loopback(faults=Faults(rate_limited_silent=1.0)))
    assert "retry-after" not in silent.value.response.headers


def test_a_hanging_server_is_left(loopback: Start):
    server = loopback(faults=Faults(hang=1.0))
    with pytest.raises(openai.APITimeoutError):
        complete(server, timeout=openai.Timeout(10.0, read=0.3))
    until(lambda: server.by_status == {499: 1})


def test_spoilt_completions_arrive(loopback: Start):
    kinds = ("empty_choices", "null_content", "wrong_schema", "prose", "broken_json", "no_usage")
    server = loopback(faults=Faults(schedule=(*kinds, "wrong_usage", "html_ok")))
    asked = posed()
    right = answer(asked, seed=1)
    replies = {kind: complete(server, asked, seed=1) for kind in kinds}
    text = {k: r.choices[0].message.content for k, r in replies.items() if r.choices}
    assert replies["empty_choices"].choices == []
    assert text["null_content"] is None
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(text["wrong_schema"]), schema("contribute"))
    assert f"```json\n{right}\n```" in text["prose"]
    assert right.startswith(text["broken_json"])
    with pytest.raises(ValueError):
        json.loads(text["broken_json"])
    assert (text["no_usage"], replies["no_usage"].usage) == (right, None)
    assert complete(server).usage.completion_tokens == -1
    assert "<html>" in complete(server), "a client that trusts the status gets a text"


def test_unknown_parameters_are_refused(loopback: Start):
    server = loopback(faults=Faults(no_json_schema=True, no_temperature=True, no_seed=True))
    for param, value in (
        ("response_format", enforced("contribute")),
        ("temperature", 0.5),
        ("seed", 1),
    ):
        with pytest.raises(openai.BadRequestError, match="not support") as refused:
            complete(server, posed(), **{param: value})
        assert refused.value.param == param
    assert complete(server, posed(), response_format={"type": "text"}, temperature=1).choices
    server.faults = Faults(no_json_object=True)
    with pytest.raises(openai.BadRequestError, match="json_object is not supported"):
        complete(server, posed(), response_format={"type": "json_object"})
    assert complete(server, posed(), response_format=enforced("contribute")).choices


def test_keys_and_contexts_have_limits(loopback: Start):
    server = loopback(faults=Faults(auth="sk-right", context_characters=500))
    with pytest.raises(openai.AuthenticationError):
        complete(server)
    assert complete(server, key="sk-right").choices
    with pytest.raises(openai.BadRequestError) as refused:
        complete(server, posed(), key="sk-right")
    assert refused.value.code == "context_length_exceeded"


def test_faults_hit_once_where_they_match(loopback: Start):
    server = loopback(faults=Faults(server_error=1.0, only_once=True, match="agent 3"))
    assert complete(server, posed(member=1)).choices
    for member in (3, 3, 3):
        try:
            complete(server, posed(member=member))
        except openai.InternalServerError:
            continue
    assert [e.status for e in server.log] == [200, 500, 200, 200]


def test_a_bucket_by_the_clock():
    now = [0.0]
    bucket = Bucket(20, 5, lambda: now[0])
    assert [bucket.take() for _ in range(5)] == [0.0] * 5
    assert bucket.take() == pytest.approx(0.05)
    assert bucket.headers()["x-ratelimit-remaining-requests"] == "0"
    assert bucket.headers()["x-ratelimit-reset-requests"] == "250ms"
    now[0] = 0.05
    assert bucket.take() == 0.0
    now[0] = 60.0
    assert bucket.headers()["x-ratelimit-reset-requests"] == "0s"
    shown = [duration(s) for s in (0.34, 1.2, 60, 72.5, 3603)]
    assert shown == ["340ms", "1.2s", "1m0s", "1m12.5s", "1h0m3s"]


def test_nonsense_faults_are_refused():
    for nonsense in (
        {"reset": 1.5},
        {"reset": 0.6, "hang": 0.6},
        {"schedule": ("reste",)},
        {"outage": (2, 1)},
        {"burst": 0},
        {"requests_per_s": 0},
        {"no_seed": 1},
        {"match": ""},
        {"drip_s": float("nan")},
    ):
        with pytest.raises(ValueError, match="makes no sense"):
            Faults(**nonsense)
    with pytest.raises(ValueError, match="no such fault: rest"):
        Faults.from_json({"rest": 1})
    some = Faults(outage=(1, 2), schedule=("reset", None), hang=0.5)
    assert Faults.from_json(json.loads(json.dumps(some.to_json()))) == some
    assert set(KINDS) <= set(some.to_json())
