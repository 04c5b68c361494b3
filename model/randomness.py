"""Random streams addressed by what they are for, never shared.

A stream is the seed plus a path (purpose, member, tick, turn). One member more, or another
order of answers, moves nobody else's draws: there is no common generator to advance.

References:
    numpy.random.SeedSequence and its `spawn_key`; M. E. O'Neill, "Developing a seed_seq
    alternative", 2015.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """First element of every path. Numbers are part of the record format: append only."""

    MEMBER = 0
    PROTOCOL = 1
    TASKS = 2
    JUDGE = 3
    TOPOLOGY = 4
    REPLICATE = 5


class Streams:
    """Addresses the random streams of one run.

    Args:
        seed: Non-negative integer of any size.
    """

    __slots__ = ("seed",)

    def __init__(self, seed: int) -> None:
        self.seed = int(seed)

    def sequence(self, purpose: Purpose, *path: int) -> np.random.SeedSequence:
        """The seed sequence at a path."""
        return np.random.SeedSequence(self.seed, spawn_key=(int(purpose), *path))

    def integer(self, purpose: Purpose, *path: int) -> int:
        """A 64-bit seed at a path."""
        return int(self.sequence(purpose, *path).generate_state(1, np.uint64)[0])

    def generator(self, purpose: Purpose, *path: int) -> np.random.Generator:
        """A generator at a path."""
        return np.random.default_rng(self.sequence(purpose, *path))
