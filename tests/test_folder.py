"""A run folder keeps every finished tick, gives it back, and never mixes two configurations."""

from __future__ import annotations

import csv
import json
import math
import os
import sqlite3
from dataclasses import replace
from hashlib import sha256

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.model.errors import UsageError
from unscripted.model.organization import BaseOrganization
from unscripted.scenarios.harness.build.organization import DEFAULT_LEVEL
from unscripted.scenarios.harness.config.run import (
    RunConfig,
    SweepConfig,
    default_folder,
    from_json,
    to_json,
)
from unscripted.scenarios.harness.exits import Exit
from unscripted.scenarios.harness.results.rows import agent_rows, tick_rows
from unscripted.scenarios.harness.runs import folder as folder_module
from unscripted.scenarios.harness.runs.folder import Folder, write_text
from unscripted.scenarios.harness.runs.play import play

SMALL = RunConfig(agents=3, ticks=4)


def hashes(path):
    """The content of every file below a folder."""
    return {
        str(p.relative_to(path)): sha256(p.read_bytes()).hexdigest()
        for p in sorted(path.rglob("*"))
        if p.is_file()
    }


def kept(path):
    """What the journal holds, read without the package."""
    with sqlite3.connect(path / "journal.sqlite") as db:
        return db.execute("SELECT tick, record FROM ticks ORDER BY tick").fetchall()


def break_at(monkeypatch, tick, error):
    """From now on an organization breaks when it is to play that tick anew."""
    step = BaseOrganization.step

    def breaking(org):
        if org.tick == tick and org._recorded is None:
            raise error
        step(org)

    monkeypatch.setattr(BaseOrganization, "step", breaking)


def uninterrupted(config):
    return [(r.tick, r.to_json()) for r in play(config).records]


@pytest.mark.parametrize("error", [RuntimeError("power cut"), MemoryError(), SystemExit(9)])
def test_finished_ticks_survive_whatever_breaks_the_run(tmp_path, monkeypatch, error):
    break_at(monkeypatch, 2, error)
    with Folder(tmp_path, SMALL) as folder, pytest.raises(type(error)):
        play(SMALL, folder)
    assert kept(tmp_path) == uninterrupted(replace(SMALL, ticks=2))


