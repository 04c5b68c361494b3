"""A call's way through the client, without a network: kept, retried, counted, stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from support.clock import made_up_time
from support.fakes import CALL, REQUEST, client_of, raw

from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.calling import client as client_module
from unscripted.agents.llm.calling.client import Client
from unscripted.agents.llm.calling.retry import Deadline
from unscripted.agents.llm.journal.journal import Journal
from unscripted.agents.llm.request import CallFailed, Completion
from unscripted.agents.llm.transport.call_errors import CallError, ErrorKind
from unscripted.model.engine.driver import Limits
from unscripted.model.errors import Halt

NOW = {"retry_after_s": 0.0}
PRICE = Price(1e-6, 2e-6)


def error(kind: ErrorKind, cause: str = "no", **fields: Any) -> CallError:
    return CallError(kind, cause, **{**NOW, **fields})


def complete(client: Client, n: int = 1, **key: Any) -> Any:
    """The answer, or what is raised instead, of the last of so many equal calls."""

    async def story():
        for i in range(n):
            try:
                found = await client.complete(replace(CALL, call=i, **key), REQUEST, "http://x")
            except (CallFailed, Halt) as raised:
                found = raised
        return found

    return asyncio.run(story())


def test_an_answer_is_kept_and_counted():
    client = client_of(raw("yes", tokens_in=11, tokens_out=7), price=(1e-6, 2e-6))
    answer = complete(client)
    assert (answer.text, answer.tokens_in, answer.tokens_out, answer.attempts) == ("yes", 11, 7, 1)
    assert answer.cost_usd == PRICE.of(11, 7) == client.budget.spent_usd
    assert client.journal.find(replace(CALL, call=0), REQUEST.digest) == answer
    meter = client.meter
    assert (meter.sent, meter.answered, meter.retries, meter.failed, meter.estimated) == (
        1, 1, 0, 0, 0,
    )  # fmt: skip
    assert (meter.tokens_in, meter.tokens_out, meter.most_in_flight, meter.in_flight) == (
        11, 7, 1, 0,
    )  # fmt: skip
    assert (meter.waiting, meter.replayed, meter.share_rate_limited) == (0, 0, 0.0)


def test_known_answers_are_not_asked():
    client = client_of(raw())
    first = complete(client)
    assert complete(client) == first
    assert (client.meter.sent, client.meter.replayed, client.meter.answered) == (1, 1, 1)


def test_a_replay_sends_nothing():
    client = client_of(raw(), journal=Journal(strict=True))
    halt = complete(client)
    assert (halt.reason, str(halt)) == (
        "journal", "tick 3, member 1: not in the journal, and a replay sends nothing",
    )  # fmt: skip
    assert client.adapter.sent == []
    assert client.halt is None


def test_attempts_are_counted_and_paid():
    answers = [error(ErrorKind.RATE_LIMIT), error(ErrorKind.SERVER), raw()]
    client = client_of(*answers, price=(1e-6, 2e-6))
    answer = complete(client)
    assert (answer.attempts, client.meter.retries, client.meter.rate_limited) == (3, 2, 1)
    assert client.meter.share_rate_limited == pytest.approx(1 / 3)
    worst = PRICE.worst(REQUEST)  # of the error that may have been billed
    assert client.budget.spent_usd == pytest.approx(worst + PRICE.of(10, 5))
    assert client.budget.reserved_usd == 0.0


@pytest.mark.parametrize("kind", ErrorKind)
def test_only_unbilled_errors_cost_nothing(kind):
    client = client_of(error(kind), raw(), price=(1e-6, 2e-6), budget_usd=1.0)
    complete(client)
    retried = kind in ("rate limit", "server", "timeout", "empty")
    unbilled = kind in ("rate limit", "parameter", "length", "account", "error")
    spent = (0.0 if unbilled else PRICE.worst(REQUEST)) + (PRICE.of(10, 5) if retried else 0.0)
    assert client.budget.spent_usd == pytest.approx(spent)
    assert client.journal.spent_usd() == pytest.approx(spent)


def test_money_is_set_aside_first():
    seen = []

    async def look():
        seen.append((client.journal.spent_usd(), client.budget.reserved_usd))
        return raw()

    client = client_of(look, price=(1e-6, 2e-6), budget_usd=1.0)
    answer = complete(client)
    assert seen == [(PRICE.worst(REQUEST), PRICE.worst(REQUEST))]
    assert client.journal.spent_usd() == answer.cost_usd
    client = client_of(look, price=(1e-6, 2e-6))
    complete(client)
    assert seen[1][0] == 0.0, "without a budget nothing is written"


def test_the_budgets_end_cancels_nobody():
    client = client_of(raw(), budget_usd=1e-9, price=(1.0, 1.0))

    async def story() -> str:
        with pytest.raises(Halt, match="may cost"):
            await client.complete(CALL, REQUEST, None)
        await asyncio.sleep(0)
        return "not cancelled"

    assert asyncio.run(story()) == "not cancelled"
    assert client.halt.reason == "budget"
    assert client.adapter.sent == []


@pytest.mark.parametrize(
    ("kind", "attempts"), [(ErrorKind.REQUEST, 1), (ErrorKind.CONTENT, 1), (ErrorKind.USED_UP, 1),
     (ErrorKind.EMPTY, 3)],
)  # fmt: skip
def test_a_lasting_error_fails_the_call(kind, attempts):
    client = client_of(error(kind, "such as it is"), price=(1e-6, 2e-6))
    failed = complete(client)
    assert (failed.kind, str(failed), failed.attempts, failed.cost_usd) == (
        kind.value, "such as it is", attempts, 0.0,
    )  # fmt: skip
    assert (client.meter.failed, client.halt) == (1, None)
    assert client.journal.count() == 1
    assert client.journal.find(replace(CALL, call=0), REQUEST.digest) is None


def test_without_a_price_cost_is_unknown():
    client = client_of(error(ErrorKind.CONTENT))
    assert complete(client).cost_usd is None
    assert client.unpriced == ["openai/m"]
    free = client_of(raw())
    assert complete(free).cost_usd is None
    assert free.budget.spent_usd == 0.0
    priced = client_of(raw(), price=(1e-6, 2e-6))
    complete(priced)
    assert priced.unpriced == []


def test_a_given_price_precedes_the_listed():
    client = client_of(raw(), price=(1e-6, 2e-6))
    assert client.price("openai/m") == PRICE
    client = client_of(raw(), price=(1e-6, 2e-6))
    client.prices["openai/m"] = Price(3.0, 4.0)
    assert client.price("openai/m") == Price(3.0, 4.0)


def test_an_account_error_stops_everybody():
    client = client_of(error(ErrorKind.ACCOUNT, "wrong key"))
    halt = complete(client)
    assert (halt.reason, str(halt)) == ("service", "wrong key")
    assert complete(client, tick=4) is halt
    assert len(client.adapter.sent) == 1
    assert client.meter.failed == 0


@pytest.mark.parametrize("kind", [ErrorKind.SERVER, ErrorKind.RATE_LIMIT])
def test_three_lost_in_a_row_stop(kind):
    client = client_of(error(kind, "gone", retry_after_s=1e9))
    assert isinstance(complete(client, 2), CallFailed)
    assert client.halt is None
    halt = complete(client, tick=9)
    assert str(halt) == "3 decisions in a row without an answer: gone"
    assert halt.reason == "service"


def test_an_answer_between_counts_anew():
    gone = error(ErrorKind.SERVER, "gone", retry_after_s=1e9)
    client = client_of(gone, gone, raw(), gone, gone, raw())
    assert isinstance(complete(client, 6), Completion)
    assert (client.meter.failed, client.halt) == (4, None)


def test_timeouts_are_not_lost_decisions():
    client = client_of(error(ErrorKind.TIMEOUT, retry_after_s=1e9))
    assert isinstance(complete(client, 5), CallFailed)
    assert client.halt is None


def test_resuming_counts_anew():
    gone = error(ErrorKind.SERVER, "gone", retry_after_s=1e9)
    client = client_of(gone)
    assert isinstance(complete(client, 3), Halt)
    client.resume()
    assert client.halt is None
    assert isinstance(complete(client, 2, tick=9), CallFailed)
    client.resume()
    assert isinstance(complete(client, tick=11), Halt)


def test_an_attempt_has_half_the_deadline():
    client = client_of(raw())
    complete(client)
    assert client.adapter.sent[0].timeout_s == 20.0 / 2 + 10.0
    assert client.adapter.sent[0].api_base == "http://x"


def test_a_slow_attempt_times_out():
    async def hang():
        await asyncio.sleep(30)

    client = client_of(hang, limits=Limits(0.05, 4))
    failed = complete(client)
    assert (failed.kind, str(failed)) == ("timeout", "no answer in time")
    assert 0.04 <= failed.latency_s < 5
    assert client.meter.in_flight == 0


def test_time_in_flight_is_the_latency():
    with made_up_time(client_module) as clock:

        async def slowly():
            clock.now += 2.5
            return raw()

        client = client_of(slowly)
        deadline = Deadline(20.0)

        async def story():
            return await client.complete(CALL, REQUEST, None, deadline)

        assert asyncio.run(story()).latency_s == 2.5
        assert deadline.used_s == pytest.approx(2.5)


def test_a_deadline_spans_several_calls():
    client = client_of(error(ErrorKind.REQUEST))
    deadline = Deadline(20.0)
    deadline.used_s, deadline.attempts = 7.0, 3

    async def story():
        with pytest.raises(CallFailed) as failed:
            await client.complete(CALL, REQUEST, None, deadline)
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
        keys = [replace(CALL, call=i) for i in range(9)]
        bases = [f"http://{i % 3}" for i in range(9)]
        await asyncio.gather(
            *(client.complete(k, REQUEST, b) for k, b in zip(keys, bases, strict=True))
        )

    asyncio.run(story())
    assert (flying, client.meter.most_in_flight, client.meter.answered) == (2, 2, 9)


def test_a_refusal_slows_its_endpoint_alone():
    client = client_of(error(ErrorKind.RATE_LIMIT), raw(), limits=Limits(20.0, 8))

    async def story():
        await client.complete(CALL, REQUEST, "http://a")
        await client.complete(replace(CALL, call=7), REQUEST, "http://b")

    asyncio.run(story())
    limits = {base: e.concurrency.limit for (_, base), e in client._endpoints.items()}
    assert limits == {"http://a": 4.25, "http://b": 8.0}
    assert [e.concurrency.held for e in client._endpoints.values()] == [0, 0]
    assert client._slots.held == 0
    assert [e.sent for e in client._endpoints.values()] == [2, 1]


def test_headers_teach_the_rate():
    headers = {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "40",
        "x-ratelimit-reset-requests": "20s",
    }
    for answers in ([raw(headers=headers)], [error(ErrorKind.SERVER, headers=headers), raw()]):
        client = client_of(*answers)
        complete(client)
        (endpoint,) = client._endpoints.values()
        assert endpoint.rate.requests.rate == pytest.approx(0.95)


def test_booked_tokens_are_corrected():
    client = client_of(error(ErrorKind.SERVER), raw(tokens_in=100, tokens_out=50), tpm=6e9)
    complete(client)
    (endpoint,) = client._endpoints.values()
    assert (endpoint.answers, endpoint.tokens, endpoint.tokens_out) == (1, 150, 50)


@pytest.mark.parametrize("kind", ErrorKind)
def test_a_probe_forgives_thoughts(kind):
    client = client_of(error(kind), limits=Limits(20.0, 4))

    async def story():
        await client.probe("probe m", REQUEST, None, 5.0)

    if kind in (ErrorKind.EMPTY, ErrorKind.USED_UP):
        asyncio.run(story())
    else:
        with pytest.raises(CallError):
            asyncio.run(story())
    assert client.journal.count() == 0
    assert len(client.adapter.sent) == (
        3 if kind in ("rate limit", "server", "timeout", "empty") else 1
    )


def test_a_probe_is_kept():
    client = client_of(raw())
    asyncio.run(client.probe("probe m", REQUEST, None, 5.0))
    row = client.journal._db.execute("SELECT run, tick, who, decision, call FROM calls").fetchone()
    assert row == ("", -1, "probe m", "0", 0)
    assert client.adapter.sent[0].timeout_s == 5.0 / 2 + 10.0


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
