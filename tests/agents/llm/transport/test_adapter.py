"""What is asked of LiteLLM, and what is read of its answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace as Some

import pytest
from support.fakes import REQUEST, raw

from unscripted.agents.llm.calling import adapter as adapter_module
from unscripted.agents.llm.prompting.templates import schema
from unscripted.agents.llm.request import Mode
from unscripted.agents.llm.transport.adapter import Adapter
from unscripted.agents.llm.transport.host_process import our_request
from unscripted.model.errors import UsageError


class FakeLiteLLM:
    """Remembers how it was called."""

    def __init__(self, response=None, listed=()):
        self.response = response
        self.model_cost = dict(listed)
        self.calls = []

    async def acompletion(self, **options):
        self.calls.append({**options, "ours": our_request.get()})
        return self.response


@pytest.fixture
def adapter(monkeypatch):
    """Makes adapters of a made-up LiteLLM, which borrow nothing."""

    def make(*args, **options):
        fake = FakeLiteLLM(*args, **options)
        monkeypatch.setattr(adapter_module, "import_litellm", lambda: fake)
        monkeypatch.setattr(adapter_module, "borrow", lambda: None)
        monkeypatch.setattr(adapter_module, "give_back", lambda: None)
        return Adapter(), fake

    return make


def response(choices=None, **fields):
    whole = [Some(message=Some(content="yes"), finish_reason="stop")]
    known = {
        "choices": whole if choices is None else choices,
        "usage": Some(prompt_tokens=3, completion_tokens=2),
        "model": "m-1",
        "_hidden_params": {"additional_headers": {}},
    }
    return Some(**{**known, **fields})


def sent(adapter, request=REQUEST, given=None, api_base=None):
    made, fake = adapter(given or response())
    found = asyncio.run(made.send(request, api_base=api_base, timeout_s=7.0))
    assert our_request.get() is False
    return fake.calls[0], found


def test_a_bare_call_is_bare(adapter):
    call, _ = sent(adapter)
    assert call == {
        "model": "openai/m", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 64,
        "timeout": 7.0, "max_retries": 0, "num_retries": 0, "ours": True,
    }  # fmt: skip


def test_options_are_sent_where_asked_for(adapter):
    call, _ = sent(adapter, replace(REQUEST, temperature=0.0, seed=0))
    assert (call["temperature"], call["seed"]) == (0.0, 0)
    call, _ = sent(adapter, replace(REQUEST, mode=Mode.JSON_OBJECT))
    assert call["response_format"] == {"type": "json_object"}
    call, _ = sent(adapter, replace(REQUEST, mode=Mode.JSON_SCHEMA))
    assert call["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "intend", "strict": True, "schema": schema("intend")},
    }


@pytest.mark.parametrize(
    ("model", "api_base", "key", "given"),
    [
        ("openai/m", "http://h/v1", "", "none"),
        ("openai/m", "http://h/v1", "sk-mine", None),
        ("openai/m", None, "", None),
        ("hosted_vllm/m", "http://h/v1", "", None),
    ],
)
def test_local_servers_get_no_key(adapter, monkeypatch, model, api_base, key, given):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    call, _ = sent(adapter, replace(REQUEST, model=model), api_base=api_base)
    assert call.get("api_key") == given
    assert call.get("api_base") == api_base


def test_a_whole_response_is_read(adapter):
    _, found = sent(adapter)
    assert found == raw("yes", tokens_in=3, tokens_out=2, served_by="m-1")


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (response([]), {"text": "", "finish": ""}),
        (response([Some()]), {"text": "", "finish": ""}),
        (response([Some(message=Some(content=None), finish_reason=None)]),
         {"text": "", "finish": ""}),
        (response(usage=None), {"tokens_in": None, "tokens_out": None}),
        (response(usage=Some(prompt_tokens=0, completion_tokens=-1)),
         {"tokens_in": None, "tokens_out": None}),
        (response(usage=Some(prompt_tokens=True, completion_tokens="2")),
         {"tokens_in": None, "tokens_out": None}),
        (response(usage=Some(prompt_tokens=1, completion_tokens=1)),
         {"tokens_in": 1, "tokens_out": 1}),
        (response(model=None), {"served_by": ""}),
        (response(_hidden_params=None), {"headers": {}}),
        (response(_hidden_params={"additional_headers": None}), {"headers": {}}),
        (response(_hidden_params={"additional_headers": {
            "llm_provider-X-RateLimit-Limit-Requests": 60, "Retry-After": "1", "date": "x",
            "llm_provider-retry-after": "2"}}),
         {"headers": {"x-ratelimit-limit-requests": "60", "retry-after": "1"}}),
        (Some(), {"text": "", "finish": "", "tokens_in": None, "tokens_out": None, "headers": {},
                  "served_by": ""}),
    ],
    ids=str,
)  # fmt: skip
def test_odd_responses_are_read(adapter, given, fields):
    _, found = sent(adapter, given=given)
    assert {name: getattr(found, name) for name in fields} == fields


LISTED = {
    "openai/a": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6},
    "b": {"input_cost_per_token": 3e-6, "litellm_provider": "openai"},
    "openai/free": {"input_cost_per_token": 0, "output_cost_per_token": None},
    "openai/out": {"output_cost_per_token": 4e-6},
}


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("openai/a", (1e-6, 2e-6)),
        ("openai/b", (3e-6, 0.0)),
        ("azure/b", None),
        ("openai/free", None),
        ("openai/out", (0.0, 4e-6)),
        ("openai/c", None),
    ],
)
def test_listed_prices(adapter, model, price):
    made, _ = adapter(listed=LISTED)
    assert made.listed_price(model) == price


def test_an_unknown_provider_names_near_ones():
    made = Adapter()
    assert made.provider_of("openai/m") == "openai"
    with pytest.raises(UsageError, match=r"model='nobody/m' .* openai/NAME") as far:
        made.provider_of("nobody/m")
    assert "did you mean" not in str(far.value)
    with pytest.raises(UsageError, match=r"did you mean anthropic/…\? known: synthetic/NAME"):
        made.provider_of("antropic/m")
    made.close()
