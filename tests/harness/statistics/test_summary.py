"""Cells over seeds: one row each, in plain JSON."""

from __future__ import annotations

import json
import pkgutil
from dataclasses import is_dataclass
from importlib import import_module

import pytest
from support.runs import QUALITY, cell, cells, noisy, played, row

from unscripted.model.metrics.measure import Measure
from unscripted.scenarios.harness import results, statistics
from unscripted.scenarios.harness.results.factors import FACTORS
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.statistics.analysis import analyse
from unscripted.scenarios.harness.statistics.evidence import Rule
from unscripted.scenarios.harness.statistics.intervals import bootstrapped, interval
from unscripted.scenarios.harness.statistics.summary import Spending, summarize, summarized


def test_a_row_per_cell():
    runs = cell("b", [0.5, 0.7]) + cell("a", [0.1, None]) + cell("b", [0.2, 0.2], agents=4)
    summary = summarize(runs)
    assert [(r.cell.protocol, r.cell.agents) for r in summary] == [("b", 8), ("a", 8), ("b", 4)]
    assert [r.replicates for r in summary] == [2, 2, 2]
    assert [r.measure("quality").n for r in summary] == [2, 1, 2]
    assert [r.mean("quality") for r in summary] == [0.6, 0.1, 0.2]
    assert summary[0].measure("risk") is summary[0].mean("risk") is None
    assert summary[0].mean("nonesuch") is None
    assert summarize([]) == []


def test_one_replicate_has_means_alone():
    for r in summarize(cells(a=[0.5], b=[0.7])):
        assert (r.measure("quality").ci95, r.measure("quality").sd) == (None, None)
        assert r.contrasts == ()


def test_measures_with_margins_are_resampled():
    values = noisy(0.5, 9, 1)
    (found,) = summarize([row("a", s, quality=q, risk=q) for s, q in enumerate(values)])
    assert found.measure("quality").ci95_bootstrap == bootstrapped([values])[0]
    assert found.measure("quality").ci95 == found.measure("risk").ci95 == interval(values).ci95
    assert not hasattr(found.measure("risk"), "ci95_bootstrap")


def test_contrasts_are_found_by_name():
    a, b = summarize(cells(a=noisy(0.9, 6, 1), b=noisy(0.5, 6, 2)), rule=QUALITY)
    assert a.contrast("protocol", "b") is a.contrasts[0]
    assert b.contrast("protocol", "a").difference == -a.contrasts[0].difference
    assert a.contrast("protocol", "c") is a.contrast("agents", "b") is None
    assert a.contrast("protocol", "b", "risk") is None


def test_body_has_the_keys_of_json():
    (found,) = summarize(cell("a", [0.5, 0.7]))
    body = found.body()
    assert list(body) == [*FACTORS, "replicates", *summarized(), "contrasts"]
    assert "unique_roles" in body
    assert not {"judge_alpha", "judge_cost_usd"} & set(body)
    assert body["quality"]["mean"] == 0.6
    assert body["risk"] is None
    matched = type(found)(found.cell, 2, {}, (), Spending(5, 40.0, -0.1)).body()
    assert list(matched)[-3:] == ["size", "budget", "off_budget"]


def test_own_measures_have_their_place():
    own = Measure("loners", lambda records, scales: 1.0, "loners", contrasted=True, margin=0.1)
    runs = [row(p, s, quality=0.5, loners=q) for p in "ab" for s, q in enumerate(noisy(1, 6, 1))]
    rule = Rule.of([own])
    a, _ = summarize(runs, rule=rule, own={"loners": own})
    assert a.mean("loners") == pytest.approx(1, abs=0.1)
    assert a.contrast("protocol", "b", "loners").conclusion == "constant"
    found = analyse([RunResult(r) for r in runs], rule, {"loners": own})
    assert found.summary[0].mean("loners") == a.mean("loners")


@pytest.mark.parametrize("lead", [0.0, 0.1])
def test_an_analysis_is_plain_json(lead):
    results = [*played("a", [lead] * 6, noise=0), *played("b", [0] * 6), RunResult(error="x")]
    body = analyse(results).body()
    assert list(body) == ["runs", "summary", "tests", "conclusions"]
    assert len(body["runs"]) == 12
    assert json.loads(json.dumps(body, allow_nan=False))["tests"][0]["factor"] == "protocol"
    assert analyse([]).body() == {"runs": [], "summary": [], "tests": [], "conclusions": []}


def test_values_are_frozen():
    for package in (statistics, results):
        for info in pkgutil.iter_modules(package.__path__):
            module = import_module(f"{package.__name__}.{info.name}")
            for value in vars(module).values():
                if is_dataclass(value) and value.__module__ == module.__name__:
                    assert value.__dataclass_params__.frozen, value


def test_a_level_is_the_runs_own():
    results = [*played("a", [0.1] * 6, level="mixed"), *played("b", [0.0] * 6, level="mixed")]
    (a, _) = analyse(results).summary
    assert a.contrast("protocol", "b").by_task.tasks == 6
