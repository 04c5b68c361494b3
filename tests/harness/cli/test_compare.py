"""`unscripted compare`: cells, contrasts, matched budgets, and what is told of them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from support.commands import SMALL

from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.runs import matching, sweep
from unscripted.scenarios.harness.runs.matched_results import HEAD


def test_the_summary_has_every_interval(compared):
    body = compared[1].body
    assert set(body) == {"version", "synthetic", "runs", "summary", "tests", "conclusions"}
    assert [r["protocol"] for r in body["summary"]] == ["silent", "solo"]
    for cell in body["summary"]:
        values = [r["quality"] for r in body["runs"] if r["protocol"] == cell["protocol"]]
        assert len(values) == cell["quality"]["n"] == cell["replicates"] == 3
        assert cell["quality"]["mean"] == pytest.approx(sum(values) / 3)
        assert cell["quality"]["sd"] == pytest.approx(pd.Series(values).std())
        low, high = cell["quality"]["ci95"]
        assert low < cell["quality"]["mean"] < high
        contrast = next(c for c in cell["contrasts"] if c["measure"] == "quality")
        assert {"difference", "ci95", "cohens_d", "p", "p_corrected"} <= contrast.keys()
        assert contrast["pairs"] == 3


def test_without_lists_it_is_the_papers(call):
    said = call("compare", *SMALL, "--replicates", 1, "--json")
    assert said.code == 0
    assert [r["protocol"] for r in said.body["runs"]] == [
        "sequential", "coordinator", "broadcast", "shared",
    ]  # fmt: skip
    assert {r["level"] for r in said.body["runs"]} == {"L3"}
    assert list(Path.cwd().iterdir()) == []


def test_progress_counts_runs(compared):
    assert compared[1].err.splitlines()[:7] == [f"runs {k}/6" for k in range(7)]


def test_the_speed_is_told(compared):
    (line,) = [x for x in compared[1].err.splitlines() if "task runs per second" in x]
    assert line.startswith("6 runs, 18 task runs, in ")
    assert "peak memory" in line


def test_every_cell_is_on_screen(compared):
    text = compared[1].err
    assert "Means per task over 3 seeds per cell" in text
    assert {"silent", "solo"} <= set(text.split())
    assert "3 seeds are too few to conclude anything." in text
    assert "docs/statistics.md the rule" in text


def test_brackets_in_names_are_text(call, undrawn):
    net = Path("a[/b] :smile:.edgelist")
    net.parent.mkdir()
    net.write_text("0 1\n1 2\n")
    said = call("run", *SMALL, "--topology", net, "--out", "mine")
    assert said.code == 0
    assert str(net) in said.out
    assert str(net) in said.err
    cells = ("--replicates", 1, "--topology", f"{net},star", "--protocol", "solo")
    said = call("compare", *SMALL, *cells, "--out", "both")
    assert said.code == 0
    assert str(net) in said.out.replace("\n", "")


def test_a_budget_stops_every_run(call, undrawn):
    plain = (
        "compare", "--protocol", "silent,shared", "--replicates", 2, "--agents", 3,
        "--ticks", 5, "--json", "--out",
    )  # fmt: skip
    whole = call(*plain, "whole")
    dear = max(r["cost_usd"] for r in whole.body["runs"])
    stopped = call(*plain, "cut", "--budget", 2.5 * dear)
    assert stopped.code == 4
    assert "4 of 4 runs stopped at the budget of each; " in stopped.err
    assert all(0 < r["ticks"] < 5 for r in stopped.body["runs"])
    continued = call(*plain, "cut", "--budget", 100 * dear)
    assert (continued.code, continued.body) == (0, whole.body)


BREAKS = """
import unscripted as un

class Breaks(un.Mind):
    instant = True
    name = "breaks"
    def decide(self, observation):
        raise RuntimeError("this mind breaks")
"""


def test_failures_above_limit_end_with_3(call):
    Path("own.py").write_text(BREAKS)
    models = ("--model", "own.py:Breaks,synthetic/weak", "--protocol", "silent", "--agents", 4)
    arguments = ("compare", *models, "--ticks", 2, "--replicates", 1, "--json", "--max-failures")
    assert call(*arguments, 7).code == 3
    assert call(*arguments, 8).code == 0


def test_a_broken_run_is_told(call, monkeypatch):
    play = sweep.run_one

    def broken(config, *rest):
        odd = config.tasks.seed == 1
        return RunResult(error="OSError: [b]full[/b]\x1b[2J") if odd else play(config, *rest)

    monkeypatch.setattr(sweep, "run_one", broken)
    said = call("compare", *SMALL, "--protocol", "silent,solo", "--replicates", 3, "--json")
    assert said.code == 3
    assert "strong|3|None|1|ticks=3 broke: OSError: [b]full[/b]" in said.err
    assert "\x1b" not in said.err
    assert len(said.body["runs"]) == 4


# Matched budgets

MATCH = ("compare", "--protocol", "sequential,broadcast,solo", "--agents", 4, "--ticks", 2,
         "--replicates", 2, "--match", "calls")  # fmt: skip


@pytest.fixture
def brief(monkeypatch):
    """A pilot of few tasks."""
    monkeypatch.setattr(matching, "PILOT", 4)


def rows_of(page):
    part = page.partition("Matched budgets, per task</summary>")[2].partition("</table>")[0]
    assert all(f"<th>{name}</th>" in part for name in HEAD)
    return part.split("<tr>")[2:]


def test_matched_sizes_are_shown_and_kept(call, brief):
    first = call(*MATCH, "--out", "mine")
    assert first.code == 0, first.err
    assert "learning what 3 protocols spend …" in first.err
    assert "Matched budgets, per task (calls)" in first.out
    assert "budgets were matched on calls" in first.out
    page = Path("mine/report.html").read_text(encoding="utf-8")
    assert "budgets were matched on calls" in page
    assert len(rows_of(page)) == 3
    config = json.loads(Path("mine/config.json").read_text())
    assert (config["match"], len(config["sizes"])) == ("calls", 3)
    ticks = pd.read_csv("mine/ticks.csv")
    assert set(ticks[ticks.protocol == "broadcast"]["size"]) == {2}
    assert set(ticks["agents"]) == {4}
    again = call(*MATCH, "--out", "mine")
    assert (again.code, again.out) == (0, first.out)
    assert call("report", "mine").code == 0
    assert Path("mine/report.html").read_text(encoding="utf-8") == page
    other = call(*MATCH[:-1], "tokens", "--out", "mine")
    assert other.code == 2


def test_matched_rows_say_size_and_budget(call, brief):
    body = call(*MATCH, "--json").body
    assert {r["size"] for r in body["runs"]} == {2, 4}
    assert {r["budget"] for r in body["runs"]} == {4.0}
    assert {r["agents"] for r in body["runs"]} == {4}
    assert all({"size", "budget", "off_budget"} <= set(cell) for cell in body["summary"])


def test_sizes_that_do_not_fit(call, brief):
    protocols = ("--protocol", "sequential,broadcast", "--agents", 34)
    said = call("compare", *protocols, "--match", "calls", "--topology", "karate-club")
    assert said.code == 2
    assert "match=calls tries broadcast with 1 agents, which can't be played" in said.err
    assert list(Path.cwd().iterdir()) == []
