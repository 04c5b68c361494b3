"""Against the same minds, deafened: what interaction adds is found, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from support.histories import CHAIN, SUBJECTS, record, team

import unscripted as un
from unscripted.agents.deaf import Deaf, deafened
from unscripted.model.metrics.nulls.deafened import against_deafened
from unscripted.scenarios.harness.results.deafened import deafened_lines, deafened_table
from unscripted.testing import ArbitraryMind, Scripted, Witness

LONG = [replace(r, tick=k) for k, r in enumerate([*CHAIN, *CHAIN])]
FLAT = [record(t, *((s, ()) for s in SUBJECTS)) for t in range(len(CHAIN))]


def row(tests, measure):
    return next(t for t in tests if t.measure == measure)


def test_runs_like_their_null_show_nothing():
    for found in against_deafened(LONG, LONG):
        if found.p is None:
            continue
        assert (found.difference, found.p) == (pytest.approx(0.0, abs=1e-9), 1.0)
        assert found.ci95 == pytest.approx((0.0, 0.0), abs=1e-9)
    assert "nothing that could be told" in deafened_lines(against_deafened(LONG, LONG))[0]


def test_chains_need_hearing():
    found = row(against_deafened(CHAIN, FLAT), "hierarchy_depth")
    assert (found.value, found.null, found.difference) == (6.0, 1.0, 5.0)
    assert found.ci95 == (5.0, 5.0)
    assert found.p <= 2 / 2 ** len(CHAIN) + 0.02


def test_independent_choice_is_no_emergence():
    """Members that choose evenly among each task's own domains, hearing nobody: the old lottery
    told them from chance in every run, as tasks have other domains."""
    rng = np.random.default_rng(4)
    told = 0
    for seed in range(60):
        domains = [list(rng.choice(SUBJECTS, size=2, replace=False)) for _ in range(8)]
        one, two = (
            team(*[[f"{rng.choice(d)} lead" for _ in range(6)] for d in domains]) for _ in range(2)
        )
        told += row(against_deafened(one, two, seed=seed, draws=199), "role_diversity").p < 0.05
    assert told <= 8


def test_p_is_uniform_under_the_null():
    rng = np.random.default_rng(5)
    found = {"role_diversity": [], "specialization": []}
    for seed in range(150):
        one, two = (
            team(*[[f"{s} lead" for s in rng.choice(SUBJECTS, 6)] for _ in range(8)])
            for _ in range(2)
        )
        for test in against_deafened(one, two, seed=seed, draws=99):
            if test.measure in found:
                found[test.measure].append(test.p)
    for p in found.values():
        assert np.mean(np.array(p) < 0.05) < 0.12
        assert stats.kstest(p, "uniform", alternative="greater").pvalue > 0.001


def test_specialists_are_found():
    specialists = team(*[[f"{s} lead" for s in SUBJECTS] for _ in range(8)])
    crowded = team(*[[f"{SUBJECTS[t % 6]} lead"] * 6 for t in range(8)])
    found = row(against_deafened(specialists, crowded), "specialization")
    assert found.value == pytest.approx(np.log2(6))
    assert found.null == pytest.approx(0.0, abs=1e-9)
    assert found.p_holm < 0.05


def test_few_tasks_say_nothing():
    for found in against_deafened(CHAIN[:3], FLAT[:3]):
        assert (found.ci95, found.p, found.p_holm) == (None, None, None)
    assert deafened_lines(against_deafened(CHAIN[:3], FLAT[:3])) == []


def test_deaf_minds_hear_nobody():
    seen = []

    def note(observation):
        seen.append(observation)
        return un.Contribution("r", "w", tuple(m.author for m in observation.messages))

    plan = un.Plan((un.Assignment(1, "r"), un.Assignment(2, "r")))
    minds = [Deaf(Scripted([note], plans=[plan])) for _ in range(3)]
    for protocol in ("sequential", "coordinator:sees=work,order=phases", "stigmergic", "shared"):
        seen.clear()
        org = un.build(protocol=protocol, n_agents=3, model=minds, rng=0, judge="none")
        org.run(2)
        assert seen
        for o in seen:
            assert (len(o.messages), o.marks) == (0, ())
            assert {m.author for m in o.memory} <= {o.member}
            assert o.assignment is None or protocol == "fixed-roles"
        assert org.measures["failure_rate"] == 0


def test_given_roles_are_no_message():
    minds = [Deaf(Scripted([lambda o: un.Contribution(o.assignment.role, "w")]))] * 4
    org = un.build(protocol="fixed-roles", n_agents=4, model=minds, rng=0, judge="none")
    (record,) = org.run(1)
    assert all(role.endswith("specialist") for role in record.roles.values())
    assert len(record.roles) == 4


def test_silence_is_already_deaf():
    run = un.run(protocol="silent", agents=6, ticks=6, seed=2)
    assert {(t.difference, t.p) for t in run.deafened} == {(0.0, 1.0)}
    body = run.body()["deafened"]
    assert [r["measure"] for r in body] == [t.measure for t in run.deafened]
    assert all(len(line) == 6 for line in deafened_table(run.deafened))


def test_sequential_divides_by_hearing():
    run = un.run(agents=8, ticks=10, seed=1)
    found = row(run.deafened, "role_diversity")
    assert found.difference > 0.1
    assert found.p_holm < 0.05


@pytest.mark.parametrize("options", [{"shock": "remove@2"}, {"tune": "batch=1/2"}])
def test_changed_teams_have_no_null(options):
    protocol = "batched-sequential" if "tune" in options else "sequential"
    run = un.run(agents=4, ticks=5, protocol=protocol, **options)
    assert run.deafened == []
    assert run.body()["deafened"] == []


def test_observations_change_in_nothing_else():
    shown = Witness(ArbitraryMind())
    un.build(n_agents=3, model=[shown] * 3, rng=0, judge="none").run(1)
    for o in shown.shown:
        cut = deafened(o)
        assert (cut.seed, cut.brief, cut.member, cut.own, cut.skills) == (
            o.seed, o.brief, o.member, o.own, o.skills,
        )  # fmt: skip
