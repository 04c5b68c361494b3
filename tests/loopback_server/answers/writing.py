"""Roles and works made from a sentence of the task, which stands in the work word for word."""

from __future__ import annotations

import re
from functools import lru_cache

from .hashing import draw, pick

WORD = re.compile(r"[^\W\d_]{5,}")
DULL = frozenset(
    """
    about after again among before being below between could every first other shall should since
    their there these thing those three through under until where which while whose would
    """.split()  # noqa: SIM905
)
ROLES = ("reader of {a}", "{a} and {b} analyst", "keeper of {a}", "planner for {a} and {b}")
OPENINGS = (
    "The point that decides this part of the task is the following.",
    "One fact in the brief has to be settled before anything else can start.",
    "This is the passage that everybody downstream will rely on.",
)
ELABORATIONS = (
    "Name one person who owns {a}, and let that person confirm in writing what was agreed on {b}.",
    "Check the figures on {a} against their source before anybody outside the house hears of them.",
    "If {b} turns out differently, stop, tell the client at once, and return to this step.",
    "Record the time, the reason and the next review beside every decision that touches {a}.",
    "What remains open is how {a} and {b} depend on each other; assume the worse case until known.",
    "The cost of waiting is higher than the cost of a careful first step on {a} this week.",
    "Say plainly what is known about {b}, what is not, and when the next word will come.",
    "A short table with owner, deadline and evidence for {a} is enough to begin the work.",
)


def words_of(text: str) -> list[str]:
    """The telling words of a text, in lower case, each once."""
    words = dict.fromkeys(w.lower() for w in WORD.findall(text))
    return [w for w in words if w not in DULL]


def focus_on(sentence: str) -> str:
    """The first words of a sentence: what it is called when work is divided."""
    return " ".join(sentence.split()[:6])


@lru_cache(maxsize=65536)
def role_for(sentence: str, member: int, seed: int | None) -> str:
    """A role named after one or two words of a sentence."""
    a, b = _two_words(sentence, member, seed)
    return pick(ROLES, "role", member, seed, sentence).format(a=a, b=b)


@lru_cache(maxsize=65536)
def work_on(sentence: str, member: int, seed: int | None, most_words: int) -> str:
    """A work of 60 to 120 words about a sentence, fewer if fewer are wanted."""
    a, b = _two_words(sentence, member, seed)
    ending = sentence if sentence.endswith((".", "!", "?")) else f"{sentence} -"
    parts = [pick(OPENINGS, "opening", member, seed, sentence), ending]
    wanted = 60 + draw("length", member, seed, sentence) % 40
    first = draw("first", member, seed, sentence)
    for i in range(len(ELABORATIONS)):
        more = ELABORATIONS[(first + i) % len(ELABORATIONS)].format(a=a, b=b)
        count = sum(len(p.split()) for p in parts)
        if count >= wanted or count + len(more.split()) > most_words:
            break
        parts.append(more)
    return " ".join(parts)


def _two_words(sentence: str, member: int, seed: int | None) -> tuple[str, str]:
    words = words_of(sentence) or ["task"]
    start = draw("words", member, seed, sentence)
    return words[start % len(words)], words[(start + 1) % len(words)]
