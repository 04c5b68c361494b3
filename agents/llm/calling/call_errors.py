"""What an error of a call means: try again, when, or give up.

LiteLLM's classes alone don't tell: a refused connection, a reset and an HTML page all arrive as
InternalServerError on one provider and as APIError with status 200 on another, and an exhausted
account looks like a rate limit. So class, status, body and cause are read together.
"""

from __future__ import annotations

import math
import re
import time
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from ..parsing.control_characters import clean
from .redaction import without_secrets

LONGEST_CAUSE = 300


class Kind(StrEnum):
    """What went wrong with a call."""

    RATE_LIMIT = "rate limit"  # try again when told, or later
    SERVER = "server"  # 5xx, unusable body, connection: try again
    TIMEOUT = "timeout"  # no answer in time: try again while there is time
    EMPTY = "empty"  # an answer without text: try again, not often
    USED_UP = "used up"  # its length went into thoughts or tools: this decision has failed
    TOO_LONG = "length"  # the prompt doesn't fit: ask with less
    CONTENT = "refused"  # a content filter: this decision has failed
    PARAMETER = "parameter"  # the model takes no such parameter
    REQUEST = "error"  # refused for another reason: this decision has failed
    ACCOUNT = "account"  # key, permission, quota, unknown model: the run must stop


RETRIED = frozenset({Kind.RATE_LIMIT, Kind.SERVER, Kind.TIMEOUT, Kind.EMPTY})
UNSENT = frozenset({Kind.RATE_LIMIT, Kind.PARAMETER, Kind.TOO_LONG, Kind.ACCOUNT, Kind.REQUEST})
"""Refused before a model worked on it, so nobody bills it."""


class Fault(Exception):
    """One attempt went wrong.

    Attributes:
        kind: What it means.
        status: HTTP status; None where there was no response.
        retry_after_s: How long the provider wants us to wait; None where it doesn't say.
        headers: Rate-limit headers of the refusal.
    """

    def __init__(
        self,
        kind: Kind,
        cause: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(cause)
        self.kind = kind
        self.status = status
        self.retry_after_s = retry_after_s
        self.headers = headers or {}


_EMPTY = ("insufficient_quota", "billing_hard_limit", "credit balance is too low")
_NO_KEY = ("missing credentials", "api_key client option must be set", "api key is missing")
_QUOTA = "exceeded your current quota"
_COMES_BACK = ("per minute", "per_minute", "perminute", "retry in", "per second", "per_second")
_UNREAD = ("converting to valid response", "unable to parse", "error parsing", "expecting value")
"""A 200 that LiteLLM could not read, which it calls a bad request; it may have been billed."""
_REDIRECTED = "redirects are refused"
_TOO_LONG = (
    "context_length_exceeded", "maximum context length", "context window", "too many tokens",
    "prompt is too long", "exceed context", "exceeds the context", "context size",
)  # fmt: skip
_FILTER = ("content_policy", "content_filter", "content management policy", "safety system")
_PARAMETER = (
    "response_format", "json_schema", "temperature", "seed", "unsupported", "not support",
    "structured output", "structured_output", "extra inputs are not permitted",
)  # fmt: skip


def understood(error: BaseException) -> Fault:
    """The fault that an exception of LiteLLM, or of our own deadline, stands for."""
    if isinstance(error, Fault):
        return error
    names = {c.__name__ for c in type(error).__mro__}
    status = _status(error)
    said = _said(error)
    text, low = _cause(said), said.lower()
    headers = _headers(error)
    wait = _retry_after(headers)
    made = {"status": status, "retry_after_s": wait, "headers": headers}

    def fault(kind: Kind) -> Fault:
        return Fault(kind, text, **made)  # type: ignore[arg-type]

    if isinstance(error, TimeoutError) or names & {"Timeout", "APITimeoutError"} or status == 408:
        return fault(Kind.TIMEOUT)
    if status == 402 or any(mark in low for mark in _EMPTY):
        return fault(Kind.ACCOUNT)
    if any(mark in low for mark in _NO_KEY) or re.search(r"missing \w* ?api key", low):
        return fault(Kind.ACCOUNT)
    if _QUOTA in low and not any(mark in low for mark in _COMES_BACK):
        return fault(Kind.ACCOUNT)
    if status == 429 or "RateLimitError" in names:
        return fault(Kind.RATE_LIMIT)
    if names & {"AuthenticationError", "PermissionDeniedError", "NotFoundError"} or status in (
        401, 403, 404,
    ):  # fmt: skip
        return fault(Kind.ACCOUNT)
    if "ContextWindowExceededError" in names or (
        status in (400, 413, 422) and any(mark in low for mark in _TOO_LONG)
    ):
        return fault(Kind.TOO_LONG)
    if "ContentPolicyViolationError" in names or (
        status == 400 and any(mark in low for mark in _FILTER)
    ):
        return fault(Kind.CONTENT)
    if "UnsupportedParamsError" in names or (
        status in (400, 422) and any(mark in low for mark in _PARAMETER)
    ):
        return fault(Kind.PARAMETER)
    if any(mark in low for mark in _UNREAD):
        return fault(Kind.SERVER)
    if _REDIRECTED in low:
        return fault(Kind.ACCOUNT)
    if status is not None and 400 <= status < 500 and "APIConnectionError" not in names:
        return fault(Kind.REQUEST)
    return fault(Kind.SERVER)


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None)
    plain = isinstance(status, int | str) and str(status).isascii() and str(status).isdigit()
    return int(status) if plain else None  # type: ignore[arg-type]


def _said(error: BaseException) -> str:
    """All it says, without secrets; LiteLLM repeats its own class names in front."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    said = without_secrets(str(getattr(error, "message", None) or error))
    root = _root(error)
    if root is not error and "connection error" in said.lower():  # of what kind, its cause says
        said = f"{said.rstrip('. ')}: {without_secrets(str(root))}"
    said = re.sub(r"^(?:litellm\.\w+: )+(?:\w+Exception - |\w+Error: )*", "", said)
    return re.sub(r" ?(?:ssl:)?<[\w.]+ object at 0x[0-9a-f]+>", "", said)


def _root(error: BaseException) -> BaseException:
    """What the error goes back to."""
    for _ in range(10):
        before = error.__cause__ or error.__context__
        if before is None:
            break
        error = before
    return error


def _cause(said: str) -> str:
    """One line of it, no longer than a record should hold."""
    line = without_secrets(" ".join(clean(said).split())) or "an error without words"
    return line if len(line) <= LONGEST_CAUSE else line[: LONGEST_CAUSE - 1] + "…"


def _headers(error: BaseException) -> dict[str, str]:
    found: Any = getattr(error, "litellm_response_headers", None)
    if not found:
        found = getattr(getattr(error, "response", None), "headers", None)
    try:
        return {str(k).lower(): str(v) for k, v in dict(found or {}).items()}
    except (TypeError, ValueError):
        return {}


def _retry_after(headers: dict[str, str]) -> float | None:
    """Seconds to wait: `retry-after-ms`, or `retry-after` in seconds or as a date."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * unit_s
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    try:
        return max(0.0, parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time())
    except (KeyError, TypeError, ValueError):
        return None
