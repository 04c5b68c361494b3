"""What to ask for after a request was too long: a shorter completion first, then less to read.

The limit is read from the provider's words where they hold one, in whatever wording; where they
don't, the completion is halved, then what was read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .lessons import numbers

SHORTEST = 256
"""Tokens of a completion that are still worth asking for."""
LEAST_READ = 80
"""Tokens of others' texts; fewer are left out altogether."""
SPARE = 64
"""Tokens that a limit is kept below."""
SMALLEST_WINDOW = 256
_PER_MINUTE = ("per minute", "per min", "tpm")
_SUM = re.compile(r"(\d+) \+ (\d+) > (\d+)")
_REST = re.compile(r"(\d+) > (\d+) - (\d+)")
_BOTH = re.compile(r"(?:prompt|input)\D{0,30}(\d{1,12})\D{0,30}completion\D{0,20}(\d{1,12})")
_WINDOW = re.compile(
    r"(?:context (?:length|window|size|limit)|prompt length|n_ctx|limit|cannot exceed|maximum"
    r"|must be <=|tokens allowed|model['’]?s window|model supports|allotted|限制"
    r"|input length should be)\D{0,40}?(?:\[\d, ?)?(\d[\d,]{2,12})"
)
"""Sums and limits as providers word them."""


@dataclass(frozen=True, slots=True)
class Less:
    """How much is asked for.

    Attributes:
        completion: The longest completion, in tokens.
        reading: What the prompt may hold of others' texts, in tokens.
    """

    completion: int
    reading: int


@dataclass(frozen=True, slots=True)
class TooLong:
    """A request that was too long.

    Attributes:
        completion: The longest completion it asked for, in tokens.
        read: What it really held of others' texts, in tokens.
        words: The provider's.
    """

    completion: int
    read: int
    words: str

    def less(self) -> Less | None:
        """What to ask for next; None where nothing is left to leave out."""
        over = overshoot(self.words)
        shorter = self.completion // 2 if over is None else self.completion - over - SPARE
        if shorter >= SHORTEST:
            return Less(shorter, self.read)
        if not self.read:
            return None
        reading = self.read // 2 if self.read > LEAST_READ else 0
        if over is None:
            return Less(self.completion, reading)
        left = self.completion - (over + SPARE - (self.read - reading))
        return Less(min(self.completion, max(left, SHORTEST)), reading)


def overshoot(words: str) -> int | None:
    """By how many tokens a request was too long, where a provider's words say so.

    Args:
        words: In any wording; in an unknown one the two largest numbers count.
    """
    said = words.lower()
    if found := _SUM.search(said):
        read, wanted, limit = map(int, found.groups())
        return read + wanted - limit
    if found := _REST.search(said):
        wanted, limit, read = map(int, found.groups())
        return read + wanted - limit
    listed = [int(n) for n in numbers(said)]
    limit_said = window(said)
    if limit_said is None:
        large = sorted({n for n in listed if n >= SMALLEST_WINDOW})
        return large[-1] - large[-2] if len(large) > 1 else None
    if (both := _BOTH.search(said)) and (whole := int(both[1]) + int(both[2])) > limit_said:
        return whole - limit_said
    beyond = [n for n in listed if n > limit_said]
    whole = min(beyond) if beyond else sum(sorted({n for n in listed if n < limit_said})[-2:])
    return whole - limit_said if whole > limit_said else None


def window(words: str) -> int | None:
    """The most tokens that a model takes, prompt and completion together, as a provider says.

    Args:
        words: In any wording.

    Returns:
        None where they don't say.
    """
    said = words.lower()
    if found := _SUM.search(said):
        return int(found[3])
    if found := _REST.search(said):
        return int(found[2])
    found = _WINDOW.search(said)
    return int(found[1].replace(",", "")) if found else None


def lasting(words: str) -> bool:
    """Whether a limit is one of the model, and not of a minute.

    Args:
        words: The provider's.
    """
    return not any(w in words.lower() for w in _PER_MINUTE)
