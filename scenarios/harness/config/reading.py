"""Values of options from what users type, on the command line and in files alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ....model.errors import UsageError
from ....model.options import Named
from ....model.plugins.grammar import split_list


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
    words = named.type.replace(" ", "").split("|")
    for kind, (read, noun) in _READERS.items():
        if kind in words:
            try:
                return read(text.strip())
            except ValueError:
                raise UsageError(f"{where}{named.name}={text!r} is not {noun}") from None
    return Path(text) if words[0] == "Path" else text


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "int": (int, "a whole number"),
    "float": (_number, "a number"),
    "bool": (_flag, "true or false"),
}
