"""The only door to LiteLLM: imported late, set up once, one bare call.

The import costs two seconds and 170 MB, so nothing but a run of real models may come here.
LiteLLM's own retries, cache and budget stay off: they resend what must not be resent, mix
replicates, and never stop anything. What we do instead is in the files beside this one.
"""

from __future__ import annotations

import difflib
import gc
import os
import sys
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

from ....model.errors import UsageError
from ....model.plugins.discovery import discover
from ..prompting.templates import schema
from .request import Mode, Request

PREPARED = {
    "LITELLM_OFFLINE_MODE": "true",  # fetches nothing at import; older versions know the next
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # prices are those of the installed version
    "LITELLM_MODE": "PRODUCTION",  # reads no .env file
    "LITELLM_LOG": "CRITICAL",
    "AIOHTTP_CONNECTOR_LIMIT_PER_HOST": "1024",
    "AIOHTTP_CONNECTOR_LIMIT": "4096",
}


@cache
def litellm() -> Any:
    """The LiteLLM module, imported and quietened on first use."""
    for name, value in PREPARED.items():
        os.environ.setdefault(name, value)
    collecting = gc.isenabled()
    gc.disable()
    try:
        import litellm as module
    finally:
        if collecting:
            gc.enable()
    # Of a response's odd fields pydantic would print the values, and one might be a key.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"pydantic\b.*")
    _refuse_redirects()
    module.suppress_debug_info = True
    module.telemetry = False
    module.drop_params = False  # it would drop in silence what was asked for
    return module


def _refuse_redirects() -> None:
    """Never follow a redirect: not all of a request's keys would be left behind.

    LiteLLM's clients are told to follow them; its one transport is where that can be stopped.
    """
    import httpx
    from litellm.llms.custom_httpx.aiohttp_transport import LiteLLMAiohttpTransport

    handle = LiteLLMAiohttpTransport.handle_async_request

    async def handle_or_refuse(self: Any, request: httpx.Request) -> httpx.Response:
        response: httpx.Response = await handle(self, request)
        if response.has_redirect_location:
            where = httpx.URL(response.headers["location"]).host or "another address"
            raise httpx.UnsupportedProtocol(
                f"redirects are refused: {request.url.host} sends us to {where}; use its address",
                request=request,
            )
        return response

    LiteLLMAiohttpTransport.handle_async_request = handle_or_refuse  # type: ignore[method-assign]


def settle() -> None:
    """Tune this process for hundreds of calls in flight; a command does it once, a library never.

    What is loaded moves out of the garbage collector's sight: collections that find nothing take
    up to half of a call's time otherwise. And the event loop, which lets go of the interpreter lock
    at every journal entry, gets it back from LiteLLM's own threads ten times sooner.
    """
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def provider_of(model: str) -> str:
    """The provider LiteLLM sends a model to.

    Raises:
        UsageError: LiteLLM knows no such provider.
    """
    module = litellm()
    try:
        return str(module.get_llm_provider(model)[1])
    except Exception:  # its own exception types derive from those of the openai client
        known = [*discover("minds"), *(str(getattr(p, "value", p)) for p in module.provider_list)]
        near = difflib.get_close_matches(model.partition("/")[0], known, n=1)
        hint = f"did you mean {near[0]}/…? " if near else ""
        raise UsageError(
            f"model={model!r} is of no known provider; {hint}known: synthetic/NAME, LiteLLM's like "
            "openai/NAME, anthropic/NAME and ollama/NAME, and openai/NAME with --api-base"
        ) from None


def listed_price(model: str) -> tuple[float, float] | None:
    """US dollars per token in and out in LiteLLM's list; None where it has none, or zero."""
    module = litellm()
    provider, _, bare = model.partition("/")
    entry = module.model_cost.get(model)
    if entry is None:  # some providers' models are listed without the provider
        entry = module.model_cost.get(bare)
        if entry is None or entry.get("litellm_provider") != provider:
            return None
    price = (
        float(entry.get("input_cost_per_token") or 0),
        float(entry.get("output_cost_per_token") or 0),
    )
    return price if any(price) else None


def register(model: str) -> None:
    """Make a model known to LiteLLM; unknown ones cost it a slow search at every call."""
    module = litellm()
    if model not in module.model_cost and model.partition("/")[2] not in module.model_cost:
        entry = {"litellm_provider": provider_of(model), "mode": "chat"}
        module.register_model({model: entry})


@dataclass(frozen=True, slots=True)
class Raw:
    """A response as it came: nothing in it has been checked.

    Attributes:
        text: May be empty.
        finish: May be empty.
        tokens_in: None where missing.
        tokens_out: None where missing.
        served_by: The model named in it.
        headers: Of the provider, lower-case names.
    """

    text: str
    finish: str
    tokens_in: int | None
    tokens_out: int | None
    served_by: str
    headers: dict[str, str]


async def send(request: Request, *, api_base: str | None, timeout_s: float) -> Raw:
    """Send a request once.

    Raises:
        Exception: Whatever LiteLLM raises; `faults.py` says what it means.
    """
    options: dict[str, Any] = {}
    if request.temperature is not None:
        options["temperature"] = request.temperature
    if request.seed is not None:
        options["seed"] = request.seed
    if request.mode is Mode.JSON_OBJECT:
        options["response_format"] = {"type": "json_object"}
    elif request.mode is Mode.JSON_SCHEMA:
        options["response_format"] = _schema_format(request.shape)
    if api_base is not None:
        options["api_base"] = api_base
        if request.model.startswith("openai/") and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = "none"  # local servers want none, the client insists on one
    response = await litellm().acompletion(
        model=request.model,
        messages=[{"role": role, "content": text} for role, text in request.messages],
        max_tokens=request.max_tokens,
        timeout=timeout_s,
        max_retries=0,
        num_retries=0,
        **options,
    )
    return _raw(response)


@cache
def _schema_format(shape: str) -> dict[str, Any]:
    return {
        "type": "json_schema",
        "json_schema": {"name": shape, "strict": True, "schema": schema(shape)},
    }


def _raw(response: Any) -> Raw:
    choices = getattr(response, "choices", None) or []
    message = getattr(choices[0], "message", None) if choices else None
    usage = getattr(response, "usage", None)
    hidden = getattr(response, "_hidden_params", None) or {}
    return Raw(
        text=getattr(message, "content", None) or "",
        finish=str(getattr(choices[0], "finish_reason", "") or "") if choices else "",
        tokens_in=_count(getattr(usage, "prompt_tokens", None)),
        tokens_out=_count(getattr(usage, "completion_tokens", None)),
        served_by=str(getattr(response, "model", "") or ""),
        headers=_headers(hidden.get("additional_headers")),
    )


def _count(value: Any) -> int | None:
    return value if type(value) is int and value > 0 else None


def _headers(found: Any) -> dict[str, str]:
    """Rate-limit headers, under the provider's own names."""
    if not found:
        return {}
    return {
        str(k).lower().removeprefix("llm_provider-"): str(v)
        for k, v in dict(found).items()
        if "ratelimit" in str(k).lower() or str(k).lower() == "retry-after"
    }
