"""`replay` plays a folder's run again and compares; `report` draws anew what it keeps."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.commands import edit, hashes, kept

import unscripted


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
    whole = {
        "version": 1, "recorded_by": unscripted.__version__, "equal": True, "unit": "ticks",
        "count_equal": 3, "difference": None,
    }  # fmt: skip
    assert said.body == whole
    edit(copy, "UPDATE ticks SET record = '' WHERE tick = 2")
    said = call("replay", copy, "--json")
    assert said.code == 1
    difference = "tick 2 differs from the record: the record can't be read"
    assert said.body == whole | {"equal": False, "count_equal": 2, "difference": difference}
    assert said.err == f"{difference}\n"


UNREADABLE = "the record can't be read"
TAMPERED = [
    (lambda text: text.replace('"accuracy":', '"accuracy":1', 1), "verdict.accuracy was 1"),
    (lambda text: text.replace('"role":"', '"role":"chief ', 1), ".reply.role was 'chief "),
    (lambda text: text.replace('"tick":1', '"tick":1,"more":2', 1), "more was 2, is None"),
    (lambda text: text[:-1], UNREADABLE),
    (lambda text: "", UNREADABLE),
    (lambda text: "{}", UNREADABLE),
    (lambda text: "[1]", UNREADABLE),
    (lambda text: "[" * 100_000, UNREADABLE),
]


@pytest.mark.parametrize(("tamper", "said"), TAMPERED)
def test_a_tampered_record_differs(copy, call, tamper, said):
    _, text = kept(copy)[1]
    assert tamper(text) != text
    edit(copy, "UPDATE ticks SET record = ? WHERE tick = 1", tamper(text))
    found = call("replay", copy)
    assert found.code == 1
    assert found.err.startswith("tick 1 differs from the record: ")
    assert said in found.err
    assert found.err.count("\n") == 1


def test_a_missing_record_differs(copy, call):
    edit(copy, "DELETE FROM ticks WHERE tick = 0")
    assert call("replay", copy).code == 1


def test_nothing_recorded_is_said(copy, call):
    edit(copy, "DELETE FROM ticks")
    for command in ("replay", "report"):
        said = call(command, copy)
        assert said.code == 2
        assert "holds no finished tick; play it first" in said.err


@pytest.mark.parametrize("change", ["tick + 100", "tick + 1"])
def test_renumbered_ticks_are_damage(copy, call, change):
    edit(copy, "UPDATE ticks SET tick = tick + 50")
    edit(copy, f"UPDATE ticks SET tick = {change} - 50")
    said = call("replay", copy)
    assert (said.code, said.err) == (1, f"{copy / 'journal.sqlite'}: tick 0 is missing\n")
    for asked in (("run", "--agents", 3, "--ticks", 3, "--out", copy), ("report", copy)):
        said = call(*asked)
        assert said.code == 2
        assert "journal.sqlite is damaged: tick 0 is missing; use another folder\n" in said.err


def test_a_missing_middle_tick(copy, call):
    edit(copy, "DELETE FROM ticks WHERE tick = 1")
    said = call("replay", copy)
    assert (said.code, said.err) == (1, f"{copy / 'journal.sqlite'}: tick 1 is missing\n")
    said = call("run", "--agents", 3, "--ticks", 3, "--out", copy)
    assert said.code == 2
    assert "tick 1 is missing; use another folder, `unscripted report` shows" in said.err
    assert call("report", copy).code == 0
    assert len((copy / "ticks.csv").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("drop", ["DROP TABLE ticks", "ALTER TABLE ticks RENAME record TO x"])
def test_a_dropped_table_is_damage(copy, call, drop):
    edit(copy, drop)
    for asked in (("run", "--agents", 3, "--ticks", 3, "--out", copy), *_readers(copy)):
        said = call(*asked)
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert "journal.sqlite is damaged: ticks can't be read" in said.err
        assert "play" not in said.err
        assert "report`" not in said.err


def _readers(folder):
    return ("replay", folder), ("report", folder)


@pytest.mark.parametrize("name", ["config.json", "journal.sqlite"])
def test_links_are_not_followed(copy, call, name):
    (copy / name).rename(f"elsewhere-{name}")
    (copy / name).symlink_to(Path(f"elsewhere-{name}").absolute())
    for asked in (*_readers(copy), ("run", "--agents", 3, "--ticks", 3, "--out", copy)):
        said = call(*asked)
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert f"{copy / name} is a link to " in said.err
    with pytest.raises(unscripted.UsageError, match="is a link to"):
        unscripted.load(copy)


UNKNOWN = [
    ("{}", "version 1: it names no kind, kinds: run, compare, scenario, advise; use"),
    ('{"kind": "walk"}', "version 1: it is of kind 'walk', kinds: run, compare, scenario, advise;"),
    ('{"version": 99}', "is of version 99, this program knows 1; use the program that wrote it"),
]


@pytest.mark.parametrize(("text", "remedy"), UNKNOWN)
def test_an_unknown_configuration_is_said(copy, call, text, remedy):
    (copy / "config.json").write_text(text)
    for asked in (*_readers(copy), ("run", "--agents", 3, "--ticks", 3, "--out", copy)):
        said = call(*asked)
        assert (said.code, said.err.count("\n")) == (2, 1)
        assert str(copy / "config.json") in said.err
        assert remedy in said.err


def test_a_configuration_lacks_an_option(copy, call):
    body = json.loads((copy / "config.json").read_text())
    del body["agents"]
    (copy / "config.json").write_text(json.dumps(body))
    said = call("report", copy)
    assert said.code == 2
    assert f"{copy / 'config.json'} is not a run's configuration of version 1: it lacks" in said.err


def test_a_lost_journal_is_said(copy, call):
    (copy / "journal.sqlite").unlink()
    said = call("replay", copy)
    assert said.code == 2
    assert "journal.sqlite can't be read" in said.err
    assert not (copy / "journal.sqlite").exists()


def test_comparisons_and_scenarios_replay(compared, here, call):
    assert call("replay", compared[0]).out == "6 runs replayed, all equal\n"
    shutil.copytree(compared[0], "copy")
    change = "UPDATE runs SET result = replace(result, ?, ?) WHERE run LIKE 'solo%|1|%'"
    edit("copy", change, '"quality": ', '"quality": 1')
    said = call("replay", "copy", "--json")
    assert (said.code, said.body["unit"], said.body["count_equal"]) == (1, "runs", 4)
    assert (
        "run solo|complete|synthetic/strong|3|None|1|ticks=3 differs: row.quality was 1"
        in (said.body["difference"])
    )
    edit("copy", change, '"quality": ', '"quality": x')
    said = call("replay", "copy", "--json")
    assert (said.code, said.body["count_equal"]) == (1, 5)
    assert "|1|ticks=3 can't be read (JSONDecodeError" in said.err
    options = ("--agents", 2, "--ticks", 1, "--replicates", 2, "--protocol", "silent,solo")
    call("scenario", "team_scaling", *options, "--json", "--out", "mine")
    assert call("replay", "mine").out == "4 runs replayed, all equal\n"


def test_later_columns_are_no_difference(compared, here, call):
    shutil.copytree(compared[0], "copy")
    with closing(sqlite3.connect("copy/journal.sqlite")) as db, db:
        for (key,) in db.execute("SELECT run FROM runs").fetchall():
            (text,) = db.execute("SELECT result FROM runs WHERE run = ?", (key,)).fetchone()
            body = json.loads(text)
            del body["row"]["delivered"]
            db.execute("UPDATE runs SET result = ? WHERE run = ?", (json.dumps(body), key))
    assert call("replay", "copy").out == "6 runs replayed, all equal\n"
    with closing(sqlite3.connect("copy/journal.sqlite")) as db, db:
        body["row"]["delivered"] = 1.0
        db.execute("UPDATE runs SET result = ? WHERE run = ?", (json.dumps(body), key))
    assert "row.delivered was None, is 1.0" in call("replay", "copy").err


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
