"""One model at one address: what it guesses, learns, and does when it is refused."""

from __future__ import annotations

import pytest
from support.clock import made_up_time
from support.fakes import REQUEST

from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.agents.llm.pacing import endpoint as endpoint_module
from unscripted.agents.llm.pacing import rate_limit
from unscripted.agents.llm.pacing.endpoint import Endpoint
from unscripted.agents.llm.settings import Calls


def test_tokens_are_guessed_from_answers():
    endpoint = Endpoint(Calls(), 4)
    long = REQUEST.__class__("m", (("user", "x" * 400),), "intend", REQUEST.mode, 2000)
    assert endpoint.likely_tokens(REQUEST) == REQUEST.likely_tokens_in + 64
    assert endpoint.likely_tokens(long) == 108 + 300
    endpoint.on_answer(0, Tokens(10, 20))
    endpoint.on_answer(0, Tokens(10, 31))
    assert endpoint.likely_tokens(long) == 108 + 25
    assert (endpoint.answers, endpoint.tokens, endpoint.tokens_out) == (2, 71, 51)


def test_excess_is_the_largest_seen():
    endpoint = Endpoint(Calls(), 4)
    for cost, worst in ((1.0, 2.0), (6.0, 2.0), (5.0, 2.0), (None, 2.0), (9.0, None), (4.0, 2.0)):
        endpoint.on_bill(cost, worst)
    assert endpoint.excess == 3.0


@pytest.mark.parametrize(("answers", "left"), [(0, 7000 - 2 * 1000), (2, 7000 - 2 * 35.5)])
def test_requests_since_are_taken_out(answers, left):
    endpoint = Endpoint(Calls(), 4)
    for _ in range(answers):
        endpoint.on_answer(0, Tokens(10, 25.5))
    endpoint.sent = 5
    headers = {
        "x-ratelimit-limit-tokens": "9000",
        "x-ratelimit-remaining-tokens": "7000",
        "x-ratelimit-reset-tokens": "60s",
    }
    with made_up_time(endpoint_module):
        endpoint.learn({}, 3, 1000.0)
        assert endpoint.rate.tokens.rate is None
        endpoint.learn(headers, 3, 1000.0)
    assert endpoint.rate.tokens.level == pytest.approx(left, abs=1)


def test_an_unknown_rate_decreases_at_once():
    endpoint = Endpoint(Calls(), 8)
    endpoint.on_refusal(1e12)
    assert endpoint.concurrency.limit == 4.0
    assert endpoint.refusal_share == pytest.approx(0.05)


def test_a_known_rate_forgives_exceptions():
    endpoint = Endpoint(Calls(rpm=6e6), 8)
    for share in (0.05, 0.0975, 0.142625):
        endpoint.on_refusal(1e12)
        assert endpoint.refusal_share == pytest.approx(share)
        assert endpoint.concurrency.limit == 8.0
    endpoint.on_refusal(1e12)
    assert endpoint.concurrency.limit == 4.0
    assert endpoint.rate.requests.level <= 0.0


def test_answers_forget_refusals():
    endpoint = Endpoint(Calls(), 8)
    endpoint.on_refusal(1e12)
    endpoint.on_answer(0, Tokens(1, 1))
    assert endpoint.refusal_share == pytest.approx(0.05 * 0.95)
    assert endpoint.concurrency.limit == 4.25


def test_booked_tokens_are_corrected():
    with made_up_time(rate_limit):
        endpoint = Endpoint(Calls(tpm=6e7), 8)
        before = endpoint.rate.tokens.level
        endpoint.rate.tokens.take(500)
        endpoint.on_answer(500, Tokens(100, 50))
        assert endpoint.rate.tokens.level == before - 150
