"""`un.load`: the value of a folder, as it was when it was played."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from support.commands import command, edit, hashes
from support.own import Relay

import unscripted as un
from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.exits import Exit

SMALL = {"agents": 3, "ticks": 2}


def test_a_run_comes_back(finished):
    before = hashes(finished[0])
    run = un.load(str(finished[0]))
    assert run.body() == finished[1].body
    assert (run.ending, run.folder) == (Exit.DONE, finished[0])
    assert run.ticks.fillna(-1).values.tolist() == (
        pd.read_parquet(finished[0] / "ticks.parquet").fillna(-1).values.tolist()
    )
    run.organization.step()
    assert len(run.records) == 4
    assert hashes(finished[0]) == before


def test_a_comparison_comes_back(compared):
    before = hashes(compared[0])
    found = un.load(compared[0])
    assert json.loads(json.dumps(found.body())) == compared[1].body
    assert (found.ending, found.folder) == (Exit.DONE, compared[0])
    assert len(found.summary) == 2
    assert hashes(compared[0]) == before


def test_what_is_unfinished_is_interrupted(finished, compared, here):
    shutil.copytree(finished[0], "run")
    edit("run", "DELETE FROM ticks WHERE tick = 2")
    assert un.load("run").ending is Exit.INTERRUPTED
    assert len(un.load("run").ticks) == 2
    shutil.copytree(compared[0], "comparison")
    edit("comparison", "DELETE FROM runs WHERE run LIKE 'solo%'")
    found = un.load("comparison")
    assert found.ending is Exit.INTERRUPTED
    assert found.runs["protocol"].unique().tolist() == ["silent"]
    edit("comparison", "DELETE FROM runs")
    with pytest.raises(UsageError, match="holds no finished run; play it first"):
        un.load("comparison")


def test_nothing_there_is_said(here):
    for path in ("nowhere", "."):
        with pytest.raises(
            UsageError, match=r"(holds no config\.json|is no folder); give the folder of a run"
        ):
            un.load(path)


def test_a_scenario_comes_back(here):
    options = ("--agents", 2, "--ticks", 1, "--replicates", 2, "--protocol", "silent,solo")
    said = command("scenario", "team_scaling", *options, "--json", "--out", "mine")
    found = un.load("mine")
    assert json.loads(json.dumps(found.body())) == said.body
    assert (found.ending, found.folder, found.played) == (Exit.DONE, Path("mine"), 0)
    assert found.study.name == "team_scaling"
    edit("mine", "DELETE FROM runs WHERE run LIKE 'solo%'")
    half = un.load("mine")
    assert half.ending is Exit.INTERRUPTED
    assert {r["protocol"] for r in half.results.rows} == {"silent"}


def test_ones_own_script_comes_back(here):
    Path("own.py").write_text(
        "from unscripted import study\n"
        "STUDY = study.Study(__file__, 'Is it?\\n\\nExpectation: x. Refuted: y.',\n"
        "    design=lambda o: [study.Condition(o.base)],\n"
        "    report=lambda found, o: study.StudyReport(), agents=2, ticks=1)\n"
    )
    assert command("scenario", "own.py", "--replicates", 2, "--out", "mine").code == 0
    Path("own.py").unlink()
    assert un.load("mine").study.question == "Is it?"
    assert command("replay", "mine").out == "2 runs replayed, all equal\n"


def test_objects_come_back_from_nobody(here):
    run = un.run(**SMALL, protocol=Relay(), out="run")
    un.compare(protocol=[Relay(), "silent"], replicates=1, **SMALL, out="comparison")
    for name in ("run", "comparison"):
        assert json.loads(Path(name, "config.json").read_text())["objects"] == ["protocol"]
        assert not Path(name, "study.yaml").exists()
        with pytest.raises(UsageError, match=r"objects given in Python \(protocol\)"):
            un.load(name)
    again = un.run(**SMALL, protocol=Relay(), out="run")
    assert again.played.resumed == 2
    assert again.records == run.records


def test_an_object_is_not_its_name(here):
    from unscripted.protocols.silent import Silent

    un.run(**SMALL, protocol=Silent(), out="mine")
    with pytest.raises(UsageError, match="objects"):
        un.run(**SMALL, protocol="silent", out="mine")
