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
    member = records[0].members[1]
    turn = replace(member.turns[0], seen=((2, 5), (7, 8)))
    spans = replace(records[0], members=(replace(member, turns=(turn,)),))
    assert agent_rows([spans])[0]["saw"] == 4
    spent = ("calls", "tokens_in", "tokens_out", "cost_usd", "latency_s")
    assert [by_role["lead"][k] for k in spent] == [2, 30, 4, 0.5, 1.5]


def test_rulings_are_rows_and_words():
    constitution = un.Constitution(tunable=("batch",))
    org = un.build("batched-sequential:batch=1", 1, judge="none", constitution=constitution, rng=0)
    org.propose(un.Amendment("nonsense", "x", "it helps"))
    org.propose(un.Amendment("protocol.batch", "2"))
    records = org.run(1)
    refused, granted = (
        "there is no article 'nonsense'",
        "put to a trial on the organization's own ticks",
    )
    assert [list(row.values()) for row in ruling_rows(records)] == [
        [0, "nonsense", "x", False, refused, 0, None, False],
        [0, "protocol.batch", "2", True, granted, 3, None, False],
    ]
    assert list(ruling_rows(records)[0]) == [
        "tick", "article", "text", "granted", "reason", "ring", "by", "ends_trial"
    ]  # fmt: skip
    said = f"nonsense=x refused: {refused}; protocol.batch=2 granted: {granted}"
    assert tick_rows(records)[0]["rulings"] == said
    by_member = replace(records[0], rulings=(replace(records[0].rulings[0], by=3),))
    assert chronicle([*records, by_member]) == [
        f"after tick 0: nonsense = 'x', refused: {refused} (it helps)",
        f"after tick 0: protocol.batch = '2', granted: {granted}",
        f"after tick 0: member 3 proposed nonsense = 'x', refused: {refused} (it helps)",
    ]


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
    ruled = RunResult({}, [], [], 0, ({"article": "x"},))
    assert RunResult.of(ruled.body()) == ruled
    assert whole.whole
    assert not RunResult(stopped="budget", row={}).whole
    assert not RunResult(error="x").whole
