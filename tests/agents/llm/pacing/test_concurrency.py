"""How many calls hold a slot: limit, order, and nothing lost to cancellation."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from support.clock import let_others_run, made_up_time

from unscripted.agents.llm.pacing import concurrency
from unscripted.agents.llm.pacing.concurrency import ConcurrencyLimit

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["come", "come", "come", "go", "cancel", "cancel first", "rest", "ease", "squeeze"]
        ),
        st.integers(0, 9),
    ),
    min_size=8,
    max_size=60,
)


async def play_with_slots(most: int, steps: list[tuple[str, int]], calm: bool) -> None:
    """Calls that come, go and are cancelled at any moment; everything promised is checked.

    Where each step has time to settle, calls also run in the order in which they were let in.
    """
    with made_up_time(concurrency) as clock:
        slots = ConcurrencyLimit(most)
        order: list[int] = []
        inside: dict[int, asyncio.Event] = {}
        calls: list[asyncio.Task[None]] = []
        squeezed = False

        async def visit(number: int) -> None:
            await slots.acquire()
            order.append(number)
            inside[number] = asyncio.Event()
            try:
                await inside[number].wait()
            finally:
                del inside[number]
                slots.release()

        def check() -> None:
            assert len(inside) <= slots.held <= most
            if not squeezed:
                assert slots.held <= int(slots.limit)
            assert 1 <= slots.limit <= most

        for what, n in steps:
            clock.now += 1.0
            if what == "come":
                calls.append(asyncio.create_task(visit(len(calls))))
            elif what == "go" and inside:
                list(inside.values())[n % len(inside)].set()
            elif what == "cancel" and calls:
                calls[n % len(calls)].cancel()
            elif what == "cancel first":  # of those that wait
                for i, call in enumerate(calls):
                    if not call.done() and i not in inside:
                        call.cancel()
                        break
            elif what == "ease":
                slots.increase()
            elif what == "squeeze":
                slots.decrease(clock.now)
                squeezed = True
            if what == "rest" or calm:
                await let_others_run()
                assert slots.held == len(inside)
                alive = [i for i, c in enumerate(calls) if not c.done() and i not in inside]
                assert not alive or slots.held >= int(slots.limit)  # nobody waits in vain
                assert slots.waiting == len(alive)
            check()

        await let_others_run()
        while not all(c.done() for c in calls):  # all go home, and everyone had a turn
            assert inside
            for event in list(inside.values()):
                event.set()
            await let_others_run()
            check()
        assert (slots.held, slots.waiting) == (0, 0)
        assert not calm or order == sorted(order)
        turned_away = {i for i, c in enumerate(calls) if c.cancelled()}
        assert set(order) | turned_away == set(range(len(calls)))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 5), STEPS, st.booleans())
def test_limit_and_order_hold(most, steps, calm):
    asyncio.run(play_with_slots(most, steps, calm))


def test_a_cancelled_call_hands_on():
    async def story() -> None:
        slots = ConcurrencyLimit(1)
        await slots.acquire()
        second, third = (asyncio.create_task(slots.acquire()) for _ in range(2))
        await let_others_run()
        slots.release()  # hands the place to the second, which has not run yet
        second.cancel()
        await let_others_run()
        assert second.cancelled()
        assert third.done()
        assert (slots.held, slots.waiting) == (1, 0)

    asyncio.run(story())


def test_a_slot_passes_the_cancelled():
    async def story() -> None:
        slots = ConcurrencyLimit(1)
        await slots.acquire()
        second, third = (asyncio.create_task(slots.acquire()) for _ in range(2))
        await let_others_run()
        second.cancel()
        slots.release()  # before the second has noticed
        await let_others_run()
        assert second.cancelled()
        assert third.done()
        assert (slots.held, slots.waiting) == (1, 0)

    asyncio.run(story())


def test_giving_up_blocks_nobody():
    async def story() -> None:
        slots = ConcurrencyLimit(1)
        await slots.acquire()
        calls = [asyncio.create_task(slots.acquire()) for _ in range(3)]
        await let_others_run()
        assert slots.waiting == 3
        calls[1].cancel()
        await let_others_run()
        assert slots.waiting == 2
        slots.release()
        await let_others_run()
        assert [c.done() for c in calls] == [True, True, False]
        calls[2].cancel()
        await let_others_run()
        assert (slots.held, slots.waiting) == (1, 0)

    asyncio.run(story())


def test_one_wave_halves_once():
    async def story() -> None:
        with made_up_time(concurrency) as clock:
            slots = ConcurrencyLimit(8)
            wave = [await slots.acquire() for _ in range(8)]
            clock.now += 1
            for entered in wave:
                slots.decrease(entered)
            assert slots.limit == 4
            for _ in wave:
                slots.release()
            clock.now += 1
            later = [await slots.acquire() for _ in range(4)]
            clock.now += 1
            for entered in [*wave, *later]:
                slots.decrease(entered)
            assert slots.limit == 2

    asyncio.run(story())


def test_the_limit_stays_in_range():
    with made_up_time(concurrency) as clock:
        slots = ConcurrencyLimit(6)
        for _ in range(20):
            clock.now += 1
            slots.decrease(clock.now)
            clock.now += 1
        assert slots.limit == 1
        grown = []
        for _ in range(40):
            slots.increase()
            grown.append(slots.limit)
        assert grown == sorted(grown)
        assert grown[0] == 2  # one more for each full limit of successes
        assert grown[-1] == 6


def test_a_growing_limit_admits():
    async def story() -> None:
        with made_up_time(concurrency) as clock:
            slots = ConcurrencyLimit(4)
            entered = await slots.acquire()
            clock.now += 1
            slots.decrease(entered)
            slots.decrease(entered)
            assert slots.limit == 2
            calls = [asyncio.create_task(slots.acquire()) for _ in range(3)]
            await let_others_run()
            assert [c.done() for c in calls] == [True, False, False]
            for _ in range(3):
                slots.increase()
            await let_others_run()
            assert [c.done() for c in calls] == [True, True, False]
            slots.release()
            await let_others_run()
            assert all(c.done() for c in calls)

    asyncio.run(story())
