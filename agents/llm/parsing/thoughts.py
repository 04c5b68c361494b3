"""Where the answer begins in a text in which a model first thought aloud.

Models and servers mark the end of thinking in many spellings, and some leave out its beginning. So
whatever stands before the last closing mark is no part of the answer, unless nothing stands after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_WORD = (
    r"(?:\w{1,12}:)?(?:\w{0,12}think\w{0,12}|thoughts?|\w{0,4}reason\w{0,8}|reflect\w{0,8}|analysis"
    r"|scratch_?pad|cot|chain_of_thought|deliberat\w{0,6}|(?:inner_?)?monologue|planning)"
)
_CLOSING = re.compile(
    rf"[<\[◁⟨《【{{]{{1,2}}[|｜]?\s?[/\\]\s?{_WORD}\s?[|｜]?[>\]▷⟩》】}}]{{1,2}}"
    rf"|<[|｜]\s?(?:/|end[_▁ -]?(?:of[_▁ -]?)?){_WORD}\s?[|｜]>"
    r"|<\|channel\|>\s?final[^<{]{0,80}<\|message\|>"
    r"|<\|?channel\|>\s?final\b"
    r"|<channel\|>"
    r"|\bassistantfinal\b",
    re.IGNORECASE,
)
MOST_MARKS = 20
"""Closing marks from the end that are looked at."""
MOST_TRIES = 50
"""Opening braces at which a whole object is looked for."""


def after_thoughts(text: str) -> Iterator[str]:
    """What may be the answer in a text: behind the last closing mark, else behind the one before.

    A mark within an object is part of an answer that speaks of such marks.

    Args:
        text: As the model wrote it.

    Returns:
        Texts with an opening brace, the likeliest first; the whole text last, where nothing but
        thoughts is in it.
    """
    if _is_object(text):
        yield text
        return
    ends = [found.end() for found in _CLOSING.finditer(text)]
    if ends:
        inside = list(_objects(text))
        ends = [end for end in ends if not any(a < end < b for a, b in inside)]
    for end in reversed(ends[-MOST_MARKS:]):
        rest = text[end:]
        if "{" in rest:
            yield rest
    if not ends or not text[ends[-1] :].strip():
        yield text


def _is_object(text: str) -> bool:
    """Whether a text is one object and nothing else, as where a schema is enforced."""
    bare = text.strip()
    if not (bare.startswith("{") and bare.endswith("}")):
        return False
    try:
        json.loads(bare)
    except (ValueError, RecursionError):
        return False
    return True


def _objects(text: str) -> Iterator[tuple[int, int]]:
    """Where whole objects begin and end."""
    decoder = json.JSONDecoder(strict=False)
    at = text.find("{")
    for _ in range(MOST_TRIES):
        if at < 0:
            return
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield at, end
        at = text.find("{", end)
