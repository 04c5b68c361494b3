"""A run's folder keeps every finished tick, gives it back, and never mixes two configurations."""

from __future__ import annotations

import csv
import math
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from support.commands import edit, hashes
from support.runs import row

import unscripted
from unscripted.model.errors import UsageError
from unscripted.model.metrics.catalogue import of_runs, of_ticks
from unscripted.model.tasks.files import CORPUS
from unscripted.scenarios.harness.config.comparison import ComparisonConfig
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.folders.database import VERSION
from unscripted.scenarios.harness.folders.folder import Folder, archive
from unscripted.scenarios.harness.folders.safe_files import write_text
from unscripted.scenarios.harness.folders.tables import write_table
from unscripted.scenarios.harness.results.rows import agent_rows, tick_rows
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.runs.play import play

SMALL = RunConfig.of(agents=3, ticks=4)
COMPARISON = ComparisonConfig(SMALL, {"protocol": ("solo",), "topology": ("star",)})


@pytest.fixture(scope="module")
def records():
    """Of the small run."""
    return play(SMALL).records


def test_records_come_back(tmp_path, records):
    with Folder(tmp_path, SMALL) as folder:
        for record in reversed(records):
            folder.keep_record(record)
        assert list(folder.each_record()) == records
    before = hashes(tmp_path)
    with archive(tmp_path) as folder:
        assert folder.config == SMALL
        assert list(folder.each_record()) == records
        assert list(folder.each_text()) == [(r.tick, r.to_json()) for r in records]
        assert folder.version == unscripted.__version__
    assert hashes(tmp_path) == before


def test_both_tables_hold_the_same(tmp_path):
    records = play(SMALL.replace(judge="none")).records
    tables = {"ticks": tick_rows(records), "agents": agent_rows(records)}
    for name, rows in tables.items():
        write_table(tmp_path, name, pd.DataFrame(rows))
    for name, rows in tables.items():
        parquet = pd.read_parquet(tmp_path / f"{name}.parquet")
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            cells = list(csv.DictReader(file))
        assert list(parquet.columns) == list(cells[0]) == list(rows[0])
        assert len(parquet) == len(cells) == len(rows)
        for k, expected in enumerate(rows):
            for column, value in expected.items():
                cell, stored = cells[k][column], parquet[column].iloc[k]
                if value is None or value == "":
                    assert cell == ""
                    assert pd.isna(stored) or stored == value
                elif isinstance(value, str):
                    assert cell == stored == value
                else:
                    assert float(cell) == stored == value


def test_empty_columns_keep_their_types(tmp_path):
    frame = pd.DataFrame([{"tick": 0, "quality": None, "note": None, "mine": 1.5}])
    write_table(tmp_path, "some", frame)
    kinds = pd.read_parquet(tmp_path / "some.parquet").dtypes.astype(str).to_dict()
    assert kinds == {"tick": "Int64", "quality": "Float64", "note": "string", "mine": "float64"}


def cell_of(tmp_path, text):
    """A text as a CSV holds it."""
    write_table(tmp_path, "some", pd.DataFrame([{"role": text, "tick": -1}]))
    with (tmp_path / "some.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["tick"] == "-1"
    assert pd.read_parquet(tmp_path / "some.parquet")["role"][0] == text
    return row["role"]


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠", " =", "\t-"]
)
def test_no_text_is_a_formula(tmp_path, start):
    assert cell_of(tmp_path, f"{start}HYPERLINK()") == f"'{start}HYPERLINK()"


@pytest.mark.parametrize(("text", "cell"), [
    ("\r=1", "'\n=1"), ("\u200b=1", "'=1"), ("\ufeff@x", "'@x"), ("a\u202eb", "ab"),
    ("a\x1b[31mb", "ab"), ("pla\u200bin", "plain"), ("编辑", "编辑"), ("a=b", "a=b"),
    ("x" * 200, "x" * 200),
])  # fmt: skip
def test_no_text_hides_anything(tmp_path, text, cell):
    assert cell_of(tmp_path, text) == cell


def test_a_failed_table_keeps_the_old(tmp_path, monkeypatch):
    write_table(tmp_path, "ticks", pd.DataFrame([{"tick": 0}]))
    before = hashes(tmp_path)

    def half(frame, path, **_):
        path.write_bytes(b"half a ta")
        raise OSError("no space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", half)
    with pytest.raises(OSError, match="no space"):
        write_table(tmp_path, "ticks", pd.DataFrame([{"tick": 1}]))
    assert hashes(tmp_path) == before


