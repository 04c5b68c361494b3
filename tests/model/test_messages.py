"""Messages and views of them."""

from __future__ import annotations

import asyncio

from support.teams import WORK

import unscripted as un
from unscripted.model.messages import Log
from unscripted.model.mind import Mind


class Counting(Mind):
    """Counts how many of its decisions are under way."""

    def __init__(self):
        self.now = self.peak = 0

    async def decide(self, observation):
        self.now += 1
        self.peak = max(self.peak, self.now)
        await asyncio.sleep(0.05)
        self.now -= 1
        return WORK


def test_authors_are_found_without_history():

    log = Log()
    for tick in range(500):
        for author in range(8):
            log.post(author, tick, 0, un.Intention("r"))
    recent = log.since(len(log) - 16)

    class Counting(list):
        reads = 0

        def __getitem__(self, key):
            Counting.reads += (
                1 if not isinstance(key, slice) else len(range(*key.indices(len(self))))
            )
            return super().__getitem__(key)

    log._by_author = {a: Counting(ids) for a, ids in log._by_author.items()}
    assert len(recent.authored_by(range(4))) == 8
    assert Counting.reads < 200
