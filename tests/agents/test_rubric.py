"""The rubric judge: what its grades promise, whatever the work."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.agents.rubric import (
    REPETITION,
    SEVERITY,
    USABLE,
    Rubric,
    rubric,
    shares_of,
    violations,
)
from unscripted.model.decision import WorkItem
from unscripted.model.errors import UsageError
from unscripted.model.judge import CRITERIA, Submission, Verdict, Work
from unscripted.model.tasks.files import corpus
from unscripted.model.tasks.task import Brief, Requirement, Task

CHECK = settings(max_examples=100, deadline=None)
Pieces = list[tuple[str, float]]
PLAIN = Rubric(severity=1.0)
"""Grades in proportion to the shares."""


def works(*pieces: Pieces) -> tuple[Work, ...]:
    """One work for each list of pieces."""
    return tuple(Work("text", tuple(WorkItem(*piece) for piece in own)) for own in pieces)


def appraise(task: Task, pieces: Pieces, judge: Rubric | None = None, seed: int = 0) -> Verdict:
    return (judge or PLAIN).appraise(hand_in(task, works(pieces) if pieces else (), seed))


def hand_in(task: Task, done: tuple[Work, ...], seed: int = 0) -> Submission:
    return Submission(task, done, "the mission", seed)


def grades(verdict: Verdict) -> list[float | None]:
    return [getattr(verdict, name) for name in CRITERIA]


def perfect(task: Task) -> Pieces:
    return [(r.id, 1.0) for r in task.rubric]


def made_up(*requirements: Requirement) -> Task:
    return Task(Brief("t", "A task", "A text", "L4"), requirements)


def need(name: str, **fields: object) -> Requirement:
    return replace(Requirement(name, name, "law", 0.5), **fields)


QUALITY = st.one_of(st.sampled_from((0.0, USABLE, 1.0)), st.floats(0, 1))
TASKS = st.sampled_from(corpus())


@st.composite
def worked_on(draw: st.DrawFn) -> tuple[Task, Pieces]:
    """A task and at least one piece of work on it."""
    task = draw(TASKS)
    piece = st.tuples(st.sampled_from([r.id for r in task.rubric]), QUALITY)
    return task, draw(st.lists(piece, min_size=1, max_size=25))


@CHECK
@given(
    worked_on(), st.floats(0.01, 50), st.sampled_from((0.0, 0.3, 100.0)), st.integers(0, 2**64 - 1)
)
def test_grades_and_violations_in_range(case, severity, noise, seed):
    task, pieces = case
    verdict = appraise(task, pieces, Rubric(severity=severity, noise=noise), seed)
    assert all(1.0 <= g <= 4.0 for g in grades(verdict))
    assert (verdict.violations is None) == (not any(r.mandatory for r in task.rubric))
    assert verdict.violations is None or 0 <= verdict.violations <= 1


@pytest.mark.parametrize("severity", [0.5, *SEVERITY.values(), 4.0])
@pytest.mark.parametrize("task", corpus(), ids=lambda t: t.id)
def test_perfect_work_and_no_work(task, severity):
    judge = Rubric(severity=severity)
    best, none = appraise(task, perfect(task), judge), appraise(task, [], judge)
    assert grades(best) == [4.0] * 5
    assert grades(none) == [1.0] * 5
    mandatory = any(r.mandatory for r in task.rubric)
    assert (best.violations, none.violations) == ((0.0, 1.0) if mandatory else (None, None))


def test_worthless_work_gets_ones():
    task = corpus()[0]
    verdict = appraise(task, [(r.id, 0.0) for r in task.rubric])
    assert replace(verdict, coherence=1.0, violations=None) == Verdict(*[1.0] * 5)


@CHECK
@given(TASKS, st.integers(1, 4))
def test_work_without_items_is_ungraded(task, n):
    verdict = Rubric(noise=0.5).appraise(hand_in(task, works(*[[]] * n), 1))
    assert grades(verdict) == [None] * 5
    assert verdict.violations is None
    assert "can read" in verdict.reason


def test_readable_items_are_graded():
    task = corpus()[0]
    mixed = PLAIN.appraise(hand_in(task, works([], perfect(task), [])))
    assert mixed == appraise(task, perfect(task))


@CHECK
@given(worked_on(), st.randoms(use_true_random=False))
def test_order_and_authors_change_nothing(case, random):
    task, pieces = case
    shuffled = random.sample(pieces, len(pieces))
    cut = random.randint(0, len(pieces))
    split = PLAIN.appraise(hand_in(task, works(shuffled[:cut], shuffled[cut:])))
    assert grades(split) == pytest.approx(grades(appraise(task, pieces)), abs=2e-6)
    assert split.violations == appraise(task, pieces).violations


@CHECK
@given(worked_on(), st.data())
def test_more_quality_never_lowers_a_grade(case, data):
    task, pieces = case
    i = data.draw(st.integers(0, len(pieces) - 1))
    name, quality = pieces[i]
    better = [*pieces[:i], (name, data.draw(st.floats(quality, 1.0))), *pieces[i + 1 :]]
    before, after = appraise(task, pieces), appraise(task, better)
    for low, high in zip(grades(before), grades(after), strict=True):
        assert high >= low
    if before.violations is not None:
        assert after.violations <= before.violations


@CHECK
@given(worked_on())
def test_better_work_raises_grades(case):
    task, pieces = case
    better = [(name, min(1.0, quality + 0.2)) for name, quality in pieces]
    before, after = appraise(task, pieces), appraise(task, better)
    if pieces != better:
        assert after.accuracy > before.accuracy
    best = {name: max(q for n, q in pieces if n == name) for name, _ in pieces}
    if min(best.values()) < USABLE - 1e-3:
        assert after.completeness > before.completeness


@CHECK
@given(worked_on(), st.data())
def test_a_duplicate_lowers_only_coherence(case, data):
    task, pieces = case
    again = [*pieces, data.draw(st.sampled_from(pieces))]
    before, after = appraise(task, pieces), appraise(task, again)
    assert after.coherence < before.coherence
    for name in ("completeness", "actionability", "mission_relevance", "violations"):
        assert getattr(after, name) == getattr(before, name)


@CHECK
@given(worked_on(), st.floats(1.0, 20.0), st.floats(1.0, 20.0))
def test_more_severity_never_raises_a_grade(case, one, other):
    task, pieces = case
    rising = [1.0, *sorted((one, other))]
    graded = [grades(appraise(task, pieces, Rubric(severity=s))) for s in rising]
    for falling in zip(*graded, strict=True):
        assert list(falling) == sorted(falling, reverse=True)
    assert graded[0] == grades(appraise(task, pieces, Rubric(severity=rising[0])))


@pytest.mark.parametrize("severity", [0.5, 1.0, 1.25, 2.0])
def test_severity_is_a_power(severity):
    task = made_up(need("a"), need("b"))
    verdict = appraise(task, [("a", 0.36), ("b", 0.36)], Rubric(severity=severity))
    assert verdict.accuracy == pytest.approx(1 + 3 * 0.36**severity, abs=1e-6)


def test_the_weaker_side_settles_a_conflict():
    one_sided = made_up(need("a", conflicts_with=("b",)), need("b"), need("c"))
    both_sided = made_up(
        need("a", conflicts_with=("b",)), need("b", conflicts_with=("a",)), need("c")
    )
    for task in (one_sided, both_sided):
        assert appraise(task, [("a", 1.0), ("b", 1.0)]).coherence == 4.0
        assert appraise(task, [("a", 1.0), ("b", 0.5)]).coherence == 3.25
        assert appraise(task, [("a", 1.0), ("c", 1.0)]).coherence == 2.5
        assert appraise(task, [("b", 1.0), ("c", 1.0)]).coherence == 2.5
        assert appraise(task, [("c", 1.0)]).coherence == 2.5  # passed over is not settled


def test_repetition_costs_less_and_less():
    task = made_up(need("a"), need("b"))
    judge = Rubric(severity=1.0, repetition=0.4)
    found = [appraise(task, [("a", 1.0), ("b", 1.0)] * k, judge).coherence for k in (1, 2, 4, 1000)]
    lost = [a - b for a, b in pairwise(found)]
    assert found[0] == 4.0
    assert lost[0] > lost[1] > 0
    assert found[-1] == pytest.approx(4.0 - 3 * 0.4, abs=0.01)
    with pytest.raises(UsageError, match=r"repetition=1\.5 is outside"):
        Rubric(repetition=1.5)


def test_five_shares_by_hand():
    task = made_up(need("a", mandatory=True), need("b"), need("c", mandatory=True), need("d"))
    pieces = [("a", 0.8), ("a", 0.4), ("b", 0.25), ("c", USABLE)]
    shares = shares_of(task.rubric, pieces)
    assert shares.accuracy == pytest.approx((0.8 + 0.4 + 0.25 + 0.5) / 4)
    assert shares.completeness == pytest.approx((1 + 0.5 + 1 + 0) / 4)
    assert shares.coherence == pytest.approx(1 - REPETITION / 4)
    assert shares.actionability == pytest.approx(2 / 4)
    assert shares.mission_relevance == pytest.approx((2 * 0.8 + 0.25 + 2 * 0.5) / 6)
    assert violations(task.rubric, pieces) == 0.0
    assert violations(task.rubric, [("a", 0.8), ("c", 0.49)]) == 0.5
    assert violations(task.rubric, []) == 1.0
    assert violations((need("b"),), pieces) is None


@CHECK
@given(worked_on(), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_without_noise_the_seed_changes_nothing(case, one, other):
    task, pieces = case
    assert PLAIN.noise == Rubric().noise == 0.0
    assert appraise(task, pieces, seed=one) == appraise(task, pieces, seed=other)


@CHECK
@given(worked_on(), st.integers(0, 2**64 - 1))
def test_noise_depends_on_the_seed(case, seed):
    task, pieces = case
    used, fresh = Rubric(noise=0.4), Rubric(noise=0.4)
    for before in range(3):
        appraise(task, pieces, used, before)
    assert appraise(task, pieces, used, seed) == appraise(task, pieces, fresh, seed)


def test_noise_has_its_deviation():
    task = made_up(need("a", mandatory=True), need("b"))
    pieces = [("a", USABLE), ("b", 0.5)]
    judge = Rubric(severity=1.0, noise=0.1)
    drawn = [appraise(task, pieces, judge, seed) for seed in range(2000)]
    centre = appraise(task, pieces).accuracy
    off = [v.accuracy - centre for v in drawn]
    assert math.fsum(off) / len(off) == pytest.approx(0.0, abs=0.01)
    assert math.sqrt(math.fsum(x * x for x in off) / len(off)) == pytest.approx(0.1, rel=0.06)
    assert {v.violations for v in drawn} == {0.0}
    assert len({v.accuracy - v.mission_relevance for v in drawn}) > 1900  # each its own draw


@pytest.mark.parametrize("severity", [0, 0.0, -1.0, math.nan])
def test_a_severity_of_zero_is_refused(severity):
    with pytest.raises(UsageError, match=f"severity={severity} must be above 0"):
        Rubric(severity=severity)


@pytest.mark.parametrize("noise", [-0.1, math.nan])
def test_a_noise_below_zero_is_refused(noise):
    with pytest.raises(UsageError, match=f"noise={noise} must be 0 or more"):
        Rubric(noise=noise)


def test_the_papers_severities():
    assert all(Rubric(severity=s).severity == s for s in SEVERITY.values())
    assert Rubric().severity == SEVERITY["gpt-5.4"]


def test_constants_are_the_calibrated():
    path = Path(un.__file__).parent / "agents" / "synthetic" / "calibrated.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))["values"]
    assert {name: values[name] for name in SEVERITY} == SEVERITY
    assert REPETITION == Rubric().repetition == 0.5, "set, not calibrated"
    assert USABLE == 0.5


@pytest.mark.parametrize(
    ("options", "severity", "noise", "name"),
    [
        ("", "gpt-5.4", 0.0, "rubric"),
        ("gpt-4o", "gpt-4o", 0.0, "rubric:gpt-4o"),
        ("gpt-4o,noise=0.2", "gpt-4o", 0.2, "rubric:gpt-4o,noise=0.2"),
        ("noise=0", "gpt-5.4", 0.0, "rubric:noise=0"),
    ],
)
def test_a_judge_by_name(options, severity, noise, name):
    made = rubric(options)
    assert (made.severity, made.noise, made.name) == (SEVERITY[severity], noise, name)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("noise=x", "judge=rubric: noise='x' is not a number"),
        ("noise", "option 'noise' is not known; options: gpt-4o, gpt-5.4, noise="),
        ("gpt-6", "option 'gpt-6' is not known"),
        ("noise=-1", "noise=-1.0 must be 0 or more"),
        ("noise=inf", "noise=inf must be 0 or more"),
    ],
)
def test_a_wrong_name_says_why(options, said):
    with pytest.raises(UsageError) as error:
        rubric(options)
    assert said in str(error.value)


def test_grades_are_rounded():
    task = made_up(need("a"))
    assert appraise(task, [("a", 1 / 3)]).accuracy == 2.0
    assert appraise(task, [("a", 0.123456789)]).accuracy == 1.37037


@pytest.mark.parametrize("repetition", [0, 1])
def test_repetition_may_cost_all_or_nothing(repetition):
    assert Rubric(repetition=repetition).repetition == repetition
