"""In place, in threads or in flight: the same record, and no more at once than allowed."""

from __future__ import annotations

import asyncio
import threading

from hypothesis import given, settings
from hypothesis import strategies as st
from support.teams import WORK, team

import unscripted as un
from unscripted.testing import ArbitraryMind, DelayedMind, seeds


class Blocks(un.Mind):
    """Waits in a plain function until so many wait there at once."""

    def __init__(self, together):
        self.barrier = threading.Barrier(together)

    def decide(self, observation):
        self.barrier.wait(timeout=60)
        return WORK


def test_slow_minds_are_in_flight_together():
    n = 200
    most = Counting()
    org = team(*[most] * n, concurrency=n)
    org.step()
    assert most.peak > n / 2
    assert org.measures["participation"] == 1


class Counting(un.Mind):
    """Counts how many of its decisions are under way."""

    def __init__(self):
        self.now = self.peak = 0

    async def decide(self, observation):
        self.now += 1
        self.peak = max(self.peak, self.now)
        await asyncio.sleep(0.05)
        self.now -= 1
        return WORK


def test_concurrency_is_a_ceiling():
    most = Counting()
    team(*[most] * 30, concurrency=7).step()
    assert most.peak == 7


def test_blocking_minds_overlap_in_threads():
    org = team(*[Blocks(20)] * 20)
    org.step()
    assert org.measures["participation"] == 1


def test_one_loop_serves_every_organization():
    for seed in range(3):
        team(*[DelayedMind(ArbitraryMind())] * 4, rng=seed).run(3)
    assert sum(t.name == "unscripted-loop" for t in threading.enumerate()) == 1


def test_step_works_inside_a_loop():
    async def notebook():
        org = team(*[DelayedMind(ArbitraryMind())] * 3)
        org.step()
        return org.tick

    assert asyncio.run(notebook()) == 1


@settings(max_examples=20, deadline=None)
@given(seeds(), st.sampled_from(["sequential", "coordinator", "broadcast", "shared"]))
def test_all_drivers_give_one_record(seed, protocol):
    class Threaded(un.Mind):
        name = "arbitrary"

        def decide(self, observation):
            return ArbitraryMind(0.2).decide(observation)

    kinds = [ArbitraryMind(0.2), DelayedMind(ArbitraryMind(0.2)), Threaded()]
    records = [
        [r.to_json() for r in team(*[k] * 5, protocol=protocol, rng=seed, concurrency=c).run(2)]
        for k, c in zip(kinds, (64, 64, 2), strict=True)
    ]
    assert records[0] == records[1] == records[2]


def test_forked_child_has_its_own_loop():
    import multiprocessing

    team(DelayedMind(ArbitraryMind())).step()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(_one_async_tick).get(timeout=30) == 1


def _one_async_tick():
    org = team(DelayedMind(ArbitraryMind()))
    org.step()
    return org.tick
