"""What a refusal teaches of a model: which part of the request it doesn't take, and what instead.

Providers word it in as many ways as there are; numbers in their words say how far one may go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..request import Mode, Request
from .capabilities import FEWEST_TOKENS, FIELDS, Capabilities

STEP_DOWN = {Mode.JSON_SCHEMA: Mode.JSON_OBJECT, Mode.JSON_OBJECT: Mode.PROMPT}
_ROLES = (
    "system role", "role system", "role 'system'", 'role "system"', "system message",
    "system prompt", "developer instruction", "roles must alternate", "system instruction",
    "only user and assistant roles", "messages with role", "role must be",
)  # fmt: skip
_FORMAT = (
    "response_format", "response format", "json_schema", "json_object", "json schema", "json mode",
    "structured output", "structured_output", "grammar", "guided", "responseschema",
    "response_schema", "responsemimetype", "output_config", "output_format",
    "constrained generation", "constrained decoding", "constrained output",
)  # fmt: skip
_LENGTH = ("max_tokens", "max_output_tokens", "maxoutputtokens", "max_new_tokens", "max tokens")
_LENGTH_OTHERWISE = (
    "output tokens", "completion tokens", "n_predict", "num_predict", "output length",
    "completion length",
)  # fmt: skip
"""Names that say less: they count where a limit stands beside them."""
_COMPLETION = "max_completion_tokens"
_AT_LEAST = re.compile(
    r"(?:max_tokens|max_completion_tokens|max_output_tokens|max_new_tokens|max tokens)\D{0,60}?"
    r"(?:at least|no less than|greater than|>=|minimum(?: of)?)\D{0,10}(\d[\d,]{2,8})(?![\d.])"
)
_NOT_TAKEN = re.compile(
    r"not (?:be )?(?:supported|permitted|allowed)|unsupported|unrecognized|unknown|unexpected"
    r"|does(?:n't| not) support|extra (?:inputs|fields)|extra_forbidden|instead"
)
_DEFAULT_ONLY = re.compile(r"only the default|only 1(?:\.0)? is|must be 1\b|does not support")
_OF_FORM = re.compile(
    r"param|argument|field|schema|format|json|support|valid|recogni[sz]|unknown|unexpected|propert"
    r"|option|body|request|input|value|type|role|message|template|setting|config|pars|extra|malform"
)
FEWEST_WORDS = 4
"""A shorter refusal says nothing of what it means."""
_NUMBER = re.compile(r"(?<![\w.])(?<!\w-)\d[\d,_]{0,12}(?:\.\d{1,6})?(?!-?\w)")
_PLAIN_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was refused.

    Attributes:
        request: What was asked.
        capabilities: Of its model, as it was made by them.
        sentence: The provider's words, for people.
        text: All that it said, codes and names included, in lower case.
    """

    request: Request
    capabilities: Capabilities
    sentence: str
    text: str


def lesson(refused: Refused, *, guess: bool = False) -> Capabilities | None:
    """What is left of a model's capabilities after a refusal.

    Args:
        refused: What was, and why.
        guess: Whether to leave something out where the words name nothing.

    Returns:
        None where nothing in the request is to blame.
    """
    if (least_length(refused.text) or 0) > refused.request.max_tokens:
        return None  # nothing that is left out makes it longer
    named = _named(refused)
    if named is None and guess and _may_be_its_form(refused.sentence):
        named = _guessed(refused.capabilities, refused.request)
    if named is None:
        return None
    return refused.capabilities.lowered(_reason(refused.sentence), **named)


def _named(refused: Refused) -> dict[str, object] | None:
    """What the words blame, and what to send instead."""
    capabilities, words, request = refused.capabilities, refused.text, refused.request
    if capabilities.system and any(w in words for w in _ROLES):
        return {"system": False}
    if (length := _of_length(refused)) is not None:
        return length
    if request.temperature is not None and "temperature" in words:
        return _of_temperature(refused.sentence.lower(), request.temperature)
    if request.seed is not None and "seed" in words:
        return {"seed": False}
    if request.mode in STEP_DOWN and any(w in words for w in _FORMAT):
        return {"mode": STEP_DOWN[request.mode]}
    return None


def _of_length(refused: Refused) -> dict[str, object] | None:
    words, request, said = refused.text, refused.request, refused.sentence.lower()
    completion = _COMPLETION in words
    length = any(w in words.replace(_COMPLETION, "") for w in _LENGTH)
    limits = _limits(said, request.max_tokens)
    otherwise = bool(limits) and any(w in said for w in _LENGTH_OTHERWISE)
    if not completion and not length and not otherwise:
        return None
    if _NOT_TAKEN.search(words) and not limits:
        at_first = request.max_field == FIELDS[0]
        other = FIELDS[1] if at_first else FIELDS[0]
        return {"max_field": other} if (length if at_first else completion) else None
    fits = max(limits, default=request.max_tokens // 2)
    return {"most_tokens": fits} if fits >= FEWEST_TOKENS else None


def least_length(words: str) -> int | None:
    """The fewest tokens that an answer must be allowed, where a refusal says so.

    Args:
        words: The provider's, in lower case.
    """
    found = _AT_LEAST.search(words)
    return int(found[1].replace(",", "")) if found else None


def _limits(words: str, asked: int) -> list[int]:
    """Numbers below what was asked that may be the limit."""
    return [int(n) for n in numbers(words) if 16 <= n < asked]


def _of_temperature(words: str, asked: float) -> dict[str, object]:
    """The highest temperature that a range in the words allows; else none at all."""
    if not _DEFAULT_ONLY.search(words):
        after = words[max(0, words.find("temperature")) :]
        fits = [n for n in map(float, _PLAIN_NUMBER.findall(after)) if n < asked]
        if fits and max(fits) > 0:
            return {"most_temperature": max(fits)}
    return {"temperature": False}


def _may_be_its_form(sentence: str) -> bool:
    """Whether a refusal may be of how a request is put; a whole sentence on other things isn't."""
    return len(sentence.split()) < FEWEST_WORDS or _OF_FORM.search(sentence.lower()) is not None


def _guessed(capabilities: Capabilities, request: Request) -> dict[str, object] | None:
    """What is left out where nothing is named: what most often is to blame, one by one."""
    if request.mode in STEP_DOWN:
        return {"mode": STEP_DOWN[request.mode]}
    if request.seed is not None:
        return {"seed": False}
    if request.temperature is not None:
        return {"temperature": False}
    if capabilities.system:
        return {"system": False}
    return None


def numbers(words: str) -> Iterable[float]:
    """The numbers in a text, in order; `8,192` is one, a date or a version none.

    Args:
        words: Anything.
    """
    for found in _NUMBER.findall(words):
        digits = found.rstrip(",_").replace(",", "").replace("_", "")
        try:
            yield float(digits)
        except ValueError:
            continue


def _reason(words: str) -> str:
    """The provider's words, short enough to be told."""
    said = " ".join(words.split())
    return said if len(said) <= 160 else said[:159] + "…"
