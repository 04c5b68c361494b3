"""Null model of hierarchy: whose work each work builds on, drawn by lot among those it had read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from ...decision import Contribution
from ...record import TickRecord
from ...spans import Span
from ..structure import hierarchy_depth
from .null_model import Codes, Floats, Statistic


class Attribution:
    """Who could have built on whom in a tick: as many as it did, of those it had read.

    Args:
        record: The tick; what each work's author had seen is in its turns.
    """

    def __init__(self, record: TickRecord) -> None:
        place = {m.member: i for i, m in enumerate(record.members)}
        authors = np.array(  # of each message; -1 where it is no work
            [place[m.author] if isinstance(m.content, Contribution) else -1 for m in record.log],
            dtype=np.intp,
        )
        works = []
        for m in record.members:
            for turn in m.turns:
                if isinstance(turn.reply, Contribution):
                    used = np.array([place[a] for a in turn.reply.builds_on if a in place], np.intp)
                    read = _authors_in(authors, turn.seen if len(used) else ())
                    known = np.isin(used, read)
                    works.append(
                        (turn.round, place[m.member], used[~known], read, int(known.sum()))
                    )
        works.sort(key=itemgetter(0, 1))
        self.rounds = [list(same) for _, same in groupby(works, key=itemgetter(0))]
        self.members = len(record.members)
        self.depth = float(hierarchy_depth(record))

    def depths(self, rng: np.random.Generator | None, n: int) -> Floats:
        """Hierarchy depth under draws; of the tick itself without a generator.

        Args:
            rng: Draws.
            n: How many draws.

        Returns:
            Of shape (n,), or (1,) for the tick itself.
        """
        if rng is None:
            return np.array([self.depth])
        depths = np.zeros((n, self.members), dtype=np.int32)
        rows = np.arange(n)[:, None]
        for same_round in self.rounds:
            finished = []
            for _, author, fixed, read, k in same_round:
                deepest = np.zeros(n, dtype=np.int32)
                if len(fixed):
                    deepest = depths[:, fixed].max(axis=1)
                if k:
                    chosen = read[subsets(rng, n, len(read), k)]
                    deepest = np.maximum(deepest, depths[rows, chosen].max(axis=1))
                finished.append((author, deepest + 1))
            for author, depth in finished:
                depths[:, author] = np.maximum(depths[:, author], depth)
        return np.asarray(depths.max(axis=1), dtype=np.float64)


def depth_statistic(ticks: Sequence[Attribution]) -> Statistic:
    """Hierarchy depth, mean over ticks.

    Args:
        ticks: Those with work; at least one.
    """

    def depth(rng: np.random.Generator | None, n: int) -> Floats:
        return np.asarray(np.mean([tick.depths(rng, n) for tick in ticks], axis=0))

    return depth


def _authors_in(authors: Codes, spans: Sequence[Span]) -> Codes:
    """Whose work stands in these spans, each author once."""
    parts = [authors[start:stop] for start, stop in spans]
    found = np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.intp)
    return found[found >= 0]


def subsets(rng: np.random.Generator, n: int, size: int, k: int) -> Codes:
    """Sets of different numbers, drawn by R. Floyd's algorithm.

    Args:
        rng: Draws.
        n: How many sets.
        size: Numbers are below it, from 0.
        k: Numbers in a set, at most `size`.

    Returns:
        Of shape (n, k).
    """
    chosen = np.empty((n, k), dtype=np.intp)
    for place, last in enumerate(range(size - k, size)):
        drawn = rng.integers(last + 1, size=n)
        taken = (chosen[:, :place] == drawn[:, None]).any(axis=1)
        chosen[:, place] = np.where(taken, last, drawn)
    return chosen
