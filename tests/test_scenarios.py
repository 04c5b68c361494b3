"""Scenarios: each runs small in both ways, says what it expected and found, or the opposite."""

from __future__ import annotations

import json
import math
import os
import runpy
import subprocess
import sys
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from unscripted.model.errors import UsageError
from unscripted.model.plugins.discovery import discover
from unscripted.scenarios.harness.cli.app import app, run_app
from unscripted.scenarios.harness.cli.listing import scenario_paths
from unscripted.scenarios.harness.config.run import (
    FREE,
    Cell,
    RunConfig,
    StudyConfig,
    default_folder,
)
from unscripted.scenarios.harness.runs import sweep as sweep_module
from unscripted.scenarios.harness.runs.session import Showing
from unscripted.scenarios.harness.runs.sweep import run_key, run_one, sweep
from unscripted.scenarios.harness.specs.lineup import CONTROLS, PAPER, lineup
from unscripted.scenarios.harness.statistics.findings import Verdict, above, overall
from unscripted.scenarios.harness.study.found import Found, found_in
from unscripted.scenarios.harness.study.study import Answer, Study

SCENARIOS = sorted(scenario_paths())
SMALL = {
    "capability_threshold": ["--agents", "2", "--ticks", "1"],
    "protocol_comparison": ["--protocols", "sequential,coordinator,broadcast,shared",
                            "--ticks", "2"],
    "shock_resilience": ["--agents", "4", "--ticks", "9", "--protocols", "sequential,coordinator,"
                         "broadcast,shared"],
    "team_scaling": ["--sizes", "2,4", "--ticks", "2"],
    "topology_sweep": ["--agents", "4", "--protocols", "sequential,coordinator,silent",
                       "--topologies", "complete,chain,ring", "--ticks", "2"],
}  # fmt: skip
"""Options that make a scenario quick, where these don't: few members, few ticks."""
WEAK = "synthetic/weak"
BASE = RunConfig(ticks=1, agents=2, level="L1", model=WEAK)


