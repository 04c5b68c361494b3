"""The first run of a real model repeats anywhere: no engine, no model, no network."""

from __future__ import annotations

import sqlite3
import tarfile
from pathlib import Path

import pytest
from support.commands import command

ARCHIVE = Path(__file__).resolve().parents[2] / "docs" / "recorded" / "first.tar.xz"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    monkeypatch.setenv("UNSCRIPTED_CACHE", str(tmp_path / "nothing"))
    return tmp_path / "first"


def test_it_repeats(folder):
    assert command("replay", folder).out == "30 runs replayed, all equal\n"


def test_it_says_who_answered(folder):
    with sqlite3.connect(folder / "journal.sqlite") as db:
        (said,) = db.execute("SELECT DISTINCT served_by FROM calls").fetchall()
    assert said[0].startswith("local/qwen-0.5b sha256:1d9614638d18024d xllamacpp ")


def test_it_is_small():
    assert ARCHIVE.stat().st_size < 3_000_000
