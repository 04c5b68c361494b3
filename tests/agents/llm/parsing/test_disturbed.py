"""Good answers disturbed in all the ways of models: role, work and grades survive."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import FULL, GRADED
from support.disturbances import ENDS_OF_THOUGHT, odd_decision, odd_verdict, wrapped

from unscripted.agents.llm.parsing.answers import VerdictAnswer, parse
from unscripted.agents.llm.parsing.replies import parse_reply
from unscripted.model.decision import Abstention, Act, Contribution, Intention, Plan
from unscripted.model.judge import CRITERIA

CHECK = settings(max_examples=400, deadline=None)
DRAFT = {**FULL, "role": "draft", "work": "DRAFT"}
POOR = {c: {"reason": "", "grade": 1} for c in CRITERIA}
PLANNED = {
    "decision": "plan",
    "assignments": [{"agent": 1, "role": "scribe", "focus": ["x"], "phase": 2}],
    "reason": "so",
}
MEANT = {"decision": "intend", "role": "tester", "focus": ["a"], "reason": "so"}


@CHECK
@given(odd_decision(FULL).flatmap(lambda body: wrapped(body, DRAFT)))
def test_role_and_work_survive(text):
    reply, _ = parse_reply(text, Act.CONTRIBUTE)
    assert isinstance(reply, Contribution)
    assert (reply.role, reply.work) == (FULL["role"], FULL["work"])
    assert reply.confidence is None or 0 <= reply.confidence <= 1
    assert all(type(n) is int for n in reply.builds_on)


@CHECK
@given(odd_verdict(GRADED).flatmap(lambda body: wrapped(body, POOR)))
def test_grades_survive(text):
    found, _ = parse(text, VerdictAnswer, lambda answer: answer)
    assert found.grades() == dict.fromkeys(CRITERIA, 3)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([(MEANT, Act.INTEND, Intention), (PLANNED, Act.PLAN, Plan)]), st.data())
def test_other_acts_survive(case, data):
    body, act, kind = case
    reply, _ = parse_reply(data.draw(wrapped(data.draw(odd_decision(body)), {})), act)
    assert isinstance(reply, kind)
    if kind is Plan:
        assert [(a.member, a.role) for a in reply.assignments] == [(1, "scribe")]


@pytest.mark.parametrize("end", ENDS_OF_THOUGHT)
def test_every_spelling_of_thought_ends(end):
    text = f"First: {json.dumps(DRAFT)} is weak. {end} {json.dumps(FULL)}"
    assert parse_reply(text, Act.CONTRIBUTE).value.role == "translator"
    unread = f"First: {json.dumps(FULL)} {end} I would rather not say."
    with pytest.raises(ValueError, match="no JSON object"):
        parse_reply(unread, Act.CONTRIBUTE)


@pytest.mark.parametrize("end", ["</think>", "[/THINK]"])
def test_works_may_speak_of_thoughts(end):
    body = {**FULL, "work": f"Close it with {end} please."}
    said = json.dumps(body)
    for text in (said, f"<think>hm</think>{said}", f"So: {said}"):
        assert parse_reply(text, Act.CONTRIBUTE).value.work == body["work"]


@pytest.mark.parametrize(
    "form",
    [
        "{full}\n<thinking>I could also have said {draft} but no.</thinking>",
        "<answer>{full}</answer><scratchpad>{draft}</scratchpad>",
        "<think>x</think>{full}\n<think>{draft} or so",
        "<reflection>{draft}</reflection>{full}<reflection>{draft}</reflection>",
        "<output>{full}</output>\n<thinking type='late'>{draft}</thinking>",
        "[THINK]{draft}[/THINK] {full} [THINK]{draft}[/THINK]",
        "<|channel|>analysis<|message|>{draft}<|end|><|channel|>final<|message|>{full}",
    ],
)
def test_thoughts_stand_anywhere(form):
    text = form.format(full=json.dumps(FULL), draft=json.dumps(DRAFT))
    assert parse_reply(text, Act.CONTRIBUTE).value.role == "translator"


@pytest.mark.parametrize("said", ["Contribution", "contributing", "I contribute", "CONTRIBUTE."])
def test_the_word_has_forms(said):
    read = parse_reply(json.dumps({**FULL, "decision": said}), Act.CONTRIBUTE)
    assert (read.value.role, read.mended) == ("translator", 1)


def test_works_in_pieces_are_whole():
    read = parse_reply(json.dumps({**FULL, "work": ["One.", "Two."]}), Act.CONTRIBUTE)
    assert (read.value.work, read.mended) == ("One.\nTwo.", 1)


def test_a_draft_is_no_answer():
    with pytest.raises(ValueError, match="no JSON object"):
        parse_reply(f"<think>Draft: {json.dumps(DRAFT)} is weak, let me", Act.CONTRIBUTE)


def test_thoughts_alone_may_hold_it():
    text = f"<think>I will say {json.dumps(FULL)}</think>"
    assert parse_reply(text, Act.CONTRIBUTE).value.role == "translator"


@pytest.mark.parametrize(
    ("field", "value", "read", "mended"),
    [
        ("confidence", 0.85, 0.85, 0), ("confidence", 1, 1, 0), ("confidence", 85, 0.85, 1),
        ("confidence", "85%", 0.85, 1), ("confidence", "0,85", 0.85, 1),
        ("confidence", "17/20", 0.85, 1), ("confidence", "8 out of 10", 0.8, 1),
        ("confidence", "high", None, 1), ("confidence", 7, None, 1), ("confidence", -0.1, None, 1),
        ("confidence", True, None, 1), ("confidence", None, None, 0),
        ("confidence", "11/10", None, 1), ("confidence", "1/0", 0.0, 1),
        ("builds_on", [1, 2], (1, 2), 0), ("builds_on", None, (), 1), ("builds_on", 3, (3,), 1),
        ("builds_on", "1 and two", (1, 2), 1), ("builds_on", ["Agent 4", "5"], (4, 5), 1),
        ("builds_on", [1.0], (1,), 0), ("builds_on", [1.5, True, None], (), 1),
        ("builds_on", "none", (), 1), ("builds_on", [{"agent": 2, "why": "3 reasons"}], (2,), 1),
        ("builds_on", {"agent": 2}, (2,), 1),
    ],
    ids=str,
)  # fmt: skip
def test_optional_fields_are_mended(field, value, read, mended):
    found = parse_reply(json.dumps({**FULL, field: value}), Act.CONTRIBUTE)
    assert getattr(found.value, field) == read
    assert found.mended == mended


@pytest.mark.parametrize("reason", [None, 5, ["a", "b"], {}])
def test_odd_reasons_do_not_matter(reason):
    found = parse_reply(json.dumps({"decision": "abstain", "reason": reason}), Act.CONTRIBUTE)
    assert isinstance(found.value, Abstention)
    assert found.mended == 1
