"""From a response as it came to an answer: its text, its tokens, its cost."""

from __future__ import annotations

import pytest
from support.fakes import REQUEST, raw

from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.calling.response import Sent, completion_of
from unscripted.agents.llm.request import Completion
from unscripted.agents.llm.transport.call_errors import CallError

PRICE = Price(1e-6, 2e-6)


def completed(price=PRICE, secrets=(), **fields):
    return completion_of(raw(**fields), Sent(REQUEST, price, 2, 1.23456), secrets)


def test_a_good_response_is_taken_over():
    assert completed(text="yes", served_by="m-1") == Completion(
        "yes", 10, 5, PRICE.of(10, 5), 1.2346, "stop", "m-1", 2, False
    )
    assert completed(price=None).cost_usd is None


@pytest.mark.parametrize(
    ("tokens_in", "tokens_out", "estimated"),
    [
        (REQUEST.most_tokens_in, REQUEST.max_tokens, False),
        (REQUEST.most_tokens_in + 1, 5, True),
        (10, REQUEST.max_tokens + 1, True),
        (None, 5, True),
        (10, None, True),
    ],
)
def test_impossible_counts_are_estimated(tokens_in, tokens_out, estimated):
    found = completed(text="x" * 40, tokens_in=tokens_in, tokens_out=tokens_out)
    assert found.estimated is estimated
    if estimated:
        assert (found.tokens_in, found.tokens_out) == (REQUEST.likely_tokens_in, 11)
        assert found.cost_usd == PRICE.worst(REQUEST)
    else:
        assert (found.tokens_in, found.tokens_out) == (tokens_in, tokens_out)


def test_estimates_keep_to_the_longest_answer():
    assert completed(text="x" * 4000, tokens_out=None).tokens_out == REQUEST.max_tokens


@pytest.mark.parametrize(
    ("finish", "kind", "cause"),
    [
        ("content_filter", "refused", "an answer without text (finish reason 'content_filter')"),
        ("length", "used up",
         "an answer without text (finish reason 'length'); a longer --max-tokens may help"),
        ("tool_calls", "used up",
         "an answer without text (finish reason 'tool_calls'); a longer --max-tokens may help"),
        ("stop", "empty", "an answer without text (finish reason 'stop')"),
        ("", "empty", "an answer without text"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["", " \n", "\x1b[0m"])
def test_without_text_there_is_no_answer(text, finish, kind, cause):
    with pytest.raises(CallError) as error:
        completed(text=text, finish=finish)
    assert (error.value.kind, str(error.value)) == (kind, cause)


def test_secrets_and_escapes_are_taken_out():
    found = completed(
        secrets=("hunter22",), text="a hunter22\x1b[1m", finish="hunter22", served_by="\x07hunter22"
    )
    assert (found.text, found.finish, found.served_by) == ("a [secret]", "[secret]", "[secret]")
    assert completed(text="like sk-abc1234567890123").text == "like sk-abc1234567890123"
