"""Comma-separated lists whose items may have options of their own."""

from __future__ import annotations

import re

from ....model.errors import UsageError

_OPTION = re.compile(r"^[a-z_-]+=", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,9}")


def split_list(text: str) -> tuple[str, ...]:
    """Split at commas, but keep `name:k=4,p=0.1` together: `p=0.1` is an option, not an item."""
    items: list[str] = []
    for part in (p.strip() for p in text.split(",")):
        if _OPTION.match(part) and items and ":" in items[-1]:
            items[-1] += f",{part}"
        elif part:
            items.append(part)
    return tuple(items)


def whole_numbers(name: str, text: str) -> tuple[int, ...]:
    """A list of whole numbers.

    Raises:
        UsageError: An item is not one.
    """
    items = split_list(text)
    wrong = [i for i in items if not _WHOLE.fullmatch(i)]
    if wrong:
        raise UsageError(f"{name}={wrong[0]!r} is not a whole number; use a list like 8,16")
    return tuple(int(i) for i in items)
