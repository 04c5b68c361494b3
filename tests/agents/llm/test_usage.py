"""What calls cost together: one after another, and at the same time."""

from __future__ import annotations

from unscripted.agents.llm.request import CallFailed, Completion
from unscripted.agents.llm.usage import UsageTotal
from unscripted.model.decision import Usage


def total(*calls):
    made = UsageTotal()
    for call in calls:
        made.add(call)
    return made


ANSWER = Completion("x", 10, 4, 0.25, 1.5, attempts=2)
FAILED = CallFailed("server", "no", 3, 0.5, 2.00004)


def test_calls_add_up():
    assert total(ANSWER, FAILED, ANSWER).usage == Usage(7, 20, 8, 1.0, 5.0)
    assert total().usage == Usage(0, 0, 0, 0.0, 0.0)


def test_one_unknown_price_is_enough():
    unknown = Completion("x", 1, 1, None, 1.0)
    for calls in ((unknown, ANSWER), (ANSWER, unknown)):
        assert total(*calls).usage.cost_usd is None
    assert total(CallFailed("server", "no")).usage.cost_usd is None


def test_of_concurrent_calls_the_slowest_counts():
    whole = UsageTotal.concurrent([total(ANSWER), total(ANSWER, FAILED), total(FAILED)])
    assert whole.usage == Usage(10, 20, 8, 1.5, 3.5)
    assert UsageTotal.concurrent([total(ANSWER)]).usage == total(ANSWER).usage
