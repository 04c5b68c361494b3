"""Matched budgets: sizes that spend the same, said as they are, and refused where they can't be."""

from __future__ import annotations

import pytest
from support.own import Constant, bow

from unscripted.agents.llm.transport.host_process import import_litellm
from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.config.comparison import ComparisonConfig
from unscripted.scenarios.harness.config.groups import Design
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.results.factors import Cell
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.runs import matching
from unscripted.scenarios.harness.runs.keys import run_key
from unscripted.scenarios.harness.runs.matched_results import (
    HEAD,
    analysed,
    as_asked,
    match_lines,
    match_rows,
    with_spending,
)
from unscripted.scenarios.harness.runs.matching import is_alone, matched
from unscripted.scenarios.harness.runs.reporter import Reporter
from unscripted.scenarios.harness.runs.sweep import sweep
from unscripted.scenarios.harness.statistics.intervals import interval
from unscripted.scenarios.harness.statistics.summary import CellSummary

PROTOCOLS = ("sequential", "broadcast", "silent", "solo")


@pytest.fixture(autouse=True)
def brief(monkeypatch):
    """A pilot of few tasks."""
    monkeypatch.setattr(matching, "PILOT", 4)


def matched_by(match, *protocols, agents=(6,), **base):
    run = RunConfig.of(**{"ticks": 2, "model": "synthetic/medium", "level": "L3", **base})
    factors = {"protocol": protocols or PROTOCOLS, "agents": agents}
    return matched(ComparisonConfig(run, factors, Design(replicates=2, match=match)), Reporter())


def sizes(config):
    return {
        (cell["protocol"], cell["agents"]): size.size
        for cell, size in zip(config.cells, config.sizes, strict=True)
    }


def of_six(config):
    return {protocol: size for (protocol, _), size in sizes(config).items()}


# Which size


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
        (lambda n: n * n, 8, 49, 7),
        (lambda n: n, 3, 11, 11),
        (lambda n: n, 3, 12, 12),
        (lambda n: n, 3, 13, 12),
    ],
)
def test_the_largest_size_within_budget(spend, asked, budget, size):
    assert matching._largest(spend, asked, budget) == size


def test_few_sizes_are_measured():
    asked = []

    def spend(n):
        asked.append(n)
        return 2.0 * n

    matching._largest(spend, 256, 256)
    assert len(set(asked)) <= 10


def test_the_cheapest_is_the_measure():
    config = matched_by("calls")
    assert of_six(config) == {"sequential": 6, "broadcast": 3, "silent": 6, "solo": 6}
    assert {s.budget for s in config.sizes} == {6.0}
    assert all(s.pilot <= s.budget for s in config.sizes)
    assert {(r.team.protocol, r.team.agents) for r in config.runs()} == set(of_six(config).items())


def test_a_named_protocol_gives_the_budget():
    config = matched_by("calls:broadcast", "sequential", "broadcast")
    assert of_six(config) == {"sequential": 12, "broadcast": 6}
    config = matched_by("calls:sequential", "sequential", "broadcast")
    assert of_six(config) == {"sequential": 6, "broadcast": 3}


@pytest.mark.parametrize("match", ["tokens", "usd"])
def test_tokens_and_money_keep_budgets(match):
    config = matched_by(match)
    for size in config.sizes:
        assert 0 < size.pilot <= size.budget * (1 + 1e-9)
    chosen = of_six(config)
    assert max(chosen[p] for p in PROTOCOLS if p != "solo") == 6, "the cheapest keeps its size"
    assert chosen["broadcast"] < 6


def test_each_block_has_its_budget():
    config = matched_by("calls", "sequential", "broadcast", agents=(4, 8))
    assert sizes(config) == {
        ("sequential", 4): 4, ("broadcast", 4): 2, ("sequential", 8): 8, ("broadcast", 8): 4,
    }  # fmt: skip


def test_the_pilot_spares_compared_seeds(monkeypatch):
    seen = []
    played = matching._played
    monkeypatch.setattr(matching, "_played", lambda run, by: (seen.append(run), played(run, by))[1])
    changed = {"shock": "remove@1", "judge": "rubric:gpt-4o", "budget": 0.001, "seed": 3}
    assert matched_by("tokens", **changed) == matched_by("tokens", **changed)
    assert {run.tasks.seed for run in seen} == {3 + 2}
    assert {(r.tasks.shocks, r.tasks.judge, r.calls.budget_usd) for r in seen} == {
        ("", "none", None)
    }  # fmt: skip


def test_solo_is_alone():
    assert is_alone("solo")
    assert is_alone("solo:x=1")
    assert not is_alone("soloist")


def test_money_of_nobody_is_refused():
    with pytest.raises(UsageError, match="nothing says what usd it takes"):
        matched_by("usd", "sequential", "silent", model=Constant("a"))


# What is said


