"""What is known and answered in a code-scored task: plain values, facts, and private parts.

A fact also has a line of text, by which minds that can't read pass it on: whatever carries text
(a work, a message, a mark on a board) then carries facts, and no protocol has to know of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Value = bool | int | float | str | tuple[Any, ...]
"""A plain value, or a tuple of such: what JSON holds without loss."""

Known = Mapping[tuple[int, str], Value]
"""What a mind holds to be true: values by whose part they are of, and their name in it."""

_LINE = re.compile(r"<<(\d+) ([\w-]+) (.*?)>>", re.DOTALL)
_WORD = re.compile(r"[\w.-]*\w")


@dataclass(frozen=True, slots=True)
class Fact:
    """A piece of somebody's private part.

    Attributes:
        owner: The member whose part it is of.
        name: Unique within that part.
        value: What is so.
        keywords: A text that has all of these words is taken to tell it; case plays no part.
    """

    owner: int
    name: str
    value: Value
    keywords: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The fact as a line that `facts_in` reads."""
        return line_of(self.owner, self.name, self.value)


@dataclass(frozen=True, slots=True)
class Private:
    """What one member alone is given.

    Attributes:
        text: As a model reads it.
        facts: The same for minds that can't read.
    """

    text: str
    facts: tuple[Fact, ...] = ()

    @property
    def known(self) -> Known:
        """Its facts by owner and name."""
        return {(f.owner, f.name): f.value for f in self.facts}


def plain(value: Any) -> Any:
    """A value as it is after JSON: lists become tuples.

    Args:
        value: A value, or lists of such.
    """
    return tuple(plain(v) for v in value) if isinstance(value, list | tuple) else value


def line_of(owner: int, name: str, value: Value) -> str:
    """A fact as a line that `facts_in` reads, true or not.

    Args:
        owner: The member whose part it is of.
        name: Unique within that part.
        value: What is said to be so.
    """
    return f"<<{owner} {name} {json.dumps(value)}>>"


def told(known: Known) -> str:
    """Everything known, a line each.

    Args:
        known: By owner and name.
    """
    return "\n".join(line_of(owner, name, known[owner, name]) for owner, name in sorted(known))


def _refuse(given: object) -> Any:
    """No fact is an object, or no number."""
    raise ValueError(given)


@lru_cache(maxsize=4096)
def facts_in(text: str) -> Known:
    """The facts whose lines a text holds; of two about the same the later.

    Args:
        text: Whatever somebody said.
    """
    found: dict[tuple[int, str], Value] = {}
    for owner, name, body in _LINE.findall(text):
        try:
            read = json.loads(body, object_hook=_refuse, parse_constant=_refuse)
            found[int(owner), name] = plain(read)
        except ValueError:
            continue
    return found


def tells(text: str, facts: Iterable[Fact]) -> frozenset[int]:
    """Whose parts a text tells something of: by a fact's line, or by all of its keywords.

    Args:
        text: Whatever somebody said.
        facts: All facts of the task.
    """
    lines = facts_in(text)
    words = frozenset(w.casefold() for w in _WORD.findall(text)) if not lines else frozenset()
    return frozenset(
        f.owner
        for f in facts
        if lines.get((f.owner, f.name)) == f.value
        or (f.keywords and all(k.casefold() in words for k in f.keywords))
    )
