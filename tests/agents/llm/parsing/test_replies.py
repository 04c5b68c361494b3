"""From an answer to a decision: what is read, what is refused."""

from __future__ import annotations

import json

import pytest
from support.answers import FULL, contribution, fault_in, plan, read

from unscripted.agents.llm.parsing.replies import LONGEST_ROLE
from unscripted.model.decision import Abstention, Act, Assignment, Contribution, Intention, Plan


def test_a_whole_answer_is_read():
    assert read(json.dumps(FULL), Act.CONTRIBUTE) == Contribution(
        "translator", "The finished text.", (3, 1), 0.5
    )
    meant = {"decision": "intend", "role": "tester", "focus": ["b", "a"], "reason": ""}
    assert read(json.dumps(meant), Act.INTEND) == Intention("tester", ("b", "a"))
    divided = {
        "decision": "plan",
        "assignments": [
            {"agent": 4, "role": "tester", "focus": ["x"], "phase": 2},
            {"agent": 0, "role": "writer", "focus": [], "phase": 1},
        ],
        "reason": "",
    }
    assert read(json.dumps(divided), Act.PLAN) == Plan(
        (Assignment(4, "tester", ("x",), 2), Assignment(0, "writer", (), 1))
    )


@pytest.mark.parametrize("act", Act)
def test_abstaining_needs_only_a_reason(act):
    said = '{"decision": "abstain", "reason": "nothing to add"}'
    assert read(said, act) == Abstention("nothing to add")
    assert read('{"decision": "abstain"}', act) == Abstention("")


def test_abstaining_leaves_no_work():
    said = contribution(decision="abstain", reason="others did it")
    assert read(said, Act.CONTRIBUTE) == Abstention("others did it")


def test_unknown_fields_are_ignored():
    assert read(contribution(mood="good", items=[1]), Act.CONTRIBUTE) == read(
        json.dumps(FULL), Act.CONTRIBUTE
    )


def test_a_role_is_one_line():
    reply = read(contribution(role=" a\n b\u2028c\t" + "d" * 500), Act.CONTRIBUTE)
    assert isinstance(reply, Contribution)
    assert reply.role.startswith("a b c ddd")
    assert len(reply.role) == LONGEST_ROLE
    assert reply.role.endswith("…")
    assert read(contribution(role="r" * LONGEST_ROLE), Act.CONTRIBUTE).role.endswith("r")


def test_builds_on_names_each_once():
    reply = read(contribution(builds_on=[5, 2, 5, 9, 2]), Act.CONTRIBUTE)
    assert reply.builds_on == (5, 2, 9)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no JSON object"),
        ("I would rather not.", "no JSON object"),
        ("abstain", "no JSON object"),
        ("null", "no JSON object"),
        ("[]", "no JSON object"),
        ("0.5", "no JSON object"),
        ('"{}"', "no JSON object with decision"),
        ("[1, 2]", "no JSON object"),
        ("{}", "no JSON object with decision"),
        ('{"a":' * 100_000, "nested too deeply"),
        (contribution(decision=None), "decision: "),
        (contribution(decision="intend"), "decision: "),
        (contribution(decision="abstain or contribute"), "decision: "),
        (contribution(decision=["abstain"]), "decision: "),
        (contribution(role=""), "role is empty"),
        (contribution(role=" \n\t"), "role is empty"),
        (contribution(role="\x1b[31m"), "role is empty"),
        (contribution(role=None), "role is empty"),
        (contribution(role=[7]), "role: "),
        (contribution(work=""), "work is empty"),
        (contribution(work="\n \n"), "work is empty"),
        (contribution(work="\x00\x1b]0;title\x07"), "work is empty"),
        (contribution(work={"text": "done"}), "work: "),
        (contribution(work=7), "work: "),
        (contribution(work=None), "work is empty"),
    ],
    ids=lambda v: v[:40] if isinstance(v, str) else None,
)
def test_a_broken_contribution_says_why(text, fault):
    assert fault in fault_in(text)


@pytest.mark.parametrize(
    ("text", "act", "fault"),
    [
        ('{"decision": "intend", "role": ""}', Act.INTEND, "role is empty"),
        ('{"decision": "intend"}', Act.INTEND, "role is empty"),
        ('{"decision": "contribute", "role": "r", "work": "w"}', Act.INTEND, "decision: "),
        ('{"decision": "intend", "role": "r"}', Act.PLAN, "decision: "),
        (plan(role=""), Act.PLAN, "assignments.0.role: "),
        (plan(role=" "), Act.PLAN, "assignments.0.role: "),
        (plan(agent="all"), Act.PLAN, "assignments.0.agent: "),
        (plan(agent=None), Act.PLAN, "assignments.0.agent: "),
        ('{"decision": "plan", "assignments": {"1": "r"}}', Act.PLAN, "assignments: "),
    ],
)
def test_a_broken_intention_or_plan(text, act, fault):
    assert fault in fault_in(text, act)


def test_lines_and_tabs_stay():
    reply = read(contribution(work="a\n\n\tb\r\nc"), Act.CONTRIBUTE)
    assert reply.work == "a\n\n\tb\nc"


@pytest.mark.parametrize("role", ["\x1b[31m", "\x00", "\u202e", "\x1b]0;title\x07 "])
def test_a_role_empty_once_cleaned(role):
    fault_in(plan(role=role), Act.PLAN)


def test_half_an_emoji_is_read():
    reply = read('{"decision": "abstain", "reason": "done \\ud83d"}', Act.CONTRIBUTE)
    assert reply == Abstention("done ?")


@pytest.mark.parametrize(("length", "role"), [(200, "r" * 200), (201, "r" * 199 + "…")])
def test_a_long_role_is_cut(length, role):
    assert read(contribution(role="r" * length), Act.CONTRIBUTE).role == role
