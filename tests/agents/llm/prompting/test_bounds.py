"""An answer's bounds: everything in it has a most, and names only what can be named."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from support.prompts import composed, observation, view

from unscripted.agents.llm.parsing.replies import parse_reply
from unscripted.agents.llm.prompting.bounds import (
    bare_name,
    bounded_name,
    tightened,
)
from unscripted.agents.llm.prompting.templates import SCHEMA_OF, schema
from unscripted.model.decision import Act, Contribution

WORK = bounded_name("contribute", named=[0, 3], words=100)
PLAN = bounded_name("plan", named=[0, 1, 2])
VERDICT = bounded_name("verdict", named=["facts", "figures"])
SAID = bounded_name("say", named=[0, 3])
SCORED_WORK = bounded_name("contribute_answer", named=[0, 3], words=100)
BOUNDED = [WORK, PLAN, VERDICT, "intend", "amend", SAID, SCORED_WORK, "answer", "move"]


def parts(value: Any) -> list[dict[str, Any]]:
    """Every schema within a schema, itself included."""
    if isinstance(value, list):
        return [p for part in value for p in parts(part)]
    if not isinstance(value, dict):
        return []
    return [value, *(p for part in value.values() for p in parts(part))]


@pytest.mark.parametrize("name", [*BOUNDED, *(bare_name(n) for n in BOUNDED)])
def test_every_list_has_a_most(name):
    for part in parts(schema(name)):
        assert part.get("type") != "array" or "maxItems" in part


@pytest.mark.parametrize("name", BOUNDED)
def test_a_tight_one_bounds_everything(name):
    for part in parts(schema(tightened(name))):
        if part.get("type") == "array":
            assert "maxItems" in part
        if part.get("type") == "string":
            assert "maxLength" in part or "enum" in part
        if part.get("type") in ("integer", "number") and "maxItems" not in part:
            assert "enum" in part or part == {"type": "integer"}


def test_only_works_that_are_there():
    fine = {
        "decision": "contribute", "role": "r", "work": "w", "builds_on": [3], "confidence": 1,
        "reason": "",
    }  # fmt: skip
    jsonschema.validate(fine, schema(WORK))
    for named in ([1], [0, 3, 0]):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**fine, "builds_on": named}, schema(WORK))
    nobody = schema(bounded_name("contribute", named=[], words=100))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(fine, nobody)
    jsonschema.validate({**fine, "builds_on": []}, nobody)


@pytest.mark.parametrize("name", ["answer", "move", "contribute_answer"])
def test_answers_are_of_their_form(name):
    field = "action" if name == "move" else "answer"
    loose = schema(bounded_name(name, form={"enum": ["Elm", "Oak"]}))["properties"][field]
    assert loose["enum"] == ["Elm", "Oak", ""]
    tight = schema(tightened(bounded_name(name, form={"enum": ["Elm", "Oak"]})))["anyOf"]
    none_yet = [""] if name == "contribute_answer" else []
    assert tight[0]["properties"][field]["enum"] == ["Elm", "Oak", *none_yet]
    assert field not in tight[1]["properties"]


@pytest.mark.parametrize("name", ["answer", "contribute_answer"])
def test_patterns_only_under_a_grammar(name):
    whole = bounded_name(name, form={"pattern": "^[0-9]{1,3}$"})
    assert "pattern" not in schema(whole)["properties"]["answer"]
    answer = schema(tightened(whole))["anyOf"][0]["properties"]["answer"]
    jsonschema.validate("123", answer)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate("some", answer)
    assert (name == "contribute_answer") == jsonschema.Draft202012Validator(answer).is_valid("")


def test_who_can_be_named_was_read():
    log = view(Contribution("r", "w" * 100), Contribution("r", "short"), author=3)
    assert schema_of(observation(messages=log)) == ([3], 200)
    assert schema_of(observation(messages=log), tokens=0) == ([], 200)
    assert schema_of(observation()) == ([], 200)


def schema_of(what: Any, tokens: int = 1000) -> tuple[list[int], int]:
    name = composed(what, tokens=tokens).schema
    bounds = json.loads(name.partition("?")[2])
    return bounds["named"], bounds["words"]


@pytest.mark.parametrize("act", list(Act))
def test_tight_answers_are_replies(act):
    name = tightened(next(n for n in BOUNDED if bare_name(n) == SCHEMA_OF[act]))
    doing, declining = schema(name)["anyOf"]
    answer = {
        "role": "a reader", "work": "one two three four five six seven", "builds_on": [3],
        "confidence": 0.5, "reason": "why", "focus": ["facts"], "article": "audit", "text": "read",
        "assignments": [{"agent": 2, "role": "a reader", "focus": ["facts"], "phase": 1}],
        "to": [3], "answer": "42", "action": "wait", "note": "soon",
    }  # fmt: skip
    for branch in (doing, declining):
        said = {k: v for k, v in answer.items() if k in branch["properties"]}
        said["decision"] = branch["properties"]["decision"]["enum"][0]
        jsonschema.validate(said, schema(name))
        parse_reply(json.dumps(said), act)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"decision": "abstain"}, schema(name))


def test_bounds_leave_the_plain_schema():
    before = json.dumps(schema("contribute"))
    schema(tightened(WORK))
    assert json.dumps(schema("contribute")) == before


def test_a_name_says_its_bounds():
    assert WORK == 'contribute?{"named":[0,3],"words":100}'
    assert tightened(tightened(WORK)) == 'contribute?{"named":[0,3],"tight":true,"words":100}'
    assert tightened("intend") == 'intend?{"tight":true}'
