"""Prices as users give them, and which of several holds."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.agents.llm.billing.price import Price, listed_price, parse_prices, price_of
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.model.errors import UsageError

CHECK = settings(max_examples=60, deadline=None)


def test_prices_are_per_million_tokens():
    assert parse_prices(None) == parse_prices("") == {}
    assert parse_prices("1,2,0.1") == {"*": Price(1e-6, 2e-6, 0.1 / 1e6)}
    assert parse_prices("0.5,1.5") == {"*": Price(0.5 / 1e6, 1.5 / 1e6)}
    assert parse_prices(" openai/a = 1, 2 ;b:free=0,0;3,4") == {
        "openai/a": Price(1e-6, 2e-6),
        "b:free": Price(0, 0),
        "*": Price(3e-6, 4e-6),
    }
    assert Price(1e-6, 2e-6).of(Tokens(1_000_000, 500_000)) == pytest.approx(2.0)


@pytest.mark.parametrize(
    "text",
    ["1", "1,2,3,4", "1,2,x", "1,2,-1", "a,b", "1;2", "x=", "x=1", "-1,2", "1,-2", "nan,1", "inf,1",
     ",", "=", " ", "1,2; ", "x=y=z", "1,2 3,4", "$1,$2"],
)  # fmt: skip
def test_a_malformed_price_names_its_remedy(text):
    with pytest.raises(UsageError, match=r"use '0\.4,1\.6'.* or 'ID=0\.4,1\.6") as caught:
        parse_prices(text)
    assert repr(text) in str(caught.value)


@CHECK
@given(st.text())
def test_any_price_is_read_or_refused(text):
    with contextlib.suppress(UsageError):
        for price in parse_prices(text).values():
            assert 0 <= price.usd_in < math.inf
            assert 0 <= price.usd_out < math.inf


def test_which_price_precedes():
    given_prices = {"m": Price(1, 1), "*": Price(2, 2)}
    assert price_of("m", given_prices, Price(3, 3)) == Price(1, 1)
    assert price_of("n", given_prices, Price(3, 3)) == Price(2, 2)
    assert price_of("n", given_prices, None) == Price(2, 2)
    assert price_of("n", {"m": Price(1, 1)}, Price(3, 3)) == Price(3, 3)
    assert price_of("m", {"m": Price(0, 0)}, Price(3, 3)) == Price(0, 0)
    assert price_of("n", {}, None) is None


def test_a_price_for_nobody_is_refused():
    with pytest.raises(UsageError):
        parse_prices("=1,2")


CACHING = Price(10.0, 100.0, 1.0, 12.0, 200.0)


@pytest.mark.parametrize(
    ("tokens", "usd", "uncached_usd"),
    [
        (Tokens(10, 1), 200, 200),
        (Tokens(10, 1, cached=8), 128, 200),
        (Tokens(10, 1, written=5), 210, 200),
        (Tokens(10, 1, cached=5, written=5), 165, 200),
        (Tokens(10, 2, reasoning=1), 400, 400),
    ],
)
def test_what_was_cached_or_thought(tokens, usd, uncached_usd):
    assert (CACHING.of(tokens), CACHING.uncached(tokens)) == (usd, uncached_usd)
    assert CACHING.worst(tokens.prompt, tokens.completion) >= max(usd, uncached_usd)


def test_without_such_rates_nothing_differs():
    whole = Tokens(10, 5, cached=3, written=2, reasoning=4)
    assert Price(1.0, 2.0).of(whole) == Price(1.0, 2.0).uncached(whole) == 20.0


TOKEN_COUNTS = st.integers(0, 10**6)


@CHECK
@given(TOKEN_COUNTS, TOKEN_COUNTS, st.data())
def test_no_bill_exceeds_the_worst(prompt, completion, data):
    rate = st.floats(0, 1e-3)
    price = Price(*(data.draw(rate) for _ in range(5)))
    cached = data.draw(st.integers(0, prompt))
    written = data.draw(st.integers(0, prompt - cached))
    reasoning = data.draw(st.integers(0, completion))
    tokens = Tokens(prompt, completion, cached, written, reasoning)
    assert price.of(tokens) <= price.worst(prompt, completion) * (1 + 1e-9)


LISTED = {
    "input_cost_per_token": 1.0, "output_cost_per_token": 2.0,
    "cache_read_input_token_cost": 0.1, "cache_creation_input_token_cost": 1.25,
    "input_cost_per_token_above_200k_tokens": 3.0, "output_cost_per_token_above_200k_tokens": 4.0,
    "input_cost_per_token_flex": 0.5,
}  # fmt: skip


def test_rates_of_litellms_list():
    price = listed_price(LISTED)
    assert price.of(Tokens(100, 10, cached=50, written=10)) == 40 + 5 + 12.5 + 20
    assert price.of(Tokens(200_001, 0)) == 600_003
    assert price.worst(200_001, 1) == 600_007
    assert listed_price(LISTED, "flex").of(Tokens(2, 1)) == 3.0
    assert listed_price({"input_cost_per_token": 0, "output_cost_per_token": None}) is None
