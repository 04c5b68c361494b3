"""Recorded runs of real models repeat anywhere: no engine, no model, no network."""

from __future__ import annotations

import json
import sqlite3
import tarfile
from pathlib import Path

import pytest
from support.commands import command

import unscripted as un

RECORDED = Path(__file__).resolve().parents[2] / "docs" / "recorded"
ARCHIVES = ("first", "second", "third")


@pytest.fixture
def unpacked(tmp_path, monkeypatch):
    for name in ARCHIVES:
        with tarfile.open(RECORDED / f"{name}.tar.xz") as archive:
            archive.extractall(tmp_path, filter="data")
    monkeypatch.setenv("UNSCRIPTED_CACHE", str(tmp_path / "nothing"))
    return tmp_path


@pytest.fixture
def folder(unpacked):
    return unpacked / "first"


@pytest.mark.parametrize(
    ("name", "runs"), [("hidden-profile", 60), ("full-profile", 10), ("shards-max", 36)]
)
def test_scored_ones_repeat(unpacked, name, runs):
    said = command("replay", unpacked / "second" / name).out
    assert said == f"{runs} runs replayed, all equal\n"


@pytest.mark.parametrize(("name", "runs"), [("advice-qwen-0.5b", 48), ("advice-qwen-1.5b", 38)])
def test_advice_repeats(unpacked, name, runs):
    path = unpacked / "third" / name
    assert command("replay", path).out == f"{runs} runs replayed, all equal\n"
    advice = un.load(path)
    assert advice.answer == "undecided"
    packed = json.loads((path / "advice.json").read_text(encoding="utf-8"))
    assert packed["arms"] == json.loads(json.dumps(advice.body()["arms"]))
    assert packed["choice"] == advice.body()["choice"]
    assert "can't tell arms apart, use easier ones" in advice.sentences[-1]


def test_it_repeats(folder):
    assert command("replay", folder).out == "30 runs replayed, all equal\n"


def test_it_says_who_answered(folder):
    with sqlite3.connect(folder / "journal.sqlite") as db:
        (said,) = db.execute("SELECT DISTINCT served_by FROM calls").fetchall()
    assert said[0].startswith("local/qwen-0.5b sha256:1d9614638d18024d xllamacpp ")


@pytest.mark.parametrize("name", ARCHIVES)
def test_they_are_small(name):
    assert (RECORDED / f"{name}.tar.xz").stat().st_size < 3_000_000
