"""From a response as it came to an answer that can be kept: with text, with possible counts."""

from __future__ import annotations

from dataclasses import dataclass

from ..control_characters import clean
from ..price import Price
from ..redaction import redact_known
from ..request import Completion, Request
from .adapter import RawResponse
from .call_errors import CallError, ErrorKind


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of a request when its response arrives.

    Attributes:
        request: What was asked.
        price: Of its model; None where nobody knows it.
        attempts: Requests sent for its call, 1 or more.
        latency_s: Seconds from sending to the response.
    """

    request: Request
    price: Price | None
    attempts: int
    latency_s: float


def completion_of(raw: RawResponse, sent: Sent, secrets: tuple[str, ...]) -> Completion:
    """A response with its text there and its token counts possible.

    Only known secrets are taken out of it here; what merely looks like a key is looked for when
    the fields of an answer are read.

    Args:
        raw: As it came.
        sent: The request it answers.
        secrets: Longest first.

    Raises:
        CallError: There is no text in it.
    """
    text = redact_known(clean(raw.text), secrets)
    if not text.strip():
        raise _without_text(raw.finish)
    tokens_in, tokens_out, estimated = _tokens(raw, sent.request, text)
    cost_usd = None
    if sent.price is not None:
        of = sent.price
        cost_usd = of.worst(sent.request) if estimated else of.of(tokens_in, tokens_out)
    return Completion(
        text,
        tokens_in,
        tokens_out,
        cost_usd,
        round(sent.latency_s, 4),
        redact_known(clean(raw.finish), secrets),
        redact_known(clean(raw.served_by), secrets),
        sent.attempts,
        estimated,
    )


def _tokens(raw: RawResponse, request: Request, text: str) -> tuple[int, int, bool]:
    """Tokens in and out, and whether they are estimates: four characters to one."""
    tokens_in, tokens_out = raw.tokens_in, raw.tokens_out
    if (
        tokens_in is not None
        and tokens_out is not None
        and tokens_in <= request.most_tokens_in
        and tokens_out <= request.max_tokens
    ):
        return tokens_in, tokens_out, False
    return request.likely_tokens_in, min(len(text) // 4 + 1, request.max_tokens), True


def _without_text(finish: str) -> CallError:
    cause = "an answer without text" + (f" (finish reason {finish!r})" if finish else "")
    if finish == "content_filter":
        return CallError(ErrorKind.CONTENT, cause)
    if finish in ("length", "tool_calls"):
        return CallError(ErrorKind.USED_UP, f"{cause}; a longer --max-tokens may help")
    return CallError(ErrorKind.EMPTY, cause)
