"""Fields of answers: verdicts, faults, and numbers that are none."""

from __future__ import annotations

import pytest
from support.answers import contribution, fault_in, plan, verdict

from unscripted.agents.llm.parsing.answers import ContributeAnswer, PlanAnswer, VerdictAnswer, parse
from unscripted.agents.llm.parsing.json_objects import UnusableAnswer
from unscripted.model.judge import CRITERIA


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize(
    "grade", [None, {}, {"reason": "good"}, 3, *[{"grade": g} for g in (0, 5, -1, 2.5, None, "B")]]
)
def test_a_verdict_without_a_grade(criterion, grade):
    with pytest.raises(UnusableAnswer, match=criterion):
        parse(verdict(**{criterion: grade}), VerdictAnswer)
    assert parse(verdict(), VerdictAnswer).grades() == dict.fromkeys(CRITERIA, 3)


@pytest.mark.parametrize(
    "checklist", [None, {}, "a: yes", [{"id": "a"}], [{"id": "a", "met": "mostly"}], ["a"]]
)
def test_a_verdict_without_a_checklist(checklist):
    with pytest.raises(UnusableAnswer, match="checklist"):
        parse(verdict(checklist=checklist), VerdictAnswer)


def test_three_faults_and_a_count():
    fault = fault_in('{"decision": 1, "role": 2, "work": 3, "builds_on": 4, "confidence": "?"}')
    assert fault.count(": ") == 3
    assert fault.endswith("(and 2 more)")
    assert "\n" not in fault


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (contribution(confidence=True), ContributeAnswer),
        (contribution(builds_on=[True]), ContributeAnswer),
        (plan(agent=True), PlanAnswer),
        (plan(phase=True), PlanAnswer),
        (verdict(accuracy={"reason": "", "grade": True}), VerdictAnswer),
    ],
    ids=["confidence", "builds_on", "agent", "phase", "grade"],
)
def test_true_is_no_number(text, kind):
    with pytest.raises(UnusableAnswer):
        parse(text, kind)
