"""`replay` plays a folder's run again and compares; `report` draws anew what it keeps."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.commands import edit, hashes, kept


@pytest.fixture
def copy(finished, here):
    """A finished run that may be broken."""
    shutil.copytree(finished[0], "copy")
    return Path("copy")


def test_a_recorded_run_replays(copy, call):
    said = call("replay", copy)
    assert (said.code, said.out, said.err) == (0, "3 ticks replayed, all equal\n", "")


def test_replay_says_json(copy, call):
    said = call("replay", copy, "--json")
    assert (said.code, said.err) == (0, "3 ticks replayed, all equal\n")
    assert said.body == {"version": 1, "equal": True, "ticks_equal": 3, "difference": None}
    edit(copy, "UPDATE ticks SET record = '' WHERE tick = 2")
    said = call("replay", copy, "--json")
    assert said.code == 1
    difference = "tick 2 differs from the record"
    assert said.body == {"version": 1, "equal": False, "ticks_equal": 2, "difference": difference}
    assert said.err == f"{difference}\n"


TAMPERED = [
    lambda text: text.replace('"accuracy":', '"accuracy":1', 1),
    lambda text: text.replace('"role":"', '"role":"chief ', 1),
    lambda text: text[:-1],
    lambda text: "",
    lambda text: text + " ",
]


@pytest.mark.parametrize("tamper", TAMPERED)
def test_a_tampered_record_differs(copy, call, tamper):
    _, text = kept(copy)[1]
    assert tamper(text) != text
    edit(copy, "UPDATE ticks SET record = ? WHERE tick = 1", tamper(text))
    said = call("replay", copy)
    assert (said.code, said.err) == (1, "tick 1 differs from the record\n")


def test_a_missing_record_differs(copy, call):
    edit(copy, "DELETE FROM ticks WHERE tick = 0")
    assert call("replay", copy).code == 1


def test_nothing_recorded_is_said(copy, call):
    edit(copy, "DELETE FROM ticks")
    for command in ("replay", "report"):
        said = call(command, copy)
        assert said.code == 2
        assert "holds no finished tick; play the run first" in said.err


def test_a_lost_journal_is_said(copy, call):
    (copy / "journal.sqlite").unlink()
    said = call("replay", copy)
    assert said.code == 2
    assert "journal.sqlite can't be read" in said.err
    assert not (copy / "journal.sqlite").exists()


def test_only_a_run_replays(compared, call):
    said = call("replay", compared[0])
    assert said.code == 2
    assert f"dir={compared[0]} is the folder of a compare; give that of a run" in said.err


def test_report_writes_everything_anew(copy, call):
    before = hashes(copy)
    for path in ("report.html", "ticks.parquet", "agents.csv", "figures/team.png"):
        (copy / path).unlink()
    said = call("report", copy)
    assert (said.code, said.out) == (0, f"{copy / 'report.html'}\n")
    after = hashes(copy)
    assert set(after) == set(before)
    for path in ("config.json", "ticks.parquet", "ticks.csv", "agents.parquet", "agents.csv"):
        assert after[path] == before[path], path


def test_report_says_json(copy, call):
    said = call("report", copy, "--json")
    assert (said.code, said.err) == (0, "")
    assert said.body["version"] == 1
    assert [Path(p).name for p in said.body["written"]] == [
        "team.png", "roles.png", "measures.png", "report.html",
    ]  # fmt: skip


def test_a_comparison_keeps_its_order(compared, here, call):
    shutil.copytree(compared[0], "copy")
    before = hashes("copy")
    with closing(sqlite3.connect("copy/journal.sqlite")) as db, db:  # as if finished in turn
        rows = db.execute("SELECT run, result FROM runs ORDER BY run DESC").fetchall()
        db.execute("DELETE FROM runs")
        db.executemany("INSERT INTO runs VALUES (?, ?)", rows)
    assert call("report", "copy").code == 0
    after = hashes("copy")
    for path in ("ticks.parquet", "agents.csv", "report.html"):
        assert after[path] == before[path]
