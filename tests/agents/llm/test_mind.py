"""A mind of a model: what it asks, and what it makes of what came of it."""

from __future__ import annotations

import asyncio
import json

import pytest
from support.fakes import FakeClient, capable_of
from support.prompts import observation, view

from unscripted.agents.llm.mind import LanguageModel
from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.prompting.bounds import bare_name
from unscripted.agents.llm.prompting.templates import prompts_id
from unscripted.agents.llm.request import CallFailed, Completion
from unscripted.agents.llm.settings import Calls
from unscripted.model.decision import Abstention, Act, Contribution, Failure, Intention

DECLINED = '{"decision": "abstain", "reason": "no"}'


def decided(*answers, calls=None, **fields):
    client = FakeClient(*answers)
    mind = LanguageModel(parse_model("openai/m", calls or Calls()), client, capable_of(), "4")
    return asyncio.run(mind.decide(observation(**fields))), client


def test_a_decision_and_its_trace():
    answer, client = decided(DECLINED)
    (request,) = client.requests
    assert answer.reply == Abstention("no")
    assert (answer.usage.calls, answer.usage.tokens_out, answer.usage.cost_usd) == (1, 20, 0.25)
    trace = answer.trace
    assert (trace.prompts, trace.request, trace.repairs) == (prompts_id(), request.digest, 0)
    assert (trace.unread, trace.unrecalled, trace.shortened, trace.unmarked) == ((), (), 0, 0)
    assert (bare_name(request.schema), request.temperature, request.seed) == ("contribute", 0.7, 5)
    (key,) = client.keys
    assert (key.run, key.tick, key.who, key.decision, key.call) == ("4", 1, "member 7", 5, 0)


@pytest.mark.parametrize("act", Act)
def test_each_act_has_its_schema(act):
    _, client = decided(DECLINED, act=act)
    assert bare_name(client.requests[0].schema) == act.value


def test_settings_reach_prompt_and_request():
    calls = Calls(temperature=0.1, max_tokens=400, context_tokens=0)
    answer, client = decided(DECLINED, calls=calls, messages=view(Contribution("r", "w")))
    (request,) = client.requests
    assert (request.temperature, request.max_tokens) == (0.1, 400)
    assert "at most 100 words" in request.messages[1][1]
    assert answer.trace.unread == ((0, 1),)


def test_no_usable_answer_is_a_failure():
    answer, _ = decided("?", "{}")
    assert answer.reply == Failure(
        "reply", "the answer could not be used: decision: Field required"
    )
    assert answer.trace.repairs == 1
    answer, _ = decided(CallFailed("timeout", "no answer in time", 2, 0.0, 9.0))
    assert answer.reply == Failure("timeout", "no answer in time")
    assert (answer.usage.calls, answer.usage.latency_s) == (2, 9.0)


def test_a_cut_answer_is_sent_back():
    meant = json.dumps({"decision": "intend", "role": "r"})
    answer, client = decided(Completion(meant, 1, 1, 0.0, 1.0, "length"), meant, act=Act.INTEND)
    assert answer.reply == Intention("r")
    assert "it was cut off after 2048 tokens; be briefer" in client.requests[1].messages[3][1]


@pytest.mark.parametrize(("tokens", "tries"), [(16_000, 6), (500, 1), (501, 2)])
def test_a_long_prompt_has_its_end(tokens, tries):
    failed = CallFailed("length", "too long")
    answer, client = decided(*[failed] * 9, calls=Calls(context_tokens=tokens))
    assert answer.reply == Failure("length", "too long")
    assert len(client.requests) == tries


def test_rejoining_resumes_the_client():
    client = FakeClient()
    mind = LanguageModel(parse_model("gpt-4o?temperature=0", Calls()), client, capable_of())
    mind.rejoin()
    assert client.resumed == 1
    assert (mind.name, mind.synthetic, mind.paced) == ("gpt-4o?temperature=0", False, True)
