"""A command whose run is longer than what is held writes, shows and continues the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from support.teams import texts

import unscripted as un
from unscripted.scenarios.harness.api import run as run_module
from unscripted.scenarios.harness.api.replay import replay
from unscripted.scenarios.harness.build import from_config
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.exits import Exit
from unscripted.scenarios.harness.folders.folder import Folder, archive
from unscripted.scenarios.harness.report.publish import publish
from unscripted.scenarios.harness.runs.play import play
from unscripted.scenarios.harness.runs.sweep import run_one

OPTIONS = {"protocol": "shared", "agents": 4, "ticks": 7, "seed": 2, "shock": "remove@2;cut@4"}
CONFIG = RunConfig.of(**OPTIONS)


@pytest.fixture
def bounded(monkeypatch):
    """Little is held: two ticks of four agents."""
    monkeypatch.setattr(from_config, "MOST_HELD", 8)
    monkeypatch.setattr(run_module, "MOST_AGENT_ROWS", 12)


def test_what_is_held_fits():
    assert from_config.held_of(RunConfig.of(agents=64, ticks=256)) is None
    assert from_config.held_of(RunConfig.of(agents=64, ticks=257)) == 256
    assert from_config.held_of(RunConfig.of(agents=20_000, ticks=2)) == from_config.FEWEST_HELD


def written(path):
    run = un.run(**OPTIONS, out=path)
    publish(run)
    page = (path / "report.html").read_text(encoding="utf-8").replace(path.name, "")
    return run, page


def test_files_are_equal(tmp_path, request):
    whole, page = written(tmp_path / "folder1")
    request.getfixturevalue("bounded")
    part, same = written(tmp_path / "folder2")
    assert len(part.records._kept._held) == 2
    assert (whole.body(), whole.transcript(), page) == (part.body(), part.transcript(), same)
    for name in ("ticks", "agents"):
        both = [(tmp_path / d / f"{name}.csv").read_bytes() for d in ("folder1", "folder2")]
        assert both[0] == both[1]
        both = [pd.read_parquet(tmp_path / d / f"{name}.parquet") for d in ("folder1", "folder2")]
        pd.testing.assert_frame_equal(*both)
    with archive(tmp_path / "folder1") as one, archive(tmp_path / "folder2") as other:
        assert list(one.each_text()) == list(other.each_text())


def test_it_continues_and_replays(tmp_path, bounded):
    def interrupt(org):
        if org.tick == 5:
            raise KeyboardInterrupt

    with Folder(tmp_path / "x", CONFIG) as folder:
        assert play(CONFIG, folder, watch=interrupt).ending is Exit.INTERRUPTED
    run = un.run(**OPTIONS, out=tmp_path / "x")
    assert run.played.resumed == 5
    assert texts(run.records) == texts(un.build(
        "shared", 4, shocks=OPTIONS["shock"], rng=2).run(7))  # fmt: skip
    assert not replay(tmp_path / "x").difference
    loaded = un.load(tmp_path / "x")
    assert loaded.records == run.records
    assert loaded.agents.equals(run.agents)
    assert loaded.transcript(6, 1) == run.transcript(6, 1)


def test_rows_of_comparisons_are_equal(request):
    whole = run_one(CONFIG, 0)
    request.getfixturevalue("bounded")
    assert run_one(CONFIG, 0) == whole


def test_budgets_stop_alike(request):
    cost = play(CONFIG).organization.measured
    budget = sum(t["cost_usd"] for t in cost[:4]) * 1.01
    config = RunConfig.of(**OPTIONS, budget=budget)
    whole = play(config)
    request.getfixturevalue("bounded")
    part = play(config)
    assert part.ending is whole.ending is Exit.BUDGET
    assert texts(part.records) == texts(whole.records)
    assert len(part.records) < 7


KILLED = """
import sys
from unscripted.scenarios.harness.build import from_config
from unscripted.scenarios.harness.cli.app import main
from_config.MOST_HELD = 8
sys.argv[1:] = ["run", "--agents", "4", "--ticks", "100000", "--out", sys.argv[1]]
main()
"""


def test_a_kill_loses_no_finished_tick(tmp_path, bounded):
    path = tmp_path / "x"
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ},
    )  # fmt: skip
    kept = 0
    deadline = time.monotonic() + 60
    while kept < 6 and time.monotonic() < deadline:
        time.sleep(0.1)
        if (path / "config.json").exists():
            with archive(path) as found:
                kept = found.played()
    child.send_signal(signal.SIGKILL)
    child.wait()
    with archive(path) as found:
        there = list(found.each_text())
    assert len(there) >= kept >= 6
    org = un.build(n_agents=4, rng=0)
    assert [text for _, text in there] == texts(org.run(len(there)))
    with Folder(path, RunConfig.of(agents=4, ticks=100_000)) as folder:

        def enough(now):
            if now.tick == len(there) + 4:
                raise KeyboardInterrupt

        played = play(folder.config, folder, watch=enough)
    assert texts(played.records) == [text for _, text in there] + texts(org.run(4))