def test_a_file_is_written_whole(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    write_text(path, "old — page")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("power cut")))
        with pytest.raises(OSError, match="power cut"):
            write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old — page"
    write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_no_link_is_written_through(tmp_path, link):
    diary, folder = tmp_path / "diary.txt", tmp_path / "run"
    diary.write_text("dear diary")
    with Folder(folder, SMALL):
        pass
    (folder / "figures").mkdir()
    link(folder / "figures" / "team.png", diary)
    with pytest.raises(UsageError, match="use another folder"):
        Folder(folder, SMALL)
    assert diary.read_text() == "dear diary"


CHANGES = [
    ({"seed": 1}, "seed=0, not 1"), ({"ticks": 3}, "ticks=4, not 3"),
    ({"protocol": "shared"}, "protocol=sequential, not shared"), ({"level": "L1"}, "None, not L1"),
]  # fmt: skip


def test_another_configuration_is_refused(tmp_path):
    with Folder(tmp_path, SMALL) as folder:
        play(SMALL.replace(ticks=1), folder)
    before = hashes(tmp_path)
    for change, said in CHANGES:
        with pytest.raises(UsageError) as caught:
            Folder(tmp_path, SMALL.replace(**change))
        assert said in str(caught.value)
        assert f"out={tmp_path} holds a run with " in str(caught.value)
        assert hashes(tmp_path) == before
    with pytest.raises(UsageError, match="kind=run, not compare; use another --out folder"):
        Folder(tmp_path, COMPARISON)
    assert hashes(tmp_path) == before


def test_what_is_free_may_differ(tmp_path):
    with Folder(tmp_path, SMALL):
        pass
    before = hashes(tmp_path)
    with Folder(tmp_path, SMALL.replace(budget=5.0, concurrency=2)) as folder:
        assert folder.config.calls.budget_usd == 5.0
    for name in ("config.json", "study.yaml"):
        assert hashes(tmp_path)[name] == before[name]


def test_other_files_are_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("chapter one")
    before = hashes(tmp_path)
    with pytest.raises(UsageError, match="holds other files; use an empty or new folder"):
        Folder(tmp_path, SMALL)
    assert hashes(tmp_path) == before


def test_a_folder_grows(tmp_path, records):
    with Folder(tmp_path, SMALL.replace(ticks=2)) as folder:
        play(SMALL.replace(ticks=2), folder)
    with Folder(tmp_path, SMALL) as folder:
        played = play(SMALL, folder)
    assert (played.resumed, played.records) == (2, records)
    with archive(tmp_path) as folder:
        assert folder.config == SMALL
    assert "ticks: 4" in (tmp_path / "study.yaml").read_text()


@pytest.mark.parametrize("left", [".lock", "study.yaml", "journal.sqlite"])
def test_a_crash_at_birth_is_mended(tmp_path, left):
    (tmp_path / left).write_text("")
    with Folder(tmp_path, SMALL):
        pass
    assert {"config.json", "study.yaml", "journal.sqlite"} <= set(hashes(tmp_path))


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "taken").write_text("a file")
    for path in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(UsageError) as caught:
            Folder(path, SMALL)
        assert f"out={path}" in str(caught.value)
    assert (tmp_path / "taken").read_text() == "a file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_said(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="can't be written"):
        Folder(tmp_path / "new", SMALL)


def test_only_one_plays_at_once(tmp_path):
    with (
        Folder(tmp_path / "x", SMALL),
        pytest.raises(UsageError, match="in use by another process; wait for it, or use another"),
    ):
        Folder(tmp_path / "x", SMALL)
    assert not (tmp_path / "x" / ".lock").exists()
    with Folder(tmp_path / "x", SMALL), archive(tmp_path / "x") as folder:
        assert list(folder.each_record()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "run"', "\x00", '{"kind": "run"}'])
def test_a_broken_configuration_is_said(tmp_path, text):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(UsageError), archive(tmp_path):
        pass
    with pytest.raises(UsageError):
        Folder(tmp_path, SMALL)


def test_a_broken_record_is_said(tmp_path, records):
    with Folder(tmp_path, SMALL) as folder:
        for record in records:
            folder.keep_record(record)
    for broken in ('{"tick"', "[]", "{}", '{"version": 99}', '{"version": 1, "_": "Nothing"}'):
        edit(tmp_path, "UPDATE ticks SET record = ? WHERE tick = 2", broken)
        with pytest.raises(UsageError, match="tick 2 can't be"):
            Folder(tmp_path, SMALL)
        with archive(tmp_path) as folder:
            assert list(folder.each_record()) == records[:2]
            assert len(folder.damage) == 1
            assert folder.damage[0].startswith("tick 2 can't be read (")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"this was never a database", "is no database"), (b"", "is empty: what was played is lost")],
)
def test_a_broken_journal_is_said(tmp_path, content, said):
    with Folder(tmp_path, SMALL):
        pass
    (tmp_path / "journal.sqlite").write_bytes(content)
    for _ in range(2):
        with pytest.raises(UsageError, match=said):
            Folder(tmp_path, SMALL)
        with pytest.raises(UsageError, match=said), archive(tmp_path):
            pass


