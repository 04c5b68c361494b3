"""Runs behind a race: what they count, who is left out and why, and which tasks tell nothing."""

from __future__ import annotations

import pytest

from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.advice.course import Course, most_calls
from unscripted.scenarios.harness.advice.gains import gains
from unscripted.scenarios.harness.advice.remarks import (
    failing_lines,
    tasks_lines,
    telling_nothing,
)
from unscripted.scenarios.harness.advice.words import Voice
from unscripted.scenarios.harness.api.entry import advice_config
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.runs.keys import run_key

SEQUENTIAL, SILENT, SOLO = range(3)


def course_of(**options):
    asked = {"protocol": ["sequential", "silent"], "agents": 3, "ticks": 1, "replicates": 9}
    return Course(advice_config({**asked, **options}))


def result(run, outcome, usd=0.5, task="t", **row):
    made = {
        **run.team.labels, "outcome": "score", "score": outcome, "ticks": 1, "calls": 3,
        "cost_usd": usd, "tokens": 100, "seed": run.tasks.seed, **row,
    }  # fmt: skip
    tick = {"task_id": task, "score": outcome, "score_floor": 0.0, "score_ceiling": 1.0}
    return RunResult(row=made, ticks=[tick])


def play(course, outcomes, due=None, task="t", **row):
    """One seed: outcomes by arm; an exception is what broke it."""
    due = list(outcomes) if due is None else due
    results = {}
    for arm, worth in outcomes.items():
        for run in course.runs(arm):
            broke = isinstance(worth, Exception)
            results[run_key(run)] = (
                RunResult(error=str(worth)) if broke else result(run, worth, task=task, **row)
            )
    return course.take(due, results)


def test_levels_are_averaged():
    course = course_of(level=["L1", "L2"])
    runs = course.runs(SOLO)
    assert [run.tasks.level for run in runs] == ["L1", "L2"]
    worth = dict(zip(map(run_key, runs), (0.25, 0.75), strict=True))
    found = {run_key(run): result(run, worth[run_key(run)]) for run in runs}
    assert course.take([SOLO], found)
    assert course.race.outcomes[SOLO].tolist() == [0.5]


def test_ungraded_arms_are_named():
    course = course_of()
    for _ in range(2):
        assert play(course, {SEQUENTIAL: 0.5, SILENT: None, SOLO: 0.4})
    (left,) = course.left_out
    assert left.arm["protocol"] == "silent"
    assert left.reason == "nothing graded its work on 2 seeds"
    assert SILENT not in course.race.due()


def test_what_was_stopped_is_not_ungraded():
    course = course_of()
    play(course, {SEQUENTIAL: 0.5, SILENT: None, SOLO: 0.4})
    assert not play(course, {SEQUENTIAL: 0.5}, due=[SEQUENTIAL, SILENT, SOLO])
    assert course.left_out == []


def test_broken_arms_play_no_more():
    course = course_of()
    assert play(course, {SEQUENTIAL: ValueError("boom"), SILENT: 0.5, SOLO: 0.4})
    assert course.left_out[0].reason == "boom"
    assert course.race.due() == [SILENT, SOLO]


def test_failing_for_nothing_has_a_price():
    course = course_of(per_dollar=True)
    play(course, {SEQUENTIAL: 0.0}, usd=0.0)
    assert course.race.costs[SEQUENTIAL].tolist() == [0.0]
    with pytest.raises(UsageError, match="nobody knows what synthetic/strong costs"):
        play(course, {SEQUENTIAL: 0.0}, usd=None)


def test_calls_and_dollars_add_up():
    course = course_of()
    play(course, {SEQUENTIAL: 0.5, SOLO: 0.5}, judge_cost_usd=0.25)
    assert course.calls == 6
    assert course.cost_usd == 1.5
    play(course, {SOLO: 0.5}, usd=None)
    assert course.cost_usd is None


