"""Matched budgets: sizes that spend the same, said as they are, and refused where they can't be."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from unscripted.agents.llm.calling.host_process import import_litellm
from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.cli.app import app, run_app
from unscripted.scenarios.harness.config.run import RunConfig, SweepConfig, from_json, to_json
from unscripted.scenarios.harness.runs import matching
from unscripted.scenarios.harness.runs.matching import (
    HEAD,
    add_sizes,
    as_asked,
    match_lines,
    match_rows,
    match_table,
    matched,
)
from unscripted.scenarios.harness.runs.sweep import run_key, sweep

PROTOCOLS = ("sequential", "broadcast", "silent", "solo")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(matching, "PILOT", 4)
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def call(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["unscripted", *map(str, arguments)])
        capsys.readouterr()
        code = run_app(app)
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return run


def comparison(*protocols, agents=(6,), models=("synthetic/medium",), levels=("L3",), **base):
    run = RunConfig(**{"ticks": 2, **base})
    return SweepConfig(run, protocols or PROTOCOLS, agents, models, ("complete",), levels, 2)


def sizes(config):
    return {key.split("|")[0]: entry["size"] for key, entry in config.sizes.items()}


# --- which size --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spend", "asked", "budget", "size"),
    [
        (lambda n: n, 8, 8, 8),  # the cheapest itself
        (lambda n: 2 * n, 8, 8, 4),  # twice as dear
        (lambda n: 2 * n, 8, 7.9, 3),  # never above
        (lambda n: n + 1, 8, 8, 7),
        (lambda n: 100 * n, 8, 8, 1),  # one member is the least
        (lambda n: n / 2, 8, 8, 16),  # a cheap one grows
        (lambda n: n / 2, 8, 8.4, 16),
        (lambda n: n / 2, 8, 8.6, 17),
        (lambda n: n / 100, 8, 8, 32),  # but not without end
        (lambda n: min(n, 3), 8, 8, 8),  # solo stops by itself
        (lambda n: min(n, 12), 8, 20, 16),
        (lambda n: n, 1, 1, 1),
        (lambda n: n * n, 8, 50, 7),
    ],
)
def test_the_largest_size_within_the_budget(spend, asked, budget, size):
    assert matching._largest(spend, asked, budget) == size


def test_every_size_is_measured_once():
    asked = []

    def spend(n):
        asked.append(n)
        return 2.0 * n

    matching._largest(spend, 256, 256)
    assert len(set(asked)) <= 10


def test_sequential_and_silent_are_the_measure_and_broadcast_halves():
    config = matched(comparison(), "calls")
    assert sizes(config) == {"sequential": 6, "broadcast": 3, "silent": 6, "solo": 6}
    assert {e["budget"] for e in config.sizes.values()} == {6.0}
    assert all(e["pilot"] <= e["budget"] for e in config.sizes.values())
    assert {(r.protocol, r.agents) for r in config.runs()} == set(sizes(config).items())


def test_a_named_protocol_gives_the_budget_and_others_may_grow():
    config = matched(comparison("sequential", "broadcast"), "calls:broadcast")
    assert sizes(config) == {"sequential": 12, "broadcast": 6}
    config = matched(comparison("sequential", "broadcast"), "calls:sequential")
    assert sizes(config) == {"sequential": 6, "broadcast": 3}


@pytest.mark.parametrize("match", ["tokens", "usd"])
def test_tokens_and_money_are_within_the_budget_of_the_pilot(match):
    config = matched(comparison(), match)
    for entry in config.sizes.values():
        assert 0 < entry["pilot"] <= entry["budget"] * (1 + 1e-9)
    chosen = sizes(config)
    assert max(chosen[p] for p in PROTOCOLS if p != "solo") == 6, "the cheapest keeps its size"
    assert chosen["broadcast"] < 6


def test_each_block_has_its_own_budget():
    config = matched(comparison("sequential", "broadcast", agents=(4, 8)), "calls")
    assert {k: e["size"] for k, e in config.sizes.items()} == {
        "sequential|complete|synthetic/medium|4|L3": 4,
        "broadcast|complete|synthetic/medium|4|L3": 2,
        "sequential|complete|synthetic/medium|8|L3": 8,
        "broadcast|complete|synthetic/medium|8|L3": 4,
    }


def test_matching_is_the_same_each_time_and_spares_the_seeds_that_are_compared(monkeypatch):
    seen = []
    played = matching._played
    monkeypatch.setattr(matching, "_played", lambda run, by: (seen.append(run), played(run, by))[1])
    config = comparison(shocks="remove@1", judge="rubric:gpt-4o", budget=0.001)
    assert matched(config, "tokens") == matched(config, "tokens")
    assert {run.seed for run in seen} == {2}
    assert {(run.shocks, run.judge, run.budget) for run in seen} == {("", "none", None)}


# --- what is said ------------------------------------------------------------------------------


def test_cells_that_share_a_budget_are_compared_and_say_what_was_played():
    config = matched(comparison(agents=(2, 6)), "calls")
    results = sweep(config, workers=1)
    found = as_asked(config, results)
    assert len(found) == len(config.runs())
    rows = [r["row"] for r in found.values()]
    assert {r["agents"] for r in rows} == {2, 6}
    for run, row in zip(config.runs(), rows, strict=True):
        assert row["size"] == run.agents
        assert row["calls"] == results[run_key(run)]["row"]["calls"]
        assert row["quality"] == results[run_key(run)]["row"]["quality"]
    for result in found.values():
        assert {t["size"] for t in result["ticks"]} == {result["row"]["size"]}
        assert len(result["agents"]) == result["row"]["size"] * result["row"]["ticks"]
    _, said = matching.analysed(config, results)
    for cell in said.summary:
        assert cell["off_budget"] == pytest.approx(cell["calls"]["mean"] / cell["budget"] - 1)
        others = {
            c["against"] for c in cell["contrasts"] if c.get("factor", "protocol") == "protocol"
        }
        assert others == set(PROTOCOLS) - {cell["protocol"]}
    assert said.conclusions[0].startswith("budgets were matched on calls per task")


def test_a_run_in_two_cells_is_found_in_both():
    config = comparison("sequential", "solo", agents=(2, 3))
    sized = {config.cell_key(c): {"size": 2, "pilot": 2.0, "budget": 2.0} for c in config.cells()}
    both = replace(config, match="calls", sizes=sized)
    results = sweep(both, workers=1)
    assert len(results) == 4
    assert len(as_asked(both, results)) == 8


def summary(config, **spent):
    rows = [
        {**cell, "calls": {"mean": spent[cell["protocol"]]}, "tokens": None, "cost_usd": None}
        for cell in config.cells()
    ]
    add_sizes(config, rows)
    return rows


def test_the_lines_say_how_well_it_was_matched():
    config = matched(comparison(), "calls")
    good = match_lines(config, summary(config, sequential=6.0, broadcast=5.8, silent=6.0, solo=2.0))
    assert "off by 3 % at most (broadcast, -3 %, 3 for 6 agents)" in good[0]
    assert not any("beyond" in line for line in good)
    assert any("solo may spend as much and stops of its own accord at 33 %" in x for x in good)
    bad = match_lines(config, summary(config, sequential=7.5, broadcast=5.0, silent=6.0, solo=6.0))
    assert "off by 25 % at most (sequential, +25 %" in bad[0]
    assert "sequential +25 %, broadcast -17 %" in bad[1]
    assert not any("solo" in line for line in bad)


def test_what_was_not_measured_is_no_deviation():
    config = matched(comparison(), "usd")
    rows = summary(config, sequential=6.0, broadcast=6.0, silent=6.0, solo=6.0)
    assert {r["off_budget"] for r in rows} == {None}
    assert match_lines(config, rows) == []
    assert {line[-1] for line in match_rows(config, rows)} == {"–"}


def test_without_matching_nothing_changes():
    config = comparison()
    results = {"a": {"error": "x"}}
    assert as_asked(config, results) == results
    rows = [{"agents": 6}]
    add_sizes(config, rows)
    assert rows == [{"agents": 6}]
    assert match_lines(config, rows) == match_rows(config, rows) == []
    assert match_table(config, rows) is None
    assert not {"match", "sizes"} & set(to_json(config))


def test_a_matched_comparison_is_read_back_from_its_folder():
    config = matched(comparison(), "calls")
    body = json.loads(json.dumps(to_json(config)))
    assert from_json(body) == config
    assert from_json(body).runs() == config.runs()
    for broken in ({}, {"size": "x"}, 3):
        with pytest.raises(UsageError, match="match anew"):
            from_json({**body, "sizes": dict.fromkeys(body["sizes"], broken)}).runs()


# --- the command -------------------------------------------------------------------------------

COMMAND = ("compare", "--protocol", "sequential,broadcast,solo", "--agents", "4", "--ticks", "2",
           "--replicates", "2", "--match", "calls")  # fmt: skip


def test_the_command_shows_sizes_keeps_them_and_goes_on(call, tmp_path):
    first = call(*COMMAND, "--out", "mine")
    assert first.code == 0, first.err
    assert "Matched budgets, per task (calls)" in first.out
    assert "budgets were matched on calls" in first.out
    page = (tmp_path / "mine" / "report.html").read_text()
    assert "Matched budgets, per task" in page
    assert "budgets were matched on calls" in page
    config = json.loads((tmp_path / "mine" / "config.json").read_text())
    assert config["match"] == "calls"
    assert len(config["sizes"]) == 3
    ticks = pd.read_csv(tmp_path / "mine" / "ticks.csv")
    assert set(ticks[ticks.protocol == "broadcast"]["size"]) == {2}
    assert set(ticks["agents"]) == {4}
    again = call(*COMMAND, "--out", "mine")
    assert (again.code, again.out) == (0, first.out)
    assert call("report", "mine").code == 0
    assert (tmp_path / "mine" / "report.html").read_text() == page
    other = call(*COMMAND[:-1], "tokens", "--out", "mine")
    assert other.code == 2
    assert len(match_rows_of(page)) == 3


def match_rows_of(page):
    part = page.partition("Matched budgets, per task</h2>")[2].partition("</table>")[0]
    assert all(f"<th>{name}</th>" in part for name in HEAD)
    return part.split("<tr>")[2:]


def test_json_has_the_size_and_the_budget_in_every_row(call):
    body = json.loads(call(*COMMAND, "--json").out)
    assert {r["size"] for r in body["runs"]} == {2, 4}
    assert {r["budget"] for r in body["runs"]} == {4.0}
    assert {r["agents"] for r in body["runs"]} == {4}
    assert all({"size", "budget", "off_budget"} <= set(cell) for cell in body["summary"])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (["--match", "time"], "match"),
        (["--match", "calls:ripple"], "calls:sequential"),
        (["--match", "calls", "--protocol", "solo"], "needs two protocols"),
        (["--match", "calls", "--protocol", "sequential"], "needs two protocols"),
        (["--match", "calls", "--model", "synthetic/weak*2+synthetic/strong*2"], "fixes one"),
        (["--match", "calls", "--topology", "karate-club", "--agents", "34"], "tries broadcast"),
    ],
)  # fmt: skip
def test_what_can_not_be_matched_is_one_line(call, tmp_path, changed, words):
    found = call(*COMMAND, *changed)
    assert found.code == 2
    assert words in found.err
    assert "Traceback" not in found.err
    assert list(tmp_path.iterdir()) == []


# --- real models: a rehearsal, nothing paid ----------------------------------------------------

REAL = "openai/gpt-4.1-mini"


@pytest.mark.parametrize("match", ["calls", "tokens", "usd"])
def test_for_real_models_sizes_come_from_a_rehearsal(match, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a model was called")

    monkeypatch.setattr(import_litellm(), "completion", refuse)
    monkeypatch.setattr(import_litellm(), "acompletion", refuse)
    asked = comparison("sequential", "broadcast", models=(REAL,), agents=(4,), price="1,4")
    config = matched(asked, match)
    chosen = sizes(config)
    assert 1 <= chosen["broadcast"] < chosen["sequential"] == 4
    assert all(0 < e["pilot"] <= e["budget"] for e in config.sizes.values())


def test_money_without_a_price_is_refused_in_one_line():
    unknown = comparison(
        "sequential",
        "broadcast",
        models=("openai/no-such-model",),
        api_base="http://127.0.0.1:9/v1",
    )
    with pytest.raises(UsageError, match="no known price; use --price, or --match tokens"):
        matched(unknown, "usd")
    assert sizes(matched(unknown, "calls"))["broadcast"] == 3
