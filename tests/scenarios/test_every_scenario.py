"""Each scenario runs small by name, goes on as a script, and says what it expected and found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from support.commands import script

from unscripted.scenarios.harness.runs import sweep
from unscripted.scenarios.harness.runs.keys import run_key
from unscripted.scenarios.harness.statistics.findings import Support
from unscripted.scenarios.harness.study.discovery import scenario_paths, study_of

SCENARIOS = sorted(scenario_paths())
PAPER = "sequential,coordinator,broadcast,shared"
SMALL = {
    "capability_threshold": ["--agents", "2", "--ticks", "1"],
    "protocol_comparison": ["--protocol", PAPER, "--ticks", "2"],
    "shock_resilience": ["--agents", "4", "--ticks", "9", "--protocol", PAPER],
    "team_scaling": ["--agents", "2,4", "--ticks", "2"],
    "topology_sweep": ["--agents", "4", "--protocol", "sequential,coordinator,silent",
                       "--topology", "complete,chain,ring", "--ticks", "2"],
}  # fmt: skip
"""Options that make a scenario quick, where these don't: few members, few ticks."""


def small(name):
    return ["--replicates", "2", *SMALL.get(name, ["--agents", "4", "--ticks", "2"])]


def study_of_options(name):
    """The options of a scenario as they are typed."""
    return {"--nonesuch", *(f"--{option}" for option in study_of(name).options)}


@pytest.fixture
def played(monkeypatch):
    """The runs that are really played."""
    keys = []
    run_one = sweep.run_one

    def counted(config, *rest):
        keys.append(run_key(config))
        return run_one(config, *rest)

    monkeypatch.setattr(sweep, "run_one", counted)
    return keys


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_says_its_question(name):
    study = study_of(name)
    assert study.name == name
    assert study.question.endswith("?") or "? " in study.question
    assert study.expectation.startswith("Expectation")
    assert study.refuted.startswith("Refuted")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_runs_both_ways(name, call, played):
    said = call("scenario", name, *small(name), "--out", "mine")
    assert (said.code, "broke" in said.err) == (0, False), said.err
    assert "Expectation" in said.out
    assert "Refuted" in said.out
    assert any(f"Found: {support}." in said.out for support in Support)
    assert "no evidence about any real model" in said.out
    pictures = Counter(p.suffix for p in Path("mine/figures").iterdir())
    assert pictures[".png"] == pictures[".svg"] == pictures[".pdf"] > 0
    assert len(pd.read_csv("mine/ticks.csv")) > 0
    assert len(played) == len(set(played)) > 1
    played.clear()
    again = script(scenario_paths()[name], *small(name), "--json", "--out", "mine")
    assert (again.code, played) == (0, [])
    body = again.body
    assert (body["version"], body["synthetic"], body["scenario"]) == (1, True, name)
    assert body["runs"]
    assert f"Found: {body['verdict']}." in said.out
    assert body["findings"]
    for finding in body["findings"]:
        assert set(finding) == {
            "claim", "verdict", "estimate", "ci95", "n", "tasks", "status", "source", "line",
        }  # fmt: skip
        assert finding["verdict"] in set(Support)
        assert f"• {finding['line']}\n" in said.out


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--replicates", "x"], "replicates='x' is not a whole number"),
        (["--replicates", "0"], "replicates=0"),
        (["--ticks", "0"], "ticks=0"),
        (["--model", "synthetic/nonesuch"], "synthetic/nonesuch"),
        (["--price", "free"], "price='free'"),
        (["--nonesuch"], "--nonesuch"),
    ],
)
def test_a_mistake_leaves_nothing(name, wrong, said, call):
    if wrong[0] not in study_of_options(name):
        said = wrong[0]  # it decides that option itself
    found = call("scenario", name, *wrong)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert found.err.count("\n") == 1
    assert list(Path.cwd().iterdir()) == []


def test_drawing_twice_gives_equal_bytes(call):
    for name in ("a", "b"):
        done = call("scenario", "model_economics", *small("model_economics"), "--out", name)
        assert done.code == 0
    a, b = (sorted(Path(n, "figures").iterdir()) for n in "ab")
    assert [p.read_bytes() for p in a] == [p.read_bytes() for p in b]
    assert {p.name for p in a} == {f"model-economics.{kind}" for kind in ("png", "svg", "pdf")}


@pytest.mark.parametrize("option", ["--price", "--judge", "--budget", "--tasks", "--seed"])
def test_options_of_runs_apply(call, option):
    value = {"--price": "1,2", "--judge": "none", "--budget": "9", "--tasks": "generated"}
    options = ["--replicates", "2", "--agents", "2", "--ticks", "1", "--protocol", "silent,solo"]
    said = call("scenario", "team_scaling", *options, option, value.get(option, "5"), "--json")
    assert said.code == 0, said.err
    (runs,) = {len(said.body["runs"])}
    assert runs == 4
    if option == "--judge":
        assert {r["quality"] for r in said.body["runs"]} == {None}
    if option == "--seed":
        assert {r["seed"] for r in said.body["runs"]} == {5, 6}
