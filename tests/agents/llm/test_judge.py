"""A judge of models: what it asks and what it makes of the answers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from support.fakes import FakeClient, answer, capable_of, failure
from support.submissions import RUBRIC, TASK, submission

from unscripted.agents.llm.judge import LanguageModelJudge
from unscripted.agents.llm.models import parse_model
from unscripted.agents.llm.prompting.bounds import bare_name
from unscripted.agents.llm.prompting.templates import prompts_id
from unscripted.agents.llm.service import Service
from unscripted.agents.llm.settings import Calls
from unscripted.model.judge import CRITERIA

GRADES = json.dumps(
    {
        "checklist": [{"id": "greets", "met": "no"}, {"id": "dates", "met": "partly"}],
        **{c: {"reason": "so", "grade": 3} for c in CRITERIA},
    }
)
DEFAULT = Calls()


def judged(*answers, calls=(DEFAULT,), works=("done",), task=TASK):
    """A verdict, and the client that was asked for it."""
    client = FakeClient(*answers)
    models = [parse_model(f"openai/x{i}", c) for i, c in enumerate(calls)]
    judge = LanguageModelJudge(models, client, capable_of(), "2")
    return asyncio.run(judge.appraise(submission(*works, task=task))), client


def grades(verdict):
    return [getattr(verdict, c) for c in CRITERIA]


def test_without_work_nobody_is_asked():
    verdict, client = judged(works=())
    assert (grades(verdict), verdict.violations) == ([1.0] * 5, 1.0)
    assert client.requests == []


def test_a_verdict_from_grades_and_checklist():
    verdict, client = judged(GRADES)
    assert grades(verdict) == [3.0] * 5
    assert (verdict.violations, verdict.votes, verdict.prompts) == (0.5, (), prompts_id())
    assert verdict.reason == " ".join(f"{c}: so" for c in CRITERIA)
    assert (verdict.usage.calls, verdict.usage.tokens_out, verdict.usage.cost_usd) == (1, 20, 0.25)
    (request,), (key,) = client.requests, client.keys
    assert (bare_name(request.schema), request.temperature, request.seed) == ("verdict", 0.0, 9)
    assert (key.run, key.tick, key.who, key.decision, key.call) == ("2", 0, "judge 0", 9, 0)


@pytest.mark.parametrize(
    ("said", "violations"),
    [
        ({"dates": "yes"}, 0.0),
        ({"dates": "no"}, 1.0),
        ({"greets": "no"}, None),
        ({"greets": "no", "dates": "partly"}, 0.5),
        ({}, None),
    ],
)
def test_violations_are_of_what_is_mandatory(said, violations):
    checklist = [{"id": i, "met": met} for i, met in said.items()]
    verdict, _ = judged(json.dumps({**json.loads(GRADES), "checklist": checklist}))
    assert verdict.violations == violations


def test_violations_need_something_mandatory():
    verdict, _ = judged(GRADES, task=replace(TASK, rubric=RUBRIC[:1]))
    assert verdict.violations is None


def test_an_unreadable_verdict_is_repaired_once():
    verdict, client = judged("Fine work!", "Really fine.")
    assert (grades(verdict), verdict.violations) == ([None] * 5, None)
    assert verdict.reason == "the verdict could not be used: it holds no JSON object"
    assert [len(r.messages) for r in client.requests] == [2, 4]
    mended, _ = judged("Fine work!", GRADES)
    assert (mended.accuracy, mended.usage.calls) == (3.0, 2)


def test_a_cut_verdict_is_sent_back():
    verdict, client = judged(answer(GRADES, finish="length"), GRADES)
    assert verdict.accuracy == 3.0
    assert "it was cut off after 2048 tokens\n" in client.requests[1].messages[3][1]


def test_a_long_prompt_is_halved():
    too_long = failure("length", "too long")
    calls = [Calls(max_tokens=300)]
    verdict, client = judged(too_long, GRADES, works=("x" * 10**6,), calls=calls)
    assert verdict.accuracy == 3.0
    long, short = (len(r.messages[1][1]) for r in client.requests)
    assert 90_000 < long - short < 100_000
    assert [key.call for key in client.keys] == [0, 1]
    verdict, client = judged(*[too_long] * 9, calls=calls)
    assert (len(client.requests), verdict.reason) == (1, "no answer: too long")
    verdict, client = judged(*[too_long] * 9, calls=calls, works=("x" * 10**6,))
    assert (len(client.requests), verdict.accuracy) == (7, None)


def test_no_answer_gives_no_grades():
    verdict, _ = judged(failure("server", "not today", 3))
    assert (grades(verdict), verdict.violations) == ([None] * 5, None)
    assert (verdict.usage.calls, verdict.reason) == (3, "no answer: not today")


def test_a_panel_takes_means():
    high = GRADES.replace('"grade": 3', '"grade": 4').replace("partly", "no")
    verdict, client = judged(high, "?", "?", GRADES, calls=[Calls()] * 3)
    assert grades(verdict) == [3.5] * 5
    assert [v.grades[0] for v in verdict.votes] == [4.0, None, 3.0]
    assert [v.judge for v in verdict.votes] == ["openai/x0", "openai/x1", "openai/x2"]
    assert (verdict.violations, verdict.reason) == (0.75, "means over 2 judges")
    assert (verdict.usage.latency_s, verdict.usage.calls) == (2.0, 4)
    assert {k.who for k in client.keys} == {"judge 0", "judge 1", "judge 2"}
    nobody, _ = judged("?", "?", "?", "?", calls=[Calls()] * 2)
    assert (grades(nobody), nobody.reason) == ([None] * 5, "means over 0 judges")


def test_agents_temperature_is_not_the_judges():
    with Service(Calls(temperature=1.5)) as service:
        found = service.judge(["openai/x", "openai/x?temperature=0.25"])
    client = FakeClient(GRADES, GRADES)
    judge = LanguageModelJudge(found.models, client, capable_of())
    asyncio.run(judge.appraise(submission("done")))
    assert [r.temperature for r in client.requests] == [0.0, 0.25]
    assert judge.name == "openai/x,openai/x?temperature=0.25"
