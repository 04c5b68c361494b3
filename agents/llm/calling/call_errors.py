"""What an error of a call means: try again, when, or give up.

LiteLLM's classes alone don't tell: a refused connection, a reset and an HTML page all arrive as
InternalServerError on one provider and as APIError with status 200 on another, and an exhausted
account looks like a rate limit. So class, status, body and cause are read together.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from ..control_characters import clean
from ..redaction import redact

LONGEST_CAUSE = 300
"""Characters of a cause that a record keeps."""
DEEPEST_CAUSE = 10
"""Errors behind an error that are looked at."""


class ErrorKind(StrEnum):
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


RETRIED = frozenset({ErrorKind.RATE_LIMIT, ErrorKind.SERVER, ErrorKind.TIMEOUT, ErrorKind.EMPTY})
NOT_BILLED = frozenset(
    {
        ErrorKind.RATE_LIMIT,
        ErrorKind.PARAMETER,
        ErrorKind.TOO_LONG,
        ErrorKind.ACCOUNT,
        ErrorKind.REQUEST,
    }
)
"""Refused before a model worked on it, so nobody bills it."""


class CallError(Exception):
    """One attempt went wrong.

    Attributes:
        kind: What it means.
        status: HTTP status; None where there was no response.
        retry_after_s: Seconds the provider wants us to wait, 0 or more; None where it doesn't say.
        headers: Of the refusal, lower-case names.
    """

    def __init__(
        self,
        kind: ErrorKind,
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


_NO_CREDIT = ("insufficient_quota", "billing_hard_limit", "credit balance is too low")
_NO_KEY = ("missing credentials", "api_key client option must be set", "api key is missing")
_NO_NAMED_KEY = re.compile(r"missing \w* ?api key")
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


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What an exception says of itself.

    Attributes:
        classes: Names of its class and of all above it.
        status: HTTP status, if any.
        text: Its words, in lower case.
        timed_out: Whether it is a deadline of ours or of Python's.
    """

    classes: frozenset[str]
    status: int | None
    text: str
    timed_out: bool

    def says(self, *phrases: str) -> bool:
        return any(phrase in self.text for phrase in phrases)

    def is_a(self, *classes: str) -> bool:
        return not self.classes.isdisjoint(classes)


def classify(error: BaseException) -> CallError:
    """The call error that an exception stands for.

    Args:
        error: Of LiteLLM, of what is below it, or of a deadline of ours.

    Returns:
        Its cause is one short line without secrets; the error itself where it is a `CallError`.
    """
    if isinstance(error, CallError):
        return error
    words = _words(error)
    evidence = _Evidence(
        frozenset(c.__name__ for c in type(error).__mro__),
        _status(error),
        words.lower(),
        isinstance(error, TimeoutError),
    )
    headers = _headers(error)
    return CallError(
        _kind(evidence),
        _cause(words),
        status=evidence.status,
        retry_after_s=_retry_after(headers),
        headers=headers,
    )


def _kind(of: _Evidence) -> ErrorKind:
    """The first rule that fits: an account's trouble may look like any of those below it."""
    if of.timed_out or of.is_a("Timeout", "APITimeoutError") or of.status == 408:
        return ErrorKind.TIMEOUT
    if _account_is_empty(of) or of.says(*_NO_KEY) or _NO_NAMED_KEY.search(of.text):
        return ErrorKind.ACCOUNT
    if of.status == 429 or of.is_a("RateLimitError"):
        return ErrorKind.RATE_LIMIT
    if of.status in (401, 403, 404) or of.is_a(
        "AuthenticationError", "PermissionDeniedError", "NotFoundError"
    ):
        return ErrorKind.ACCOUNT
    if of.is_a("ContextWindowExceededError") or (
        of.status in (400, 413, 422) and of.says(*_TOO_LONG)
    ):
        return ErrorKind.TOO_LONG
    if of.is_a("ContentPolicyViolationError") or (of.status == 400 and of.says(*_FILTER)):
        return ErrorKind.CONTENT
    if of.is_a("UnsupportedParamsError") or (of.status in (400, 422) and of.says(*_PARAMETER)):
        return ErrorKind.PARAMETER
    if of.says(*_UNREAD):
        return ErrorKind.SERVER
    if of.says(_REDIRECTED):
        return ErrorKind.ACCOUNT
    if of.status is not None and 400 <= of.status < 500 and not of.is_a("APIConnectionError"):
        return ErrorKind.REQUEST
    return ErrorKind.SERVER


def _account_is_empty(of: _Evidence) -> bool:
    """Whether nothing is left that would come back by itself; rates are quotas, too."""
    if of.status == 402 or of.says(*_NO_CREDIT):
        return True
    return of.says(_QUOTA) and not of.says(*_COMES_BACK)


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None)
    plain = isinstance(status, int | str) and str(status).isascii() and str(status).isdigit()
    return int(status) if plain else None  # type: ignore[arg-type]


def _words(error: BaseException) -> str:
    """All it says, without secrets; LiteLLM repeats its own class names in front."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    words = redact(str(getattr(error, "message", None) or error))
    root = _root(error)
    if root is not error and "connection error" in words.lower():  # of what kind, its cause says
        words = f"{words.rstrip('. ')}: {redact(str(root))}"
    words = re.sub(r"^(?:litellm\.\w+: )+(?:\w+Exception - |\w+Error: )*", "", words)
    return re.sub(r" ?(?:ssl:)?<[\w.]+ object at 0x[0-9a-f]+>", "", words)


def _root(error: BaseException) -> BaseException:
    """What the error goes back to."""
    for _ in range(DEEPEST_CAUSE):
        before = error.__cause__ or error.__context__
        if before is None:
            break
        error = before
    return error


def _cause(words: str) -> str:
    """One line of it, no longer than a record should hold."""
    line = redact(" ".join(clean(words).split())) or "an error without words"
    return line if len(line) <= LONGEST_CAUSE else line[: LONGEST_CAUSE - 1] + "…"


def _headers(error: BaseException) -> dict[str, str]:
    headers: Any = getattr(error, "litellm_response_headers", None)
    if not headers:
        headers = getattr(getattr(error, "response", None), "headers", None)
    try:
        return {str(k).lower(): str(v) for k, v in dict(headers or {}).items()}
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
