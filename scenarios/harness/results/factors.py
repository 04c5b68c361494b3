"""What distinguishes one cell of a comparison from another, and how it is put into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

BLOCK_ORDER = ("level", "agents", "topology", "model", "protocol")
"""Factors as people read them, the widest first."""
_WORDS = {"agents": "{} agents", "level": "level {}", "topology": "{} network"}

_BY = {"agents": "team size", "topology": "network"}

Block = tuple[Any, ...]
"""The values of all factors but one, in the order of `FACTORS`."""


class Cell(NamedTuple):
    """A combination of factors; its runs differ by seed alone.

    Attributes:
        protocol: With its options, as users type it.
        topology: Likewise.
        model: Or the mixed team.
        agents: Members asked for, 1 or more.
        level: Of the tasks, L1 to L4 or `mixed`.
    """

    protocol: str
    topology: str
    model: str
    agents: int
    level: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Cell:
        """The cell of a row.

        Args:
            row: With a column for each factor.
        """
        return cls(*(row[f] for f in cls._fields))

    def value(self, factor: str) -> Any:
        """The value of one factor.

        Args:
            factor: One of `FACTORS`.
        """
        return self[FACTORS.index(factor)]

    def block(self, factor: str) -> Block:
        """The values of all factors but one: cells of the same block are compared by that one.

        Args:
            factor: One of `FACTORS`.
        """
        place = FACTORS.index(factor)
        return (*self[:place], *self[place + 1 :])

    def where(self, factor: str) -> str:
        """Its block in words, as `L3, 8 agents, complete, synthetic/strong`.

        Args:
            factor: The one that is left out.
        """
        return where({f: self.value(f) for f in FACTORS if f != factor})


FACTORS = Cell._fields


def where(block: Mapping[str, Any]) -> str:
    """Values of factors in words, as `L3, 8 agents, complete, synthetic/strong`.

    Args:
        block: By factor; what is missing is left out.
    """
    shown = ((f, block[f]) for f in BLOCK_ORDER if f in block)
    return ", ".join(f"{value} agents" if f == "agents" else str(value) for f, value in shown)


def named(factors: Iterable[str], values: Iterable[Any]) -> str:
    """Values of factors in words, as `8 agents · level L3 · ring network`.

    Args:
        factors: Their names; any other label stands as it is.
        values: One for each.
    """
    pairs = zip(factors, values, strict=True)
    return " · ".join(_WORDS.get(f, "{}").format(value) for f, value in pairs)


def by_words(factors: Iterable[str]) -> str:
    """What a comparison is made by beside the protocol, as ` by team size and network`.

    Args:
        factors: Those that vary; nothing is said without one.
    """
    words = [_BY.get(f, f) for f in factors]
    if not words:
        return ""
    return f" by {' and '.join([', '.join(words[:-1]), words[-1]] if words[1:] else words)}"
