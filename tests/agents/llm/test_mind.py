"""A mind of a model: what it asks, and what it makes of what came of it."""

from __future__ import annotations

import asyncio
import json

import pytest
from support.fakes import FakeClient, answer, capable_of, failure
from support.prompts import observation, view

from unscripted.agents.llm.mind import LanguageModel
from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.prompting.templates import prompts_id
from unscripted.agents.llm.settings import Calls
from unscripted.model.decision import Abstention, Act, Contribution, Failure, Intention

DECLINED = '{"decision": "abstain", "reason": "no"}'


def decided(*answers, calls=None, **fields):
    client = FakeClient(*answers)
    mind = LanguageModel(parse_model("openai/m", calls or Calls()), client, capable_of(), "4")
    return asyncio.run(mind.decide(observation(**fields))), client


def test_a_decision_and_its_trace():
    found, client = decided(DECLINED)
    (request,) = client.requests
    assert found.reply == Abstention("no")
    assert (found.usage.calls, found.usage.tokens_out, found.usage.cost_usd) == (1, 20, 0.25)
    trace = found.trace
    assert (trace.prompts, trace.request, trace.repairs) == (prompts_id(), request.digest, 0)
    assert (trace.unread, trace.unrecalled, trace.shortened, trace.unmarked) == ((), (), 0, 0)
    assert (request.schema, request.temperature, request.seed) == ("contribute", 0.7, 5)
    (key,) = client.keys
    assert (key.run, key.tick, key.who, key.decision, key.call) == ("4", 1, "member 7", 5, 0)


@pytest.mark.parametrize("act", Act)
def test_each_act_has_its_schema(act):
    _, client = decided(DECLINED, act=act)
    assert client.requests[0].schema == act.value


def test_settings_reach_prompt_and_request():
    calls = Calls(temperature=0.1, max_tokens=400, context_tokens=0)
    found, client = decided(DECLINED, calls=calls, messages=view(Contribution("r", "w")))
    (request,) = client.requests
    assert (request.temperature, request.max_tokens) == (0.1, 400)
    assert "at most 100 words" in request.messages[1][1]
    assert found.trace.unread == ((0, 1),)


def test_no_usable_answer_is_a_failure():
    found, _ = decided("?", "{}")
    assert found.reply == Failure(
        "reply", "the answer could not be used: it holds no JSON object with decision"
    )
    assert found.trace.repairs == 1
    found, _ = decided(failure("timeout", "no answer in time", 2, latency_s=9.0))
    assert found.reply == Failure("timeout", "no answer in time")
    assert (found.usage.calls, found.usage.latency_s) == (2, 9.0)


def test_mended_answers_are_marked():
    whole, _ = decided('{"decision": "contribute", "role": "r", "work": "w", "confidence": 0.5}')
    mended, _ = decided('{"Decision": "Contribute", "role": "r", "work": "w", "confidence": "50%"}')
    assert whole.reply == mended.reply == Contribution("r", "w", (), 0.5)
    assert (whole.trace.mended, mended.trace.mended) == (0, 3)


def test_a_cut_answer_is_sent_back():
    meant = json.dumps({"decision": "intend", "role": "r"})
    found, client = decided(answer(meant, finish="length"), meant, act=Act.INTEND)
    assert found.reply == Intention("r")
    assert "it was cut off after 2048 tokens; be briefer" in client.requests[1].messages[3][1]


def test_a_long_prompt_has_its_end():
    failed = failure("length", "too long")
    found, client = decided(*[failed] * 9, calls=Calls(max_tokens=300))
    assert found.reply == Failure("length", "too long")
    assert len(client.requests) == 1


def test_rejoining_resumes_the_client():
    client = FakeClient()
    mind = LanguageModel(parse_model("gpt-4o?temperature=0", Calls()), client, capable_of())
    mind.rejoin()
    assert client.resumed == 1
    assert (mind.name, mind.synthetic, mind.paced) == ("gpt-4o?temperature=0", False, True)
