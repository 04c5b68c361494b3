"""What is asked of LiteLLM, and what is read of its answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from support.fakes import REQUEST

from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.agents.llm.prompting.templates import schema
from unscripted.agents.llm.request import Mode
from unscripted.agents.llm.responses.parts import Parts
from unscripted.agents.llm.transport import adapter as adapter_module
from unscripted.agents.llm.transport.adapter import Adapter, window_for
from unscripted.agents.llm.transport.wire import our_request
from unscripted.model.errors import UsageError


class FakeLiteLLM:
    """Remembers how it was called."""

    def __init__(self, response=None, listed=()):
        self.response = response
        self.model_cost = dict(listed)
        self.calls = []

    async def acompletion(self, **options):
        self.calls.append({**options, "ours": our_request.get() is not None})
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


class Made:
    """A response as LiteLLM makes it, where nothing was seen on the wire."""

    def __init__(self, body: Any, headers: dict[str, Any] | None = None) -> None:
        self.body = body
        self._hidden_params = {"additional_headers": headers}

    def model_dump(self) -> Any:
        return self.body


def response(headers=None, **fields):
    whole = [{"message": {"content": "yes"}, "finish_reason": "stop"}]
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    return Made({"choices": whole, "usage": usage, "model": "m-1", **fields}, headers)


def sent(adapter, request=REQUEST, given=None, api_base=None):
    made, fake = adapter(given or response())
    found = asyncio.run(made.send(request, api_base=api_base, timeout_s=7.0))
    assert our_request.get() is None
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
    assert found.response.parts == Parts("yes")
    assert (found.response.tokens, found.response.served_by) == (Tokens(3, 2), "m-1")
    _, found = sent(adapter, given=object())
    assert found.response.recognised is False


def test_rate_limit_headers_are_kept(adapter):
    headers = {
        "llm_provider-X-RateLimit-Limit-Requests": 60, "Retry-After": "1", "date": "x",
        "llm_provider-retry-after": "2",
    }  # fmt: skip
    _, found = sent(adapter, given=response(headers))
    assert found.headers == {"x-ratelimit-limit-requests": "60", "retry-after": "1"}


def test_options_of_the_model_are_sent(adapter):
    options = (("extra_body", {"top_k": 5}), ("reasoning_effort", "low"), ("top_p", 0.9))
    call, _ = sent(adapter, replace(REQUEST, options=options))
    assert (call["extra_body"], call["reasoning_effort"], call["top_p"]) == (
        {"top_k": 5}, "low", 0.9,
    )  # fmt: skip
    assert call["allowed_openai_params"] == ["reasoning_effort", "top_p"]


def test_the_length_has_its_name(adapter):
    call, _ = sent(adapter, replace(REQUEST, max_field="max_completion_tokens"))
    assert call["max_completion_tokens"] == 64
    assert "max_tokens" not in call


@pytest.mark.parametrize(
    ("model", "characters", "window"),
    [("ollama/m", 9, 4096), ("ollama_chat/m", 30_000, 16_384), ("openai/m", 30_000, None)],
)
def test_ollama_gets_its_window(adapter, model, characters, window):
    request = replace(REQUEST, model=model, messages=(("user", "x" * characters),))
    call, _ = sent(adapter, request)
    assert call.get("num_ctx") == window
    own = replace(request, options=(("num_ctx", 2048),))
    assert sent(adapter, own)[0]["num_ctx"] == 2048
    assert window_for(request) >= characters // 3


LISTED = {
    "openai/a": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6},
    "b": {"input_cost_per_token": 3e-6, "litellm_provider": "openai"},
    "openai/free": {"input_cost_per_token": 0, "output_cost_per_token": None},
    "openai/out": {"output_cost_per_token": 4e-6},
}


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("openai/a", Price(1e-6, 2e-6)),
        ("openai/b", Price(3e-6, 0.0)),
        ("azure/b", None),
        ("openai/free", None),
        ("openai/out", Price(0.0, 4e-6)),
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
