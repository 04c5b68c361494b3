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
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ....model.errors import UsageError
from ....model.plugins.discovery import discover
from ..billing.bill import End
from ..billing.price import Price, listed_price
from ..prompting.templates import schema
from ..request import Mode, Request
from ..responses.response import Response, read
from .call_errors import CallError, ErrorKind, classify
from .evidence import line
from .host_process import borrow, give_back, import_litellm
from .wire import BYTES_PER_TOKEN, MOST_BYTES, Wire, our_request

NO_KEY = "none"
"""Local servers want no key; the client of the openai package insists on one."""
NOT_PROVIDERS = frozenset({"extra_body", "num_ctx"})
"""Options that LiteLLM takes for itself and passes on in a way of its own."""
OLLAMA = ("ollama/", "ollama_chat/")
SMALLEST_WINDOW = 4096
CHARACTERS_PER_TOKEN = 3
"""Fewer than usual: a window that is too small costs more than one that is too large."""


@dataclass(frozen=True, slots=True)
class Received:
    """A response, and what its headers say of rate limits.

    Attributes:
        response: As it came: nothing in it has been checked.
        headers: Of the provider's rate limits, lower-case names.
    """

    response: Response
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

    def listed_price(self, model: str, tier: str = "") -> Price | None:
        """A model's price in LiteLLM's list.

        Args:
            model: LiteLLM id.
            tier: The provider's tier of service that is asked for; empty for the usual one.

        Returns:
            None where it has none, or only zeros.
        """
        listed = self.litellm.model_cost
        provider, _, bare = model.partition("/")
        entry = listed.get(model)
        if entry is None:  # some providers' models are listed without the provider
            entry = listed.get(bare)
            if entry is None or entry.get("litellm_provider") != provider:
                return None
        return listed_price(entry, tier)

    async def send(self, request: Request, *, api_base: str | None, timeout_s: float) -> Received:
        """Send a request once.

        An answer that LiteLLM can't read is read from what crossed the wire.

        Args:
            request: What is asked.
            api_base: Address of a server; None for the provider's own.
            timeout_s: LiteLLM's own patience in seconds, above 0.

        Raises:
            CallError: There is no answer.
        """
        litellm = self.litellm
        wire = Wire(MOST_BYTES + BYTES_PER_TOKEN * request.max_tokens)
        marked = our_request.set(wire)
        try:
            made = await litellm.acompletion(
                model=request.model,
                messages=[{"role": role, "content": text} for role, text in request.messages],
                timeout=timeout_s,
                max_retries=0,
                num_retries=0,
                **_options(request, api_base),
            )
        except Exception as error:
            body = wire.parsed() if wire.answered else None
            if body is None:
                raise _classified(error, wire) from None
            return Received(read(body), _rate_limit_headers(wire.headers))
        finally:
            our_request.reset(marked)
        return _received(made, wire)


def _classified(error: Exception, wire: Wire) -> CallError:
    """Why there is no answer; one that came whole but can't be read is owed all the same."""
    if wire.too_long:
        cause = f"an answer longer than {wire.most_bytes:,} bytes, far beyond what was asked for"
        return CallError(ErrorKind.UNREADABLE, cause, end=End.UNUSABLE)
    text = wire.text().strip() if wire.answered else ""
    if text and not text.startswith("<"):
        cause = line(f"an answer that is no JSON: {text[:200]}")
        return CallError(ErrorKind.UNREADABLE, cause, end=End.UNUSABLE)
    return classify(error, wire)


def _received(made: Any, wire: Wire) -> Received:
    """A response as it crossed the wire; where that is in no known form, as LiteLLM made it."""
    headers = wire.headers
    if wire.status is None:  # sent by a transport that is not LiteLLM's usual one
        headers = dict(
            (getattr(made, "_hidden_params", None) or {}).get("additional_headers") or {}
        )
    found = read(wire.parsed()) if wire.answered else Response(recognised=False)
    if not found.recognised:
        body = made.model_dump() if hasattr(made, "model_dump") else {}
        found = replace(read(body), speed=found.speed)
    return Received(found, _rate_limit_headers(headers))


def _options(request: Request, api_base: str | None) -> dict[str, Any]:
    """What is sent only where it was asked for."""
    options: dict[str, Any] = {request.max_field: request.max_tokens, **dict(request.options)}
    named = [name for name, _ in request.options if name not in NOT_PROVIDERS]
    if named:  # LiteLLM refuses by its own list what the provider may well take
        options["allowed_openai_params"] = named
    if request.temperature is not None:
        options["temperature"] = request.temperature
    if request.seed is not None:
        options["seed"] = request.seed
    if request.mode is Mode.JSON_OBJECT:
        options["response_format"] = {"type": "json_object"}
    elif request.mode is Mode.JSON_SCHEMA:
        options["response_format"] = _schema_format(request.schema)
    if request.model.startswith(OLLAMA) and "num_ctx" not in options:
        options["num_ctx"] = window_for(request)
    if api_base is not None:
        options["api_base"] = api_base
        if request.model.startswith("openai/") and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = NO_KEY
    return options


def window_for(request: Request) -> int:
    """The window that Ollama is to give a request, which it would otherwise cut in silence.

    It loads a model anew for another window, so there are few sizes.

    Args:
        request: Before it is sent.
    """
    needed = request.characters // CHARACTERS_PER_TOKEN + request.max_tokens
    return max(SMALLEST_WINDOW, 1 << max(0, needed - 1).bit_length())


@cache
def _schema_format(name: str) -> dict[str, Any]:
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "strict": True, "schema": schema(name)},
    }


def _rate_limit_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Rate-limit headers, under the provider's own names."""
    return {
        name.lower().removeprefix("llm_provider-"): str(value)
        for name, value in headers.items()
        if "ratelimit" in name.lower() or name.lower() == "retry-after"
    }
