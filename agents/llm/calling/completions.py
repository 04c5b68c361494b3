"""From a response to an answer that can be kept: with text, with a bill, or why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..billing.bill import NOTHING, Bill, End
from ..billing.price import Price
from ..billing.tokens import Partial, Tokens
from ..control_characters import clean
from ..redaction import redact_known
from ..request import Completion, Request
from ..responses.response import Response
from ..transport.call_errors import CallError, ErrorKind, classify_stated
from ..transport.evidence import line

CHARACTERS_PER_TOKEN = 4
MOST_PER_TOKEN = 32
"""Characters of text per token that was asked for; beyond it nobody asked for the text."""
SPARE_CHARACTERS = 65_536
LONGEST_REFUSAL = 400
"""Characters in which a model that refuses says so."""
_WONT = re.compile(
    r"\b(?:can(?:not|['’]t| not)|won['’]t|(?:unable|not able) to|(?:must|have to) decline)\b"
    r".{0,60}?\b(?:help|assist|comply|fulfil|participate|engage|complete|do that|that request)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Posed:
    """A request and what its answers cost.

    Attributes:
        request: What is asked.
        price: Of its model; None where nobody knows it.
    """

    request: Request
    price: Price | None

    @property
    def worst_usd(self) -> float | None:
        """The most it may cost in US dollars; None where no price is known."""
        if self.price is None:
            return None
        return self.price.worst(self.request.most_tokens_in, self.request.max_tokens)

    def bill(self, response: Response) -> tuple[Bill, bool]:
        """What is owed for a response, and whether it is an estimate.

        Args:
            response: As it came. Where it tells one half of its tokens, the other is estimated by
                the length of texts, and priced like that. Where it tells nothing, tokens and price
                are the most that the request may come to; where nothing can be owed, the likely.
        """
        tokens, likely = response.tokens, self._likely(response)
        if isinstance(tokens, Partial):
            return Bill.of(tokens.filled(likely.prompt, likely.completion), self.price), True
        if tokens is not None:
            return Bill.of(tokens, self.price), False
        worst = self.worst_usd
        if worst:
            likely = Tokens(
                self.request.most_tokens_in, max(likely.completion, self.request.max_tokens)
            )
        return Bill(likely, worst, worst), True

    def _likely(self, response: Response) -> Tokens:
        """About how many tokens there were, by the length of texts."""
        written = len(response.text) + len(response.parts.thoughts)
        return Tokens(self.request.likely_tokens_in, written // CHARACTERS_PER_TOKEN + 1)

    def length(self, response: Response) -> int:
        """How many tokens an answer has, about so where nobody counted them.

        Args:
            response: As it came.
        """
        tokens, likely = response.tokens, self._likely(response)
        if isinstance(tokens, Partial):
            return likely.completion if tokens.lacks_completion else tokens.completion
        return likely.completion if tokens is None else tokens.completion

    def owed(self, error: CallError) -> Bill:
        """What is owed for a request without a usable answer.

        Args:
            error: What went wrong with it.
        """
        if error.end is not End.UNUSABLE:
            return NOTHING
        return error.bill if error.bill is not None else self.bill(Response(recognised=False))[0]


def completion_of(response: Response, posed: Posed, secrets: tuple[str, ...]) -> Completion:
    """A response with its text there and its bill made.

    Only known secrets are taken out of it here; what merely looks like a key is looked for when
    the fields of an answer are read.

    Args:
        response: As it came.
        posed: The request it answers.
        secrets: Longest first.

    Raises:
        CallError: There is no text in it that could be used; it says what is owed.
    """
    text = response.text
    if error := _without_answer(response, posed, text):
        raise error
    bill, estimated = posed.bill(response)
    longest = MOST_PER_TOKEN * posed.request.max_tokens + SPARE_CHARACTERS
    if len(text) > longest:
        cause = (
            f"an answer of {len(text):,} characters, far beyond the {posed.request.max_tokens:,} "
            "tokens that were asked for"
        )
        raise CallError(ErrorKind.UNREADABLE, cause, end=End.UNUSABLE, bill=bill)
    return Completion(
        redact_known(clean(text), secrets),
        bill,
        0.0,
        redact_known(clean(response.finish[:100]), secrets),
        redact_known(clean(response.served_by[:200]), secrets),
        estimated=estimated,
        completion_tokens=posed.length(response),
        speed=response.speed,
    )


def _refusal(response: Response, text: str) -> str:
    """What is said instead of an answer by a model that won't, or a filter; empty where neither."""
    parts, said = response.parts, text.strip()
    if parts.refusal.strip() and not parts.text.strip():
        return f"the model refused: {parts.refusal}"
    if response.filtered and said and "}" not in said:
        return f"a content filter ended the answer: {said}"
    if "{" not in said and _WONT.search(said[:LONGEST_REFUSAL]):
        return f"the model refused: {said}"
    return ""


def _without_answer(response: Response, posed: Posed, text: str) -> CallError | None:
    """Why there is no answer; None where there is one."""
    error, parts = response.error, response.parts
    stopped = response.finish.lower() in ("error", "failed")
    if error is not None and (stopped or not text.strip()):
        owed = response.tokens is not None
        bill = posed.bill(response)[0] if owed else None
        return classify_stated(error, End.UNUSABLE if owed else End.REFUSED, bill)
    refusal = _refusal(response, text)
    if text.strip() and not stopped and not refusal:
        return None
    bill = posed.bill(response)[0]
    if refusal:
        return CallError(ErrorKind.CONTENT, line(refusal), end=End.UNUSABLE, bill=bill)
    finish = f" (finish reason {response.finish!r})" if response.finish else ""
    cause = line(f"an answer without text{finish}")
    if stopped:
        return CallError(ErrorKind.SERVER, cause, end=End.UNUSABLE, bill=bill)
    if not response.recognised:
        cause = "an answer in no form that is known here: it holds no choices"
        return CallError(ErrorKind.UNREADABLE, cause, end=End.UNUSABLE, bill=bill)
    if response.filtered:
        return CallError(ErrorKind.CONTENT, cause, end=End.UNUSABLE, bill=bill)
    if response.cut or parts.thoughts.strip():
        cause = f"{cause}: its length went into thoughts; a longer --max-tokens may help"
        return CallError(ErrorKind.USED_UP, cause, end=End.UNUSABLE, bill=bill)
    return CallError(ErrorKind.EMPTY, cause, end=End.UNUSABLE, bill=bill)
