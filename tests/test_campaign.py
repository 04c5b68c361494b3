"""The paper's campaign: its counts, its figures beside ours, and what is made of them."""

from __future__ import annotations

import json
import os
import re
import runpy
import sys
from collections import Counter
from types import SimpleNamespace

import pytest

from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.calibration.targets import FIGURES
from unscripted.scenarios.harness.cli.app import app, run_app
from unscripted.scenarios.harness.cli.listing import scenario_paths
from unscripted.scenarios.harness.config.run import RunConfig, StudyConfig
from unscripted.scenarios.harness.runs.sweep import run_key
from unscripted.scenarios.harness.statistics.published import Kind
from unscripted.scenarios.harness.study.found import Found

MADE = runpy.run_path(str(scenario_paths()["paper_campaign"]), run_name="a_scenario")
TASTE = ("--agents", "4", "--ticks", "2", "--replicates", "2")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def call(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["unscripted", "scenario", "paper_campaign", *arguments])
        capsys.readouterr()
        try:
            code = run_app(app)
        except SystemExit as end:  # a scenario script ends like a script
            code = end.code
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return run


def cells(scale=1.0, replicates=10, ticks=None, most=None, model=None):
    series = MADE["campaign"](RunConfig(), most, model)
    return MADE["laid_out"](series, scale, replicates, ticks)


# --- the design --------------------------------------------------------------------------------


def test_the_whole_campaign_adds_up_to_the_papers_counts():
    runs = Counter()
    for cell in cells():
        runs[cell.labels["series"]] += 10 * cell.config.ticks
    assert runs == {
        "pilot": 660, "main": 8_020, "foundation": 12_130, "final": 720, "shocks and rest": 3_470
    }  # fmt: skip
    assert sum(runs.values()) == 25_000
    finals = [c.config for c in cells() if c.labels["series"] == "final"]
    assert {10 * c.ticks for c in finals} == {120}
    assert {(c.agents, c.level, c.judge) for c in finals} == {(16, "L3", "rubric:gpt-5.4")}
    pilots = [c.config for c in cells() if c.labels["series"] == "pilot"]
    assert {(c.agents, c.level, c.judge) for c in pilots} == {
        (8, "L3", "rubric:gpt-4o"), (8, "L4", "rubric:gpt-4o")
    }  # fmt: skip
    assert {c.model for c in pilots} == {"synthetic/gpt-4.1-mini"}


def test_no_run_is_counted_twice():
    config = StudyConfig("x", tuple(cells()), 10)
    assert len(set(config.runs())) == len(config.runs())


@pytest.mark.parametrize(
    ("total", "n", "fewest"), [(66, 8, 1), (3, 8, 2), (1213, 168, 2), (0, 3, 1)]
)
def test_tasks_are_spread_evenly(total, n, fewest):
    each = MADE["spread"](total, n, fewest)
    assert max(each) - min(each) <= 1
    assert each == sorted(each, reverse=True)
    assert min(each) >= fewest
    assert sum(each) == max(total, fewest * n)


@pytest.mark.parametrize(("scale", "replicates"), [(1.0, 10), (0.3, 6), (0.02, 3), (0.001, 2)])
def test_every_struck_run_has_its_twin(scale, replicates):
    struck = {c.config.protocol: c.config for c in cells(scale, replicates)
              if c.labels["event"] != "none"}  # fmt: skip
    assert set(struck) == {"sequential", "coordinator", "broadcast", "shared"}
    twin = {"series": "shocks and rest", "event": "none", "judge_asked": "gpt-4o"}
    twins = [c.config for c in cells(scale, replicates) if c.labels == twin]
    assert {t.protocol: t.ticks for t in twins} == {p: c.ticks for p, c in struck.items()}
    for config in struck.values():
        assert config.shocks.count("@") == 5
        first = MADE["first_shock"](config.ticks)
        assert f"remove@{first}" in config.shocks


@pytest.mark.parametrize("ticks", [1, 2, 3, 9, 40])
def test_shocks_strike_within_the_run_and_in_order(ticks):
    at = [int(t) for t in re.findall(r"@(\d+)", MADE["schedule"](ticks, "synthetic/weak"))]
    assert len(at) == 5
    assert at == sorted(at)
    assert max(at) < ticks
    assert "substitute" not in MADE["schedule"](ticks, "openai/x")


def test_options_replace_models_sizes_and_tasks():
    small = cells(ticks=3, most=4, model="synthetic/weak", replicates=2)
    assert {c.config.model for c in small} == {"synthetic/weak"}
    assert {c.config.agents for c in small} == {4}
    assert {c.config.ticks for c in small} == {3}
    assert {c.config.judge for c in cells(model="openai/gpt-4o", replicates=2)} == {None}


# --- claims ------------------------------------------------------------------------------------


PUBLISHED = (0.640, 0.724, 0.510, 0.503, 0.478, 0.510, 0.363, 0.369, 0.774, 0.829, 0.580, 0.589,
             0.875, 0.829, 0.800, 0.767, 0.738, 0.713, 0.141, 0.124, 0.122, 0.086, 0.008, 0.44,
             1.86, 5006, 0.54, 0.75, 0.055, 1272, 0.95, 24)  # fmt: skip


