"""What an error of a call means: try again, when, or give up; and whether anything is owed.

LiteLLM's classes alone don't tell: a refused connection, a reset and an HTML page all arrive as
InternalServerError on one provider and as APIError with status 200 on another, and an exhausted
account looks like a rate limit. So class, status, body and cause are read together.
"""

from __future__ import annotations

import re
from enum import StrEnum

from ..billing.bill import NOTHING, Bill, End
from ..capabilities.lessons import least_length
from ..responses.errors import ProviderError
from .evidence import LONGEST_CAUSE, Evidence, evidence_of, stated
from .wire import Wire


class ErrorKind(StrEnum):
    """What went wrong with a call."""

    RATE_LIMIT = "rate limit"  # try again when told, or later
    SERVER = "server"  # 5xx, unusable body, connection: try again
    TIMEOUT = "timeout"  # no answer in time: try again while there is time
    EMPTY = "empty"  # an answer without text: it is sent back as any that can't be used
    UNREADABLE = "unreadable"  # an answer that nothing can be had from: this decision has failed
    USED_UP = "used up"  # its length went into thoughts or tools: this decision has failed
    TOO_LONG = "length"  # the prompt doesn't fit: ask with less
    CONTENT = "refused"  # a content filter, or the model won't: this decision has failed
    PARAMETER = "parameter"  # the model takes no such parameter
    REQUEST = "error"  # refused for another reason: this decision has failed
    ACCOUNT = "account"  # key, permission, quota, unknown model: the run must stop
    LOCAL = "local"  # this machine lacks something: the run must stop


RETRIED = frozenset({ErrorKind.RATE_LIMIT, ErrorKind.SERVER, ErrorKind.TIMEOUT})
NEVER_WORKED_ON = frozenset(
    {
        ErrorKind.RATE_LIMIT,
        ErrorKind.PARAMETER,
        ErrorKind.TOO_LONG,
        ErrorKind.ACCOUNT,
        ErrorKind.REQUEST,
        ErrorKind.CONTENT,
        ErrorKind.LOCAL,
    }
)
"""Refused before a model worked on it, so nobody bills it."""
STILL_WORKING = frozenset({408, 499, 504, 524})
"""Statuses with which a gateway gives up on a model that may go on working."""


class CallError(Exception):
    """One attempt went wrong.

    Attributes:
        kind: What it means.
        status: HTTP status; None where there was no response.
        retry_after_s: Seconds the provider wants us to wait, 0 or more; None where it doesn't say.
        headers: Of the refusal, lower-case names.
        end: What the request came to.
        bill: Its bill where it was answered; None where nobody said.
        owed: What that comes to, set by who sent it.
        text: All that was said, in lower case.
        unheard: Whether nobody was there to hear it.
    """

    def __init__(
        self,
        kind: ErrorKind,
        cause: str,
        *,
        end: End = End.REFUSED,
        bill: Bill | None = None,
        evidence: Evidence | None = None,
    ) -> None:
        super().__init__(cause)
        self.kind = kind
        self.end = end
        self.bill = bill
        self.owed = NOTHING
        self.status = evidence.status if evidence else None
        self.retry_after_s = evidence.retry_after_s if evidence else None
        self.headers = (evidence.headers if evidence else None) or {}
        self.text = evidence.text if evidence else cause.lower()
        self.unheard = evidence is not None and evidence.came_back is None


def classify(error: BaseException, wire: Wire | None = None) -> CallError:
    """The call error that an exception stands for.

    Args:
        error: Of LiteLLM, of what is below it, or of a deadline of ours.
        wire: What came back; None where nobody watched.

    Returns:
        Its cause is one short line without secrets; the error itself where it is a `CallError`.
    """
    if isinstance(error, CallError):
        return error
    evidence = evidence_of(error, wire)
    kind = _kind(evidence)
    cause = _with_remedy(evidence, kind)
    return CallError(kind, cause, end=_end(evidence, kind), evidence=evidence)