def test_matched_cells_are_compared():
    config = matched_by("calls", agents=(2, 6))
    results = sweep(config, workers=1)
    found = as_asked(config, results)
    assert len(found) == len(config.runs())
    rows = [r.row for r in found.values()]
    assert {r["agents"] for r in rows} == {2, 6}
    for run, row in zip(config.runs(), rows, strict=True):
        assert row["size"] == run.team.agents
        assert row["calls"] == results[run_key(run)].row["calls"]
        assert row["quality"] == results[run_key(run)].row["quality"]
    for result in found.values():
        assert {t["size"] for t in result.ticks} == {result.row["size"]}
        assert {a["size"] for a in result.agents} == {result.row["size"]}
        assert len(result.agents) == result.row["size"] * result.row["ticks"]
    compared, said = analysed(config, results)
    assert compared == found
    for cell in said.summary:
        assert cell.spending.off_budget == pytest.approx(
            cell.mean("calls") / cell.spending.budget - 1
        )
        others = {c.against for c in cell.contrasts if c.factor == "protocol"}
        assert others == set(PROTOCOLS) - {cell.cell.protocol}
    assert said.conclusions[0].startswith("budgets were matched on calls per task")


def test_a_run_in_two_cells():
    config = matched_by("calls", "sequential", "solo", agents=(2, 3))
    both = ComparisonConfig(
        config.base, config.factors, config.design, (config.sizes[0],) * 4
    )  # fmt: skip
    results = sweep(both, workers=1)
    assert len(results) == 4
    assert len(as_asked(both, results)) == 8


def spent(config, **calls):
    summary = [
        CellSummary(
            Cell(**c.team.labels | {"agents": cell["agents"]}, level="L3"),
            2,
            {"calls": interval([calls[cell["protocol"]]])},
        )
        for cell, c in zip(config.cells, config.conditions, strict=True)
    ]
    return with_spending(config, summary)


def test_lines_say_how_well_it_matched():
    config = matched_by("calls")
    good = match_lines(config, spent(config, sequential=6.0, broadcast=5.8, silent=6.0, solo=2.0))
    assert "off by 3 % at most (broadcast, -3 %, 3 for 6 agents)" in good[0]
    assert "of the cheapest protocol at the size asked for" in good[0]
    assert not any("beyond" in line for line in good)
    assert any("solo may spend as much and stops of its own accord at 33 %" in x for x in good)
    assert good[-1].startswith("matched teams differ in size; ")
    bad = match_lines(config, spent(config, sequential=7.5, broadcast=5.0, silent=6.6, solo=6.0))
    assert "off by 25 % at most (sequential, +25 %" in bad[0]
    assert "beyond 10 %" in bad[1]
    assert bad[1].endswith("sequential +25 %, broadcast -17 %")
    assert not any("solo" in line for line in bad)
    named = matched_by("calls:silent")
    lines = match_lines(named, spent(named, sequential=6.0, broadcast=6.0, silent=6.0, solo=6.0))
    assert "(of silent at the size asked for)" in lines[0]


def test_rows_say_size_and_budget():
    config = matched_by("calls")
    summary = spent(config, sequential=6.0, broadcast=5.4, silent=6.0, solo=2.0)
    rows = match_rows(summary, "calls")
    assert [dict(zip(HEAD, row, strict=True)) for row in rows if row[0] == "broadcast"] == [{
        "protocol": "broadcast", "where": "L3, complete, synthetic/medium", "agents asked": "6",
        "size played": "3", "budget": "6.000", "spent": "5.400", "off by": "-10 %",
    }]  # fmt: skip


def test_the_unmeasured_is_no_deviation():
    config = matched_by("usd")
    rows = spent(config, sequential=6.0, broadcast=6.0, silent=6.0, solo=6.0)
    assert {r.spending.off_budget for r in rows} == {None}
    assert match_lines(config, rows) == []
    assert {line[-1] for line in match_rows(rows, "usd")} == {"–"}


def test_without_matching_nothing_changes():
    config = ComparisonConfig(RunConfig.of(agents=6), {"protocol": PROTOCOLS})
    assert matched(config, Reporter()) is config
    results = {"a": RunResult(error="x")}
    assert as_asked(config, results) == results
    assert match_rows([], None) == []


# Real models: a rehearsal, nothing paid

REAL = {"model": "openai/gpt-4.1-mini", "agents": (4,)}


@pytest.fixture
def unpaid(monkeypatch):
    """No model may be called."""

    def refuse(*_, **__):
        raise AssertionError("a model was called")

    monkeypatch.setattr(import_litellm(), "completion", refuse)
    monkeypatch.setattr(import_litellm(), "acompletion", refuse)


@pytest.mark.parametrize("match", ["calls", "tokens", "usd"])
def test_real_sizes_come_from_rehearsals(match, unpaid):
    config = matched_by(match, "sequential", "broadcast", price="1,4", **REAL)
    chosen = of_six(config)
    assert 1 <= chosen["broadcast"] < chosen["sequential"] == 4
    assert all(0 < s.pilot <= s.budget for s in config.sizes)


def test_money_needs_a_price(unpaid):
    unknown = {"model": "openai/no-such-model", "api_base": "http://127.0.0.1:9/v1"}
    with pytest.raises(UsageError, match="no known price; use --price, or --match tokens"):
        matched_by("usd", "sequential", "broadcast", **unknown)
    assert of_six(matched_by("calls", "sequential", "broadcast", **unknown))["broadcast"] == 3


def test_networks_of_ones_own_match():
    config = matched_by("calls", "sequential", "broadcast", topology=bow)
    summary = analysed(config, sweep(config, workers=1))[1].summary
    assert {c.cell.topology for c in summary} == {"bow"}
    assert all(c.spending is not None for c in summary)
