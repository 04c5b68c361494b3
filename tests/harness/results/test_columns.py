"""Rows by column are the rows."""

from __future__ import annotations

import json
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unscripted.scenarios.harness.results.columns import Columns
from unscripted.scenarios.harness.results.run_result import RunResult

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.sampled_from([0.0, -0.0, 1.0, 1, 0, True]),
    st.text(max_size=3),
)
NAMES = ("tick", "role", "cost")
ROWS = st.tuples(*[VALUES] * len(NAMES)).map(lambda values: dict(zip(NAMES, values, strict=True)))
TABLES = st.lists(ROWS, min_size=1, max_size=6)


@given(TABLES)
def test_rows_come_back_as_written(rows):
    kept = Columns.of(rows)
    assert isinstance(kept, Columns)
    assert repr(list(kept)) == repr(rows), "types and signs of zero, too"
    assert len(kept) == len(rows)
    assert kept == rows
    assert repr(pickle.loads(pickle.dumps(kept))) == repr(rows)


@given(TABLES)
def test_what_is_written_comes_back(rows):
    result = RunResult({"quality": 0.5}, (), rows)
    read = RunResult.of(json.loads(json.dumps(result.written())))
    assert repr(list(read.agents)) == repr(rows)
    before = RunResult.of(json.loads(json.dumps(result.body())))
    assert repr(list(before.agents)) == repr(rows), "as folders of earlier versions hold it"


def test_repeated_texts_are_written_once():
    rows = [{"tick": k, "role": "tax reviewer" * (1 + k % 2), "mind": "m"} for k in range(50)]
    written = json.dumps(Columns.of(rows).packed())
    assert written.count("tax reviewer") == 3
    assert written.count("mind") == 1


@pytest.mark.parametrize(
    "damage",
    [
        {"length": 3},
        {"names": ["tick"]},
        {"columns": [[1, 2]]},
        {"columns": [[1, 2], {"texts": ["a"], "at": [0, 1]}]},
        {"columns": [[1, 2], {"texts": ["a"], "at": [0, -1]}]},
        {"columns": [[1, 2], 7]},
        {"columns": None},
    ],
)
def test_damaged_tables_are_refused(damage):
    rows = [{"tick": 1, "role": "a"}, {"tick": 2, "role": "b"}]
    assert list(Columns.unpacked(Columns.of(rows).packed())) == rows
    with pytest.raises((KeyError, TypeError, ValueError)):
        Columns.unpacked(Columns.of(rows).packed() | damage)


@given(TABLES, st.integers(-7, 7), st.integers(-7, 7))
def test_places_are_a_lists(rows, start, stop):
    kept = Columns.of(rows)
    assert kept[start:stop] == rows[start:stop]
    if -len(rows) <= start < len(rows):
        assert kept[start] == rows[start]
    else:
        with pytest.raises(IndexError):
            kept[start]


def test_uneven_rows_stay():
    rows = [{"a": 1}, {"b": 2}]
    assert Columns.of(rows) is rows
    assert Columns.of([]) == []


def test_no_number_counts_twice():
    rows = [{"x": math.nan, "y": 0.5}, {"x": 1.0, "y": 0.5}]
    kept = Columns.of(rows)
    assert math.isnan(kept[0]["x"])
    assert kept != [{"x": 1.0, "y": 0.5}] * 2


def test_a_result_is_written_alike():
    rows = [{"tick": k, "role": "a", "cost": 0.5} for k in range(3)]
    result = RunResult({"q": 1.0}, [], rows)
    assert isinstance(result.agents, Columns)
    assert json.dumps(result.body()["agents"]) == json.dumps(rows)
    assert RunResult.of(json.loads(json.dumps(result.body()))) == result
