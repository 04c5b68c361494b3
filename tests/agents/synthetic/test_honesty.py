"""The honesty of synthetic minds, and the causes they claim for what they do."""

from __future__ import annotations

import ast
import dataclasses
import random
import statistics
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.agents.synthetic.faculties import Faculties, Profile
from unscripted.agents.synthetic.mind import Synthetic
from unscripted.agents.synthetic.news import read
from unscripted.agents.synthetic.parameters import Parameters
from unscripted.agents.synthetic.profiles import profiles
from unscripted.agents.synthetic.world import SyntheticWorld
from unscripted.model.observation import Observation
from unscripted.model.plugins.discovery import discover
from unscripted.model.tasks.stream import CycledTasks
from unscripted.scenarios.harness.specs.tasks import make_stream
from unscripted.testing import Witness, seeds

unit = st.floats(0, 1, allow_nan=False)
MIND = ("mind.py", "choosing.py", "working.py", "planning.py", "perception.py", "situation.py")
AGENTS = Path(un.__file__).parent / "agents" / "synthetic"


def mind(faculties=(0.85, 0.85, 0.9), parameters=()):
    profile = Profile("test", Faculties(*faculties), 1.0, 1.0)
    return Synthetic(profile, SyntheticWorld(), Parameters().changed(dict(parameters)))


def mean_quality(protocol, model, n=8, runs=6, ticks=8, **options):
    made = (
        un.build(protocol=protocol, n_agents=n, model=model, rng=seed, level="L3", **options)
        for seed in range(runs)
    )
    return statistics.fmean(
        q for org in made for _ in [org.run(ticks)] for q in org.datacollector.model_vars["quality"]
    )


def test_an_observation_names_no_protocol():
    assert {f.name for f in dataclasses.fields(Observation)} == {
        "act", "member", "tick", "seed", "charter", "brief", "messages", "own", "memory",
        "assignment", "roster", "marks", "skills", "private", "form",
    }  # fmt: skip


def test_no_line_names_a_protocol():
    names = {n.replace("-", "_") for n in discover("protocols")} - {"random"}
    for file in AGENTS.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        words = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        words |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        words |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)} & names
        words |= {part for name in Parameters().values() for part in name.split(".")}
        assert not words & names, file.name


def test_no_mind_holds_a_rubric():
    tree = ast.parse("".join((AGENTS / f).read_text(encoding="utf-8") for f in MIND))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
    assert not imported & {"Requirement", "Task", "Judge", "Rubric", "Organization", "Protocol"}


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(unit, unit, unit),
    st.sampled_from(sorted(discover("protocols"))),
    st.integers(1, 12),
    st.sampled_from(["L1", "L2", "L3", "L4"]),
    seeds(),
)
def test_any_faculties_give_graded_work(faculties, name, n, lv, seed):
    org = un.build(protocol=name, n_agents=n, model=mind(faculties), level=lv, rng=seed)
    org.run(2)
    assert org.measures["failure_rate"] == 0
    assert 0.25 <= org.measures["quality"] <= 1
    assert 0 <= org.measures["risk"] <= 1
    for record in org.records:
        assert not record.error
        assert all(t.dropped == 0 for m in record.members for t in m.turns)


def test_decisions_depend_on_observations_alone():
    inner = mind()
    witness = Witness(inner)
    un.build(n_agents=6, model=witness, rng=4).step()
    first = [inner.decide(o) for o in witness.shown]
    assert [inner.decide(o) for o in reversed(witness.shown)][::-1] == first


@pytest.mark.parametrize("name", ["reasoning", "self_reflection", "instruction_following"])
def test_a_faculty_out_of_range(name):
    with pytest.raises(ValueError, match=f"{name}=1.2 is outside"):
        Faculties(
            **{
                **dict.fromkeys(("reasoning", "self_reflection", "instruction_following"), 0.5),
                name: 1.2,
            }
        )


def test_strong_beats_medium_beats_weak():
    assert set(profiles()) >= {
        "claude-sonnet-4.6", "deepseek-v3.2", "glm-5", "gpt-4.1-mini", "strong", "medium", "weak",
    }  # fmt: skip
    means = [mean_quality("sequential", f"synthetic/{m}") for m in ("strong", "medium", "weak")]
    assert means == sorted(means, reverse=True)


def test_sequential_leads_by_sight():
    seen = mean_quality("sequential", mind())
    blind = mean_quality(
        "sequential", mind(), topology=lambda n, seed: __import__("networkx").empty_graph(n)
    )
    silent = mean_quality("silent", mind())
    assert seen - blind > 0.15
    assert blind == pytest.approx(silent)


def test_independent_work_gains_in_parallel():
    coupled = mean_quality("silent", mind())
    free = mean_quality("silent", mind(parameters={"coupling.dependence": 0.0}))
    assert free - coupled > 0.03


def test_poor_self_reflection_declines_less():
    def declined(reflection):
        org = un.build(n_agents=16, model=mind((0.9, reflection, 0.9)), rng=1, level="L3")
        org.run(20)
        return statistics.fmean(org.datacollector.model_vars["abstention_rate"])

    assert declined(0.95) > 2 * declined(0.1)


def test_self_direction_costs_the_weak():
    def freedom(faculties):
        return mean_quality("sequential", mind(faculties)) - mean_quality(
            "fixed-roles", mind(faculties)
        )

    assert freedom((0.85, 0.85, 0.9)) > 0 > freedom((0.3, 0.2, 0.3))


def test_the_papers_order_of_protocols():
    means = [
        mean_quality(p, "synthetic/strong", runs=10)
        for p in ("sequential", "coordinator", "broadcast", "shared")
    ]
    assert means == sorted(means, reverse=True)


@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
def test_minds_name_nobody_unseen(protocol):
    org = un.build(protocol=protocol, n_agents=12, topology="watts-strogatz", rng=2)
    for record in org.run(3):
        assert all(turn.dropped == 0 for m in record.members for turn in m.turns)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(discover("protocols"))), st.sampled_from(["L2", "L3", "L4"]), seeds())
def test_rubrics_order_changes_no_result(protocol, level, seed):
    def played(order):
        stream = make_stream("corpus", level, 0)
        tasks = [dataclasses.replace(t, rubric=tuple(order(t.rubric))) for t in stream.tasks]
        org = un.build(protocol=protocol, n_agents=6, tasks=CycledTasks(tasks, 0), rng=seed)
        return [(r.members, r.verdict) for r in org.run(2)]

    draw = random.Random(seed)
    assert played(lambda rubric: draw.sample(rubric, len(rubric))) == played(lambda rubric: rubric)


def test_news_travels_beyond_neighbours():
    ends = un.build(n_agents=12, model=mind(), topology="chain", level="L3", rng=0)
    (record,) = ends.run(1)
    heard = record.members[-1].turns[0]
    works = [record.log[i] for a, b in heard.seen for i in range(a, b)]
    assert {w.author for w in works} == {10}
    assert {n.author for w in works for n in read(w.content.work).best.values()} - {9, 10, 11}, (
        "of the far end"
    )
    far = mean_quality("sequential", mind(), n=12, topology="chain")
    assert far - mean_quality("silent", mind(), n=12) > 0.1


def test_readers_have_no_access_to_truth():
    """A reader that misjudges nothing declines otherwise: what it decides by is what it read."""

    def declined(error):
        org = un.build(
            n_agents=24, model=mind(parameters={"estimate.reading": error}), level="L3", rng=2
        )
        org.run(8)
        return statistics.fmean(org.datacollector.model_vars["abstention_rate"])

    assert declined(0.0) > 1.1 * declined(0.3)
