"""How numbers and foreign texts are written, on screen, on pages and in sentences alike.

The ground floor of the harness: it imports nothing of it, so everything may import it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Protocol

from ...agents.llm.control_characters import clean

SYNTHETIC = (
    "Synthetic minds: these numbers illustrate a mechanism; "
    "they are no evidence about any real model."
)
"""Said with everything that synthetic minds made."""
NOISE = 1e-12
"""Numbers below it are what sums of fractions leave of nothing."""
UNKNOWN = "–"
"""Stands for what was not measured."""
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What Unicode calls default ignorable: of no width, or only of meaning to other characters."""
_BREAKS = re.compile("[\u2028\u2029]")


def visible(text: str) -> str:
    """Foreign text of characters that can be seen: none that drive a terminal, turn or hide others.

    Args:
        text: From a mind, a file or a provider; its lines and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return _IGNORABLE.sub("", _BREAKS.sub("\n", clean(text)))


def plain(text: str) -> str:
    """The same in one line.

    Args:
        text: From a mind, a file or a provider.
    """
    return visible(text).replace("\n", " ").replace("\t", " ")


def width(text: str) -> int:
    """How many columns a text takes on a terminal: two for what is as wide as it is high.

    Args:
        text: One line.
    """
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
               for c in text)  # fmt: skip


def cut(text: str, most: int) -> str:
    """A text as `plain`, cut with an ellipsis where it takes more columns than there are.

    Args:
        text: From anywhere.
        most: Columns, 1 or more.
    """
    shown = plain(text)
    if width(shown) <= most:
        return shown
    while width(shown) > most - 1:
        shown = shown[:-1]
    return shown.rstrip() + "…"


def number(value: float | None, digits: int = 3) -> str:
    """A number as tables and sentences show it.

    Args:
        value: None where it was not measured.
        digits: Decimal places of a value below 10; larger ones have one, from 1000 on none, and
            those below 0.001 are written as a power of ten.
    """
    if value is None:
        return UNKNOWN
    value = 0.0 if abs(value) < NOISE else value
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


def duration(seconds: float) -> str:
    """A time to wait as people say it: `40 s`, `12 min`, `3.5 h`.

    Args:
        seconds: 0 or more.
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def counted(n: int, noun: str) -> str:
    """A number with its noun: `1 seed`, `12 seeds`.

    Args:
        n: How many.
        noun: In the singular; its plural must end in s.
    """
    return f"{n} {noun}{'s' * (n != 1)}"
