"""Messages, and views of them that cost nothing to make."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.messages import Log, View
from unscripted.model.spans import cut_out, ids_in, spans_of

IDS = st.sets(st.integers(0, 30))


def log_of(n, authors=3):
    log = Log()
    for i in range(n):
        log.post(i % authors, 0, 0, un.Intention(f"role {i}"), to=1 if i % 5 == 4 else None)
    return log


@given(IDS)
def test_spans_are_maximal_and_exact(ids):
    spans = spans_of(sorted(ids))
    assert ids_in(spans) == sorted(ids)
    assert all(a < b for a, b in spans)
    assert all(b < c for (_, b), (c, _) in pairwise(spans))


@given(IDS, IDS)
def test_cutting_out_is_set_difference(ids, out):
    assert ids_in(cut_out(spans_of(sorted(ids)), sorted(out))) == sorted(ids - out)


@given(IDS, st.integers(-40, 40), st.integers(0, 9))
def test_views_are_sequences(ids, index, n):
    log = log_of(31)
    view, plain = log.only(ids), [log[i] for i in sorted(ids)]
    assert list(view) == plain
    assert len(view) == len(plain)
    assert view[1:4] == plain[1:4]
    assert view.newest(n) == plain[::-1][:n]
    assert [view.has(i) for i in range(-1, 33)] == [i in ids for i in range(-1, 33)]
    assert [log[i] in view for i in range(31)] == [i in ids for i in range(31)]
    if -len(plain) <= index < len(plain):
        assert view[index] == plain[index]
    else:
        with pytest.raises(IndexError, match=f"index={index} is outside a view of {len(plain)}"):
            view[index]
    assert view == log_of(31).only(ids)
    assert hash(view) == hash(log_of(31).only(ids))
    assert "message" not in view


@given(IDS, st.sets(st.integers(0, 4)))
def test_views_narrow_by_author_and_reader(ids, authors):
    log = log_of(31)
    view = log.only(ids)
    assert [m.id for m in view.authored_by(authors)] == sorted(i for i in ids if i % 3 in authors)
    assert [m.id for m in view.without(1)] == sorted(i for i in ids if i % 3 != 1)
    assert [m.id for m in view.readable_by(1)] == sorted(ids)
    assert [m.id for m in view.readable_by(2)] == sorted(i for i in ids if i % 5 != 4)


def test_logs_index_what_is_posted():
    log = log_of(6)
    before = log.so_far()
    assert ids_in(log.since(4).spans) == [4, 5]
    assert log.since(6) == View(log) == Log().so_far()
    assert log.since(6).spans == Log().so_far().spans == ()
    assert (log.addressed, Log().addressed) == (True, False)
    assert (list(log.ids_to(1)), list(log.ids_to(2))) == ([4], [])
    assert (list(log.ids_by(0)), list(log.ids_by(9))) == ([0, 3], [])
    assert log.post(7, 2, 1, un.Intention("late")).id == 6
    assert len(before) == 6
    assert repr(before) == "View([(0, 6)])"


def test_authors_are_found_without_history():
    log = log_of(4000, authors=8)
    recent = log.since(len(log) - 16)

    class Counting(list):
        reads = 0

        def __getitem__(self, key):
            whole = isinstance(key, slice)
            Counting.reads += len(range(*key.indices(len(self)))) if whole else 1
            return super().__getitem__(key)

    log._by_author = {a: Counting(ids) for a, ids in log._by_author.items()}
    assert len(recent.authored_by(range(4))) == 8
    assert Counting.reads < 200
