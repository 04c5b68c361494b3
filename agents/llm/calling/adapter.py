"""The only way to LiteLLM: imported late, its settings borrowed, one bare call.

The import costs two seconds and 170 MB, so nothing but a run of real models may come here.
LiteLLM's own retries, cache and budget stay off: they resend what must not be resent, mix
replicates, and never stop anything. What we do instead is in the files beside this one.
"""

from __future__ import annotations

import difflib
import os
import threading
import weakref
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ....model.errors import UsageError
from ....model.plugins.discovery import discover
from ..prompting.bounds import bare_name
from ..prompting.templates import schema
from ..request import Mode, Request
from .host_process import borrow, give_back, import_litellm, our_request

NO_KEY = "none"
"""Local servers want no key; the client of the openai package insists on one."""


@dataclass(frozen=True, slots=True)
class RawResponse:
    """A response as it came: nothing in it has been checked.

    Attributes:
        text: May be empty.
        finish: May be empty.
        tokens_in: None where missing.
        tokens_out: None where missing.
        served_by: The model named in it.
        headers: Of the provider's rate limits, lower-case names.
    """

    text: str
    finish: str
    tokens_in: int | None
    tokens_out: int | None
    served_by: str
    headers: dict[str, str]


class Adapter:
    """LiteLLM as one client uses it. Its settings are borrowed at first use, until `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._borrowed: weakref.finalize[[], Adapter] | None = None

    @property
    def litellm(self) -> Any:
        """The LiteLLM module."""
        with self._lock:
            if self._borrowed is None:
                borrow()
                self._borrowed = weakref.finalize(self, give_back)
        return import_litellm()

    def close(self) -> None:
        """Put LiteLLM's settings back, if no other adapter needs them; a later use borrows anew."""
        with self._lock:
            if self._borrowed is not None:
                self._borrowed()
                self._borrowed = None

    def provider_of(self, model: str) -> str:
        """The provider LiteLLM sends a model to.

        Args:
            model: LiteLLM id.

        Raises:
            UsageError: LiteLLM knows no such provider.
        """
        litellm = self.litellm
        try:
            return str(litellm.get_llm_provider(model)[1])
        except Exception:  # its own exception types derive from those of the openai client
            providers = (str(getattr(p, "value", p)) for p in litellm.provider_list)
            known = [*discover("minds"), *providers]
            near = difflib.get_close_matches(model.partition("/")[0], known, n=1)
            hint = f"did you mean {near[0]}/…? " if near else ""
            raise UsageError(
                f"model={model!r} is of no known provider; {hint}known: synthetic/NAME, LiteLLM's "
                "like openai/NAME, anthropic/NAME and ollama/NAME, and openai/NAME with --api-base"
            ) from None

    def listed_price(self, model: str) -> tuple[float, float] | None:
        """A model's price in LiteLLM's list.

        Args:
            model: LiteLLM id.

        Returns:
            US dollars per token in and out; None where it has none, or only zeros.
        """
        listed = self.litellm.model_cost
        provider, _, bare = model.partition("/")
        entry = listed.get(model)
        if entry is None:  # some providers' models are listed without the provider
            entry = listed.get(bare)
            if entry is None or entry.get("litellm_provider") != provider:
                return None
        price = (
            float(entry.get("input_cost_per_token") or 0),
            float(entry.get("output_cost_per_token") or 0),
        )
        return price if any(price) else None

    async def send(
        self, request: Request, *, api_base: str | None, timeout_s: float
    ) -> RawResponse:
        """Send a request once.

        Args:
            request: What is asked.
            api_base: Address of a server; None for the provider's own.
            timeout_s: LiteLLM's own patience in seconds, above 0.

        Raises:
            Exception: Whatever LiteLLM raises; `call_errors.classify` says what it means.
        """
        litellm = self.litellm
        marked = our_request.set(True)
        try:
            response = await litellm.acompletion(
                model=request.model,
                messages=[{"role": role, "content": text} for role, text in request.messages],
                max_tokens=request.max_tokens,
                timeout=timeout_s,
                max_retries=0,
                num_retries=0,
                **_options(request, api_base),
            )
        finally:
            our_request.reset(marked)
        return _raw_response(response)


def _options(request: Request, api_base: str | None) -> dict[str, Any]:
    """What is sent only where it was asked for."""
    options: dict[str, Any] = {}
    if request.temperature is not None:
        options["temperature"] = request.temperature
    if request.seed is not None:
        options["seed"] = request.seed
    if request.mode is Mode.JSON_OBJECT:
        options["response_format"] = {"type": "json_object"}
    elif request.mode is Mode.JSON_SCHEMA:
        options["response_format"] = _schema_format(request.schema)
    if api_base is not None:
        options["api_base"] = api_base
        if request.model.startswith("openai/") and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = NO_KEY
    return options


@lru_cache(maxsize=4096)
def _schema_format(name: str) -> dict[str, Any]:
    return {
        "type": "json_schema",
        "json_schema": {"name": bare_name(name), "strict": True, "schema": schema(name)},
    }


def _raw_response(response: Any) -> RawResponse:
    choices = getattr(response, "choices", None) or []
    message = getattr(choices[0], "message", None) if choices else None
    usage = getattr(response, "usage", None)
    hidden = getattr(response, "_hidden_params", None) or {}
    return RawResponse(
        text=getattr(message, "content", None) or "",
        finish=str(getattr(choices[0], "finish_reason", "") or "") if choices else "",
        tokens_in=_count(getattr(usage, "prompt_tokens", None)),
        tokens_out=_count(getattr(usage, "completion_tokens", None)),
        served_by=str(getattr(response, "model", "") or ""),
        headers=_rate_limit_headers(hidden.get("additional_headers")),
    )


def _count(value: Any) -> int | None:
    return value if type(value) is int and value > 0 else None


def _rate_limit_headers(headers: Any) -> dict[str, str]:
    """Rate-limit headers, under the provider's own names."""
    lower = {str(k).lower(): str(v) for k, v in dict(headers or {}).items()}
    return {
        name.removeprefix("llm_provider-"): value
        for name, value in lower.items()
        if "ratelimit" in name or name == "retry-after"
    }
