"""A question to a model: repaired once, shortened as often as it helps, never answered by us."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from support.fakes import CALL, FakeClient, answer, capable_of, failure

from unscripted.agents.llm.capabilities.capabilities import Capabilities
from unscripted.agents.llm.exchange import Question, ask
from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.parsing.answers import Read
from unscripted.agents.llm.parsing.json_objects import CutOffError, UnusableAnswer
from unscripted.agents.llm.prompting.composition import Prompt
from unscripted.agents.llm.prompting.templates import schema_text
from unscripted.agents.llm.request import Mode
from unscripted.agents.llm.settings import Calls

TOO_LONG = failure("length", "too long", 2, latency_s=0.5)
STATED = schema_text("intend")


def compose(most, tokens):
    messages = (("system", "rules"), ("user", f"reading {tokens}"))
    return Prompt(messages, read=min(tokens, most), shortened=tokens)


def parse(text, cut):
    if text == "?":
        raise UnusableAnswer("it is a question")
    if text == "…":
        raise CutOffError("it was cut off")
    return Read(text, int(text == "mended"))


def exchanged(*answers, tokens=1000, takes=None, most=10**6, name="openai/m", **calls):
    client = FakeClient(*answers, takes=takes)
    model = parse_model(name, Calls(**calls))
    question = Question(
        model, CALL, "intend", 0.7, tokens, partial(compose, most), parse, "; be briefer"
    )
    return asyncio.run(ask(question, client, capable_of(takes))), client


def test_a_good_answer_ends_it():
    exchange, client = exchanged("yes", api_base="http://h/v1", max_tokens=99)
    assert (exchange.answer, exchange.repairs, exchange.prompt.shortened) == ("yes", 0, 1000)
    (request,) = client.requests
    assert exchange.digest == request.digest
    assert (request.model, request.schema, request.mode, request.max_tokens) == (
        "openai/m", "intend", Mode.JSON_SCHEMA, 99,
    )  # fmt: skip
    assert request.messages == (("system", "rules"), ("user", "reading 1000"))
    assert client.keys == [CALL]
    assert (request.temperature, request.seed) == (0.7, (2**64 - 1) % 2**31)


@pytest.mark.parametrize("given", [0.0, 1.5])
def test_a_models_own_temperature_precedes(given):
    _, client = exchanged("yes", temperature=given)
    assert client.requests[0].temperature == given


def test_incapabilities_are_left_out():
    bare = Capabilities(
        mode=Mode.PROMPT, system=False, temperature=False, seed=False, most_tokens=300,
        max_field="max_completion_tokens",
    )  # fmt: skip
    _, client = exchanged("yes", takes=bare, temperature=1.0)
    (request,) = client.requests
    assert (request.mode, request.temperature, request.seed) == (Mode.PROMPT, None, None)
    assert (request.max_tokens, request.max_field) == (300, "max_completion_tokens")
    assert request.messages == (("user", f"rules\nreading 1000{STATED}"),)


def test_options_of_the_model_are_sent():
    _, client = exchanged("yes", name="openai/m?reasoning_effort=low&top_p=0.9")
    assert dict(client.requests[0].options) == {"reasoning_effort": "low", "top_p": 0.9}


@pytest.mark.parametrize("mode", Mode)
def test_the_repair_carries_the_schema(mode):
    exchange, client = exchanged("?", "yes", takes=Capabilities(mode=mode))
    assert (exchange.answer, exchange.repairs) == ("yes", 1)
    first, second = client.requests
    assert second.messages[:3] == (*first.messages, ("assistant", "?"))
    assert "it is a question" in second.messages[3][1]
    assert sum(STATED in text for _, text in second.messages) == 1
    assert [k.call for k in client.keys] == [CALL.call, CALL.call + 1]
    assert exchange.digest == second.digest
    assert (exchange.spent.calls, exchange.spent.usage.tokens_out) == (2, 40)


def test_it_is_sent_back_once():
    exchange, client = exchanged("?", "?", "yes")
    assert isinstance(exchange.answer, UnusableAnswer)
    assert (str(exchange.answer), exchange.repairs) == ("it is a question", 1)
    assert len(client.requests) == 2


def test_silence_is_sent_back_once():
    exchange, client = exchanged(failure("empty", "an answer without text"), "yes")
    assert (exchange.answer, exchange.repairs) == ("yes", 1)
    assert [role for role, _ in client.requests[1].messages] == [
        "system", "user", "assistant", "user",
    ]  # fmt: skip
    silent = failure("empty", "an answer without text")
    exchange, client = exchanged(silent, silent, "yes")
    assert (exchange.answer, len(client.requests)) == (silent, 2)


def test_what_was_mended_is_counted():
    exchange, _ = exchanged("mended")
    assert (exchange.answer, exchange.mended) == ("mended", 1)


def test_a_shorter_answer_comes_first():
    exchange, client = exchanged(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, "yes", max_tokens=1024)
    assert [(r.max_tokens, r.messages[1][1]) for r in client.requests] == [
        (1024, "reading 1000"), (512, "reading 1000"), (256, "reading 1000"), (256, "reading 500"),
        (256, "reading 250"),
    ]  # fmt: skip
    assert (exchange.answer, exchange.prompt.shortened, exchange.repairs) == ("yes", 250, 0)
    assert [k.call - CALL.call for k in client.keys] == [0, 1, 2, 3, 4]
    assert exchange.spent.calls == 9


def test_half_of_what_was_read():
    _, client = exchanged(TOO_LONG, "yes", most=400, max_tokens=300)
    assert client.requests[1].messages[1][1] == "reading 200"


def test_a_known_excess_is_left_out():
    said = failure("length", "maximum context length is 2048 tokens, you requested 2748")
    _, client = exchanged(said, "yes")
    assert [r.max_tokens for r in client.requests] == [2048, 2048 - 700 - 64]


def test_nothing_to_leave_out_ends_it():
    exchange, client = exchanged(*[TOO_LONG] * 9, max_tokens=300, most=0)
    assert exchange.answer is TOO_LONG
    assert (len(client.requests), client.given_up) == (1, [TOO_LONG])


def test_small_contexts_leave_room_for_answers():
    takes = Capabilities(context=1000)
    _, client = exchanged("yes", takes=takes, most=10**6)
    (request,) = client.requests
    assert request.max_tokens >= 256


def test_a_repair_follows_the_shortened_prompt():
    exchange, client = exchanged("?", TOO_LONG, "?", "yes", max_tokens=300)
    assert isinstance(exchange.answer, UnusableAnswer)
    assert client.requests[2].messages[1] == ("user", "reading 500")
    assert client.requests[2].messages[2] == ("assistant", "?")
    assert exchange.repairs == 1


@pytest.mark.parametrize("kind", ["server", "refused", "timeout", "used up", "unreadable"])
def test_another_failure_ends_it(kind):
    failed = failure(kind, "no", 3, latency_s=4.0)
    exchange, client = exchanged(failed)
    assert exchange.answer is failed
    assert len(client.requests) == 1
    assert (exchange.spent.calls, exchange.spent.latency_s) == (3, 4.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer("yes", finish="length"), "it was cut off after 2048 tokens; be briefer"),
        (answer("yes", finish="MAX_TOKENS"), "it was cut off after 2048 tokens; be briefer"),
        (answer("…", tokens_out=2048), "it was cut off after 2048 tokens; be briefer"),
        (answer("…"), "it was cut off; be briefer"),
    ],
)
def test_a_cut_answer_is_sent_back(given, said):
    exchange, client = exchanged(given, "yes")
    assert exchange.answer == "yes"
    assert said in client.requests[1].messages[3][1]


def test_whole_answers_of_full_length_count():
    exchange, _ = exchanged(answer("yes", tokens_out=2048))
    assert exchange.answer == "yes"
