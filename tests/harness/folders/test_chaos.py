"""Folders that were damaged, or made by a stranger: one line, nothing played, nothing touched.

What can still be read is shown by `report`; whoever plays on is refused.
"""

from __future__ import annotations

import errno
import json
import random
import resource
import shutil
import tempfile
from pathlib import Path

import pytest
from support.commands import SMALL, edit, hashes, kept, real

from unscripted.scenarios.harness.cli import commands
from unscripted.scenarios.harness.report import publish as publish_module

PAGE = 4096
PLAYED = {
    "mine-run": ("run", *SMALL),
    "mine-compare": ("compare", "--protocol", "silent,solo", "--replicates", 3, *SMALL),
}
TABLE = {"mine-run": ("ticks", "record"), "mine-compare": ("runs", "result")}


@pytest.fixture(params=sorted(PLAYED))
def damaged(request, finished, compared, here, monkeypatch):
    """A copy of a finished run or comparison, to be broken; pictures take time and test nothing."""
    source = finished[0] if request.param == "mine-run" else compared[0]
    shutil.copytree(source, request.param)
    monkeypatch.setattr(publish_module, "draw_all", lambda *_: {})
    return Path(request.param)


def bytes_of(folder, change):
    path = folder / "journal.sqlite"
    content = bytearray(path.read_bytes())
    path.write_bytes(change(content))


def garbled(seed):
    def change(content):
        rng = random.Random(seed)
        for _ in range(rng.choice([1, 5, 50, 500])):
            content[rng.randrange(100, len(content))] = rng.randrange(256)
        return content

    return lambda folder: bytes_of(folder, change)


def with_a_page_of_noise(seed):
    def change(content):
        rng = random.Random(seed)
        start = rng.randrange(1, len(content) // PAGE) * PAGE
        content[start : start + PAGE] = rng.randbytes(PAGE)
        return content

    return lambda folder: bytes_of(folder, change)


def cut_to(share):
    return lambda folder: bytes_of(folder, lambda content: content[: int(len(content) * share)])


def record(text):
    def change(folder):
        table, column = TABLE[folder.name]
        edit(folder, f"UPDATE {table} SET {column} = ? WHERE rowid = 2", text)

    return change


def statements(*texts):
    def change(folder):
        table, column = TABLE[folder.name]
        for text in texts:
            edit(folder, text.format(table=table, column=column))

    return change


def config(**values):
    def change(folder):
        path = folder / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    return change


def written(name, content):
    return lambda folder: (folder / name).write_bytes(content)


DAMAGES = {
    **{f"garbled {k}": garbled(k) for k in (0, 1, 4, 7, 9)},
    **{f"page {k}": with_a_page_of_noise(k) for k in (0, 1)},
    **{f"cut to {share}": cut_to(share) for share in (0, 0.01, 0.3, 0.9)},
    "brackets": record("[" * 100_000),
    "braces": record('{"a":' * 100_000),
    "null": record("null"),
    "bytes": record(b"\xff\xfe"),
    "no number": record('{"row": {"quality": "high"}, "ticks": [], "agents": [], "failures": 0}'),
    "long number": record("9" * 5000),
    "later version": statements("PRAGMA user_version = 99"),
    "odd version": statements("PRAGMA user_version = -1"),
    "no table": statements("DROP TABLE {table}"),
    "another table": statements("DROP TABLE {table}", "CREATE TABLE {table} (x)"),
    "a view": statements(
        "DROP TABLE {table}",
        "CREATE VIEW {table} AS SELECT 1 AS tick, 1 AS record, 2 AS run, 2 AS result",
    ),
    "a gap": statements("DELETE FROM {table} WHERE rowid = 1"),
    "nested configuration": written("config.json", b"[" * 100_000),
    "no text": written("config.json", b"\xff\xfe\x00"),
    "no mapping": written("config.json", b"[1]"),
    "odd factors": config(factors=5, protocol=5),
    "odd cells": config(cells=7),
    "odd base": config(base=[], ticks="x"),
    "outside": config(inputs={"x": {"copy": "../../../etc/passwd", "sha256": "x"}}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_one_line(damaged, call, damage):
    DAMAGES[damage](damaged)
    before = hashes(damaged)
    for asked in (
        ("replay", damaged),
        (*PLAYED[damaged.name], "--out", damaged),
        ("report", damaged),
    ):
        said = call(*asked)
        assert said.code in (0, 1, 2), said.err
        assert "Traceback" not in said.err
        if said.code == 2:
            assert said.err.count("\n") == 1, said.err
            assert len(said.err) < 700
        if said.code == 2 or asked[0] == "replay":
            assert hashes(damaged) == before, f"{asked[0]} touched the folder"


@pytest.mark.parametrize("text", ["[" * 100_000, "null"])
def test_what_can_be_read_is_shown(damaged, call, text):
    record(text)(damaged)
    said = call(*PLAYED[damaged.name], "--out", damaged)
    assert said.code == 2
    assert "`unscripted report` shows what can be read of this one" in said.err
    assert call("report", damaged).code == 0
    rows = (damaged / "ticks.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) - 1 == (2 if damaged.name == "mine-run" else 5 * 3)


def test_nothing_is_played_anew(damaged, call, monkeypatch):
    record("{")(damaged)
    monkeypatch.setattr(commands, "publish", lambda *_: pytest.fail("it was played"))
    assert call(*PLAYED[damaged.name], "--out", damaged).code == 2


def test_older_rows_lack_measures(damaged, call):
    if damaged.name != "mine-compare":
        pytest.skip("records of a run hold no measures")
    older = "UPDATE runs SET result = replace(result, '\"judge_alpha\": null, ', '')"
    edit(damaged, older.replace("judge_alpha", "spectral_gap"))
    edit(damaged, older)
    assert call("report", damaged).code == 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_results_that_cannot_be_written(damaged, call, monkeypatch, number):
    def full(*_, **__):
        raise OSError(number, "no room")

    before = hashes(damaged)
    monkeypatch.setattr(tempfile, "mkstemp", full)
    said = call("report", damaged)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "no room" in said.err
    assert hashes(damaged) == before
    assert call("replay", damaged).code == 0, "reading needs no room"
    said = call("run", *SMALL, "--seed", 9, "--out", "new")
    assert (said.code, said.err.count("\n")) == (2, 1)


@pytest.mark.parametrize("room", [1, 60])
def test_a_disk_that_fills_up(call, undrawn, room):
    """`room` kB: the configuration, or a picture, is the first without room."""

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room * 1024, resource.RLIM_INFINITY))

    said = real("run", *SMALL, "--out", "mine", preexec_fn=limited)
    assert said.code in (0, 2)
    assert "Traceback" not in said.err
    complaints = [line for line in said.err.splitlines() if line.startswith("unscripted: ")]
    assert len(complaints) == (said.code == 2)
    again = call("run", *SMALL, "--out", "mine")
    assert again.code == 0, again.err
    assert len(kept("mine")) == 3
