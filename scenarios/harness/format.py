"""How numbers and foreign texts are written, on screen, on pages and in sentences alike.

The ground floor of the harness: it imports nothing of it, so everything may import it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ...agents.llm.control_characters import clean

SYNTHETIC = (
    "Synthetic minds: these numbers illustrate a mechanism; "
    "they are no evidence about any real model."
)
"""Said with everything that synthetic minds made."""
UNKNOWN = "–"
"""Stands for what was not measured."""


def plain(text: str) -> str:
    """Foreign text without control and direction characters: it can't drive the terminal.

    Args:
        text: From a mind, a file or a provider.
    """
    return clean(text).replace("\n", " ")


def number(value: float | None, digits: int = 3) -> str:
    """A number as tables and sentences show it.

    Args:
        value: None where it was not measured.
        digits: Decimal places of a value below 10; larger ones have one, from 1000 on none, and
            those below 0.001 are written as a power of ten.
    """
    if value is None:
        return UNKNOWN
    if value and abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        digits = 1
    return f"{value:.{digits}f}" if abs(value) >= 0.001 or value == 0 else f"{value:.1e}"


def with_bounds(value: float | None, bounds: Sequence[float] | None, digits: int = 3) -> str:
    """A value with its interval in brackets, where there is one.

    Args:
        value: None where it was not measured.
        bounds: Lower and upper end; None where there is no interval.
        digits: As `number` takes them.
    """
    if value is None or bounds is None:
        return number(value, digits)
    return f"{number(value, digits)} [{number(bounds[0], digits)}, {number(bounds[1], digits)}]"


class Estimate(Protocol):
    """A mean with its interval, as `statistics` makes them."""

    @property
    def mean(self) -> float:
        """Of what was measured."""

    @property
    def ci95(self) -> tuple[float, float] | None:
        """The 95 % interval of the mean; None where there is none."""


def with_interval(found: Estimate | None) -> str:
    """A mean with its 95 % interval in brackets, where there is one.

    Args:
        found: None where nothing was measured.
    """
    return UNKNOWN if found is None else with_bounds(found.mean, found.ci95)


def p_value(p: float | None) -> str:
    """A p value to two significant digits.

    Args:
        p: 0 to 1; None where nothing was tested.
    """
    return UNKNOWN if p is None else f"{p:.2g}"


def counted(n: int, noun: str) -> str:
    """A number with its noun: `1 seed`, `12 seeds`.

    Args:
        n: How many.
        noun: In the singular; its plural must end in s.
    """
    return f"{n} {noun}{'s' * (n != 1)}"
