"""Where the answer begins in a text in which a model first thought aloud.

Models and servers mark thinking in many spellings, some leave out its beginning and some its end.
So what stands before a closing mark that nothing opened, between two marks, or behind an opening
one that nothing closes, is no part of the answer.
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
_OPENING = re.compile(
    rf"<[|｜]?\s?{_WORD}(?:\s[^<>\n]{{0,80}})?\s?[|｜]?>"
    r"|[\[◁⟨《【]{1,2}\s?(?:think\w{0,12}|thoughts?|reasoning)\s?[\]▷⟩》】]{1,2}"
    r"|<\|channel\|>\s?(?:analysis|commentary)\b(?:<\|message\|>)?",
    re.IGNORECASE,
)
MOST_MARKS = 40
"""Marks from the end that are looked at."""
MOST_TRIES = 50
"""Opening braces at which a whole object is looked for."""


def after_thoughts(text: str) -> Iterator[str]:
    """What may be the answer in a text: what stands outside of all that was thought.

    A mark within an object is part of an answer that speaks of such marks. Thoughts that were never
    closed go on to the end.

    Args:
        text: As the model wrote it.

    Returns:
        One text; none where a draft in thoughts is all there is. Thoughts are looked into only
        where they end with an object and are all there is: some models answer there.
    """
    if _is_object(text):
        yield text
        return
    outside, last = _parted(text, _marks(text))
    if outside.strip() or not last:
        yield outside
    elif last.rstrip(" \t\r\n`").endswith("}"):
        yield last


def _marks(text: str) -> list[tuple[int, int, bool]]:
    """Where marks outside of objects begin and end, and whether each closes, in order."""
    found = [(m.start(), m.end(), True) for m in _CLOSING.finditer(text)]
    closing = {start for start, _, _ in found}
    found += [
        (m.start(), m.end(), False) for m in _OPENING.finditer(text) if m.start() not in closing
    ]
    if not found:
        return []
    inside = list(_objects(text))
    return sorted(m for m in found if not any(a < m[0] < b for a, b in inside))[-MOST_MARKS:]


def _parted(text: str, marks: list[tuple[int, int, bool]]) -> tuple[str, str]:
    """A text without its thoughts, and the last of those."""
    outside, last = "", ""
    begin, opened = 0, -1
    for start, end, closes in marks:
        if closes and opened < 0:  # it was never opened: all before it was thought
            outside, last, begin = "", text[:start], end
        elif closes:
            last, begin, opened = text[opened:start], end, -1
        elif opened < 0:
            outside += text[begin:start]
            opened = end
    if opened >= 0:
        return outside, text[opened:]
    return outside + text[begin:], last


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
