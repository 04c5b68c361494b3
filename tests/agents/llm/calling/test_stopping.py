"""How everybody is stopped, and how gathered calls come to their end."""

from __future__ import annotations

import asyncio

import pytest
from support.clock import let_others_run

from unscripted.agents.llm.calling.stopping import StopSwitch
from unscripted.model.engine.event_loop import gather_all
from unscripted.model.errors import Halt

FIRST, SECOND = Halt("budget", "first"), Halt("interrupted", "second")


async def flying(switch, block, ends):
    """A task inside one of the switch's blocks, until it is told to end."""
    try:
        with block():
            await asyncio.sleep(60)
    except (Halt, asyncio.CancelledError) as error:
        ends.append((error, asyncio.current_task().cancelling()))


def stopped(*, at_once, blocks):
    """How tasks in some blocks end when the switch stops."""

    async def story():
        switch, ends = StopSwitch(), []
        tasks = [
            asyncio.create_task(flying(switch, getattr(switch, block), ends)) for block in blocks
        ]
        await let_others_run()
        assert switch.stop(FIRST, at_once=at_once) is FIRST
        await let_others_run()
        alive = [not t.done() for t in tasks]
        resumed = switch.resume()
        for task in tasks:
            task.cancel()
        await let_others_run()
        return ends, alive, resumed, switch.resume()

    return asyncio.run(story())


def test_the_first_reason_counts():
    async def story():
        switch = StopSwitch()
        assert switch.stop(FIRST) is FIRST
        assert switch.stop(SECOND) is FIRST
        return switch.halt

    assert asyncio.run(story()) is FIRST


def test_who_waits_is_told():
    ends, alive, resumed, _ = stopped(at_once=False, blocks=["waits", "waits"])
    assert ends == [(FIRST, 0), (FIRST, 0)]
    assert alive == [False, False]
    assert resumed is True


def test_who_sends_may_finish():
    ends, alive, resumed, later = stopped(at_once=False, blocks=["sends", "waits"])
    assert alive == [True, False]
    assert resumed is False, "something is left of what was stopped"
    assert later is True
    assert ends[0][0] is FIRST


def test_at_once_breaks_off_sending():
    ends, alive, resumed, _ = stopped(at_once=True, blocks=["sends"])
    assert (ends, alive, resumed) == ([(FIRST, 0)], [False], True)


def test_a_cancelled_wait_is_no_halt():
    async def story():
        switch, ends = StopSwitch(), []
        task = asyncio.create_task(flying(switch, switch.waits, ends))
        await let_others_run()
        task.cancel()
        await let_others_run()
        return ends, switch.halt

    ((error, _),), halt = asyncio.run(story())
    assert isinstance(error, asyncio.CancelledError)
    assert halt is None


def test_nobody_waits_once_stopped():
    async def story():
        switch = StopSwitch()
        switch.stop(FIRST)
        with pytest.raises(Halt) as halt, switch.waits():
            raise AssertionError
        return halt.value

    assert asyncio.run(story()) is FIRST


@pytest.mark.parametrize("block", ["waits", "halting"])
def test_a_halt_inside_stops_everybody(block):
    async def story():
        switch, ends = StopSwitch(), []
        task = asyncio.create_task(flying(switch, switch.waits, ends))
        await let_others_run()
        with pytest.raises(Halt), getattr(switch, block)():
            raise SECOND
        await let_others_run()
        assert task.done()
        return ends, switch.halt, asyncio.current_task().cancelling()

    assert asyncio.run(story()) == ([(SECOND, 0)], SECOND, 0)


def test_a_sticky_switch_stays():
    async def story():
        switch = StopSwitch()
        assert switch.resume() is False
        switch.sticky = True
        switch.stop(FIRST)
        return switch.resume(), switch.halt

    assert asyncio.run(story()) == (False, FIRST)


def test_gathered_calls_all_end():
    ended = []

    async def work(i):
        await asyncio.sleep(0.002 * i)
        ended.append(i)
        if i == 0:
            raise ValueError("first")
        return i

    async def all_of(numbers):
        return await gather_all(work(i) for i in numbers)

    with pytest.raises(ValueError, match="first"):
        asyncio.run(all_of(range(3)))
    assert ended == [0, 1, 2]
    assert asyncio.run(all_of([2, 1])) == [2, 1]
