"""Schemas and the classes that read their instances say the same."""

from __future__ import annotations

import json
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import read

from unscripted.agents.llm.control_characters import clean
from unscripted.agents.llm.parsing.answers import (
    AmendAnswer,
    Check,
    ContributeAnswer,
    ContributeWithAnswer,
    FinalAnswerAnswer,
    Grade,
    IntendAnswer,
    MoveAnswer,
    Part,
    PlanAnswer,
    SayAnswer,
    VerdictAnswer,
    parse,
)
from unscripted.agents.llm.prompting.templates import SCHEMA_OF, schema
from unscripted.model.decision import ALLOWED, Abstention, Act
from unscripted.model.judge import CRITERIA

CHECK = settings(max_examples=60, deadline=None)
KINDS = {
    "contribute": ContributeAnswer,
    "intend": IntendAnswer,
    "plan": PlanAnswer,
    "amend": AmendAnswer,
    "say": SayAnswer,
    "answer": FinalAnswerAnswer,
    "move": MoveAnswer,
    "contribute_answer": ContributeWithAnswer,
    "verdict": VerdictAnswer,
}
WORDS = st.text(min_size=1).filter(lambda t: clean(t).strip())
NARROWER = {"confidence": st.floats(0, 1), "phase": st.integers(1, 99)}
"""What pydantic asks beyond the schemas, where not every provider takes bounds."""


def instances(part: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    """Values that fit a schema of ours; it holds nothing but what is read here."""
    if name in NARROWER:
        return NARROWER[name]
    if "enum" in part:
        return st.sampled_from(part["enum"])
    match part["type"]:
        case "string":
            return WORDS if name in ("role", "work", "article", "text") else st.text()
        case "integer":
            return st.integers(-(10**6), 10**6)
        case "array":
            return st.lists(instances(part["items"]), max_size=4)
        case "object":
            inside = part["properties"].items()
            return st.fixed_dictionaries({n: instances(p, n) for n, p in inside})
    raise AssertionError(f"{part} is more than a test of ours can read")


def objects_in(part: Any) -> list[dict[str, Any]]:
    """Every object that a schema describes, itself first."""
    if not isinstance(part, dict):
        return []
    found = [part] if part.get("type") == "object" else []
    return found + [o for child in part.values() for o in objects_in(child)]


@pytest.mark.parametrize("shape", KINDS)
def test_every_instance_is_an_answer(shape):
    @CHECK
    @given(instances(schema(shape)))
    def check(instance):
        jsonschema.validate(instance, schema(shape))
        found = parse(json.dumps(instance), KINDS[shape], lambda answer: answer).value
        jsonschema.validate(found.model_dump(mode="json"), schema(shape))

    check()


@CHECK
@given(st.sampled_from(list(SCHEMA_OF.items())), st.data())
def test_every_instance_is_a_reply(case, data):
    act, shape = case
    instance = data.draw(instances(schema(shape)))
    reply = read(json.dumps(instance), act)
    abstains = instance["decision"] == "abstain"
    assert type(reply) is (Abstention if abstains else ALLOWED[act][0])


@pytest.mark.parametrize(
    ("shape", "kind", "path"),
    [
        ("contribute", ContributeAnswer, []),
        ("intend", IntendAnswer, []),
        ("plan", PlanAnswer, []),
        ("amend", AmendAnswer, []),
        ("say", SayAnswer, []),
        ("answer", FinalAnswerAnswer, []),
        ("move", MoveAnswer, []),
        ("contribute_answer", ContributeWithAnswer, []),
        ("plan", Part, ["assignments", "items"]),
        ("verdict", VerdictAnswer, []),
        ("verdict", Check, ["checklist", "items"]),
        *[("verdict", Grade, [c]) for c in CRITERIA],
    ],
)
def test_schema_and_model_agree(shape, kind, path):
    part = schema(shape)
    for step in path:
        part = part["properties"][step] if step != "items" else part["items"]
    assert set(part["properties"]) == set(kind.model_fields)
    for name, field in kind.model_fields.items():
        choices = part["properties"][name].get("enum")
        if choices is not None and name != "grade":
            assert tuple(choices) == get_args(field.annotation)
    if kind is Grade:
        assert part["properties"]["grade"]["enum"] == [1, 2, 3, 4]


@pytest.mark.parametrize("shape", KINDS)
def test_schemas_are_strict(shape):
    for part in objects_in(schema(shape)):
        assert set(part) == {"type", "properties", "required", "additionalProperties"}
        assert part["required"] == list(part["properties"])
        assert part["additionalProperties"] is False


def test_every_act_has_a_schema():
    assert set(SCHEMA_OF) == set(Act)
    for act, shape in SCHEMA_OF.items():
        decisions = schema(shape)["properties"]["decision"]["enum"]
        assert decisions == [act.value, "abstain"]
