"""A question to a model: repaired once, shortened as often as it helps, never answered by us."""

from __future__ import annotations

import asyncio

import pytest
from support.fakes import CALL, FakeClient, capable_of

from unscripted.agents.llm.capabilities.capabilities import Capabilities
from unscripted.agents.llm.exchange import Question, ask, refuse_cut_off
from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.parsing.json_objects import UnusableAnswer
from unscripted.agents.llm.prompting.composition import Prompt
from unscripted.agents.llm.request import CallFailed, Completion, Mode
from unscripted.agents.llm.settings import Calls

TOO_LONG = CallFailed("length", "too long", 2, 0.0, 0.5)


def compose(mode, tokens):
    return Prompt((("user", f"{mode.value} {tokens}"),), shortened=tokens)


def parse(completion):
    if completion.text == "?":
        raise UnusableAnswer("it is a question")
    return completion.text


def exchanged(*answers, tokens=1000, capabilities=None, **calls):
    client = FakeClient(*answers)
    model = parse_model("openai/m", Calls(**calls))
    question = Question(model, CALL, "intend", 0.7, tokens, 200, compose, parse)
    return asyncio.run(ask(question, client, capable_of(capabilities))), client


def test_a_good_answer_ends_it():
    exchange, client = exchanged("yes", api_base="http://h/v1", max_tokens=99)
    assert (exchange.answer, exchange.repairs, exchange.prompt.shortened) == ("yes", 0, 1000)
    (request,) = client.requests
    assert exchange.digest == request.digest
    assert (request.model, request.schema, request.mode, request.max_tokens) == (
        "openai/m", "intend", Mode.JSON_SCHEMA, 99,
    )  # fmt: skip
    assert request.messages == (("user", "json_schema 1000"),)
    assert (client.keys, client.bases) == ([CALL], ["http://h/v1"])
    assert (request.temperature, request.seed) == (0.7, (2**64 - 1) % 2**31)


@pytest.mark.parametrize("given", [0.0, 1.5])
def test_a_models_own_temperature_precedes(given):
    _, client = exchanged("yes", temperature=given)
    assert client.requests[0].temperature == given


def test_incapabilities_are_left_out():
    bare = Capabilities(Mode.PROMPT, temperature=False, seed=False)
    _, client = exchanged("yes", capabilities=bare, temperature=1.0)
    (request,) = client.requests
    assert (request.mode, request.temperature, request.seed) == (Mode.PROMPT, None, None)
    assert request.messages[0][1] == "prompt 1000"


def test_an_unusable_answer_is_sent_back():
    exchange, client = exchanged("?", "yes")
    assert (exchange.answer, exchange.repairs) == ("yes", 1)
    first, second = client.requests
    assert second.messages[:2] == (*first.messages, ("assistant", "?"))
    assert "it is a question" in second.messages[2][1]
    assert [k.call for k in client.keys] == [CALL.call, CALL.call + 1]
    assert exchange.digest == second.digest
    assert (exchange.spent.calls, exchange.spent.tokens_out) == (2, 40)


def test_it_is_sent_back_once():
    exchange, client = exchanged("?", "?", "yes")
    assert isinstance(exchange.answer, UnusableAnswer)
    assert (str(exchange.answer), exchange.repairs) == ("it is a question", 1)
    assert len(client.requests) == 2


def test_a_long_prompt_is_halved():
    exchange, client = exchanged(TOO_LONG, TOO_LONG, "yes")
    assert [r.messages[0][1] for r in client.requests] == [
        "json_schema 1000", "json_schema 500", "json_schema 250",
    ]  # fmt: skip
    assert (exchange.answer, exchange.prompt.shortened, exchange.repairs) == ("yes", 250, 0)
    assert [k.call - CALL.call for k in client.keys] == [0, 1, 2]
    assert exchange.spent.calls == 5


@pytest.mark.parametrize(("tokens", "tries"), [(1000, 4), (200, 1), (201, 2)])
def test_halving_ends_where_it_must(tokens, tries):
    exchange, client = exchanged(*[TOO_LONG] * 9, tokens=tokens)
    assert exchange.answer is TOO_LONG
    assert len(client.requests) == tries


def test_a_repair_follows_the_shortened_prompt():
    exchange, client = exchanged("?", TOO_LONG, "?", "yes")
    assert isinstance(exchange.answer, UnusableAnswer)
    assert client.requests[2].messages == (("user", "json_schema 500"),)
    assert exchange.repairs == 1


@pytest.mark.parametrize("kind", ["server", "refused", "timeout"])
def test_another_failure_ends_it(kind):
    failed = CallFailed(kind, "no", 3, 0.0, 4.0)
    exchange, client = exchanged(failed)
    assert exchange.answer is failed
    assert len(client.requests) == 1
    assert (exchange.spent.calls, exchange.spent.latency_s) == (3, 4.0)


def test_a_cut_answer_is_refused():
    whole = Completion("x", 1, 1, None, 1.0, "stop")
    assert refuse_cut_off(whole, "9 tokens") is None
    with pytest.raises(UnusableAnswer, match=r"^it was cut off after 9 tokens$"):
        refuse_cut_off(Completion("x", 1, 1, None, 1.0, "length"), "9 tokens")
