"""The seam of shocks: what one is, and what it may do to an organization."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ..errors import UsageError
from .target import ShockTarget


class Shock(ABC):
    """Something that happens to an organization.

    Attributes:
        name: What users type; kebab-case.
    """

    name: ClassVar[str]

    @abstractmethod
    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """Let it happen; say what happened in a few words.

        Args:
            org: To whom.
            rng: The shock's own; the same seed draws the same.
        """


def draw(items: Sequence[int], k: int, rng: np.random.Generator) -> list[int]:
    """Distinct items at random, ascending.

    Args:
        items: Drawn from.
        k: How many; all of them where there are fewer.
        rng: Draws.
    """
    return sorted(items[int(i)] for i in rng.permutation(len(items))[:k])


def part_of(share: float, n: int) -> int:
    """How many of n a share is, rounded; 1 at least.

    Args:
        share: 0 to 1.
        n: Of how many.
    """
    return max(1, round(share * n))


def listed(members: Sequence[int]) -> str:
    """Member ids in words.

    Args:
        members: Their ids.
    """
    return ", ".join(map(str, members))


def check_share(name: str, share: float) -> None:
    """Refuse a share outside 0 to 1, 0 excluded.

    Args:
        name: The shock's.
        share: As given.

    Raises:
        UsageError: It is.
    """
    if not 0 < share <= 1:
        raise UsageError(f"shock={name}: share={share} is outside 0 to 1; use e.g. share=0.25")


def check_least(name: str, option: str, value: int, least: int) -> None:
    """Refuse a number below the least that makes sense.

    Args:
        name: The shock's.
        option: The option's.
        value: As given.
        least: That is allowed.

    Raises:
        UsageError: It is below.
    """
    if value < least:
        raise UsageError(f"shock={name}: {option}={value} is below {least}; use {least} or more")
