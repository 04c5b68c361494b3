"""Tasks as the world shows them, and parameters, profiles and draws by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.situations import BRIEF, TASK, VIEW

import unscripted as un
from unscripted.agents.synthetic.draws import draw
from unscripted.agents.synthetic.faculties import Profile
from unscripted.agents.synthetic.parameters import Parameters, within_unit
from unscripted.agents.synthetic.profiles import profile, profiles, synthetic
from unscripted.agents.synthetic.world import SyntheticWorld, view_of
from unscripted.model.errors import UnknownNameError, UsageError
from unscripted.model.tasks.task import Requirement, Task


def test_a_view_of_a_rubric():
    assert VIEW.index == {"a": 0, "b": 1, "c": 2, "d": 3, "e": 4}
    assert VIEW.domains == ("law", "tax")
    assert [r.salience for r in VIEW.requirements] == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert [r.needs for r in VIEW.requirements] == [(), (0,), (), (1, 2), ()]
    assert [r.conflicts for r in VIEW.requirements] == [(2,), (), (0,), (), ()]
    assert [r.hidden for r in VIEW.requirements] == [False, False, True, False, False]
    assert [(r.id, r.domain, r.difficulty) for r in VIEW.requirements[2:4]] == [
        ("c", "tax", 0.6), ("d", "tax", 0.8),
    ]  # fmt: skip
    assert [VIEW.depth(i, range(5)) for i in range(5)] == [1, 2, 1, 3, 1]
    assert [VIEW.depth(3, {3}), VIEW.depth(3, {2, 3}), VIEW.depth(3, {0, 3})] == [1, 2, 1]


@given(st.permutations(TASK.rubric))
def test_rubrics_order_tells_nothing(rubric):
    assert view_of(replace(TASK, rubric=tuple(rubric))) == VIEW


def test_salience_differs_by_task():
    briefs = (replace(BRIEF, task_id=f"t{i}") for i in range(40))
    first = {view_of(replace(TASK, brief=brief)).requirements[0].id for brief in briefs}
    assert first == {r.id for r in TASK.rubric}


def test_a_single_requirement_is_salient():
    (only,) = view_of(Task(BRIEF, (Requirement("a", "A", "law", 0.2),))).requirements
    assert only.salience == 1.0


def test_the_last_64_tasks_are_kept():
    world = SyntheticWorld()
    tasks = [replace(TASK, brief=replace(BRIEF, task_id=f"t{i}")) for i in range(65)]
    for task in tasks[:64]:
        world.open(task)
    first = world.view("t0")
    world.open(tasks[0])
    assert world.view("t0") is first, "an open task is not laid out again"
    world.open(tasks[64])
    assert world.view("t0") is first, "it was opened since"
    with pytest.raises(LookupError, match="task t1 was never opened in this world"):
        world.view("t1")
    assert world.view("t2")


def test_another_task_of_an_id_counts():
    world = SyntheticWorld()
    world.open(TASK)
    world.open(replace(TASK, rubric=TASK.rubric[:1]))
    assert len(world.view(BRIEF.task_id).requirements) == 1


def test_parameters_are_the_calibrated():
    path = Path(un.__file__).parent / "agents" / "synthetic" / "calibrated.yaml"
    held = yaml.safe_load(path.read_text(encoding="utf-8"))["values"]
    fitted = {f"{g}.{p}": x for g, v in held.items() if isinstance(v, dict) for p, x in v.items()}
    shipped = Parameters().values()
    assert {name: shipped[name] for name in fitted} == fitted


def test_parameters_change_by_name():
    plain = Parameters()
    changed = plain.changed({"choice.salience": 0.5, "choice.capacity": 3, "work.noise": 0.0})
    assert (changed.choice.salience, changed.choice.capacity, changed.work.noise) == (0.5, 3, 0.0)
    assert {k: v for k, v in changed.values().items() if v != plain.values()[k]} == {
        "choice.salience": 0.5, "choice.capacity": 3, "work.noise": 0.0,
    }  # fmt: skip
    assert plain.changed({}) == plain
    with pytest.raises(UnknownNameError, match=r"parameter.*choice\.sailence.*choice\.salience"):
        plain.changed({"choice.sailence": 1.0})


@pytest.mark.parametrize(
    ("x", "quality"), [(-0.1, 0.0), (1.1, 1.0), (0.12345649, 0.123456), (0.12345651, 0.123457)]
)
def test_qualities_are_rounded(x, quality):
    assert within_unit(x) == quality


def test_profiles_are_those_of_the_file():
    strong = profile("strong")
    assert profiles()["strong"] is strong
    assert (strong.usd_in, strong.usd_out, strong.verbosity) == (3.0, 15.0, 1.0)
    assert Profile("x", strong.faculties, 0, 0).verbosity == 1.0
    assert profile("weak").verbosity == 1.2
    with pytest.raises(UnknownNameError, match=r"synthetic/strog.*synthetic/strong"):
        profile("strog")
    assert synthetic("weak").name == "synthetic/weak"


def test_custom_faculties():
    medium, found = profile("medium"), profile("custom?reasoning=0.1&self_reflection=0.2")
    assert found.faculties == replace(medium.faculties, reasoning=0.1, self_reflection=0.2)
    assert (found.name, found.usd_in) == ("custom?reasoning=0.1&self_reflection=0.2", 0.5)
    assert profile("custom").faculties == medium.faculties
    with pytest.raises(UnknownNameError, match="faculty"):
        profile("custom?wisdom=1")
    with pytest.raises(UsageError, match="reasoning='x' is not a number of 0 to 1"):
        profile("custom?reasoning=x")
    with pytest.raises(UsageError, match=r"reasoning=1\.5 is outside 0 to 1"):
        profile("custom?reasoning=1.5")


def test_draws_come_from_the_seed():
    drawn, rng = draw(5, 3), np.random.default_rng(5)
    normal, uniform, rest = rng.standard_normal((3, 3)), rng.random((3, 3)), rng.random(3)
    assert (drawn.choice, drawn.estimate, drawn.work) == tuple(n.tolist() for n in normal)
    assert (drawn.notice, drawn.uptake, drawn.slip) == tuple(u.tolist() for u in uniform)
    assert (drawn.swing, drawn.title, drawn.yielding) == tuple(rest.tolist())
    assert drawn.relay == rng.random(3).tolist()
    assert drawn.errors(4) == rng.standard_normal(4).tolist()
    assert draw(5, 0).notice == []
