"""From a response as it came to an answer: its text, its bill, or why there is none."""

from __future__ import annotations

import pytest
from support.fakes import PRICE, REQUEST, WORST_USD, raw

from unscripted.agents.llm.billing.bill import NOTHING, Bill, End
from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.billing.tokens import Tokens, tokens_in
from unscripted.agents.llm.calling.completions import (
    MOST_PER_TOKEN,
    SPARE_CHARACTERS,
    Posed,
    completion_of,
)
from unscripted.agents.llm.request import Completion
from unscripted.agents.llm.responses.errors import ProviderError
from unscripted.agents.llm.responses.parts import Parts
from unscripted.agents.llm.responses.response import Response
from unscripted.agents.llm.transport.call_errors import CallError

POSED = Posed(REQUEST, PRICE)
LONGEST = MOST_PER_TOKEN * REQUEST.max_tokens + SPARE_CHARACTERS


def completed(*, posed=POSED, secrets=(), **fields):
    return completion_of(raw(**fields).response, posed, secrets)


def unusable(response):
    with pytest.raises(CallError) as caught:
        completion_of(response, POSED, ())
    return caught.value


def test_a_good_response_is_taken_over():
    cost_usd = PRICE.of(Tokens(10, 5))
    assert completed(text="yes", served_by="m-1") == Completion(
        "yes", Bill(Tokens(10, 5), cost_usd, cost_usd), 0.0, "stop", "m-1", completion_tokens=5
    )
    assert completed(posed=Posed(REQUEST, None)).bill.cost_usd is None


@pytest.mark.parametrize(("tokens_in", "tokens_out"), [(10**6, 5), (10, 10**7)])
def test_the_providers_word_is_the_bill(tokens_in, tokens_out):
    found = completed(tokens_in=tokens_in, tokens_out=tokens_out)
    assert found.estimated is False
    assert found.bill == Bill.of(Tokens(tokens_in, tokens_out), PRICE)


@pytest.mark.parametrize(("tokens_in", "tokens_out"), [(None, 5), (10, None)])
def test_missing_counts_are_estimated(tokens_in, tokens_out):
    found = completed(text="x" * 40, tokens_in=tokens_in, tokens_out=tokens_out)
    assert found.estimated is True
    assert found.bill.tokens == Tokens(REQUEST.most_tokens_in, REQUEST.max_tokens)
    assert found.bill.cost_usd == pytest.approx(PRICE.of(found.bill.tokens)) == WORST_USD
    assert found.completion_tokens == 11


@pytest.mark.parametrize("price", [None, Price(0.0, 0.0)])
def test_likely_tokens_where_nothing_costs(price):
    found = completed(posed=Posed(REQUEST, price), text="x" * 40, tokens_in=None)
    assert found.bill.tokens == Tokens(REQUEST.likely_tokens_in, 11)
    assert not found.bill.cost_usd


@pytest.mark.parametrize(
    ("counts", "tokens", "length"),
    [
        ({"total_tokens": 900_000}, (8, 900_000 - 8), 11),
        ({"completion_tokens": 90_000}, (8, 90_000), 90_000),
        ({"prompt_tokens": 400, "completion_tokens": None}, (400, 11), 11),
    ],
)
def test_missing_halves_are_estimated(counts, tokens, length):
    found = completed(text="x" * 40, tokens=tokens_in({"usage": counts}))
    assert found.estimated is True
    assert found.bill == Bill.of(Tokens(*tokens), PRICE)
    assert found.completion_tokens == length


OF_TEXT = Tokens(10, 5)


@pytest.mark.parametrize(
    ("response", "kind", "cause"),
    [
        (Response(finish="content_filter", tokens=OF_TEXT), "refused",
         "an answer without text (finish reason 'content_filter')"),
        (Response(finish="length", tokens=OF_TEXT), "used up", "a longer --max-tokens may help"),
        (Response(Parts(thoughts="hm"), "length", OF_TEXT), "used up", "went into thoughts"),
        (Response(finish="stop", tokens=OF_TEXT), "empty",
         "an answer without text (finish reason 'stop')"),
        (Response(Parts(" \n"), tokens=OF_TEXT), "empty", "an answer without text"),
        (Response(recognised=False, tokens=OF_TEXT), "unreadable", "it holds no choices"),
        (Response(Parts("I'm sorry, but I can't assist with that request."), "stop", OF_TEXT),
         "refused", "the model refused: I'm sorry, but I can't assist with that request."),
        (Response(Parts("I must decline to participate in this."), "stop", OF_TEXT),
         "refused", "the model refused: I must decline to participate in this."),
        (Response(Parts('{"decision": "contr'), "content_filter", OF_TEXT),
         "refused", 'a content filter ended the answer: {"decision": "contr'),
        (Response(Parts(refusal="I can't."), "stop", OF_TEXT), "refused",
         "the model refused: I can't."),
        (Response(finish="error", tokens=OF_TEXT), "server", "finish reason 'error'"),
        (Response(finish="error", tokens=OF_TEXT, error=ProviderError("Upstream failed", 502, "x")),
         "server", "Upstream failed"),
        (Response(Parts("x" * (LONGEST + 1)), "stop", OF_TEXT), "unreadable",
         "far beyond the 64 tokens that were asked for"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_useless_answers_are_owed(response, kind, cause):
    error = unusable(response)
    assert (error.kind, error.end) == (kind, End.UNUSABLE)
    assert cause in str(error)
    assert POSED.owed(error) == Bill.of(OF_TEXT, PRICE)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("model requires more system memory (5.6 GiB) than is available", "error"),
        ("model is overloaded, try again", "server"),
        ("Rate limit reached", "rate limit"),
        ("maximum context length is 2048", "length"),
    ],
)
def test_an_error_instead_of_an_answer(sentence, kind):
    error = unusable(Response(recognised=False, error=ProviderError(sentence, None, "")))
    assert (error.kind, str(error), error.end) == (kind, sentence, End.REFUSED)
    assert POSED.owed(error) == NOTHING


@pytest.mark.parametrize(
    "parts",
    [
        Parts("yes"), Parts(arguments="yes"), Parts(thoughts="yes"),
        Parts("yes", thoughts="hm", refusal="", arguments="no"),
    ],
)  # fmt: skip
def test_the_answer_wherever_it_stands(parts):
    assert completion_of(Response(parts, "stop", OF_TEXT), POSED, ()).text == "yes"


def test_secrets_and_escapes_are_taken_out():
    found = completed(
        secrets=("hunter22",), text="a hunter22\x1b[1m", finish="hunter22", served_by="\x07hunter22"
    )
    assert (found.text, found.finish, found.served_by) == ("a [secret]", "[secret]", "[secret]")
    assert completed(text="like sk-abc1234567890123").text == "like sk-abc1234567890123"
