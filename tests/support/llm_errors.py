"""Exceptions of LiteLLM and of the client below it, as they make them."""

from __future__ import annotations

import httpx
import openai

from unscripted.agents.llm.transport.host_process import import_litellm


def response(status: int, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, request=httpx.Request("POST", "http://x"), headers=headers)


def said_by_litellm(name: str, text: str = "no", **headers: str) -> Exception:
    """An exception of LiteLLM's, as it makes them."""
    known = import_litellm().exceptions
    kind = getattr(known, name)
    if name == "APIError":
        return kind(200, text, "openai", "m")
    if name in ("JSONSchemaValidationError",):
        return kind("m", "openai", text, "{}")
    given = {"message": text, "llm_provider": "openai", "model": "m"}
    status = {"PermissionDeniedError": 403, "UnprocessableEntityError": 422, "RateLimitError": 429}
    if name in status or headers:
        given["response"] = response(status.get(name, 503), headers)
    return kind(**given)


def refused(status: int, text: str, **headers: str) -> Exception:
    """An exception of the openai client's."""
    kinds = {
        400: openai.BadRequestError, 401: openai.AuthenticationError, 404: openai.NotFoundError,
        403: openai.PermissionDeniedError, 409: openai.ConflictError, 429: openai.RateLimitError,
        422: openai.UnprocessableEntityError,
    }  # fmt: skip
    kind = kinds.get(status, openai.APIStatusError if status < 500 else openai.InternalServerError)
    return kind(text, response=response(status, headers), body=None)


class Strange(Exception):
    """An error with anything for its attributes."""
