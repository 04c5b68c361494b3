"""Values of options from what users type, on the command line and in files, or give in Python."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeVar

from ....model.errors import UsageError
from ....model.options import Named, options_of
from ....model.plugins.grammar import split_list

Group = TypeVar("Group")


def read_value(named: Named, text: str, where: str = "", *, several: bool = False) -> Any:
    """The value of an option.

    Args:
        named: The option; its annotation says what it takes.
        text: As users type it.
        where: Where it stands, in front of errors.
        several: Whether a comma-separated list is meant; then a tuple is returned.

    Raises:
        UsageError: It is of another type.
    """
    if several:
        items = split_list(named.name, text)
        return tuple(read_value(named, item, where) for item in items)
    words = _words(named)
    for kind, (read, _, noun) in _KINDS.items():
        if kind in words:
            try:
                return read(text.strip())
            except ValueError:
                remedy = "; use a finite one" if kind == "float" else ""
                said = f"{where}{named.name}={text!r} is not {noun}{remedy}"
                raise UsageError(said) from None
    return _path(named.name, text, where) if words[0] == "Path" else text


def group_of(group: type[Group], options: Mapping[str, Any]) -> tuple[Group, dict[str, Any]]:
    """A group made of the options that are its own, and all others.

    Args:
        group: A dataclass of options.
        options: Values by the names users type.

    Raises:
        UsageError: A value is of another type, or breaks a rule.
    """
    own = {named.name: named for named in options_of(group)}
    given = {own[k].field: checked(own[k], v) for k, v in options.items() if k in own}
    return group(**given), {k: v for k, v in options.items() if k not in own}


def checked(named: Named, value: Any) -> Any:
    """A value given in Python as its option holds it; numbers of NumPy become Python's.

    Args:
        named: The option. Where it takes objects, they are left to its group.
        value: As given.

    Raises:
        UsageError: It is of another type.
    """
    words = _words(named)
    if value is None and "None" in words:
        return None
    for kind, (_, convert, noun) in _KINDS.items():
        if kind in words:
            try:
                return convert(value)
            except (ValueError, OverflowError):
                raise UsageError(f"{named.name}={value!r} is not {noun}") from None
    if words[0] == "Path" and isinstance(value, str | os.PathLike):
        return _path(named.name, value)
    if {*words} <= {"str", "Path", "None"} and not isinstance(value, str | Path):
        raise UsageError(f"{named.name}={value!r} is not text")
    return value


def _path(name: str, value: str | os.PathLike[str], where: str = "") -> Path:
    """A path that a system can be asked for."""
    text = os.fspath(value)
    if not text or "\0" in text:
        raise UsageError(f"{where}{name}={text!r} is no path; use the name of a file or folder")
    return Path(text)


def _words(named: Named) -> list[str]:
    return named.type.replace(" ", "").split("|")


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _as_whole(value: Any) -> int:
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    number = _as_number(value)
    if not number.is_integer():
        raise ValueError(value)
    return int(number)


def _as_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(value)
    return float(value)


def _as_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


_KINDS: dict[str, tuple[Callable[[str], Any], Callable[[Any], Any], str]] = {
    "int": (int, _as_whole, "a whole number"),
    "float": (_number, _as_number, "a number"),
    "bool": (_flag, _as_flag, "true or false"),
}
"""By annotation: from a text, from a value, and what it is in words."""