def test_a_tick_is_kept_before_the_next_begins(tmp_path):
    seen = []

    def look(org):
        seen.append([tick for tick, _ in kept(tmp_path)])

    with Folder(tmp_path, SMALL) as folder:
        play(SMALL, folder, watch=look)
    assert seen == [[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]


def test_a_resumed_run_equals_an_uninterrupted_one_byte_for_byte(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        break_at(patch, 1, KeyboardInterrupt())
        with Folder(tmp_path, SMALL) as folder:
            assert play(SMALL, folder).ending is Exit.INTERRUPTED
    with Folder(tmp_path, SMALL) as folder:
        outcome = play(SMALL, folder)
    assert (outcome.ending, outcome.resumed) == (Exit.DONE, 1)
    assert kept(tmp_path) == uninterrupted(SMALL)
    fresh = play(SMALL)
    assert tick_rows(outcome.records) == tick_rows(fresh.records)
    assert agent_rows(outcome.records) == agent_rows(fresh.records)


@pytest.mark.parametrize("protocol", ["shared", "coordinator", "random"])
def test_a_run_resumed_at_every_tick_equals_an_uninterrupted_one(tmp_path, monkeypatch, protocol):
    config = replace(SMALL, protocol=protocol, topology="erdos-renyi:p=0.7", model="synthetic/weak")
    for tick in (1, 2, 3):
        with monkeypatch.context() as patch, Folder(tmp_path, config) as folder:
            break_at(patch, tick, KeyboardInterrupt())
            play(config, folder)
        assert len(kept(tmp_path)) == tick
    with Folder(tmp_path, config) as folder:
        play(config, folder)
    assert kept(tmp_path) == uninterrupted(config)


def test_a_finished_run_is_not_played_again(tmp_path, monkeypatch):
    with Folder(tmp_path, SMALL) as folder:
        play(SMALL, folder)
    break_at(monkeypatch, 0, AssertionError("played again"))
    with Folder(tmp_path, SMALL) as folder:
        outcome = play(SMALL, folder)
    assert (outcome.ending, outcome.resumed, len(outcome.records)) == (Exit.DONE, 4, 4)


def test_records_come_back_as_they_went_in(tmp_path):
    records = play(SMALL).records
    with Folder(tmp_path, SMALL) as folder:
        for record in reversed(records):
            folder.keep_record(record)
    with Folder.existing(tmp_path) as folder:
        assert folder.config == SMALL
        assert folder.records() == records


def test_parquet_and_csv_hold_the_same_table(tmp_path):
    records = play(replace(SMALL, judge="none")).records
    with Folder(tmp_path, SMALL) as folder:
        folder.export("ticks", tick_rows(records))
        folder.export("agents", agent_rows(records))
    for name, rows in (("ticks", tick_rows(records)), ("agents", agent_rows(records))):
        parquet = pd.read_parquet(tmp_path / f"{name}.parquet")
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            cells = list(csv.DictReader(file))
        assert list(parquet.columns) == list(cells[0]) == list(rows[0])
        assert len(parquet) == len(cells) == len(rows)
        for k, row in enumerate(rows):
            for column, value in row.items():
                cell, stored = cells[k][column], parquet[column].iloc[k]
                if value is None or value == "":
                    assert cell == ""
                    assert pd.isna(stored) or stored == value
                elif isinstance(value, str):
                    assert cell == stored == value
                else:
                    assert float(cell) == stored == value


def test_an_export_that_fails_leaves_the_old_table(tmp_path, monkeypatch):
    with Folder(tmp_path, SMALL) as folder:
        folder.export("ticks", [{"tick": 0}])
        before = hashes(tmp_path)

        def half(frame, path, **_):
            path.write_bytes(b"half a ta")
            raise OSError("no space left on device")

        monkeypatch.setattr(pd.DataFrame, "to_parquet", half)
        with pytest.raises(OSError, match="no space"):
            folder.export("ticks", [{"tick": 1}])
    after = hashes(tmp_path)
    assert after["ticks.parquet"] == before["ticks.parquet"]
    assert after["ticks.csv"] == before["ticks.csv"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    write_text(path, "old — page")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("power cut")))
        with pytest.raises(OSError, match="power cut"):
            write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old — page"
    write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_another_configuration_is_refused_and_nothing_touched(tmp_path):
    with Folder(tmp_path, SMALL) as folder:
        play(replace(SMALL, ticks=1), folder)
    before = hashes(tmp_path)
    for change in ({"seed": 1}, {"ticks": 5}, {"protocol": "shared"}, {"level": "L1"}):
        with pytest.raises(UsageError) as caught:
            Folder(tmp_path, replace(SMALL, **change))
        ((key, value),) = change.items()
        assert f"{key}={getattr(SMALL, key)}, not {value}" in str(caught.value)
        assert str(tmp_path) in str(caught.value)
        assert hashes(tmp_path) == before
    with pytest.raises(UsageError, match="another --out"):
        Folder(
            tmp_path, SweepConfig(SMALL, ("solo",), (3,), ("synthetic/weak",), ("star",), (None,))
        )
    assert hashes(tmp_path) == before


def test_what_can_not_change_a_result_may_differ(tmp_path):
    with Folder(tmp_path, SMALL):
        pass
    before = hashes(tmp_path)
    with Folder(tmp_path, replace(SMALL, budget=5.0, concurrency=2)) as folder:
        assert folder.config.budget == 5.0
    assert hashes(tmp_path)["config.json"] == before["config.json"]


def test_a_folder_with_other_files_is_refused_and_nothing_touched(tmp_path):
    (tmp_path / "thesis.tex").write_text("chapter one")
    before = hashes(tmp_path)
    with pytest.raises(UsageError, match="holds other files"):
        Folder(tmp_path, SMALL)
    assert hashes(tmp_path) == before


def test_a_file_in_place_of_the_folder_is_a_usage_error(tmp_path):
    (tmp_path / "taken").write_text("a file")
    for path in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(UsageError) as caught:
            Folder(path, SMALL)
        assert f"out={path}" in str(caught.value)
    assert (tmp_path / "taken").read_text() == "a file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_can_not_be_written_is_a_usage_error(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="can't be written"):
        Folder(tmp_path / "new", SMALL)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"kind": "run"', "\x00", '{"kind": "run", "agents": "many"}',
             '{"kind": "run", "protocol": 5}', '{"kind": "compare"}', '{"kind": "run", "x": 1}',
             '{"kind": "run", "agents": 0}'],
)  # fmt: skip
def test_a_broken_config_file_is_a_usage_error(tmp_path, text):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(UsageError):
        Folder.existing(tmp_path)


def test_a_broken_journal_is_a_usage_error(tmp_path):
    with Folder(tmp_path, SMALL) as folder:
        play(SMALL, folder)
    for broken in ('{"tick"', "[]", "{}", '{"version": 99}', '{"version": 1, "_": "Nothing"}'):
        with sqlite3.connect(tmp_path / "journal.sqlite") as db:
            db.execute("UPDATE ticks SET record = ? WHERE tick = 2", (broken,))
        with Folder(tmp_path, SMALL) as folder, pytest.raises(UsageError, match="tick 2 can't be"):
            folder.records()
    (tmp_path / "journal.sqlite").write_bytes(b"this was never a database")
    with pytest.raises(UsageError, match="not a database"):
        Folder(tmp_path, SMALL)


