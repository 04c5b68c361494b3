"""The JSON object in what a model wrote: whole, with prose around it, or mended.

Where the provider enforces a schema the text is JSON. Elsewhere it may be anything.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import json_repair

MOST_TRIES = 50
"""Opening braces at which a whole object is looked for."""
LONGEST_MENDED = 50_000
"""Characters; mending takes a millisecond for every hundred."""
_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


class UnusableAnswer(ValueError):
    """An answer that can't be used; the text says what is wrong with it."""


def object_in(text: str, needed: set[str]) -> dict[str, Any]:
    """The JSON object in a text: all of it, or the first whole one with what is needed, or mended.

    Args:
        text: An answer; what a thinking model thinks aloud stands before it and is no part of it.
        needed: Names that an object in the midst of other text must have.

    Raises:
        UnusableAnswer: There is none.
    """
    text = _THOUGHTS.sub("", text)
    try:
        found = json.loads(text)
    except RecursionError:
        raise UnusableAnswer("its JSON is nested too deeply") from None
    except ValueError:
        start = text.find("{")
        if start < 0:
            raise UnusableAnswer("it holds no JSON object") from None
        return _whole_object(text, needed) or _mended(text[start:])
    if not isinstance(found, dict):
        raise UnusableAnswer("it is JSON, but no object")
    return found


def _whole_object(text: str, needed: set[str]) -> dict[str, Any] | None:
    decoder = json.JSONDecoder()
    for opening in itertools.islice(re.finditer(r"\{", text), MOST_TRIES):
        try:
            found, _ = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and needed <= found.keys():
            return found
    return None


def _mended(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_MENDED:
        raise UnusableAnswer("its JSON is broken, and too long to be mended")
    try:
        found = json_repair.loads(text)
    except (ValueError, RecursionError):
        raise UnusableAnswer("its JSON is broken beyond repair") from None
    if isinstance(found, list):  # prose with braces after the object
        found = next((part for part in found if isinstance(part, dict)), None)
    if not isinstance(found, dict):
        raise UnusableAnswer("it holds no JSON object")
    return found