def small(name: str) -> list[str]:
    return ["--replicates", "2", *SMALL.get(name, ["--agents", "4", "--ticks", "2"])]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """No worker processes, and an empty working folder."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def call(monkeypatch, capsys):
    """A command, or `python SCRIPT`, in this process."""

    def run(*arguments, script=None):
        monkeypatch.setattr(sys, "argv", [str(script or "unscripted"), *map(str, arguments)])
        capsys.readouterr()
        try:
            if script is None:
                code = run_app(app)
            else:
                runpy.run_path(str(script), run_name="__main__")
                code = None
        except SystemExit as end:  # a scenario script ends like a script
            code = end.code
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return run


# Every scenario


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_says_what_it_asks_expects_and_would_be_refuted_by(name):
    path = scenario_paths()[name]
    study = runpy.run_path(str(path), run_name="a_scenario")["STUDY"]
    assert study.name == name
    assert study.question.endswith("?") or "? " in study.question
    assert study.expectation.startswith("Expectation")
    assert study.refuted.startswith("Refuted")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_runs_small_by_name_and_goes_on_as_a_script(name, call, tmp_path, monkeypatch):
    played = []

    def counted(*run):
        played.append(run_key(run[0]))
        return run_one(*run)

    monkeypatch.setattr(sweep_module, "run_one", counted)
    said = call("scenario", name, *small(name), "--out", "mine")
    assert (said.code, "broke" in said.err) == (0, False), said.err
    assert "Expectation" in said.out
    assert "Refuted" in said.out
    assert any(f"Found: {v}." in said.out for v in Verdict)
    assert "no evidence about any real model" in said.out
    mine = tmp_path / "mine"
    pictures = Counter(p.suffix for p in (mine / "figures").iterdir())
    assert pictures[".png"] == pictures[".svg"] > 0
    assert len(pd.read_csv(mine / "ticks.csv"))
    assert len(played) == len(set(played)) > 1
    played.clear()
    script = call(*small(name), "--out", "mine", script=scenario_paths()[name])
    assert (script.code, script.out, played) == (0, said.out, [])


@pytest.mark.parametrize("name", SCENARIOS)
def test_by_name_and_as_a_script_a_scenario_gives_the_same_json(name, call):
    named = call("scenario", name, *small(name), "--json")
    script = call(*small(name), "--json", script=scenario_paths()[name])
    assert (named.code, script.code) == (0, 0), named.err
    assert script.out == named.out
    body = json.loads(named.out)
    assert (body["version"], body["synthetic"], body["scenario"]) == (1, True, name)
    assert body["runs"]
    assert body["verdict"] in set(Verdict)
    assert body["findings"]
    for finding in body["findings"]:
        assert set(finding) == {"claim", "verdict", "estimate", "ci95", "n", "line"}
        assert finding["verdict"] in set(Verdict)


def test_processes_of_its_own_give_a_scenario_the_same_rows(call):
    options = ["--sizes", "2,3", "--replicates", "6", "--ticks", "1", "--json"]
    here = call("scenario", "team_scaling", *options)
    command = [sys.executable, str(scenario_paths()["team_scaling"]), *options]
    there = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (there.returncode, there.stdout) == (0, here.out)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--replicates", "x"], "'x'"),
        (["--replicates", "0"], "replicates=0"),
        (["--ticks", "0"], "ticks=0"),
        (["--model", "synthetic/nonesuch"], "synthetic/nonesuch"),
        (["--nonesuch"], "--nonesuch"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(name, wrong, said, call, tmp_path):
    found = call("scenario", name, *wrong)
    assert found.code == 2
    assert found.out == ""
    assert said in found.err
    assert found.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


# Verdicts


WORLDS = {
    "held": {"sequential": 0.9, "coordinator": 0.7, "broadcast": 0.4, "shared": 0.4},
    "refuted": {"sequential": 0.4, "coordinator": 0.7, "broadcast": 0.9, "shared": 0.4},
}


@pytest.mark.parametrize("verdict", ["held", "refuted", "undecided"])
def test_the_rows_decide_and_nothing_else(verdict):
    judge = runpy.run_path(str(scenario_paths()["protocol_comparison"]))["judge"]
    rows = []
    for seed in range(8):
        for k, (protocol, mean) in enumerate(WORLDS.get(verdict, WORLDS["held"]).items()):
            noise = (1.0 if verdict == "undecided" else 0.01) * math.sin(7 * seed + 3 * k)
            rows.append({"seed": seed, "protocol": protocol, "quality": mean + noise})
    assert overall(judge(Found(rows))) == verdict


@pytest.mark.parametrize(
    ("level", "verdict"), [(1.0, "held"), (-1.0, "refuted"), (0.0, "undecided")]
)
def test_task_complexity_can_come_out_any_way(level, verdict):
    made = runpy.run_path(str(scenario_paths()["task_complexity"]))
    rows = []
    for seed in range(6):
        for x, step in zip(("L1", "L2", "L3", "L4"), (0.0, 0.1, 0.2, 0.3), strict=True):
            for k, protocol in enumerate(made["PROTOCOLS"]):
                worse = step * (1 + k) * level
                noise = (0.2 if level == 0 else 0.005) * math.sin(5 * seed + 11 * k + 30 * step)
                rows.append({
                    "seed": seed, "level": x, "protocol": protocol, "quality": 0.6 - worse + noise,
                    "hierarchy_depth": 1, "abstention_rate": None,
                })  # fmt: skip
    answer = made["answer"](Found(rows))
    assert overall(answer.findings) == verdict


def test_a_scenario_whose_runs_are_missing_decides_nothing():
    rows = [{"seed": 0, "protocol": "sequential", "quality": 0.5}]
    judge = runpy.run_path(str(scenario_paths()["protocol_comparison"]))["judge"]
    assert {f.verdict for f in judge(Found(rows))} == {"undecided"}


# Samples


# Runs of any kind


def test_runs_that_differ_in_anything_have_different_names():
    changed = {
        "protocol": "ripple", "agents": 3, "model": "synthetic/medium", "topology": "ring",
        "level": "L2", "ticks": 4, "seed": 1, "tasks": "generated", "judge": "none",
        "temperature": 0.5, "timeout": 5.0, "max_tokens": 99, "context_tokens": 5000,
        "price": "1,2", "memory": "off", "skills": "growing", "shocks": "remove-hub@1",
        "tune": "batch=1/2",
    }  # fmt: skip
    assert set(changed) == {f.name for f in fields(RunConfig)} - FREE, "a new field needs a value"
    base = RunConfig(protocol="batched-sequential", ticks=3)
    runs = [base, *(replace(base, **{k: v}) for k, v in changed.items() if k != "tune")]
    runs.append(replace(base, tune="batch=1/2"))
    assert len({run_key(r) for r in runs}) == len(runs)
    same = [replace(base, budget=1.0), replace(base, concurrency=3), replace(base, rpm=9.0)]
    assert {run_key(r) for r in same} == {run_key(base)}
    assert run_key(RunConfig()) == "sequential|complete|synthetic/strong|8|None|0"


def test_a_run_in_two_cells_is_played_once_and_found_under_both_labels():
    cells = (
        Cell(BASE, {"kind": "a"}), Cell(BASE, {"kind": "b"}),
        Cell(replace(BASE, memory="off"), {"kind": "c"}),
    )  # fmt: skip
    config = StudyConfig("x", cells, 2)
    results = sweep(config, workers=1)
    assert len(results) == 4
    found = found_in(config, results)
    assert Counter(r["kind"] for r in found.rows) == {"a": 2, "b": 2, "c": 2}
    assert found.sample("quality", kind="a") == found.sample("quality", kind="b")
    assert found.runs.shape[0] == 6
    assert set(found.ticks["kind"]) == {"a", "b", "c"}
    assert {"tick", "seed", "task_id", "quality"} <= set(found.ticks)
    assert len(found.ticks_of(kind="c", tick=0)) == 2


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((), "cells is empty"),
        ((Cell(BASE), Cell(replace(BASE, budget=1.0))), "how models are called"),
        ((Cell(BASE, {"a": 1}), Cell(BASE, {"b": 1})), "labels"),
    ],
)
def test_cells_that_can_not_be_compared_are_refused(cells, said):
    with pytest.raises(UsageError, match=said):
        StudyConfig("x", cells)


def test_a_label_may_not_hide_a_column():
    config = StudyConfig("x", (Cell(BASE, {"quality": 1.0}),), 1)
    with pytest.raises(ValueError, match="quality"):
        found_in(config, sweep(config, workers=1))


def test_a_folder_holds_one_scenario_and_says_which_option_differs(call, tmp_path):
    options = ["--replicates", "2", "--ticks", "2", "--sizes", "2,3"]
    assert call("scenario", "team_scaling", *options, "--out", "mine").code == 0
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    other = call("scenario", "team_scaling", *options, "--seed", "5", "--out", "mine")
    assert other.code == 2
    assert "seed=0, not 5" in other.err
    assert other.err.count("\n") == 1
    for command in ("report", "replay"):
        refused = call(command, "mine")
        assert refused.code == 2
        assert "unscripted scenario team_scaling" in refused.err
        assert refused.err.count("\n") == 1
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_folders_are_named_after_the_scenario_and_what_can_change_a_result():
    def folder(**changed):
        return default_folder(StudyConfig("task_x", (Cell(replace(BASE, **changed)),), 2))

    assert folder().name.startswith("task-x-")
    assert folder(budget=3.0) == folder(concurrency=2) == folder()
    assert folder(seed=1) != folder() != folder(memory="off")


def test_an_interrupted_scenario_goes_on(call, tmp_path, monkeypatch):
    options = ["--replicates", "2", "--ticks", "2", "--sizes", "2,3"]
    whole = call("scenario", "team_scaling", *options, "--out", "whole")
    left = [5]

    def few(*run):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return run_one(*run)

    with monkeypatch.context() as patch:
        patch.setattr(sweep_module, "run_one", few)
        stopped = call("scenario", "team_scaling", *options, "--out", "parts")
    assert stopped.code == 130
    assert "5 runs kept" in stopped.err
    resumed = call("scenario", "team_scaling", *options, "--out", "parts")
    assert resumed.code == 0
    assert resumed.out.replace("parts", "whole") == whole.out
    frames = [pd.read_parquet(tmp_path / n / "runs.parquet") for n in ("whole", "parts")]
    pd.testing.assert_frame_equal(*frames, check_exact=True)


def test_a_broken_run_is_said_and_the_rest_is_judged(call, monkeypatch):
    def broken(config, *rest):
        return {"error": "OSError: full"} if config.seed == 1 else run_one(config, *rest)

    monkeypatch.setattr(sweep_module, "run_one", broken)
    said = call("scenario", "team_scaling", "--replicates", "3", "--sizes", "2,16", "--ticks", "1")
    assert said.code == 3
    assert "OSError: full" in said.err
    assert "2 seeds" in said.out


def test_a_budget_that_stops_every_run_leaves_nothing_to_judge(call):
    options = ["--replicates", "2", "--sizes", "2,3", "--budget", "0.000001", "--json"]
    said = call("scenario", "team_scaling", *options)
    assert said.code == 4
    body = json.loads(said.out)
    assert (body["runs"], body["findings"], body["verdict"]) == ([], [], "undecided")


def test_real_models_are_asked_once_and_never_again(call, loopback, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-0123456789")
    server = loopback()
    options = [
        "scenario", "capability_threshold", "--model", "openai/gpt-4.1-mini", "--api-base",
        server.api_base, "--agents", "2", "--ticks", "1", "--replicates", "2", "--yes",
    ]  # fmt: skip
    said = call(*options, "--out", "paid")
    assert said.code == 0, said.err
    assert "forecast:" in said.err
    assert "can't be turned" in said.out
    assert "Synthetic minds" not in said.out
    asked = server.requests
    assert asked >= 2 * 2 * 2
    again = call(*options, "--out", "paid")
    assert (again.code, again.out) == (0, said.out)
    assert server.requests <= asked + 1, "at most the probe"
    assert (tmp_path / "paid" / "journal.sqlite").stat().st_size > 0


def test_a_docstring_without_an_expectation_is_no_scenario():
    with pytest.raises(ValueError, match="Expectation"):
        Study("x.py", '"""What?\n\nNothing."""')
    with pytest.raises(ValueError, match=r"x\.py"):
        Study("x.py", None)


def test_a_scenario_of_ones_own_needs_no_more_than_cells_and_an_answer(capsys):
    study = Study("mine.py", "Is it?\n\nExpectation: yes.\nRefuted where no.\n\nMore words.")
    assert (study.question, study.refuted) == ("Is it?", "Refuted where no.")

    def answer(found: Found) -> Answer:
        return Answer([], {}, [above("quality > 0", found.sample("quality"))], ["One note."])

    assert study.play([Cell(BASE)], 2, Showing(as_json=True), answer) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["question"] == "Is it?"
    assert "One note." in err


def test_the_lineup_has_everything_found_the_papers_first_and_controls_last():
    everyone = lineup()
    assert set(everyone) == set(discover("protocols"))
    assert everyone[:4] == PAPER
    assert everyone[-4:] == CONTROLS
    assert lineup("solo, silent,solo") == ("solo", "silent")
    with pytest.raises(UsageError, match="nonesuch"):
        lineup("nonesuch")


# Figures


def test_drawing_a_scenario_twice_gives_the_same_bytes(call, tmp_path):
    options = ["--replicates", "2", "--ticks", "1", "--agents", "2"]
    for name in ("a", "b"):
        assert call("scenario", "model_economics", *options, "--out", name).code == 0
    a, b = (sorted((tmp_path / n / "figures").iterdir()) for n in "ab")
    assert [p.read_bytes() for p in a] == [p.read_bytes() for p in b]
    assert {Path(p).name for p in a} == {"model-economics.png", "model-economics.svg"}
