"""Tables of a run and of a comparison, as texts that fit."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console
from support.histories import record

import unscripted as un
from unscripted.model.judge import Verdict, Vote
from unscripted.scenarios.harness.format import width
from unscripted.scenarios.harness.results.factors import Cell
from unscripted.scenarios.harness.results.labels import BY_CONSTRUCTION, of_run_table
from unscripted.scenarios.harness.results.rows import measured
from unscripted.scenarios.harness.statistics.intervals import interval
from unscripted.scenarios.harness.statistics.summary import CellSummary
from unscripted.scenarios.harness.terminal.tables import (
    agreement_line,
    compare_table,
    run_rows,
    run_table,
    team_table,
)


@pytest.fixture(scope="module")
def records():
    """Of a run; look, don't touch."""
    org = un.build(n_agents=18, rng=3)
    return org.run(2)


def columns(table):
    return {str(c.header): [str(cell) for cell in c.cells] for c in table.columns}


def test_a_runs_measures_are_rows(records):
    rows = run_rows(records)
    ticks = measured(records)
    still = {n for n in BY_CONSTRUCTION if len({t[n] for t in ticks}) == 1}
    still |= {"cost_usd_uncached", "tokens_cached"}  # nothing was discounted, nobody counted
    assert [row[0] for row in rows] == [m.label for m in of_run_table() if m.name not in still]
    quality = next(row for row in rows if row[0] == "quality Q")
    found = interval(t["quality"] for t in measured(records))
    assert quality[1:] == [f"{found.mean:.3f}", f"{found.sd:.3f}", "0.25 to 1"]
    table = run_table(records, "A [b]title[/b]")
    assert str(table.title) == "A [b]title[/b]"
    assert list(columns(table)) == ["measure", "mean", "sd over ticks", "unit"]
    stability = next(row for row in rows if row[0] == "role stability")
    assert stability[2] == "–", "one value has no spread"


def test_a_team_has_its_states(records):
    table = team_table(records[0])
    shown = columns(table)
    assert shown["agent"] == [str(k) for k in range(16)]
    assert table.caption == "2 more members not shown"
    assert {s.split()[0] for s in shown["state"]} <= {"●", "○", "–", "✗"}
    assert str(table.title) == f"Last task: {records[0].task_id}"
    member = records[0].members[3]
    assert shown["role, or why not"][3] == (member.role or member.note)
    assert shown["built on"][3] == (", ".join(map(str, member.builds_on)) or "–")
    assert team_table(records[0], most=18).caption is None


def test_judges_agree_in_one_line(records):
    votes = tuple(Vote(name, (3.0, 2.0, 3.0, 2.0, 1.0)) for name in "ab")
    judged = [replace(r, verdict=Verdict(3.0, votes=votes)) for r in records]
    said = agreement_line(judged)
    assert said.startswith("agreement of the judges (Krippendorff's alpha over 2 tasks; ")
    assert "mission relevance –" in said


def cell(protocol, quality, replicates=3, **factors):
    found = {"topology": "complete", "model": "m", "agents": 8, "level": "L3", **factors}
    measured = None if quality is None else interval([quality - 0.01, quality, quality + 0.01])
    return CellSummary(Cell(protocol=protocol, **found), replicates, {"quality": measured})


def test_the_best_stands_first():
    summary = [cell("[b]", None), cell("low", 0.4), cell("high", 0.8), cell("mid", 0.5)]
    table = compare_table(summary, Console(width=200))
    shown = columns(table)
    assert shown["protocol"] == ["high", "mid", "low", "[b]"]
    assert shown["Q [95 % interval]"][0].startswith("0.800 [")
    assert shown["Q [95 % interval]"][3] == "–"
    assert not {"level", "agents", "network", "model", "topology"} & shown.keys()
    assert str(table.title) == "Means per task over 3 seeds per cell"
    assert table.caption is None


def test_what_varies_has_a_column():
    summary = [
        cell("a", 0.4, agents=16), cell("b", 0.9, agents=16, replicates=2), cell("a", 0.5, agents=4)
    ]  # fmt: skip
    table = compare_table(summary, Console(width=200))
    shown = columns(table)
    assert (shown["agents"], shown["protocol"]) == (["16", "16", "4"], ["b", "a", "a"])
    assert "over 2–3 seeds" in str(table.title)


def test_columns_are_left_out_whole():
    summary = [cell("a", 0.4), cell("b", 0.5)]
    wide = compare_table(summary, Console(width=200))
    narrow = compare_table(summary, Console(width=80))
    left_out = len(wide.columns) - len(narrow.columns)
    assert left_out > 0
    assert narrow.caption == f"{left_out} columns don't fit; all are in report.html"
    assert "Q [95 % interval]" in columns(narrow)
    alike = [replace(c, measures={**c.measures, "tokens": interval([5.0] * 3)}) for c in summary]
    said = compare_table(alike, Console(width=80)).caption
    assert (
        said
        == f"{left_out} columns don't fit (the same in all: tokens 5.000); all are in report.html"
    )
    tiny = compare_table(summary, Console(width=20))
    assert len(tiny.columns) == 2, "quality is never left out"


@pytest.mark.parametrize("role", ["x" * 200, "编辑" * 100, "word " * 40, "👩\u200d💻" * 80])
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_long_roles_are_cut(role, columns):
    console = Console(width=columns, file=io.StringIO(), color_system=None)
    console.print(team_table(record(0, (role, ()), ("editor", (0,)))))
    title, _, head, _, first, second = console.file.getvalue().splitlines()[:6]
    assert head.split()[:2] == ["agent", "state"]
    assert head.rstrip().endswith("built on")
    assert "…" in first
    assert first.split()[:3] == ["0", "●", "contributed"]
    assert second.split()[-1] == "0"
    assert all(width(line) <= columns for line in (title, head, first, second))
