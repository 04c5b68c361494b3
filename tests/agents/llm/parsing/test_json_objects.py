"""The JSON object in whatever a model wrote."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import ABSTAINED, FULL, contribution, reply_or_fault

from unscripted.agents.llm.parsing.json_objects import UnusableAnswer, _whole_object, object_in
from unscripted.agents.llm.parsing.replies import parse_reply
from unscripted.model.decision import Act, Contribution

CHECK = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize(
    "wrapped",
    [
        "{}",
        "\n\n  {}  \n",
        "\ufeff{}",
        "```json\n{}\n```",
        "```\n{}\n```",
        "Here is my answer:\n\n{}",
        "Here you go: {}\n\nIs there anything else I can do?",
        "{} (I hope {{this}} helps)",
        "<think>Let me see.</think>\n{}",
    ],
)
@pytest.mark.parametrize("said", [FULL, ABSTAINED], ids=["contributed", "abstained"])
def test_found_whatever_stands_around(wrapped, said):
    text = wrapped.format(json.dumps(said, indent=1))
    assert parse_reply(text, Act.CONTRIBUTE) == parse_reply(json.dumps(said), Act.CONTRIBUTE)


@pytest.mark.parametrize(
    "broken",
    [
        "{'decision': 'contribute', 'role': 'translator', 'work': 'It\\'s done.'}",
        '{"decision": "contribute", "role": "translator", "work": "It\'s done.",}',
        '{"decision": "contribute", "role": "translator", "work": "It\'s done."',
        '{decision: "contribute", role: "translator", work: "It\'s done."}',
        '{"decision": "contribute", "role": "translator" "work": "It\'s done."}',
        '{"decision": "contribute", // why not\n "role": "translator", "work": "It\'s done."}',
    ],
    ids=["quotes", "comma", "end", "names", "no comma", "remark"],
)
def test_broken_json_is_mended(broken):
    assert parse_reply(broken, Act.CONTRIBUTE) == Contribution("translator", "It's done.")


def test_lines_may_be_real_or_escaped():
    for said in ("one\\n\\ttwo", "one\n\ttwo"):
        text = f'{{"decision": "contribute", "role": "r", "work": "{said}"}}'
        assert parse_reply(text, Act.CONTRIBUTE) == Contribution("r", "one\n\ttwo")


@CHECK
@given(st.integers(0, len(json.dumps(FULL))))
def test_breaking_off_adds_nothing(cut):
    reply, _ = reply_or_fault(json.dumps(FULL)[:cut], Act.CONTRIBUTE)
    if reply is None:
        return
    assert isinstance(reply, Contribution)
    assert FULL["role"] == reply.role
    assert str(FULL["work"]).startswith(reply.work)
    assert reply.confidence in (None, 0, 0.5)
    assert reply.builds_on == (3, 1)[: len(reply.builds_on)]


def test_of_two_objects_the_first():
    both = contribution(role="first") + "\n" + contribution(role="second")
    assert parse_reply(both, Act.CONTRIBUTE).role == "first"


def test_found_behind_prose_with_braces():
    text = "Sure, {not json}: " + json.dumps(FULL)
    assert parse_reply(text, Act.CONTRIBUTE) == parse_reply(json.dumps(FULL), Act.CONTRIBUTE)


def test_thoughts_are_no_answer():
    draft = contribution(role="draft")
    reply = parse_reply(
        f"<think>Perhaps {draft}?</think>\n{contribution(role='mine')}", Act.CONTRIBUTE
    )
    assert reply.role == "mine"


@pytest.mark.parametrize(("before", "found"), [(49, True), (50, False)])
def test_fifty_braces_are_tried(before, found):
    text = "{x " * before + '{"a": 1}'
    assert (_whole_object(text, {"a"}) == {"a": 1}) is found


def test_a_whole_object_has_every_field():
    assert _whole_object('{"b": 1} {"a": 2, "b": 3}', {"a", "b"}) == {"a": 2, "b": 3}
    assert _whole_object('{"b": 1}', {"a"}) is None


def test_long_broken_json_is_not_mended():
    broken = '{"a": "' + "x" * (50_000 - 7)
    assert object_in(broken, set())["a"].startswith("xxx")
    with pytest.raises(UnusableAnswer, match="broken, and too long to be mended"):
        object_in(broken + "x", set())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it holds no JSON object"),
        ("[1]", "it is JSON, but no object"),
        ("{" * 60, "it holds no JSON object"),
        ('{"a":' * 100_000, "its JSON is nested too deeply"),
    ],
)
def test_why_there_is_none(text, said):
    with pytest.raises(UnusableAnswer) as error:
        object_in(text, set())
    assert str(error.value) == said
