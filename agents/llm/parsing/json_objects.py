"""The JSON objects in what a model wrote: whole ones, with prose around them, or mended.

Where the provider enforces a schema the text is JSON. Elsewhere it may be anything: an object
within an object, in a list, in a string, after a draft of itself. What is cut off is never mended:
nobody knows what would have followed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import json_repair

MOST_TRIES = 50
"""Opening braces at which a whole object is looked for."""
LONGEST_MENDED = 50_000
"""Characters; mending takes a millisecond for every hundred."""
DEEPEST = 4
"""Wrappings around an object that are taken off."""
_FENCED = re.compile(r"```\w{0,20}([^`]+)```")
_QUOTED = re.compile(r'"(?:\s|\[|\\[nt])*\Z')
"""What stands before the brace of an object that is given as a text."""
_PUNCTUATION = re.compile(r"[\s\-.]+")


class UnusableAnswer(ValueError):
    """An answer that can't be used; the text says what is wrong with it."""


class CutOffError(UnusableAnswer):
    """An answer that ends in the middle."""


class Found(NamedTuple):
    """An object in a text.

    Attributes:
        body: Its fields, their names in lower case.
        mended: Places in which it was put right.
    """

    body: dict[str, Any]
    mended: int


def objects_in(text: str, needed: frozenset[str], *, cut: bool = False) -> Iterator[Found]:
    """The objects in a text that may be the answer, likeliest first: the last one is.

    Args:
        text: What stands after a model's thoughts.
        needed: Names that the object must have.
        cut: Whether the text is as long as it may be: what isn't whole is then not mended.

    Raises:
        CutOffError: The last object has no end.
        UnusableAnswer: Its JSON is too deep, or too long to be mended.
    """
    values, broken = _values(text, needed)
    if broken is not None and _names_any(text[broken:], needed):
        yield from _unwrapped(_mended(text[broken:], cut=cut), needed, 1)
    for value, mended in reversed(values):
        yield from _unwrapped(value, needed, mended)


def is_cut(text: str) -> bool:
    """Whether a text ends in the middle of an object.

    Args:
        text: From an opening brace on.
    """
    rest = text[text.rfind("}") + 1 :].strip(" \t\r\n`") if "}" in text else text
    if not rest and text.count("{") == text.count("}"):
        return False
    return _open_at_end(text)


def _open_at_end(text: str) -> bool:
    depth, inside, escaped = 0, False, False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        else:
            depth += (character in "{[") - (character in "}]")
            if depth == 0:
                return False
    return True


def _values(text: str, needed: frozenset[str]) -> tuple[list[tuple[Any, int]], int | None]:
    """All whole values in a text, and where one begins behind the last with what is needed."""
    try:
        return [(json.loads(text), 0)], None
    except RecursionError:
        raise UnusableAnswer("its JSON is nested too deeply") from None
    except ValueError:
        pass
    strict, lenient = json.JSONDecoder(), json.JSONDecoder(strict=False)
    values = [(json.loads(block), 0) for block in _FENCED.findall(text) if _is_json(block)]
    at, broken = text.find("{"), None
    for _ in range(MOST_TRIES):
        if at < 0:
            break
        quoted = _QUOTED.search(text, max(0, at - 20), at)
        ways = [(strict, 0, at), (lenient, 1, at)]
        ways += [(strict, 0, quoted.start())] if quoted else []
        for decoder, mended, start in ways:  # leniently: line breaks in the midst of strings
            try:
                value, end = decoder.raw_decode(text, start)
            except (ValueError, RecursionError):
                continue
            values.append((value, mended))
            if next(_unwrapped(value, needed, 0), None) is not None:
                broken = None
            break
        else:
            broken, end = at if broken is None else broken, at + 1
        at = text.find("{", end)
    return values, broken


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _names_any(text: str, needed: frozenset[str]) -> bool:
    said = text.lower()
    return any(re.search(rf"[\"'“*]?{re.escape(n)}[\"'”*]?\s{{0,4}}[:=]", said) for n in needed)


def _mended(text: str, *, cut: bool) -> Any:
    if cut or is_cut(text):
        raise CutOffError("it was cut off")
    if len(text) > LONGEST_MENDED:
        raise UnusableAnswer("its JSON is broken, and too long to be mended")
    whole = text[: text.rfind("}") + 1]
    try:
        return json_repair.loads(whole)
    except (ValueError, RecursionError):
        raise UnusableAnswer("its JSON is broken beyond repair") from None


def _unwrapped(value: Any, needed: frozenset[str], mended: int, depth: int = 0) -> Iterator[Found]:
    """A value, or what is in it, as objects with what is needed; with more it is likelier."""
    if depth > DEEPEST:
        return
    if isinstance(value, str) and "{" in value:
        for inner, more in reversed(_values(value, needed)[0]):
            yield from _unwrapped(inner, needed, mended + 1 + more, depth + 1)
    elif isinstance(value, list):
        for part in reversed(value):
            yield from _unwrapped(part, needed, mended + (depth < DEEPEST), depth + 1)
    elif isinstance(value, dict):
        body = {evened(name): part for name, part in value.items()}
        renamed = int(body.keys() != value.keys())
        if needed <= body.keys():
            yield Found(body, mended + renamed)
            return
        for name, part in body.items():
            if isinstance(part, dict | list | str):
                for inner in _unwrapped(part, needed - body.keys(), mended + 1, depth + 1):
                    rest = {k: v for k, v in body.items() if k != name}
                    yield Found({**rest, **inner.body}, inner.mended)


def evened(name: str) -> str:
    """A field's name in lower case, its words joined by `_`.

    Args:
        name: As the model wrote it.
    """
    return _PUNCTUATION.sub("_", name.strip().strip("*_`\"'").casefold())