def test_every_published_figure_stands_once_and_what_the_fit_used_is_called_fitted():
    made = MADE["claims"](Found([]))
    values = Counter(c.low for c in made if c.low == c.high)
    assert values == Counter(map(float, PUBLISHED))
    fitted = [c for c in made if c.kind is Kind.FITTED]
    used = sorted(f.published for f in FIGURES if not f.held_back)
    assert sorted(c.low for c in fitted if c.name.endswith("Q")) == used
    assert len([c for c in fitted if "abstention" in c.name]) == len(fitted) - len(used) == 2
    assert all(c.ours is None for c in made)


def row(seed, **more):
    base = {
        "seed": seed, "series": "pilot", "event": "none", "judge_asked": "gpt-4o", "agents": 8,
        "protocol": "sequential", "model": "synthetic/gpt-4.1-mini", "quality": None,
    }  # fmt: skip
    return {**base, **more}


def test_resilience_is_the_area_left_after_the_first_shock():
    ticks = [
        row(s, series="shocks and rest", event=e, quality=q, tick=t)
        for s in range(2)
        for e, qs in (("none", (0.8,) * 8), ("five shocks", (0.8, 0.8, *(0.6 + 0.1 * s,) * 6)))
        for t, q in enumerate(qs)
    ]
    found = MADE["resilience_of"](Found([], ticks), "sequential")
    assert found.values == {0: pytest.approx(0.75), 1: pytest.approx(0.875)}
    assert MADE["resilience_of"](Found([], ticks[:-1]), "sequential").values.keys() == {0}
    other = [{**t, "judge_asked": "gpt-5.4"} for t in ticks]
    assert MADE["resilience_of"](Found([], [*ticks, *other]), "sequential").values == found.values


def test_names_are_counted_over_the_whole_campaign():
    rows = [row(0), row(1), row(0, agents=4)]
    members = [[{"role": "a x"}, {"role": None}], [{"role": "a x"}, {"role": "b"}], [{"role": "c"}]]
    found = Found(rows, member_rows=members)
    names = Counter(MADE["names_of"](found, agents=8))
    assert names == {"a x": 2, "b": 1}
    assert "2 names of roles of 8 agents are 2 roles" in MADE["_paraphrases"](found)[0]
    assert MADE["_paraphrases"](Found([])) == []
    assert MADE["gini"](names) == pytest.approx(1 / 6)
    assert MADE["gini"](Counter()) is None


def test_cohens_d_is_over_single_tasks():
    ticks = [row(0, protocol=p, quality=q, tick=t)
             for p, qs in (("sequential", (0.7, 0.8, 0.9)), ("shared", (0.4, 0.5, 0.6)))
             for t, q in enumerate(qs)]  # fmt: skip
    assert MADE["cohens_d"](Found([], ticks), "sequential", "shared") == pytest.approx(3.0)
    assert MADE["cohens_d"](Found([], ticks), "sequential", "silent") is None


# --- the command -------------------------------------------------------------------------------


def test_it_writes_one_page_says_its_speed_and_goes_on(call, tmp_path):
    first = call(*TASTE, "--out", "mine")
    assert (first.code, "broke" in first.err) == (0, False), first.err
    page = (tmp_path / "mine" / "campaign.html").read_text()
    assert "http" not in re.sub(r"arXiv|https?://www.w3.org\S*", "", page)
    for text in (
        "Pilot: 8 agents", "Final: 16 agents", "fitted", "prediction", "no evidence",
        "Hierarchy depth", "Capability threshold", "12,130", "of 0 to 1 are within 0.02",
    ):  # fmt: skip
        assert text in page, text
    assert page.count("data:image/png;base64,") == 2
    speed = re.search(r"([\d,]+) runs \(0 more were there\).* task runs per second", first.err)
    assert speed is not None
    assert "peak memory" in first.err
    again = call(*TASTE, "--out", "mine")
    assert (again.code, again.out) == (0, first.out)
    assert re.search(r"\n?0 runs \([\d,]+ more were there\)", again.err)
    assert (tmp_path / "mine" / "campaign.html").read_text() == page


def test_json_holds_runs_and_findings(call):
    body = json.loads(call(*TASTE, "--json").out)
    assert body["scenario"] == "paper_campaign"
    assert {r["series"] for r in body["runs"]} == {
        "pilot", "main", "foundation", "final", "shocks and rest"
    }  # fmt: skip
    assert len(body["findings"]) > 5


@pytest.mark.parametrize("wrong", [("--scale", "0"), ("--scale", "2"), ("--agents", "3")])
def test_what_it_can_not_play_is_one_line(call, wrong, tmp_path):
    found = call(*wrong)
    assert (found.code, found.err.count("\n")) == (2, 1)
    assert wrong[0][2:] + "=" in found.err
    assert list(tmp_path.iterdir()) == []


def test_a_scale_out_of_range_is_refused_before_anything():
    with pytest.raises(UsageError, match="scale=-1"):
        MADE["main"](scale=-1.0)


def test_the_speed_counts_what_was_played_and_nothing_else(capsys):
    made = StudyConfig("paper_campaign", cells(replicates=2), 2)
    keys = [run_key(r) for r in dict.fromkeys(made.runs())]
    MADE["say_speed"](made, set(keys[:5]), set(keys[:8]), 2.0)
    said = capsys.readouterr().err
    assert said.startswith("3 runs (5 more were there), ")
    assert ": 1.5 runs and" in said