@pytest.mark.parametrize(
    ("solo", "team", "words"),
    [
        (0.0, 0.0, "so is every team: these can't tell arms apart, use easier ones (t)"),
        (0.0, 0.9, "solo is at the floor on 1 of 1 tasks (100 %), where a team can only be better"),
        (1.0, 0.9, "where no team can be better (t)"),
        (1.0, 1.0, "so is every team: these can't tell arms apart, use harder ones (t)"),
    ],
)
def test_tasks_that_tell_nothing(solo, team, words):
    course = course_of()
    play(course, {SEQUENTIAL: team, SILENT: team, SOLO: solo})
    found = telling_nothing(course)
    assert found == {"t": "ceiling" if solo else "floor"}
    (line,) = tasks_lines(course, found)
    assert line.endswith(words)


def test_tasks_in_between_are_not_named():
    course = course_of()
    play(course, {SEQUENTIAL: 0.0, SILENT: 0.0, SOLO: 0.5})
    assert tasks_lines(course, telling_nothing(course)) == []


def test_tasks_are_judged_on_all_seeds():
    course = course_of()
    play(course, {SOLO: 0.0})
    play(course, {SOLO: 1.0})
    assert telling_nothing(course) == {}


def test_failing_arms_are_named():
    arm = {"protocol": "shared", "agents": 3, "topology": "complete", "model": "m"}
    voice = Voice(models=False)
    told = failing_lines(
        [
            {**arm, "failure_rate": 0.5, "delivered": 1.0},
            {**arm, "protocol": "silent", "failure_rate": 0.0, "delivered": 0.25},
            {**arm, "failure_rate": None, "delivered": None},
            {**arm, "failure_rate": 0.1, "delivered": 0.9},
        ],
        voice,
    )
    assert told == [
        "decisions that failed: shared with 3 agents (50 %)",
        "tasks without any work: silent with 3 agents (75 %)",
    ]


def test_free_runs_cost_their_tokens():
    course = course_of()
    play(course, {SEQUENTIAL: 0.5}, usd=0.0, tokens=100)
    play(course, {SEQUENTIAL: 0.5}, usd=None, tokens=300)
    first, second = course.race.costs[SEQUENTIAL]
    assert 0 < first < second < 1e-3


def test_every_seed_is_another():
    course = course_of(seed=7)
    seeds = []
    for _ in range(3):
        seeds += [run.tasks.seed for run in course.runs(SOLO)]
        play(course, {SOLO: 0.5})
    assert seeds == [7, 8, 9]


@pytest.mark.parametrize(
    ("tasks", "model", "calls"),
    [
        ("corpus", "synthetic/strong", 3),
        ("hidden-profile", "synthetic/strong", 6),
        ("hidden-profile", "openai/gpt-4.1-mini", 12),
    ],
)
def test_most_calls_count_closing_rounds(tasks, model, calls):
    course = course_of(tasks=tasks, model=model, ticks=2, judge=None)
    (run,) = course.runs(SEQUENTIAL)
    assert most_calls(run) == 2 * calls


def test_scores_are_coarse():
    assert course_of(tasks="hidden-profile").race.rule.coarse
    assert not course_of().race.rule.coarse


def test_solo_has_the_largest_turns():
    course = course_of(agents=[2, 5], budget=3.0)
    solo = course.config.arms[-1]
    assert (solo.team.protocol, solo.team.agents) == ("solo", 5)
    assert {run.calls.budget_usd for run in course.config.arms} == {None}


def test_gains_compare_the_right_arms():
    course = course_of(protocol=["sequential", "fixed-roles"], agents=[2, 4])
    names = [(run.team.protocol, run.team.agents) for run in course.config.arms]
    worth = dict(zip(names, (0.8, 0.6, 0.5, 0.4, 0.3), strict=True))
    for _ in range(3):
        play(course, dict(enumerate(worth.values())))
    freedom, team = gains(course, 0, Voice(models=False))
    assert (freedom.arm["agents"], freedom.against["agents"]) == (4, 4)
    assert (freedom.arm["protocol"], freedom.against["protocol"]) == ("sequential", "fixed-roles")
    assert freedom.difference == pytest.approx(
        worth["sequential", 4] - worth["fixed-roles", 4], abs=0.05
    )
    assert (team.arm["protocol"], team.arm["agents"]) == max(worth, key=worth.__getitem__)
    assert team.against["protocol"] == "solo"
    assert (freedom.answer, team.answer, team.alone) == ("yes", "yes", False)
    assert gains(course, names.index(("solo", 4)), Voice())[-1].alone
