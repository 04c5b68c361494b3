"""What a synthetic mind passes on of others' work, in lines that other synthetic minds can read.

Word of a work travels on with the work of whoever read it, so that it reaches members the network
does not link to its author. It says what was done, by whom and how well that seemed; the work
itself stays behind, so nobody can revise it or build on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

HEARD = "heard"
"""Begins a line of news."""
TOKENS_NEWS = 8
"""A line of news."""


class News(NamedTuple):
    """Word of a piece of work.

    Attributes:
        requirement: Its id.
        quality: As it seemed to whoever passes it on, 0 to 1.
        author: Whose work it is.
    """

    requirement: str
    quality: float
    author: int


def lines(news: Iterable[News]) -> str:
    """News as text, a line each, with a line break before it.

    Args:
        news: In the order wanted.
    """
    return "".join(f"\n{HEARD} {n.quality:.2f} {n.author} {n.requirement}" for n in news)


class Word(NamedTuple):
    """The news in a text.

    Attributes:
        best: By requirement, the first of those that say most of it.
        lines: How many there were.
    """

    best: dict[str, News]
    lines: int


@lru_cache(maxsize=4096)
def read(text: str) -> Word:
    """The news in a text; lines that are none are passed over.

    Args:
        text: Of a work.
    """
    best: dict[str, News] = {}
    count = 0
    for line in text.split("\n")[1:]:
        parts = line.split(" ", 3)
        if len(parts) == 4 and parts[0] == HEARD:
            try:
                news = News(parts[3], float(parts[1]), int(parts[2]))
            except ValueError:
                continue  # somebody else's words
            if 0.0 <= news.quality <= 1.0:
                count += 1
                known = best.setdefault(news.requirement, news)
                if news.quality > known.quality:
                    best[news.requirement] = news
    return Word(best, count)