def test_results_of_a_comparison_come_back(tmp_path):
    config = SweepConfig(SMALL, ("solo",), (3,), ("synthetic/weak",), ("star",), (None,))
    result = {"row": {"quality": 0.1 + 0.2, "cost_usd": None}, "ticks": [], "agents": []}
    with Folder(tmp_path, config) as folder:
        folder.keep_result("solo|star", result)
        folder.keep_result("solo|star", result)
        with pytest.raises(ValueError, match="not JSON compliant"):
            folder.keep_result("broken", {"row": {"quality": math.nan}})
    with Folder.existing(tmp_path) as folder:
        assert folder.results() == {"solo|star": result}
        assert folder.config == config


def test_the_same_configuration_has_the_same_default_folder():
    assert default_folder(SMALL) == default_folder(replace(SMALL, budget=2.0, concurrency=3))
    others = [
        replace(SMALL, **c)
        for c in ({"seed": 1}, {"ticks": 9}, {"level": DEFAULT_LEVEL}, {"topology": "star"})
    ]
    folders = {default_folder(c) for c in (SMALL, *others)}
    assert len(folders) == 5
    wild = default_folder(replace(SMALL, model="synthetic/weak*2+synthetic/glm-5*1"))
    assert wild.parts[0] == "runs"
    assert len(wild.parts) == 2
    assert set(wild.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")


amounts = st.floats(min_value=0, exclude_min=True, allow_nan=False)
run_configs = st.builds(
    RunConfig,
    protocol=st.sampled_from(["sequential", "shared", "solo", "fixed-roles"]),
    agents=st.just(4),
    model=st.sampled_from(["synthetic/weak", "synthetic/strong*1+synthetic/glm-5*3"]),
    topology=st.sampled_from(["complete", "watts-strogatz:k=4,p=0.1"]) | st.text(max_size=8),
    level=st.sampled_from([None, "L1", "L2", "L3", "L4"]),
    ticks=st.integers(1, 10**9),
    seed=st.integers(0, 2**80),
    tasks=st.sampled_from(["corpus", "generated"]) | st.text(max_size=8),
    judge=st.sampled_from([None, "none", "rubric", "rubric:gpt-4o,noise=0.2"]),
    api_base=st.none() | st.sampled_from(["http://127.0.0.1:8000/v1", "https://models.example"]),
    budget=st.none() | amounts,
    concurrency=st.integers(1, 10**6),
    temperature=st.none() | st.floats(0, 2),
    timeout=amounts,
)


def tuples(items):
    return st.lists(st.sampled_from(items), min_size=1, max_size=3).map(tuple)


sweep_configs = st.builds(
    SweepConfig,
    base=run_configs,
    protocols=tuples(["sequential", "shared", "coordinator"]),
    agents=tuples([4]),
    models=tuples(["synthetic/weak", "synthetic/strong*1+synthetic/glm-5*3"]),
    topologies=tuples(["complete", "star"]) | st.lists(st.text(), min_size=1).map(tuple),
    levels=tuples([None, "L1", "L4"]),
    replicates=st.integers(1, 3),
)


@settings(deadline=None, max_examples=80)
@given(run_configs | sweep_configs)
def test_a_configuration_survives_the_way_through_its_file(config):
    body = json.loads(json.dumps(to_json(config)))
    assert from_json(body) == config
    assert type(from_json(body)) is type(config)
    assert to_json(from_json(body)) == body


@settings(deadline=None, max_examples=40)
@given(run_configs, run_configs)
def test_two_configurations_are_told_apart_exactly_where_they_differ(one, other):
    same = replace(one, budget=None, concurrency=1) == replace(other, budget=None, concurrency=1)
    refused = False
    try:
        folder_module._require_same(None, to_json(one), to_json(other))
    except UsageError:
        refused = True
    assert refused == (not same)


def test_a_task_file_that_was_edited_is_another_input(tmp_path):
    from unscripted.model.tasks.files import CORPUS

    tasks = tmp_path / "tasks.yaml"
    text = (CORPUS / "l1-locker-api-security-review.yaml").read_text(encoding="utf-8")
    tasks.write_text(text, encoding="utf-8")
    config = RunConfig(ticks=1, agents=2, tasks=str(tasks))
    with Folder(tmp_path / "run", config) as folder:
        play(config, folder)
    tasks.write_text(text.replace("Security", "Safety", 1), encoding="utf-8")
    with pytest.raises(UsageError, match=r"inputs\."):
        Folder(tmp_path / "run", config)


def test_a_full_disk_is_one_line_and_what_was_finished_continues(tmp_path):
    config = RunConfig(ticks=30, agents=8)
    with Folder(tmp_path / "run", config) as folder:
        pages = folder._db.execute("PRAGMA page_count").fetchone()[0]
        folder._db.execute(f"PRAGMA max_page_count = {pages + 20}")  # a disk of twenty pages more
        with pytest.raises(OSError, match=r"journal\.sqlite: database or disk is full"):
            play(config, folder)
        kept = len(folder.records())
    assert 0 < kept < 30
    with Folder(tmp_path / "run", config) as folder:
        outcome = play(config, folder)
    assert outcome.resumed == kept
    alone = play(config).records
    assert [r.to_json() for r in outcome.records] == [r.to_json() for r in alone]
