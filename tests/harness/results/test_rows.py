"""Rows of runs, ticks, members and rulings from records."""

from __future__ import annotations

from dataclasses import replace

import pytest

import unscripted as un
from unscripted.agents.scripted import Scripted
from unscripted.model.metrics.catalogue import of_runs, of_ticks
from unscripted.model.metrics.measure import Measure, OfTick
from unscripted.model.ruling import STAYS, WON, Amendment, Ruling
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.results.chronicle import chronicle, shock_ticks
from unscripted.scenarios.harness.results.rows import (
    agent_rows,
    mean,
    ruling_rows,
    run_row,
    tick_rows,
)
from unscripted.scenarios.harness.results.run_result import RunResult


def story(**more):
    lead = un.Answer(un.Contribution("lead", "w", (), 0.5), un.Usage(2, 30, 4, 0.5, 1.5))
    minds = [
        Scripted([lead]),
        Scripted([un.Contribution("critic", "w", (0,), 0.25)]),
        Scripted([un.Abstention("nothing to add")]),
    ]
    return un.build(protocol="sequential", n_agents=3, model=minds, judge="none", rng=0, **more)


@pytest.fixture(scope="module")
def records():
    return story().run(2)


def test_means_skip_what_is_missing():
    assert mean([1.0, None, 3.0]) == 2.0
    assert mean([None]) is mean([]) is None


def test_a_row_per_tick(records):
    first, second = tick_rows(records)
    assert list(first) == ["tick", "task_id", "level", "protocol_played", "shocks", "rulings",
                           *of_ticks()]  # fmt: skip
    assert (first["tick"], second["tick"]) == (0, 1)
    assert (first["level"], first["protocol_played"]) == ("L3", "sequential")
    assert (first["task_id"], first["shocks"]) == (records[0].task_id, "")
    assert (first["quality"], first["hierarchy_depth"], first["unique_roles"]) == (None, 2, 2)
    assert (first["role_stability"], second["role_stability"]) == (None, 1.0)
    assert first["abstention_rate"] == pytest.approx(1 / 3)


def test_a_row_per_run(records):
    config = RunConfig.of(protocol="sequential", agents=3, ticks=2, seed=7)
    row = run_row(config, records, 4)
    assert list(row)[:8] == [
        "protocol", "topology", "model", "agents", "level", "seed", "replicate", "ticks"
    ]  # fmt: skip
    assert [row[k] for k in ("agents", "level", "seed", "replicate", "ticks")] == [3, "L3", 7, 4, 2]
    assert set(of_runs()) <= row.keys()
    assert (row["quality"], row["unique_roles"], row["role_stability"]) == (None, 2, 1.0)
    mixed = [records[0], replace(records[1], level="L1")]
    assert run_row(config, mixed)["level"] == "mixed"
    assert run_row(config, mixed, level="L2")["level"] == "L2"


def test_own_measures_are_columns(records):
    own = {"seats": Measure("seats", OfTick(lambda r: r.tick + len(r.members)), "seats")}
    assert [r["seats"] for r in tick_rows(records, own)] == [3, 4]
    assert run_row(RunConfig.of(), records, own=own)["seats"] == 3.5


def test_a_row_per_member(records):
    rows = agent_rows(records)
    assert len(rows) == 6
    by_role = {r["role"]: r for r in rows[:3]}
    critic, silent = by_role["critic"], by_role[None]
    assert (critic["tick"], critic["state"], critic["builds_on"]) == (0, "contributed", "0")
    assert (critic["saw"], critic["confidence"], critic["note"]) == (1, 0.25, "")
    assert (silent["state"], silent["builds_on"], silent["confidence"]) == ("abstained", "", None)
    assert silent["note"] == "nothing to add"
    assert [r["member"] for r in rows] == [0, 1, 2] * 2
    spent = ("calls", "tokens_in", "tokens_out", "cost_usd", "latency_s")
    assert [by_role["lead"][k] for k in spent] == [2, 30, 4, 0.5, 1.5]


def test_rulings_are_rows_and_words():
    org = story(constitution=un.Constitution())
    org.propose(Amendment("standards", "Name a source.", "it helps"))
    org.propose(Amendment("nonsense", "x"))
    records = org.run(1)
    first, second = ruling_rows(records)
    assert {k: v for k, v in first.items() if k != "reason"} == {
        "tick": 0, "article": "standards", "text": "Name a source.",
        "granted": records[0].rulings[0].granted, "ring": 2, "by": None, "ends_trial": False,
    }  # fmt: skip
    assert (second["article"], second["granted"], second["ring"]) == ("nonsense", False, 0)
    said = tick_rows(records)[0]["rulings"].split("; ")
    assert said[0].startswith("standards=Name a source. ")
    assert said[1] == f"nonsense=x refused: {second['reason']}"
    told = chronicle(records)
    assert told[0].startswith("after tick 0: standards = 'Name a source.', ")
    assert told[0].endswith(" (it helps)")
    assert told[1] == f"after tick 0: nonsense = 'x', refused: {second['reason']}"


@pytest.mark.parametrize(("reason", "ends"), [(WON, True), (STAYS, True), ("no", False)])
def test_trials_end_with_a_ruling(reason, ends):
    assert Ruling(Amendment("protocol.batch", "2"), True, reason, 3).ends_trial is ends


def test_shocks_are_told():
    org = un.build(n_agents=4, judge="none", shocks="remove@1", rng=0)
    records = org.run(2)
    assert shock_ticks(records) == [1]
    assert chronicle(records) == [f"before tick 1: {records[1].shocks[0]}"]
    assert tick_rows(records)[1]["shocks"] == records[1].shocks[0]


def test_results_survive_the_journal():
    whole = RunResult({"quality": 0.5}, [{"tick": 0}], [{"member": 0}], 2)
    assert list(whole.body()) == ["row", "ticks", "agents", "failures"]
    assert RunResult.of(whole.body()) == whole
    ruled = RunResult({}, [], [], 0, [{"article": "x"}])
    assert RunResult.of(ruled.body()) == ruled
    assert whole.whole
    assert not RunResult(stopped="budget", row={}).whole
    assert not RunResult(error="x").whole
