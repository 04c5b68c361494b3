"""What a call may cost is set aside before it is sent, so that no budget is overshot."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.clock import let_others_run

from unscripted.agents.llm.billing.budget import Budget
from unscripted.model.errors import Halt

CHECK = settings(max_examples=60, deadline=None)


async def play_with_money(usd: float | None, steps: list[tuple[str, int]], unit: float) -> Budget:
    """Calls that reserve, are settled for no more, and are cancelled while they wait."""
    budget = Budget(usd)
    flying: dict[int, float] = {}
    calls: list[asyncio.Task[None]] = []
    halts: list[tuple[str, int]] = []

    async def call(number: int, worst: float) -> None:
        try:
            await budget.reserve(worst)
        except Halt as halt:
            in_flight = len(flying) if budget.used_usd < (budget.usd or 0.0) else 0
            halts.append((halt.reason, in_flight))
        else:
            flying[number] = worst

    def finish(n: int) -> None:
        number = list(flying)[n % len(flying)]
        worst = flying.pop(number)
        budget.settle(worst, worst * (n % 5) / 4)

    def check() -> None:
        assert budget.usd is None or budget.spent_usd + budget.reserved_usd <= budget.usd * (
            1 + 1e-9
        )
        assert budget.reserved_usd == pytest.approx(sum(flying.values()), abs=1e-9)

    for what, n in steps:
        if what == "ask":
            calls.append(asyncio.create_task(call(len(calls), n * unit)))
        elif what == "settle" and flying:
            finish(n)
        elif what == "cancel" and calls and not calls[n % len(calls)].done():
            calls[n % len(calls)].cancel()
        await let_others_run()
        check()
    while not all(c.done() for c in calls):  # nobody waits for ever
        assert flying
        finish(3)
        await let_others_run()
        check()
    while flying:
        finish(2)
        check()
    assert all(c.cancelled() or c.exception() is None for c in calls)
    assert set(halts) <= {("budget", 0)}  # only where nothing in flight could leave enough
    assert budget.held_usd == 0.0
    return budget


MONEY_STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "ask", "settle", "cancel"]), st.integers(0, 40)), max_size=50
)


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 100), MONEY_STEPS)
def test_the_budget_holds(limit, steps):
    budget = asyncio.run(play_with_money(limit / 4, steps, 0.25))  # fractions that floats hold
    assert budget.spent_usd <= limit / 4
    assert budget.reserved_usd == 0.0


@CHECK
@given(st.floats(1e-4, 10), st.floats(1e-6, 0.1), MONEY_STEPS)
def test_the_budget_holds_but_for_rounding(limit, unit, steps):
    budget = asyncio.run(play_with_money(limit, steps, unit))
    assert budget.spent_usd <= limit * (1 + 1e-9)


@CHECK
@given(MONEY_STEPS)
def test_without_a_budget_nobody_waits(steps):
    budget = asyncio.run(play_with_money(None, steps, 1e6))
    assert budget.spent_usd >= 0


def test_a_call_waits_for_others():
    async def story() -> None:
        budget = Budget(1.0)
        await budget.reserve(0.75)
        waiting = asyncio.create_task(budget.reserve(0.5))
        await let_others_run()
        assert not waiting.done()
        budget.settle(0.75, 0.25)
        await let_others_run()
        assert waiting.done()
        assert (budget.spent_usd, budget.reserved_usd) == (0.25, 0.5)

    asyncio.run(story())


def test_a_call_that_never_fits():
    async def story() -> None:
        budget = Budget(1.0, spent_usd=0.25)
        await budget.reserve(0.5)
        waiting = asyncio.create_task(budget.reserve(2.0))
        await let_others_run()
        budget.settle(0.5, 0.5)
        with pytest.raises(Halt, match=r"budget=1: 0\.7500 .* may cost 2\.0000") as caught:
            await waiting
        assert caught.value.reason == "budget"
        await budget.reserve(0.25)  # what fits to the cent still passes

    asyncio.run(story())


def test_money_of_earlier_commands_is_spent():
    with pytest.raises(Halt):
        asyncio.run(Budget(1.0, spent_usd=1.0).reserve(0.01))
    asyncio.run(Budget(1.0, spent_usd=1.0).reserve(0.0))


def test_the_unknown_is_held():
    budget = Budget(1.0)

    async def story() -> None:
        await budget.reserve(0.75)
        budget.settle(0.75, held_usd=0.75)
        with pytest.raises(Halt, match=r"0\.0000 .* up to 0\.7500 more may be for"):
            await budget.reserve(0.5)

    asyncio.run(story())
    assert (budget.spent_usd, budget.held_usd, budget.used_usd) == (0.0, 0.75, 0.75)


def test_a_dearer_bill_is_spent():
    budget = Budget(1.0)

    async def story() -> None:
        await budget.reserve(0.5)
        budget.settle(0.5, 2.0)
        with pytest.raises(Halt, match="2\\.0000"):
            await budget.reserve(0.0)

    asyncio.run(story())
    assert budget.spent_usd == 2.0