def test_a_later_version_is_refused(tmp_path):
    with Folder(tmp_path, SMALL):
        pass
    edit(tmp_path, f"PRAGMA user_version = {VERSION + 1}")
    said = f"is of version {VERSION + 1}, this program knows {VERSION}; use a later one"
    with pytest.raises(UsageError, match=said):
        Folder(tmp_path, SMALL)


def test_results_come_back(tmp_path):
    blank = dict.fromkeys(of_runs())
    tick = {"tick": 0, "task_id": "t", **dict.fromkeys(of_ticks())}
    result = RunResult({**blank, **row("solo", quality=0.1 + 0.2)}, [tick], [], 3)
    ruled = RunResult({**blank, **row("solo")}, [], [], 0, ({"tick": 1, "granted": True},))
    with Folder(tmp_path, COMPARISON) as folder:
        folder.keep_result("solo|star", result)
        folder.keep_result("solo|star", result)
        folder.keep_result("solo|ring", ruled)
        with pytest.raises(ValueError, match="not JSON compliant"):
            folder.keep_result("broken", RunResult({"quality": math.nan}))
    with archive(tmp_path) as folder:
        assert folder.results() == {"solo|star": result, "solo|ring": ruled}
        assert folder.finished() == {"solo|star", "solo|ring"}
        assert folder.config.runs() == COMPARISON.runs()
    edit(tmp_path, "UPDATE runs SET result = '{}' WHERE run = 'solo|ring'")
    with archive(tmp_path) as folder:
        assert folder.results() == {"solo|star": result}
        assert folder.damage[0].startswith("run solo|ring can't be read (KeyError")


def test_an_edited_input_is_another(tmp_path):
    tasks = tmp_path / "tasks.yaml"
    text = (CORPUS / "l1-locker-api-security-review.yaml").read_text(encoding="utf-8")
    tasks.write_text(text, encoding="utf-8")
    config = RunConfig.of(ticks=1, agents=2, tasks=str(tasks))
    with Folder(tmp_path / "run", config):
        pass
    tasks.write_text(text.replace("Security", "Safety", 1), encoding="utf-8")
    with pytest.raises(UsageError, match=r"inputs\."):
        Folder(tmp_path / "run", config)
    tasks.unlink()
    with archive(tmp_path / "run") as folder:
        assert play(folder.config).records[0].task_id
    (copy,) = (tmp_path / "run" / "inputs").iterdir()
    copy.write_text("schema: 1")
    with pytest.raises(UsageError, match="has been changed since"), archive(tmp_path / "run"):
        pass


def test_a_full_disk_is_one_line(tmp_path):
    config = RunConfig.of(ticks=30, agents=8)
    with Folder(tmp_path / "run", config) as folder:
        pages = folder._db.execute("PRAGMA page_count").fetchone()[0]
        folder._db.execute(f"PRAGMA max_page_count = {pages + 20}")  # a disk of twenty pages more
        with pytest.raises(OSError, match=r"journal\.sqlite: database or disk is full"):
            play(config, folder)
        kept = len(list(folder.each_record()))
    assert 0 < kept < 30
    with Folder(tmp_path / "run", config) as folder:
        played = play(config, folder)
    assert played.resumed == kept
    assert played.records == play(config).records


def test_a_lost_journal_is_said(tmp_path):
    with Folder(tmp_path, SMALL):
        pass
    (tmp_path / "journal.sqlite").unlink()
    with pytest.raises(UsageError, match=r"journal\.sqlite is gone; use another folder"):
        Folder(tmp_path, SMALL)
    assert not (tmp_path / "journal.sqlite").exists()
    assert not (tmp_path / ".lock").exists()


def test_the_journal_survives_a_kill(tmp_path):
    with Folder(tmp_path, SMALL), closing(sqlite3.connect(tmp_path / "journal.sqlite")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        names = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    assert {"ticks", "runs"} <= names
