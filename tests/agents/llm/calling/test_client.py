"""A call's way through the client, without a network: kept, retried, counted, stopped."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from support.clock import made_up_time
from support.fakes import (
    CALL,
    PRICE,
    REQUEST,
    WORST_USD,
    call_of,
    client_of,
    error,
    failure,
    other_call,
    raw,
)

from unscripted.agents.llm.billing.bill import Bill, End
from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.agents.llm.calling import sender as sender_module
from unscripted.agents.llm.calling.client import Client
from unscripted.agents.llm.calling.retry import Deadline
from unscripted.agents.llm.capabilities.capabilities import Capabilities
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.request import CallFailed, Completion
from unscripted.agents.llm.transport.call_errors import ErrorKind
from unscripted.model.engine.driver import Limits
from unscripted.model.errors import Halt

NOBODY = 1e9
"""Seconds that nobody waits."""


def complete(client: Client, n: int = 1, **key: Any) -> Any:
    """The answer, or what is raised instead, of the last of so many equal calls."""

    async def story():
        for i in range(n):
            try:
                found = await client.complete(call_of(other_call(**{"call": i, **key})))
            except (CallFailed, Halt) as raised:
                found = raised
        return found

    return asyncio.run(story())


def test_an_answer_is_kept_and_counted():
    client = client_of(raw("yes", tokens_in=11, tokens_out=7), price=PRICE)
    answer = complete(client)
    assert (answer.text, answer.bill.tokens, answer.attempts) == ("yes", Tokens(11, 7), 1)
    assert answer.bill.cost_usd == PRICE.of(Tokens(11, 7)) == client.budget.spent_usd
    assert client.journal.find(other_call(call=0), REQUEST.digest) == answer
    meter = client.meter
    assert (meter.sent, meter.answered, meter.retries, meter.failed, meter.estimated) == (
        1, 1, 0, 0, 0,
    )  # fmt: skip
    assert (meter.tokens_in, meter.tokens_out, meter.most_in_flight, meter.in_flight) == (
        11, 7, 1, 0,
    )  # fmt: skip
    assert (meter.waiting, meter.replayed, meter.share_rate_limited) == (0, 0, 0.0)


def test_a_replay_sends_nothing():
    client = client_of(raw(), journal=Journal(strict=True))
    halt = complete(client)
    assert (halt.reason, str(halt)) == (
        "journal", "tick 3, member 1: not in the journal, and a replay sends nothing",
    )  # fmt: skip
    assert client.adapter.sent == []


def test_attempts_are_counted_and_held():
    broken = error(ErrorKind.SERVER, end=End.UNKNOWN)
    client = client_of(error(ErrorKind.RATE_LIMIT), broken, raw(), price=PRICE)
    answer = complete(client)
    assert (answer.attempts, client.meter.retries, client.meter.rate_limited) == (3, 2, 1)
    assert client.meter.share_rate_limited == pytest.approx(1 / 3)
    assert client.budget.held_usd == client.journal.held_usd() == WORST_USD
    assert client.budget.spent_usd == pytest.approx(PRICE.of(Tokens(10, 5)))
    assert client.budget.reserved_usd == 0.0


@pytest.mark.parametrize("kind", ErrorKind)
def test_refusals_cost_nothing(kind):
    client = client_of(error(kind, retry_after_s=NOBODY), price=PRICE, budget_usd=1.0)
    complete(client)
    assert client.budget.used_usd == client.journal.spent_usd() == client.journal.held_usd() == 0


def test_answers_of_no_use_are_owed():
    bill = Bill(Tokens(10, 64), 0.25, 0.25)
    client = client_of(error(ErrorKind.USED_UP, end=End.UNUSABLE, bill=bill), price=PRICE)
    failed = complete(client)
    assert (failed.kind, failed.attempts, failed.bill) == ("used up", 1, bill)
    assert client.budget.spent_usd == client.journal.spent_usd() == 0.25
    assert (client.meter.tokens_out, client.budget.held_usd) == (64, 0.0)


def test_money_is_set_aside_first():
    seen = []

    async def look():
        seen.append((client.journal.held_usd(), client.budget.reserved_usd))
        return raw()

    client = client_of(look, price=PRICE, budget_usd=1.0)
    answer = complete(client)
    assert seen == [(WORST_USD, WORST_USD)]
    assert client.journal.spent_usd() == answer.bill.cost_usd
    assert client.journal.held_usd() == 0.0


def test_the_budgets_end_cancels_nobody():
    client = client_of(raw(), budget_usd=1e-9, price=Price(1.0, 1.0))

    async def story() -> str:
        with pytest.raises(Halt, match="may cost"):
            await client.complete(call_of())
        await asyncio.sleep(0)
        return "not cancelled"

    assert asyncio.run(story()) == "not cancelled"
    assert client.halt.reason == "budget"
    assert client.adapter.sent == []


def test_a_dearer_bill_stops_the_run():
    client = client_of(raw(tokens_out=10**6), budget_usd=1.0, price=PRICE)
    answer = complete(client)
    assert answer.bill.cost_usd == PRICE.of(Tokens(10, 10**6)) > 1.0
    halt = complete(client, call=7)
    assert halt.reason == "budget"
    assert len(client.adapter.sent) == 1


@pytest.mark.parametrize(
    "kind",
    [ErrorKind.REQUEST, ErrorKind.CONTENT, ErrorKind.USED_UP, ErrorKind.EMPTY,
     ErrorKind.UNREADABLE],
)  # fmt: skip
def test_a_lasting_error_fails_the_call(kind):
    client = client_of(error(kind, "such as it is"), price=PRICE)
    failed = complete(client)
    assert (failed.kind, str(failed), failed.attempts, failed.bill.cost_usd) == (
        kind.value, "such as it is", 1, 0.0,
    )  # fmt: skip
    assert (client.meter.failed, client.halt) == (1, None)
    assert client.journal.count() == 1
    assert client.journal.find(other_call(call=0), REQUEST.digest) is None


def test_without_a_price_cost_is_unknown():
    free = client_of(raw())
    assert complete(free).bill.cost_usd is None
    assert (free.budget.spent_usd, free.sender.unpriced) == (0.0, ["openai/m"])
    priced = client_of(raw(), price=PRICE)
    complete(priced)
    assert priced.sender.unpriced == []


def test_a_given_price_precedes_the_listed():
    client = client_of(raw(), price=PRICE)
    assert client.price("openai/m") == PRICE
    client = client_of(raw(), price=PRICE)
    client.prices["openai/m"] = Price(3.0, 4.0)
    assert client.price("openai/m") == Price(3.0, 4.0)


def test_an_account_error_stops_everybody():
    client = client_of(error(ErrorKind.ACCOUNT, "wrong key"))
    halt = complete(client)
    assert (halt.reason, str(halt)) == ("refused", "openai/m: wrong key")
    assert complete(client, tick=4) is halt
    assert len(client.adapter.sent) == 1


def test_a_local_fault_stops_everybody():
    halt = complete(client_of(error(ErrorKind.LOCAL, "too many open files")))
    assert (halt.reason, str(halt)) == (
        "local", "this machine, not the provider: too many open files",
    )  # fmt: skip


@pytest.mark.parametrize("kind", [ErrorKind.PARAMETER, ErrorKind.REQUEST])
def test_the_same_refusals_stop(kind):
    client = client_of(*(error(kind, f"no such thing, request {n}") for n in range(9)))
    assert isinstance(complete(client, 2), CallFailed)
    assert client.halt is None
    halt = complete(client, tick=9)
    assert halt.reason == "refused"
    assert str(halt).startswith("openai/m: 3 decisions in a row were refused: no such thing")


def test_other_refusals_do_not_stop():
    said = ["no", "never", "no", "never", "no", "never"]
    client = client_of(*(error(ErrorKind.REQUEST, words) for words in said))
    assert isinstance(complete(client, 6), CallFailed)


@pytest.mark.parametrize("kind", [ErrorKind.SERVER, ErrorKind.RATE_LIMIT])
def test_three_lost_in_a_row_stop(kind):
    client = client_of(error(kind, "gone", retry_after_s=121.0))
    found = complete(client, 3)
    assert isinstance(found, Halt)
    assert found.reason == ("limit" if kind is ErrorKind.RATE_LIMIT else "service")
    assert "gone" in str(found)


def test_an_answer_between_counts_anew():
    gone = error(ErrorKind.SERVER, "gone", retry_after_s=NOBODY)
    client = client_of(gone, gone, raw(), gone, gone, raw())
    assert isinstance(complete(client, 6), Completion)
    assert (client.meter.failed, client.halt) == (4, None)


def test_timeouts_are_not_lost_decisions():
    client = client_of(error(ErrorKind.TIMEOUT, retry_after_s=NOBODY))
    assert isinstance(complete(client, 5), CallFailed)
    assert client.halt is None


def test_resuming_counts_anew():
    client = client_of(error(ErrorKind.SERVER, "gone", retry_after_s=NOBODY))
    assert isinstance(complete(client, 3), Halt)
    client.resume()
    assert client.halt is None
    assert isinstance(complete(client, 2, tick=9), CallFailed)
    client.resume()
    assert isinstance(complete(client, tick=11), Halt)


def test_losing_long_requests_stops():
    client = client_of(raw())
    client.lost(call_of(), failure("length", "too long: 9000"))
    client.lost(call_of(), failure("length", "too long: 8000"))
    with pytest.raises(Halt, match="too long: 7000") as halt:
        client.lost(call_of(), failure("length", "too long: 7000"))
    assert halt.value.reason == "refused"


def test_an_attempt_has_half_the_deadline():
    client = client_of(raw())
    complete(client)
    assert client.adapter.sent[0].timeout_s == 20.0 / 2 + 10.0
    assert client.adapter.sent[0].api_base == "http://x"


def test_a_slow_attempt_times_out():
    async def hang():
        await asyncio.sleep(30)

    client = client_of(hang, limits=Limits(0.05, 4), price=PRICE)
    failed = complete(client)
    assert (failed.kind, str(failed)) == ("timeout", "no answer in time")
    assert 0.04 <= failed.latency_s < 5
    assert client.meter.in_flight == 0
    assert client.budget.held_usd >= WORST_USD


def test_time_in_flight_is_the_latency():
    with made_up_time(sender_module) as clock:

        async def slowly():
            clock.now += 2.5
            return raw()

        client = client_of(slowly)
        deadline = Deadline(20.0)

        async def story():
            return await client.complete(call_of(), deadline)

        assert asyncio.run(story()).latency_s == 2.5
        assert deadline.used_s == pytest.approx(2.5)


def test_a_deadline_spans_several_calls():
    client = client_of(error(ErrorKind.REQUEST))
    deadline = Deadline(20.0)
    deadline.used_s, deadline.attempts = 7.0, 3

    async def story():
        with pytest.raises(CallFailed) as failed:
            await client.complete(call_of(), deadline)
        return failed.value

    failed = asyncio.run(story())
    assert failed.attempts == 1
    assert failed.latency_s < 1


def test_concurrency_is_that_of_all_endpoints():
    flying = 0

    async def look():
        nonlocal flying
        flying = max(flying, client.meter.in_flight)
        await asyncio.sleep(0.001)
        return raw()

    client = client_of(look, limits=Limits(20.0, 2))

    async def story():
        calls = [call_of(other_call(call=i), api_base=f"http://{i % 3}") for i in range(9)]
        await asyncio.gather(*map(client.complete, calls))

    asyncio.run(story())
    assert (flying, client.meter.most_in_flight, client.meter.answered) == (2, 2, 9)


def test_a_refusal_slows_its_endpoint_alone():
    client = client_of(error(ErrorKind.RATE_LIMIT), raw(), limits=Limits(20.0, 8))

    async def story():
        await client.complete(call_of(api_base="http://a"))
        await client.complete(call_of(other_call(call=7), api_base="http://b"))

    asyncio.run(story())
    endpoints = client.sender._endpoints
    limits = {base: e.concurrency.limit for (_, base), e in endpoints.items()}
    assert limits == {"http://a": 4.25, "http://b": 8.0}
    assert [e.concurrency.held for e in endpoints.values()] == [0, 0]
    assert client.sender._slots.held == 0
    assert [e.sent for e in endpoints.values()] == [2, 1]


def test_headers_teach_the_rate():
    headers = {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "40",
        "x-ratelimit-reset-requests": "20s",
    }
    for answers in ([raw(headers=headers)], [error(ErrorKind.SERVER, headers=headers), raw()]):
        client = client_of(*answers)
        complete(client)
        (endpoint,) = client.sender._endpoints.values()
        assert endpoint.rate.requests.rate == pytest.approx(0.95)


def test_nothing_left_today_stops():
    headers = {
        "x-ratelimit-limit-requests": "50",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "23h59m0s",
    }
    client = client_of(raw(headers=headers))
    halt = complete(client, 2)
    assert halt.reason == "limit"
    assert "of 50 requests none is left until" in str(halt)
    assert "(23 h 59 min)" in str(halt)
    assert len(client.adapter.sent) == 1


def test_booked_tokens_are_corrected():
    client = client_of(error(ErrorKind.SERVER), raw(tokens_in=100, tokens_out=50), tpm=6e9)
    complete(client)
    (endpoint,) = client.sender._endpoints.values()
    assert (endpoint.answers, endpoint.tokens, endpoint.tokens_out) == (1, 150, 50)


def test_attempts_are_known_to_who_resumes():
    broken = error(ErrorKind.SERVER, end=End.UNUSABLE, bill=Bill(Tokens(3, 4), 0.5, 0.5))
    journal = Journal()
    client = client_of(broken, Halt("interrupted", "x"), journal=journal, price=PRICE)
    assert isinstance(complete(client), Halt)
    journal._read_up()
    again = complete(client_of(raw(), journal=journal, price=PRICE))
    assert (again.attempts, again.bill.tokens) == (2, Tokens(13, 9))
    assert again.bill.cost_usd == pytest.approx(0.5 + PRICE.of(Tokens(10, 5)))


def test_an_unwritable_journal_stops_everybody():
    client = client_of(raw())
    client.journal.close()
    halt = complete(client)
    assert halt.reason == "disk"
    assert client.halt is halt
    assert client.adapter.sent == []


def test_closing_closes_journal_and_adapter():
    client = client_of(raw())
    client.close()
    assert client.adapter.closed == 1
    assert complete(client).reason == "disk"


def test_the_key_says_where():
    client = client_of(raw())
    asyncio.run(client.complete(call_of()))
    assert client.journal.find(CALL, REQUEST.digest) is not None


def test_cut_runs_count_at_once():
    client = client_of(raw("yes"), price=PRICE)
    client.known.settle(REQUEST.model, Capabilities())
    for i in range(2):
        complete(client, run="cut", tick=i, who="member 0")
    client.made, client.most_calls = 0, 3
    assert client.recall(["cut", "new"])
    assert client.made == 2
    assert complete(client, run="new", who="member 0").text == "yes"
    assert complete(client, run="cut", tick=0, who="member 0").text == "yes"
    assert (client.made, client.meter.sent) == (3, 3), "what was counted is not counted again"
    halted = complete(client, run="new", tick=1, who="member 0")
    assert isinstance(halted, Halt)
    assert halted.reason == "calls"
    assert client.meter.sent == 3
    assert not client.recall(["nobody"])
