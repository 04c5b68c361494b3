"""The JSON object in whatever a model wrote."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import ABSTAINED, FULL, contribution, fault_in, read, reply_or_fault

from unscripted.agents.llm.parsing.json_objects import (
    CutOffError,
    UnusableAnswer,
    is_cut,
    objects_in,
)
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
    assert read(text) == read(json.dumps(said))


@pytest.mark.parametrize(
    "broken",
    [
        "{'decision': 'contribute', 'role': 'translator', 'work': 'It\\'s done.'}",
        '{"decision": "contribute", "role": "translator", "work": "It\'s done.",}',
        '{decision: "contribute", role: "translator", work: "It\'s done."}',
        '{"decision": "contribute", "role": "translator" "work": "It\'s done."}',
        '{"decision": "contribute", // why not\n "role": "translator", "work": "It\'s done."}',
    ],
    ids=["quotes", "comma", "names", "no comma", "remark"],
)
def test_broken_json_is_mended(broken):
    assert read(broken) == Contribution("translator", "It's done.")


def test_lines_may_be_real_or_escaped():
    for said in ("one\\n\\ttwo", "one\n\ttwo"):
        text = f'{{"decision": "contribute", "role": "r", "work": "{said}"}}'
        assert read(text) == Contribution("r", "one\n\ttwo")


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


def test_of_two_objects_the_last():
    both = contribution(role="first") + "\n" + contribution(role="second")
    assert read(both).role == "second"
    unfit = contribution(role="first") + "\n" + contribution(role="")
    assert read(unfit).role == "first"


def test_a_broken_end_is_no_draft():
    last = contribution(role="second").replace('"role": ', '"role": //\n ').replace("}", ",}")
    assert read(contribution(role="first") + "\n" + last).role == "second"
    cut = contribution(role="second")[:-40]
    assert "cut off" in fault_in(contribution(role="first") + "\n" + cut)


def test_found_behind_prose_with_braces():
    text = "Sure, {not json}: " + json.dumps(FULL)
    assert read(text) == read(json.dumps(FULL))


FULLY = json.dumps(FULL)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (FULLY, 0),
        (f"```json\n{FULLY}\n```", 0),
        (f"[{FULLY}]", 1),
        (json.dumps({"response": FULL}), 1),
        (json.dumps({"status": "ok", "answer": {"content": FULL}}), 2),
        (json.dumps(FULLY), 1),
        (json.dumps({"answer": FULLY}), 2),
        (json.dumps({k.upper(): v for k, v in FULL.items()}), 1),
        (json.dumps({k.replace("_", " ").title(): v for k, v in FULL.items()}), 1),
        (FULLY.replace("finished text", "finished\ntext"), 1),
    ],
    ids=["bare", "fenced", "listed", "wrapped", "deep", "quoted", "quoted deep", "capitals",
         "titles", "line break"],
)  # fmt: skip
def test_wrappings_are_taken_off(text, mended):
    found = next(iter(objects_in(text, frozenset({"decision"}))))
    assert (found.body["role"], found.mended) == ("translator", mended)
    assert read(text).builds_on == (3, 1)


@pytest.mark.parametrize("before", [0, 20])
def test_braces_before_are_passed_over(before):
    assert read("{x " * before + FULLY).role == "translator"


def test_long_broken_json_is_not_mended():
    for n, fault in ((100, None), (50_001, "broken, and too long to be mended")):
        text = '{"decision": "contribute", "role": "r", "work": "%s",}' % ("x" * n)
        if fault is None:
            assert read(text).role == "r"
        else:
            assert fault in fault_in(text)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ('{"a": "b"', True), ('{"a": "b', True), ('{"a": {"b": 1}, "c', True), ("{", True),
        ('{"a": [{"b": 1}, {"c": 2}', True), ('{"a": "b"}', False), ('{"a": "b",}\n```', False),
        ("{'a': 'b',}", False), ('{"a": "say "b" now"}', False),
    ],
)  # fmt: skip
def test_what_is_cut(text, cut):
    assert is_cut(text) is cut


@pytest.mark.parametrize("length", range(30, len(FULLY) - 1, 7))
def test_cut_texts_are_never_whole(length):
    assert "cut off" in fault_in(FULLY[:length]) or "no JSON object" in fault_in(FULLY[:length])


def test_a_full_length_is_not_mended():
    broken = FULLY.replace("}", ",}")
    assert list(objects_in(broken, frozenset({"decision"})))
    with pytest.raises(CutOffError):
        list(objects_in(broken, frozenset({"decision"}), cut=True))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it holds no JSON object"),
        ("[1]", "it holds no JSON object"),
        ("{" * 60, "it holds no JSON object with decision"),
        ('{"a":' * 100_000, "its JSON is nested too deeply"),
    ],
)
def test_why_there_is_none(text, said):
    assert fault_in(text) == said
    with pytest.raises(UnusableAnswer):
        raise UnusableAnswer(said)
