"""Prices as users give them, and which of several holds."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.agents.llm.billing.price import Price, parse_prices, price_of
from unscripted.model.errors import UsageError

CHECK = settings(max_examples=60, deadline=None)


def test_prices_are_per_million_tokens():
    assert parse_prices(None) == parse_prices("") == {}
    assert parse_prices("0.5,1.5") == {"*": Price(0.5 / 1e6, 1.5 / 1e6)}
    assert parse_prices(" openai/a = 1, 2 ;b:free=0,0;3,4") == {
        "openai/a": Price(1e-6, 2e-6),
        "b:free": Price(0, 0),
        "*": Price(3e-6, 4e-6),
    }
    assert Price(1e-6, 2e-6).of(1_000_000, 500_000) == pytest.approx(2.0)


@pytest.mark.parametrize(
    "text",
    ["1", "1,2,3", "a,b", "1;2", "x=", "x=1", "-1,2", "1,-2", "nan,1", "inf,1", ",", "=", " ",
     "1,2; ", "x=y=z", "1,2 3,4", "$1,$2"],
)  # fmt: skip
def test_a_malformed_price_names_its_remedy(text):
    with pytest.raises(UsageError, match=r"use '0\.4,1\.6' or 'ID=0\.4,1\.6") as caught:
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
    assert price_of("m", given_prices, (3, 3)) == Price(1, 1)
    assert price_of("n", given_prices, (3, 3)) == Price(2, 2)
    assert price_of("n", given_prices, None) == Price(2, 2)
    assert price_of("n", {"m": Price(1, 1)}, (3, 3)) == Price(3, 3)
    assert price_of("m", {"m": Price(0, 0)}, (3, 3)) == Price(0, 0)
    assert price_of("n", {}, None) is None


def test_a_price_for_nobody_is_refused():
    with pytest.raises(UsageError):
        parse_prices("=1,2")
