"""A scenario: a question, its runs, what they mean; played, kept and gone on with as one value."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from rich.table import Table
from support.commands import hashes

from unscripted import study
from unscripted.model.errors import UnknownNameError, UsageError
from unscripted.scenarios.harness.cli.scenario import run_study
from unscripted.scenarios.harness.config.groups import Execution
from unscripted.scenarios.harness.exits import Exit
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.runs import sweep as sweep_module
from unscripted.scenarios.harness.runs.reporter import Reporter
from unscripted.scenarios.harness.runs.sweep import run_one, sweep
from unscripted.scenarios.harness.study.discovery import study_of
from unscripted.scenarios.harness.study.results import results_in

TEXT = "Is it?\n\nExpectation: yes,\nsurely. Refuted where no.\n\nMore words."
BASE = study.RunConfig.of(ticks=1, agents=2, level="L1", model="synthetic/weak")


@pytest.fixture(autouse=True)
def alone(here, monkeypatch):
    """No worker processes."""
    monkeypatch.setattr("os.cpu_count", lambda: 1)


@dataclass(frozen=True, kw_only=True)
class Own:
    """Options of this scenario alone."""

    checks: int = study.option(3, "How often.", "N")
    agents: int | None = study.option(None, "Most.", "N")


def design(options):
    return [
        study.Condition(options.base.replace(agents=2, protocol=p), {"kind": p})
        for p in options.lists["protocol"]
    ]


def report(found, options):
    return study.StudyReport(
        tables=[study.cells_table(found, ("kind",), ("quality", "tokens"))],
        figures={},
        findings=[study.above("quality > 0", found.sample("quality"))],
        notes=["One note."],
        pages={"mine.html": lambda folder: f"<p>{folder.name}</p>"},
    )


def made(**more):
    options = {"lists": ("protocol",), "own": Own, "protocol": "silent,solo", "ticks": 2, **more}
    return study.Study("mine.py", TEXT, design=design, report=report, **options)


def played(scenario, reporter=None, out=None, **given):
    options = scenario.options_from(**given)
    return scenario.play(options, Execution(json=True, out=out), reporter or Reporter())


def test_a_docstring_has_three_parts():
    scenario = made()
    assert scenario.name == "mine"
    assert scenario.question == "Is it?"
    assert scenario.expectation == "Expectation: yes, surely."
    assert scenario.refuted == "Refuted where no."


@pytest.mark.parametrize("text", ["What?\n\nNothing.", "What?\n\nExpectation: x.", "", None])
def test_a_lacking_docstring_is_refused(text):
    with pytest.raises(ValueError, match=r"x\.py: the docstring lacks a question, 'Expectation'"):
        study.Study("x.py", text, design=design, report=report)


@pytest.mark.parametrize(
    "wrong", [{"lists": ("protocl",)}, {"sets": ("checks",)}, {"tick": 3}, {"sets": ("nope",)}]
)
def test_misspelt_options_are_refused(wrong):
    with pytest.raises(ValueError, match=r"mine\.py: \w+: no option of that name"):
        made(**wrong)


def test_options_have_the_scenarios_defaults():
    options = made(replicates=4, sets=("shock",)).options
    assert options["ticks"].default == 2
    assert options["protocol"].default == "silent,solo"
    assert (options["replicates"].default, made().options["replicates"].default) == (4, 10)
    assert (options["checks"].type, options["agents"].type) == ("int", "int | None")
    assert "shock" not in options
    assert options["seed"].default == 0


def test_what_was_said_is_read():
    usual = made().options_from()
    assert (usual.own, usual.replicates, usual.given) == (Own(), 10, {})
    assert usual.lists == {"protocol": ("silent", "solo")}
    assert usual.base == study.RunConfig.of(ticks=2, parameters="ensemble")
    said = made().options_from(agents=5, checks=1.0, protocol=("shared",), seed=3, replicates=2)
    assert said.own == Own(checks=1, agents=5)
    assert said.base.team.agents == 8, "an option of its own stands in place of the run's"
    assert said.base.tasks.seed == 3
    assert said.lists == {"protocol": ("shared",)}
    assert said.replicates == 2
    assert said.given.keys() == {"agents", "checks", "protocol", "seed", "replicates"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"checks": "x"}, "checks='x' is not a whole number"),
        ({"replicates": 0}, "replicates=0 is below 1"),
        ({"replicates": 1.5}, "replicates=1.5 is not a whole number"),
        ({"ticks": 0}, "ticks=0"),
    ],
)
def test_a_wrong_option_is_refused(given, said):
    with pytest.raises(UsageError) as caught:
        made().options_from(**given)
    assert said in str(caught.value)
    with pytest.raises(UnknownNameError, match="did you mean checks"):
        made().options_from(check=1)


def test_it_plays_and_reports():
    found = played(made(), replicates=5)
    assert (found.ending, found.played, found.folder) == (Exit.DONE, 10, None)
    assert Counter(r["kind"] for r in found.results.rows) == {"silent": 5, "solo": 5}
    body = found.body()
    assert (body["scenario"], body["question"], body["synthetic"]) == ("mine", "Is it?", True)
    assert body["verdict"] == "held"
    assert len(body["runs"]) == 10
    assert played(made(), replicates=2).body()["verdict"] == "undecided", "too few seeds to say"
    assert "runs" not in found.body(runs=False)
    assert found.comparison is None
    assert json.dumps(body, allow_nan=False)


def test_it_is_kept_and_goes_on():
    first = played(made(), replicates=2, out=Path("mine"))
    assert (first.played, first.folder) == (4, Path("mine"))
    again = played(made(), replicates=2, out=Path("mine"))
    assert again.played == 0
    assert again.body() == first.body()
    before = hashes("mine")
    with pytest.raises(UsageError, match="seed=0, not 5"):
        played(made(), replicates=2, seed=5, out=Path("mine"))
    assert hashes("mine") == before


def test_a_factorial_is_a_comparison():
    def all_of(options):
        factors = {"protocol": options.lists["protocol"]}
        return study.ComparisonConfig(options.base, factors, study.Design(replicates=2))

    scenario = study.Study(
        "mine.py", TEXT, design=all_of, report=lambda found, options: study.StudyReport(),
        lists=("protocol",), protocol="silent,solo", ticks=1, agents=2,
    )  # fmt: skip
    found = played(scenario)
    assert len(found.comparison.summary) == 2
    assert found.comparison.ending is Exit.DONE
    assert found.findings == ()
    assert found.body()["verdict"] == "undecided"


def test_the_command_shows_everything(capsys):
    code = run_study(made(), replicates=2, out=Path("mine"), json=False)
    out, err = capsys.readouterr()
    assert code is Exit.DONE
    assert "runs 4/4" in err
    for part in (
        "One note.", "Expectation: yes, surely.", "Refuted where no.", "Found: undecided.",
        "• undecided",
        "Means per task over 2 seeds", "Synthetic minds", "mine/mine.html",
    ):  # fmt: skip
        assert part in out
    assert Path("mine/mine.html").read_text() == "<p>mine</p>"
    said = json.loads(Path("mine/findings.json").read_text())
    assert said["findings"] == played(made(), replicates=2, out=Path("mine")).body()["findings"]
    assert "runs" not in said
    assert len(pd.read_csv("mine/runs.csv")) == 4
    assert len(pd.read_parquet("mine/ticks.parquet")) == 4 * 2


def test_json_goes_to_standard_output(capsys):
    run_study(made(), replicates=2, json=True)
    out, err = capsys.readouterr()
    assert json.loads(out)["question"] == "Is it?"
    assert "One note." in err


def test_an_interrupt_says_nothing_more(monkeypatch, capsys):
    left = [3]

    def few(*run):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return run_one(*run)

    with monkeypatch.context() as patch:
        patch.setattr(sweep_module, "run_one", few)
        code = run_study(made(), replicates=2, out=Path("parts"), json=False)
    assert code is Exit.INTERRUPTED
    out, err = capsys.readouterr()
    assert out == ""
    assert "3 runs kept" in err
    run_study(made(), replicates=2, out=Path("parts"), json=False)
    run_study(made(), replicates=2, out=Path("whole"), json=False)
    frames = [pd.read_parquet(f"{name}/runs.parquet") for name in ("whole", "parts")]
    pd.testing.assert_frame_equal(*frames, check_exact=True)


def test_the_rest_is_judged(monkeypatch, capsys):
    def broken(config, *rest):
        odd = config.tasks.seed == 1
        return RunResult(error="OSError: full") if odd else run_one(config, *rest)

    monkeypatch.setattr(sweep_module, "run_one", broken)
    code = run_study(made(), replicates=3, json=True)
    out, err = capsys.readouterr()
    assert code is Exit.FAILURES
    assert "OSError: full" in err
    assert "2 seeds" in err
    assert len(json.loads(out)["runs"]) == 4


def test_nothing_played_decides_nothing(capsys):
    code = run_study(made(), replicates=2, budget=1e-9, json=True)
    body = json.loads(capsys.readouterr().out)
    assert code is Exit.BUDGET
    assert (body["runs"], body["findings"], body["verdict"]) == ([], [], "undecided")


# The rows of its runs


def test_a_run_may_stand_twice():
    cells = (
        study.Condition(BASE, {"kind": "a"}), study.Condition(BASE, {"kind": "b"}),
        study.Condition(BASE.replace(memory="off"), {"kind": "c"}),
    )  # fmt: skip
    config = study.StudyConfig("x", cells, 2)
    results = sweep(config, workers=1)
    assert len(results) == 4
    found = results_in(config, results)
    assert Counter(r["kind"] for r in found.rows) == {"a": 2, "b": 2, "c": 2}
    assert [r["replicate"] for r in found.rows] == [0, 1] * 3
    assert found.sample("quality", kind="a") == found.sample("quality", kind="b")
    assert found.runs.shape[0] == 6
    assert set(found.ticks["kind"]) == {"a", "b", "c"}
    assert {"tick", "seed", "task_id", "quality"} <= set(found.ticks)
    assert len(found.ticks_of(kind="c", tick=0)) == 2
    assert len(found.member_rows) == 6
    assert found.synthetic


def test_rulings_keep_their_labels():
    tried = BASE.replace(protocol="batched-sequential", tune="batch=1/2,every=2,looks=1", ticks=5)
    config = study.StudyConfig("x", (study.Condition(tried, {"kind": "a"}),), 1)
    found = results_in(config, sweep(config, workers=1))
    assert {r["kind"] for r in found.rulings_of(ends_trial=True)} == {"a"}


def test_half_runs_are_left_out():
    config = study.StudyConfig("x", (study.Condition(BASE),), 3)
    (one, two, three), _ = zip(*sweep(config, workers=1).items(), strict=True)
    cut = RunResult({"quality": 1.0}, stopped="budget", out_of_budget=True)
    whole = sweep(config, workers=1)[three]
    found = results_in(config, {one: RunResult(error="no"), two: cut, three: whole})
    assert [r["seed"] for r in found.rows] == [2]


def test_a_label_hides_no_column():
    config = study.StudyConfig("x", (study.Condition(BASE, {"quality": 1.0}),), 1)
    with pytest.raises(ValueError, match=r"labels \['quality'\] are columns of every row"):
        results_in(config, sweep(config, workers=1))


# Tables of scenarios


def texts(table: Table):
    return [[str(cell) for cell in column.cells] for column in table.columns]


def rows_of_three():
    return study.StudyResults(
        [
            {"seed": s, "kind": k, "net": n, "quality": q + s / 100, "tokens": None}
            for s in range(3)
            for k, q in (("[b]a", 0.5), ("b", 0.7))
            for n in ("x-y", "z")
        ]
    )


def test_cells_are_rows():
    table = study.cells_table(rows_of_three(), ("kind", "net"), ("quality", "tokens"))
    kinds, nets, quality, tokens = texts(table)
    assert kinds == ["[b]a", "[b]a", "b", "b"]
    assert nets == ["x-y", "z", "x-y", "z"]
    assert quality[0].startswith("0.510 [0.485, 0.535]")
    assert tokens == ["–"] * 4
    assert "3 seeds" in str(table.title)
    assert str(study.cells_table(rows_of_three(), ("kind",), ("quality",), title="T").title) == "T"


def test_a_grid_has_two_labels():
    table = study.grid_table(rows_of_three(), "quality", rows="kind", columns="net")
    assert texts(table) == [["[b]a", "b"], ["0.51", "0.71"], ["0.51", "0.71"]]
    assert [str(c.header) for c in table.columns] == ["kind", "x-y", "z"]


def test_samples_are_columns():
    sample = study.Sample({0: 1.0, 1: 2.0})
    table = study.samples_table("T", ["name", "one"], {"a": [sample], "b": [study.Sample({})]})
    assert texts(table) == [["a", "b"], ["1.500 [-4.853, 7.853]", "–"]]
    assert study.seeds_of(rows_of_three()) == "3 seeds"
    assert study.seeds_of(study.StudyResults([{"seed": 1}])) == "1 seed"


# Finding scripts


def test_scripts_are_found():
    assert study_of("team-scaling").name == study_of("team_scaling").name == "team_scaling"
    Path("other.py").write_text(
        f"from unscripted import study\nSTUDY = study.Study(__file__, {TEXT!r}, design=None, "
        "report=None)\nNOTHING = 5\n"
    )
    assert study_of("other.py").question == "Is it?"
    Path("empty.py").write_text("STUDY = 5\n")
    with pytest.raises(UsageError, match=r"STUDY is not an unscripted\.Study; make it one"):
        study_of("empty.py")
    Path("none.py").write_text("")
    with pytest.raises(UsageError, match="has no STUDY"):
        study_of("none.py")
    with pytest.raises(UnknownNameError, match="did you mean team_scaling"):
        study_of("team_scalin")
