"""What calls cost together: one after another, and at the same time."""

from __future__ import annotations

from support.fakes import answer, failure

from unscripted.agents.llm.billing.bill import Bill
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.agents.llm.usage import UsageTotal
from unscripted.model.decision import Usage


def total(*calls):
    made = UsageTotal()
    for call in calls:
        made.add(call)
    return made


ANSWER = answer("x", 10, 4, 0.25, 1.5, attempts=2)
FAILED = failure("server", "no", 3, Bill(Tokens(5, 6), 0.5, 0.5), 2.00004)


def test_calls_add_up():
    assert total(ANSWER, FAILED, ANSWER).usage == Usage(7, 25, 14, 1.0, 5.0, 0)
    assert total().usage == Usage(0, 0, 0, 0.0, 0.0, 0)


def test_one_unknown_price_is_enough():
    unknown = answer(cost_usd=None)
    for calls in ((unknown, ANSWER), (ANSWER, unknown)):
        assert total(*calls).usage.cost_usd is None
    assert total(failure("server")).usage.cost_usd == 0.0


def test_of_concurrent_calls_the_slowest_counts():
    whole = UsageTotal.concurrent([total(ANSWER), total(ANSWER, FAILED), total(FAILED)])
    assert whole.usage == Usage(10, 30, 20, 1.5, 3.5, 0)
    assert UsageTotal.concurrent([total(ANSWER)]).usage == total(ANSWER).usage


def test_discounts_are_told():
    cached = Bill(Tokens(10, 4, cached=8), 0.1, 0.25)
    found = total(answer(), failure("used up", bill=cached)).usage
    assert (found.tokens_cached, found.cost_usd, found.cost_usd_uncached) == (8, 0.35, 0.5)
    assert total(answer()).usage.cost_usd_uncached is None
