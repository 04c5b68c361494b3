"""From a response as it came to an answer that can be kept: with text, with possible counts."""

from __future__ import annotations

from ..parsing.control_characters import clean
from .adapter import Raw
from .budget import Price
from .call_errors import Fault, Kind
from .redaction import hidden
from .request import Completion, Request


def checked(
    raw: Raw,
    request: Request,
    price: Price | None,
    latency_s: float,
    attempts: int,
    secrets: tuple[str, ...],
) -> Completion:
    """A response with its text there and its token counts possible.

    Raises:
        Fault: There is no text in it.
    """
    text = hidden(clean(raw.text), secrets)  # here only what is known; words that look like keys
    served_by = hidden(clean(raw.served_by), secrets)  # are looked for when fields are read
    tokens_in, tokens_out = raw.tokens_in, raw.tokens_out
    estimated = not (
        tokens_in is not None
        and tokens_out is not None
        and tokens_in <= request.most_tokens_in
        and tokens_out <= request.max_tokens
    )
    if estimated:
        tokens_in, tokens_out = request.likely_tokens_in, len(text) // 4 + 1
        tokens_out = min(tokens_out, request.max_tokens)
    assert tokens_in is not None
    assert tokens_out is not None
    if not text.strip():
        why = f" (finish reason {raw.finish!r})" if raw.finish else ""
        if raw.finish == "content_filter":
            raise Fault(Kind.CONTENT, f"an answer without text{why}")
        if raw.finish in ("length", "tool_calls"):
            raise Fault(
                Kind.USED_UP, f"an answer without text{why}; a longer --max-tokens may help"
            )
        raise Fault(Kind.EMPTY, f"an answer without text{why}")
    cost = None
    if price is not None:
        cost = price.worst(request) if estimated else price.of(tokens_in, tokens_out)
    return Completion(
        text, tokens_in, tokens_out, cost, round(latency_s, 4),
        hidden(clean(raw.finish), secrets), served_by, attempts, estimated,
    )  # fmt: skip
