"""The one grammar in which users name things: `NAME:option=value,option=value`.

A protocol, network, judge, memory, shock or task family is a name, options after a colon, and
nothing else; lists of them are separated by commas. Values are read by the types of the defaults
they replace, so a function's keyword-only parameters are the documentation of its options.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from ..errors import UsageError

_OPTION = re.compile(r"[A-Za-z_-]+=")


def split_spec(text: str) -> tuple[str, str]:
    """The name and the options of `NAME:options`.

    Args:
        text: As users type it.
    """
    name, _, options = text.partition(":")
    return name.strip(), options


def refuse_bare_colon(noun: str, text: str) -> None:
    """Refuse `NAME:` with nothing behind it: something was forgotten.

    Args:
        noun: What is named, for the error.
        text: As users type it.

    Raises:
        UsageError: It ends with its colon.
    """
    if ":" in text and not split_spec(text)[1].strip():
        raise UsageError(
            f"{noun}={text!r} has no options after its colon; remove the colon, or give some"
        )


def read_options(what: str, text: str, function: Callable[..., Any]) -> dict[str, Any]:
    """Read `k=4,p=0.1` by the keyword-only parameters of a function, whose defaults give types.

    Args:
        what: What is being set, for the error.
        text: Options, comma-separated; empty for none.
        function: Takes them; one whose default is None, or that has none, takes text.

    Raises:
        UsageError: An unknown or repeated option, or a value of another type; names the known ones.
    """
    if not text:
        return {}
    known = {
        p.name: _reader(type(p.default))
        for p in inspect.signature(function).parameters.values()
        if p.kind is p.KEYWORD_ONLY
    }
    options: dict[str, Any] = {}
    for part in filter(None, text.split(",")):
        key, equals, value = part.partition("=")
        key = key.strip().replace("-", "_")
        if key not in known or not equals:
            listed = ", ".join(f"{k}=" for k in known) or "none"
            raise UsageError(f"{what}: option {part!r} is not known; options: {listed}")
        if key in options:
            raise UsageError(f"{what}: option {key!r} is given twice; give it once")
        try:
            options[key] = known[key](value.strip())
        except ValueError:
            kind = known[key].__name__.strip("_")
            remedy = f"; use {_REMEDIES[kind]}" if kind in _REMEDIES else ""
            raise UsageError(f"{what}: {key}={value!r} is not a valid {kind}{remedy}") from None
    return options


def split_list(name: str, text: str) -> tuple[str, ...]:
    """The items of a comma-separated list; `watts-strogatz:k=4,p=0.1` stays one item.

    Args:
        name: What the list is of, for the error.
        text: As users type it.

    Raises:
        UsageError: An item is empty, or given twice.
    """
    items: list[str] = []
    for part in (p.strip() for p in split_commas(text)):
        if _OPTION.match(part) and items and ":" in items[-1]:
            items[-1] += f",{part}"
        elif not part:
            raise UsageError(f"{name}={text!r} has an empty entry; remove the extra comma")
        elif part in items:
            raise UsageError(f"{name}={text!r} names {part!r} twice; name it once")
        else:
            items.append(part)
    return tuple(items)


def split_commas(text: str) -> list[str]:
    """The parts of a text between commas, but for those inside `{…}` and `[…]`.

    Args:
        text: As users type it.
    """
    if "{" not in text and "[" not in text:
        return text.split(",")
    parts, depth = [""], 0
    for character in text:
        depth += (character in "{[") - (character in "}]")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _reader(kind: type) -> Callable[[str], Any]:
    """What reads a value of a default's type; of an `int` that says more, a plain one."""
    if issubclass(kind, int) and kind not in (int, bool):
        return int
    return _READERS.get(kind, kind)


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_READERS: dict[type, Callable[[str], Any]] = {
    bool: _flag,
    type(None): str,
    type(inspect.Parameter.empty): str,
}
_REMEDIES = {"int": "a whole number", "float": "a number", "flag": "true or false"}
