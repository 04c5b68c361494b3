"""`--dry-run`: what commands would take and could show, near the truth, with nothing sent."""

from __future__ import annotations

import sqlite3
import tarfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.called import MODEL, config
from support.commands import command

import unscripted as un
from unscripted.agents.llm.journal.answered import answers_in
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.folders.folder import archive
from unscripted.scenarios.harness.planning.reach import Limit, reach_of
from unscripted.scenarios.harness.rehearsal.habits import Pace
from unscripted.scenarios.harness.rehearsal.learning import learned
from unscripted.scenarios.harness.rehearsal.rehearse import rehearse
from unscripted.scenarios.harness.rehearsal.tally import Expectations
from unscripted.scenarios.harness.runs.forecast import forecast

RECORDED = Path(__file__).resolve().parents[3] / "docs" / "recorded"
NAMES = ("first", "second/hidden-profile", "second/full-profile", "second/shards-max")
WITHIN = 0.25
KEYS = {
    "calls", "tokens_in", "tokens_out", "tokens_cached", "cost_usd", "cost_usd_uncached", "hours",
    "budget_usd", "detectable", "sentences",
}  # fmt: skip


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The recorded comparisons, by name, and all their answers."""
    path = tmp_path_factory.mktemp("recorded")
    for name in ("first", "second"):
        with tarfile.open(RECORDED / f"{name}.tar.xz") as packed:
            packed.extractall(path, filter="data")
    folders = {name.rpartition("/")[2]: path / name for name in NAMES}
    return {name: (f, answers_in(f / "journal.sqlite")) for name, f in folders.items()}


@pytest.mark.parametrize("name", [name.rpartition("/")[2] for name in NAMES])
def test_recordings_are_foretold_unseen(recorded, name):
    folder, answers = recorded[name]
    with archive(folder) as opened:
        config = opened.config
    todo = [(r, r.tasks.ticks) for r in config.runs()]
    usual = forecast(todo, un.Service(config.base.calls))
    others = [a for n, (_, own) in recorded.items() if n != name for a in own]
    unseen = Expectations(usual=replace(learned(others), pace=Pace()))
    one = [rehearse(list(r.seeds(config.replicates)), 1, unseen) for r in config.conditions]
    used = [used for run in one for used in run.used.values()]
    for column in ("calls", "tokens_in", "tokens_out"):
        said = getattr(usual, column)
        truth = len(answers) if column == "calls" else sum(getattr(a, column) for a in answers)
        assert said == pytest.approx(truth, rel=WITHIN)
        assert usual.ranges[column][0] <= truth <= usual.ranges[column][1]
        elsewhere = config.replicates * sum(getattr(u, column) for u in used)
        assert elsewhere == pytest.approx(truth, rel=WITHIN), "by the other recordings alone"
    assert "expected to go on" not in " ".join(usual.rests_on)


@pytest.mark.parametrize("protocol", ["sequential", "broadcast", "solo"])
def test_a_begun_folder_is_learned_from(loopback, here, protocol):
    server = loopback()
    asked = ("run", "--model", MODEL, "--api-base", server.api_base, "--judge", "none", "--json",
             "--protocol", protocol, "--agents", 5, "--out", "a", "--yes")  # fmt: skip
    assert command(*asked, "--ticks", 3).code == 0
    said = command(*asked, "--ticks", 8, "--dry-run").body
    (answers,) = said["learned_from"].values()
    assert answers == len(answers_in(here / "a" / "journal.sqlite"))
    assert f"as in its {answers} answers here" in " ".join(said["sentences"])
    assert command(*asked, "--ticks", 8).code == 0
    with closing(sqlite3.connect("a/journal.sqlite")) as db:
        truth = db.execute(
            "SELECT count(*), sum(tokens_in), sum(tokens_out) FROM calls WHERE tick >= 3"
        ).fetchone()
    for name, value in zip(("calls", "tokens_in", "tokens_out"), truth, strict=True):
        assert said[name] == pytest.approx(value, rel=WITHIN)


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


def test_calls_decide_what_shows(here):
    asked = ("advise", "--agents", 3, "--ticks", 1, "--dry-run", "--json", "--model", MODEL)
    little, some, much = (
        command(*asked, "--max-calls", calls).body for calls in (20, 200, 100_000)
    )
    assert "advice needs 3" in little["sentences"][-1]
    assert little["replicates"] < some["replicates"] < much["replicates"] == 100
    assert some["detectable"] > much["detectable"]


def test_no_price_buys_nothing_known(here):
    asked = ("--model", "openai/nobody-knows", "--agents", 3, "--ticks", 1, "--dry-run", "--json")
    for name in ("advise", "compare"):
        said = command(name, *asked, "--replicates", 9, "--budget", 1).body
        assert said["replicates"] == 9
        assert "nobody knows what --budget buys" in " ".join(said["sentences"])


@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=6), st.floats(0, 500), st.integers(1, 100))
def test_limits_let_through_what_fits(each, most, asked):
    limit = Limit(each, most)
    through = limit.replicates(asked)
    assert through * sum(each) <= most + 1e-6
    assert through == asked or (through + 1) * sum(each) > most - 1e-6
    assert limit.after(0, 1, asked) >= through
