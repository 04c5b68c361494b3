"""Fields of answers: verdicts, faults, and numbers that are none."""

from __future__ import annotations

import json

import pytest
from support.answers import fault_in, plan, verdict

from unscripted.agents.llm.parsing.answers import PlanAnswer, VerdictAnswer, parse
from unscripted.agents.llm.parsing.json_objects import UnusableAnswer
from unscripted.model.decision import Act
from unscripted.model.judge import CRITERIA


def grades_in(text):
    return parse(text, VerdictAnswer, lambda answer: answer)


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize(
    "grade", [None, {}, {"reason": "good"}, True, "B", 5, [3],
              *[{"grade": g} for g in (0, 5, -1, 2.5, None, "B", True, "5/5", "3/10", "13", "2-3",
                                       "3,5", "1-4", "3 - 4", "4-point scale: 2", "3 or 4")]],
    ids=str,
)  # fmt: skip
def test_a_verdict_without_a_grade(criterion, grade):
    with pytest.raises(UnusableAnswer, match=criterion):
        grades_in(verdict(**{criterion: grade}))


@pytest.mark.parametrize(
    ("grade", "mended"),
    [
        ({"reason": "so", "grade": 2}, 0), ({"reason": None, "grade": 2}, 1), (2, 1), ("2", 2),
        ({"grade": "2/4"}, 1), ({"grade": 2.0}, 1), ({"grade": "two"}, 1), ({"Grade": 2}, 1),
        ({"grade": "2 (weak)"}, 1), ({"score": 2}, 1), ({"grade": "2 out of 4"}, 1),
    ],
    ids=str,
)  # fmt: skip
def test_a_grade_in_other_words(grade, mended):
    found = grades_in(verdict(accuracy=grade))
    assert (found.value.accuracy.grade, found.mended) == (2, mended)


@pytest.mark.parametrize(
    ("checklist", "read", "mended"),
    [
        ([{"id": "a", "met": "partly"}], {"a": "partly"}, 0),
        ([{"id": "a", "met": "Yes"}], {"a": "yes"}, 1),
        ([{"ID": "a", "Met": True}], {"a": "yes"}, 1),
        ({"a": "no"}, {"a": "no"}, 1),
        ({"a": {"met": "partially"}}, {"a": "partly"}, 1),
        ([{"id": 7, "met": False}, {"id": "b", "met": "who knows"}], {"7": "no"}, 1),
        (None, {}, 1), ("a: yes", {}, 1), ([{"id": "a"}], {}, 1), (["a"], {}, 1),
    ],
    ids=str,
)  # fmt: skip
def test_a_checklist_in_other_words(checklist, read, mended):
    found = grades_in(verdict(checklist=checklist))
    assert ({c.id: c.met for c in found.value.checklist}, found.mended) == (read, mended)
    assert found.value.grades() == dict.fromkeys(CRITERIA, 3)


def test_grades_below_a_heading():
    whole = json.loads(verdict())
    checklist = whole.pop("checklist")
    found = grades_in(json.dumps({"Grades": whole, "checklist": checklist}))
    assert (found.value.checklist[0].id, found.mended) == ("a", 1)


def test_three_faults_and_a_count():
    fault = fault_in('{"decision": 1, "role": 2, "work": 3, "builds_on": 4, "confidence": "?"}')
    assert fault.count(": ") == 3
    parts = [{"agent": "all"}, {"agent": "all"}]
    fault = fault_in(json.dumps({"decision": "plan", "assignments": parts}), Act.PLAN)
    assert fault.endswith("(and 1 more)")
    assert "\n" not in fault


@pytest.mark.parametrize("text", [plan(agent=True), plan(agent="1.5")])
def test_what_is_required_is_a_number(text):
    with pytest.raises(UnusableAnswer):
        parse(text, PlanAnswer, lambda answer: answer)
