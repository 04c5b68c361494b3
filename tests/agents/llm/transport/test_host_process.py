"""A host's own settings of LiteLLM, warnings and the interpreter are as before, once all closed."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import warnings

import httpx
import pytest

from unscripted.agents.llm.service import Service
from unscripted.agents.llm.transport import host_process
from unscripted.agents.llm.transport.adapter import Adapter
from unscripted.agents.llm.transport.host_process import (
    import_litellm,
    tuned_for_calls,
)
from unscripted.agents.llm.transport.wire import Wire, our_request


def transport():
    from litellm.llms.custom_httpx.aiohttp_transport import LiteLLMAiohttpTransport

    return LiteLLMAiohttpTransport


def settings():
    """What a host may have set, and finds again."""
    litellm = import_litellm()
    return {
        "flags": {f: getattr(litellm, f, None) for f in host_process.FLAGS},
        "models": set(litellm.model_cost),
        "transport": transport().handle_async_request,
        "filters": list(warnings.filters),
        "environment": {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
        "interval": sys.getswitchinterval(),
        "thresholds": gc.get_threshold(),
        "collecting": gc.isenabled(),
    }


@pytest.fixture(autouse=True)
def nobody_else():
    gc.collect()  # services that other tests dropped give back now
    assert host_process._borrowers == 0


@pytest.fixture
def hosted():
    """A host's choices, unlike ours."""
    litellm = import_litellm()
    before = {f: getattr(litellm, f) for f in ("suppress_debug_info", "drop_params")}
    litellm.suppress_debug_info, litellm.drop_params = False, True
    yield settings()
    for name, value in before.items():
        setattr(litellm, name, value)


def test_the_last_to_close_puts_back(hosted):
    first, second = Service(), Service()
    for service in (first, second):
        service.mind("openai/gpt-4.1-mini")
    assert import_litellm().drop_params is False
    assert import_litellm().suppress_debug_info is True
    assert transport().handle_async_request is not hosted["transport"]
    assert settings()["filters"] != hosted["filters"]
    first.close()
    assert settings() != hosted
    first.close()
    assert settings() != hosted, "a second close gives nothing back"
    second.close()
    assert settings() == hosted


def test_a_silent_service_borrows_nothing(hosted):
    with Service() as service:
        assert settings() == hosted
        assert service.client.halt is None


def test_leaving_the_block_puts_back(hosted):
    with Service() as service:
        service.mind("openai/m")
        assert settings() != hosted
    assert settings() == hosted


def test_a_dropped_adapter_gives_back(hosted):
    adapter = Adapter()
    assert adapter.litellm is import_litellm()
    assert settings() != hosted
    del adapter
    gc.collect()
    assert settings() == hosted


def test_an_adapter_may_be_used_again(hosted):
    adapter = Adapter()
    for _ in range(2):
        assert adapter.litellm.drop_params is False
        adapter.close()
        assert settings() == hosted


def test_tuning_ends_with_its_block(hosted):
    with tuned_for_calls():
        assert sys.getswitchinterval() == pytest.approx(0.0005)
        assert gc.get_threshold() == (50_000, 20, 20)
    assert settings() == hosted


def test_only_our_redirects_are_refused(monkeypatch):
    away = httpx.Response(307, headers={"location": "http://elsewhere/x"})
    here = httpx.Response(200)
    request = httpx.Request("POST", "http://here/v1")

    async def send(reply, ours):
        async def handle(self, request):
            return reply

        monkeypatch.setattr(transport(), "handle_async_request", handle)
        adapter = Adapter()
        assert adapter.litellm
        our_request.set(ours)
        try:
            return await transport().handle_async_request(None, request)
        finally:
            our_request.set(None)
            adapter.close()

    assert asyncio.run(send(away, None)) is away
    assert asyncio.run(send(here, Wire())) is here
    with pytest.raises(httpx.UnsupportedProtocol, match="here sends us to elsewhere; use its"):
        asyncio.run(send(away, Wire()))
    odd = httpx.Response(302, headers={"location": "/other"})
    with pytest.raises(httpx.UnsupportedProtocol, match="sends us to another address"):
        asyncio.run(send(odd, Wire()))


SCRIPT = """
import gc, os, sys
before = dict(os.environ)
from unscripted.agents.llm.transport.host_process import import_litellm
assert "litellm" not in sys.modules
litellm = import_litellm()
assert dict(os.environ) == before
assert gc.isenabled() == {collecting}
from litellm.constants import AIOHTTP_CONNECTOR_LIMIT
print(litellm.litellm_mode, AIOHTTP_CONNECTOR_LIMIT, litellm is import_litellm())
"""


@pytest.mark.parametrize(
    ("given", "limit"), [({}, "4096"), ({"AIOHTTP_CONNECTOR_LIMIT": "7"}, "7")]
)
def test_the_import_leaves_the_environment(given, limit):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("LITELLM", "AIOHTTP"))}
    script = SCRIPT.format(collecting=not given)
    if given:
        script = script.replace("before =", "gc.disable(); before =", 1)
    done = subprocess.run(
        [sys.executable, "-c", script], env={**environment, **given}, capture_output=True, text=True
    )
    assert done.stdout.split() == ["PRODUCTION", limit, "True"], done.stderr


def test_flags_of_other_versions_are_borrowed(monkeypatch):
    litellm = import_litellm()
    monkeypatch.setattr(litellm, "telemetry", True, raising=False)
    adapter = Adapter()
    assert adapter.litellm.telemetry is False
    adapter.close()
    assert litellm.telemetry is True