def classify_stated(error: ProviderError, end: End, bill: Bill | None) -> CallError:
    """The call error that stands in place of an answer.

    Args:
        error: As its provider states it.
        end: What the request came to.
        bill: What is owed for it.
    """
    evidence = stated(error)
    kind = _kind(evidence)
    if evidence.status is None and kind is ErrorKind.SERVER:
        kind = _stated_kind(evidence)
    return CallError(kind, _with_remedy(evidence, kind), end=end, bill=bill, evidence=evidence)


def _with_remedy(of: Evidence, kind: ErrorKind) -> str:
    """The cause, with what helps where an answer must be allowed to be longer."""
    least = least_length(of.text) if kind in (ErrorKind.PARAMETER, ErrorKind.REQUEST) else None
    if least is None:
        return of.cause
    remedy = f"; --max-tokens {least} may help"
    return of.cause[: LONGEST_CAUSE - len(remedy)].rstrip(". ") + remedy


def _end(of: Evidence, kind: ErrorKind) -> End:
    if of.came_back is None:
        spared = of.never_connected or (kind in NEVER_WORKED_ON and not of.timed_out)
        return End.REFUSED if spared else End.UNKNOWN
    if of.came_back < 300:
        return End.UNKNOWN
    return End.UNKNOWN if of.came_back in STILL_WORKING else End.REFUSED


_NO_CREDIT = ("insufficient_quota", "billing_hard_limit", "credit balance is too low")
_NO_KEY = ("missing credentials", "api_key client option must be set", "api key is missing")
_NO_NAMED_KEY = re.compile(r"missing \w{0,40} ?api key")
_QUOTA = "exceeded your current quota"
_COMES_BACK = ("per minute", "per_minute", "perminute", "retry in", "per second", "per_second")
_UNREAD = ("converting to valid response", "unable to parse", "error parsing", "expecting value")
"""A 200 that LiteLLM could not read, which it calls a bad request; it may have been billed."""
_REDIRECTED = "redirects are refused"
_TOO_LONG = (
    "context_length_exceeded", "maximum context length", "context window", "too many tokens",
    "prompt is too long", "exceed context", "exceeds the context", "context size",
    "context length", "maximum prompt length", "input is too long", "too many input tokens",
    "request too large", "reduce the length", "`max_new_tokens` must be", "input token count",
    "context limit", "exceed_context_size", "string too long", "tokens must be reduced",
)  # fmt: skip
_TOO_LONG_OTHERWISE = re.compile(
    r"sequence length.{0,40}(?:larger|longer|greater) than|model['’]?s (?:context )?window"
    r"|range of input length|conversation (?:is )?too long|total tokens.{0,40}(?:over|exceed|>)"
    r"|prompt \+.{0,40}>|(?:输入|上下文|提示)\w{0,4}(?:长度)?(?:超过|超出|过长)"
)
_LENGTH_FIELDS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "temperature")
"""Named where not the prompt but a parameter is to blame, unless the words above are quite sure."""
_FAR_TOO_LARGE = ("request too large", "tokens must be reduced")
"""Said of a request that no waiting lets through, even as a rate limit."""
_FILTER = (
    "content_policy", "content_filter", "content management policy", "safety system",
    "flagged", "moderation", "responsibleai", "content policy",
    "safety guidelines", "inappropriate content", "data_inspection_failed",
    "considered high risk", "content exists risk",
)  # fmt: skip
_PARAMETER = (
    "response_format", "json_schema", "temperature", "seed", "unsupported", "not support",
    "structured output", "structured_output", "extra inputs are not permitted", "max_tokens",
    "max_completion_tokens", "max_output_tokens", "maxoutputtokens", "unrecognized", "top_p",
    "unknown parameter", "unknown field", "unknown name", "unexpected keyword", "extra fields",
    "extra_forbidden", "instruction is not enabled", "not allowed", "not permitted", "grammar",
)  # fmt: skip
_ROLES = (
    "system role", "role system", "role 'system'", 'role "system"', "system message",
    "system prompt is not", "developer instruction", "roles must alternate", "role must be",
    "only user and assistant roles", "system instruction", "messages with role",
)  # fmt: skip
"""Said of a system message that a model doesn't take, by some servers with status 500."""
_LOADING = re.compile(
    r"model\b.{0,40}\bis (?:still |currently |being )?load(?:ing|ed)|^loading model"
)
_PASSING = frozenset({409, 425})
"""Statuses of a moment: two requests met, or one came too early."""
_NO_ENDPOINT = ("no endpoints found that", "no endpoint found that")
"""A router's word for parameters that no model behind it takes."""
_LIMITED = ("rate limit", "too many requests", "rate_limit")
_PASSES = (
    "overloaded", "temporarily", "try again", "unavailable", "timed out", "timeout", "upstream",
    "internal error", "internal server error", "provider returned error", "connection",
)  # fmt: skip


