"""`--dry-run`: what commands would take and could show, near the truth, with nothing sent."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from support.called import MODEL, config
from support.commands import command

import unscripted as un
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.folders.folder import archive
from unscripted.scenarios.harness.planning.reach import reach_of
from unscripted.scenarios.harness.runs.forecast import forecast

ARCHIVE = Path(__file__).resolve().parents[3] / "docs" / "recorded" / "first.tar.xz"
WITHIN = 0.25
KEYS = {
    "calls", "tokens_in", "tokens_out", "tokens_cached", "cost_usd", "cost_usd_uncached", "hours",
    "budget_usd", "detectable", "sentences",
}  # fmt: skip


def test_recorded_models_are_foretold(tmp_path):
    with tarfile.open(ARCHIVE) as packed:
        packed.extractall(tmp_path, filter="data")
    with archive(tmp_path / "first") as folder:
        config, results = folder.config, folder.results()
    expected = forecast([(r, r.tasks.ticks) for r in config.runs()], un.Service(config.base.calls))
    rows = [row for result in results.values() for row in result.agents]
    for said, column in (
        (expected.calls, "calls"), (expected.tokens_in, "tokens_in"),
        (expected.tokens_out, "tokens_out"),
    ):  # fmt: skip
        assert said == pytest.approx(sum(row[column] for row in rows), rel=WITHIN)


@pytest.mark.parametrize("most", [400, 2048])
@pytest.mark.parametrize("protocol", ["sequential", "coordinator", "broadcast"])
def test_called_models_are_foretold(loopback, protocol, most):
    made = config(
        loopback(), protocol=protocol, max_tokens=most, agents=4, ticks=2, judge="openai/gpt-4o"
    )
    service = un.Service(made.calls)
    expected = forecast([(made, 2)], service)
    organization_of(made, service).run(2)
    meter = service.client.meter
    assert expected.calls == pytest.approx(meter.answered, rel=WITHIN)
    assert expected.tokens_in == pytest.approx(meter.tokens_in, rel=WITHIN)
    assert expected.cost_usd == pytest.approx(service.client.budget.spent_usd, rel=WITHIN)


@pytest.mark.parametrize("name", ["run", "compare", "advise"])
def test_no_key_is_needed(here, monkeypatch, name):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    said = command(
        name, "--model", MODEL, "--agents", 3, "--ticks", 2, "--dry-run", "--json", "--budget", 5
    )
    assert said.code == 0, said.err
    assert said.body.keys() >= KEYS
    assert said.body["calls"] > 0
    assert said.body["cost_usd"] <= said.body["cost_usd_uncached"]
    assert (said.body["detectable"] is None) is (name == "run")
    assert list(here.iterdir()) == []


def test_modelled_dollars_are_the_played(here):
    said = command("run", "--agents", 3, "--ticks", 4, "--dry-run", "--json")
    truth = un.run(agents=3, ticks=4)
    assert said.body["calls"] == truth.row["calls"] * 4
    assert said.body["cost_usd"] == pytest.approx(truth.row["cost_usd"] * 4)
    assert "modelled" in " ".join(said.body["sentences"])


def test_what_is_there_is_not_counted(here):
    small = ("compare", "--protocol", "silent,solo", "--agents", 3, "--ticks", 1, "--out", "a")
    assert command(*small, "--replicates", 2).code == 0
    said = command(*small, "--replicates", 3, "--dry-run", "--json")
    assert (said.body["runs"], said.body["tasks"]) == (2, 2)


def test_scenarios_are_planned(here):
    said = command("scenario", "team_scaling", "--replicates", 1, "--dry-run", "--json")
    assert said.code == 0, said.err
    assert said.body["runs"] > 0


def test_a_budget_decides_what_shows(here):
    asked = ("advise", "--agents", 3, "--ticks", 1, "--dry-run", "--json", "--budget")
    little, much = command(*asked, 0.01).body, command(*asked, 30).body
    assert "advice needs 3" in little["sentences"][-1]
    assert much["detectable"] < 0.1
    assert much["replicates"] > little["replicates"]


def test_more_seeds_show_smaller_differences():
    run = un.run(agents=2, ticks=4).config
    found = [reach_of(run, n).detectable for n in (1, 2, 8, 32)]
    assert found[0] is None
    assert found[1] > found[2] > found[3]
    assert reach_of(run, 8, contrasts=10).detectable > found[2]
