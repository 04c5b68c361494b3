"""`unscripted run`: what it plays, says and returns."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from support.commands import SMALL, kept

from unscripted.model.organization import BaseOrganization

MEANS = (
    "quality", "mission_relevance", "role_stability", "unique_role_share", "role_gini",
    "abstention_rate", "exclusion_rate", "failure_rate", "hierarchy_depth", "spectral_gap",
    "calls", "tokens", "cost_usd", "wall_s", "risk",
)  # fmt: skip
FACTORS = ("protocol", "topology", "model", "agents", "level", "seed", "replicate", "ticks")
BROKEN = ("[unscripted.minds]\nbroken = of_a_test:broken\n", """
import unscripted as un

class Broken(un.Mind):
    instant = True
    name = "broken"
    def decide(self, observation):
        raise RuntimeError("this mind breaks")

@un.mind_family("broken")
def broken(name):
    "Always raises."
    return Broken()
""")  # fmt: skip


def row_of(said):
    (row,) = said.body["runs"]
    return row


def test_defaults_are_those_documented(call, undrawn):
    said = call("run", "--json")
    assert said.code == 0
    expected = ["sequential", "complete", "synthetic/strong", 8, "L3", 0, 0, 12]
    assert [row_of(said)[f] for f in FACTORS] == expected


def test_json_is_one_object_alone(finished):
    said = finished[1]
    assert said.code == 0
    body, end = json.JSONDecoder().raw_decode(said.out)
    assert said.out[end:] == "\n"
    assert (body["version"], body["synthetic"]) == (1, True)
    assert set(body) == {"version", "synthetic", "runs", "summary", "emergence", "deafened"}
    assert "quality Q" in said.err


def test_json_alone_leaves_no_files(call):
    assert call("run", *SMALL, "--json").code == 0
    assert list(Path.cwd().iterdir()) == []


def test_a_row_keeps_the_contract(finished, compared):
    rows = [*finished[1].body["runs"], *compared[1].body["runs"]]
    assert len(rows) == 1 + 6
    for row in rows:
        assert set(FACTORS) | set(MEANS) | {"unique_roles"} <= row.keys()
        assert row["ticks"] == 3


def test_what_was_not_measured_is_null(call, plugins):
    ungraded = call("run", *SMALL, "--judge", "none", "--json")
    row = row_of(ungraded)
    assert (row["quality"], row["mission_relevance"]) == (None, None)
    assert all(row[m] is not None for m in MEANS[2:])
    assert ungraded.body["summary"][0]["quality"] is None
    assert "NaN" not in ungraded.out
    alone = row_of(call("run", "--agents", 1, "--ticks", 1, "--json"))
    assert alone["role_stability"] is None, "nothing before the first tick"
    assert alone["spectral_gap"] is None, "no second contributor"
    assert alone["abstention_rate"] == 0
    plugins(BROKEN[1], BROKEN[0])
    free = row_of(call("run", *SMALL, "--model", "broken/x", "--json"))
    assert free["cost_usd"] is None


def test_a_row_is_the_tables_mean(finished):
    folder, said = finished
    row, ticks = row_of(said), pd.read_parquet(folder / "ticks.parquet")
    assert len(ticks) == row["ticks"] == 3
    for name in MEANS:
        assert row[name] == pytest.approx(ticks[name].dropna().mean()), name
    agents = pd.read_parquet(folder / "agents.parquet")
    assert row["unique_roles"] == agents["role"].str.lower().nunique()
    assert row["tokens"] == pytest.approx((agents.tokens_in + agents.tokens_out).sum() / 3)
    assert row["cost_usd"] == pytest.approx(agents.cost_usd.sum() / 3)
    assert row["abstention_rate"] == pytest.approx((agents.state == "abstained").mean())


def test_the_first_tick_has_no_stability(finished):
    stability = pd.read_parquet(finished[0] / "ticks.parquet")["role_stability"]
    assert stability.isna().tolist() == [True, False, False]


def test_equal_commands_give_equal_json(call):
    arguments = ("run", *SMALL, "--topology", "erdos-renyi", "--protocol", "random", "--json")
    first = call(*arguments)
    assert call(*arguments).out == first.out
    assert call(*arguments, "--seed", 1).out != first.out


def test_an_option_without_effect_is_noted(call):
    said = call("run", *SMALL, "--json", "--temperature", "0.5", "--api-base", "http://localhost:1")
    assert said.code == 0
    assert "note: temperature=0.5 has no effect: synthetic/strong is synthetic" in said.err
    assert "note: api_base=http://localhost:1 has no effect" in said.err


def test_a_trial_says_its_rule(call):
    said = call("run", *SMALL, "--protocol", "batched-sequential", "--tune", "batch=1/2", "--json")
    assert "trial: " in said.err


def test_progress_is_a_line_per_tick(finished):
    lines = finished[1].err.splitlines()
    assert lines[0] == "sequential · 3 × synthetic/strong · complete"
    for k in (1, 2, 3):
        pattern = rf"tick {k}/3  contributed \d  abstained \d  excluded \d  failed \d  quality.*"
        assert re.fullmatch(pattern, lines[k])


def test_shocks_and_faults_are_told(call, undrawn):
    Path("mine.py").write_text(
        "import unscripted as un\n"
        "class Mine(un.Protocol):\n    name = 'mine'\n"
        "    def rounds(self, team):\n        yield 1 / 0\n"
    )
    said = call("run", *SMALL, "--shock", "remove@1", "--protocol", "mine.py:Mine")
    assert "before tick 1: " in said.out
    assert "in tick 0: protocol mine: ZeroDivisionError: division by zero" in said.out


# Budget, failures, interrupts


def test_a_budget_stops_and_continues(call, undrawn):
    plain = ("run", "--agents", 3, "--ticks", 6, "--json", "--out")
    whole = call(*plain, "whole")
    cost = row_of(whole)["cost_usd"]
    stopped = call(*plain, "cut", "--budget", 2.5 * cost)
    assert stopped.code == 4
    ticks = row_of(stopped)["ticks"]
    assert 0 < ticks < 6
    assert row_of(stopped)["cost_usd"] * ticks <= 2.5 * cost
    assert f"stopped at the budget after {ticks} of 6 tasks; " in stopped.err
    assert "a higher --budget continues" in stopped.err
    assert call(*plain, "cut", "--budget", 2.5 * cost).code == 4
    assert len(kept("cut")) == ticks
    continued = call(*plain, "cut", "--budget", 100 * cost)
    assert (continued.code, continued.body) == (0, whole.body)
    assert kept("cut") == kept("whole")


def test_a_budget_is_never_overshot(call, undrawn):
    plain = ("run", "--agents", 3, "--ticks", 4, "--json")
    dear = row_of(call(*plain))["cost_usd"]
    none = call(*plain, "--budget", dear / 10)
    assert none.code == 4
    assert row_of(none)["ticks"] == 0
    assert row_of(none)["cost_usd"] is None
    for share in (1.2, 2.7, 3.9):
        some = row_of(call(*plain, "--budget", share * dear))
        assert some["ticks"] * some["cost_usd"] <= share * dear


def test_too_many_failures_end_with_3(call, plugins):
    plugins(BROKEN[1], BROKEN[0])
    run = ("run", "--model", "broken/x", "--agents", 4, "--ticks", 2, "--json")
    said = call(*run, "--max-failures", 7)
    assert said.code == 3
    assert (row_of(said)["failure_rate"], row_of(said)["ticks"]) == (1, 2)
    assert "more failed decisions than --max-failures" in said.err
    assert call(*run, "--max-failures", 8).code == 0
    unlimited = call(*run)
    assert unlimited.code == 0
    assert row_of(unlimited)["quality"] == 0.25


def test_ctrl_c_keeps_what_is_finished(call, monkeypatch, undrawn):
    plain = ("run", "--agents", 3, "--ticks", 6, "--json", "--out")
    whole = call(*plain, "whole")
    step = BaseOrganization.step

    def interrupted(org):
        if org.tick == 4 and len(org.records) == 4:
            raise KeyboardInterrupt
        step(org)

    with monkeypatch.context() as patch:
        patch.setattr(BaseOrganization, "step", interrupted)
        said = call(*plain, "cut")
    assert said.code == 130
    assert row_of(said)["ticks"] == 4
    assert "interrupted after 4 of 6 tasks; the same command continues" in said.err
    assert kept("cut") == kept("whole")[:4]
    continued = call(*plain, "cut")
    assert (continued.code, continued.body) == (0, whole.body)
    assert kept("cut") == kept("whole")


def test_ctrl_c_while_drawing_is_said(call, monkeypatch):
    from unscripted.scenarios.harness.cli import commands

    def pressed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "publish", pressed)
    said = call("run", *SMALL, "--out", "mine")
    assert said.code == 130
    assert "interrupted while drawing; `unscripted report mine` draws it" in said.err
    assert len(kept("mine")) == 3
