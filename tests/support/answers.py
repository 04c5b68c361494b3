"""Answers of models as they should be, and what is said of those that are not."""

from __future__ import annotations

import json

import pytest

from unscripted.agents.llm.parsing.json_objects import UnusableAnswer
from unscripted.agents.llm.parsing.replies import parse_reply
from unscripted.model.decision import Act, Reply
from unscripted.model.judge import CRITERIA

FULL = {
    "decision": "contribute",
    "role": "translator",
    "work": "The finished text.",
    "builds_on": [3, 1],
    "confidence": 0.5,
    "reason": "it is missing",
}
ABSTAINED = {**FULL, "decision": "abstain", "role": "", "work": "", "builds_on": []}
GRADED = {
    "checklist": [{"id": "a", "met": "partly"}],
    **{c: {"reason": "so", "grade": 3} for c in CRITERIA},
}


def contribution(**changes: object) -> str:
    return json.dumps({**FULL, **changes})


def plan(**changes: object) -> str:
    part = {"agent": 1, "role": "translator", "focus": [], "phase": 1, **changes}
    return json.dumps({"decision": "plan", "assignments": [part], "reason": ""})


def verdict(**changes: object) -> str:
    return json.dumps({**GRADED, **changes})


def fault_in(text: str, act: Act = Act.CONTRIBUTE) -> str:
    """What is said to be wrong with an answer."""
    with pytest.raises(UnusableAnswer) as caught:
        parse_reply(text, act)
    return str(caught.value)


def reply_or_fault(text: str, act: Act) -> tuple[Reply | None, str]:
    try:
        return parse_reply(text, act).value, ""
    except UnusableAnswer as fault:
        return None, str(fault)


def read(text: str, act: Act = Act.CONTRIBUTE) -> Reply:
    """The decision in an answer."""
    return parse_reply(text, act).value