def _kind(of: Evidence) -> ErrorKind:
    """The first rule that fits: an account's trouble may look like any of those below it."""
    if of.local:
        return ErrorKind.LOCAL
    if of.timed_out or of.is_a("Timeout", "APITimeoutError") or of.status == 408:
        return ErrorKind.TIMEOUT
    if _account_is_empty(of) or of.says(*_NO_KEY) or _NO_NAMED_KEY.search(of.text):
        return ErrorKind.ACCOUNT
    if of.status == 429 or of.is_a("RateLimitError"):
        return ErrorKind.TOO_LONG if of.says(*_FAR_TOO_LARGE) else ErrorKind.RATE_LIMIT
    return _refused_kind(of)


def _refused_kind(of: Evidence) -> ErrorKind:
    """What a refusal means that no waiting and no money would mend."""
    status, bad = of.status, of.status in (400, 422)
    if of.is_a("UnsupportedParamsError") or (status == 404 and of.says(*_NO_ENDPOINT)):
        return ErrorKind.PARAMETER
    if of.is_a("ContentPolicyViolationError") or (status in (400, 403) and of.says(*_FILTER)):
        return ErrorKind.CONTENT
    if status in (401, 403, 404) or of.is_a(
        "AuthenticationError", "PermissionDeniedError", "NotFoundError"
    ):
        return ErrorKind.ACCOUNT
    if status in _PASSING or (bad and _LOADING.search(of.text)):
        return ErrorKind.SERVER
    tells = bad or status in (413, 500)
    if of.is_a("ContextWindowExceededError") or (tells and _says_too_long(of)):
        return ErrorKind.TOO_LONG
    if (bad and of.says(*_PARAMETER)) or ((bad or status in (500, 501)) and of.says(*_ROLES)):
        return ErrorKind.PARAMETER
    if status == 413:
        return ErrorKind.TOO_LONG
    if of.says(*_UNREAD):
        return ErrorKind.SERVER
    if of.says(_REDIRECTED):
        return ErrorKind.ACCOUNT
    if status is not None and 400 <= status < 500 and not of.is_a("APIConnectionError"):
        return ErrorKind.REQUEST
    return ErrorKind.SERVER


def _says_too_long(of: Evidence) -> bool:
    """Whether a prompt doesn't fit, in any of many wordings."""
    if of.says(*_TOO_LONG):
        return True
    return bool(_TOO_LONG_OTHERWISE.search(of.text)) and not of.says(*_LENGTH_FIELDS)


def _stated_kind(of: Evidence) -> ErrorKind:
    """What an error means that came with a 200 and names no status of its own."""
    if of.says(*_LIMITED):
        return ErrorKind.RATE_LIMIT
    if of.says(*_FILTER):
        return ErrorKind.CONTENT
    if _LOADING.search(of.text):
        return ErrorKind.SERVER
    if _says_too_long(of):
        return ErrorKind.TOO_LONG
    if of.says(*_ROLES) or of.says(*_PARAMETER):
        return ErrorKind.PARAMETER
    return ErrorKind.SERVER if of.says(*_PASSES) else ErrorKind.REQUEST


def _account_is_empty(of: Evidence) -> bool:
    """Whether nothing is left that would come back by itself; rates are quotas, too."""
    if of.status == 402 or of.says(*_NO_CREDIT):
        return True
    return of.says(_QUOTA) and not of.says(*_COMES_BACK)
