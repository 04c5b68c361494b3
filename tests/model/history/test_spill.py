"""What leaves memory comes back equal, whatever becomes of the disk and of copies."""

from __future__ import annotations

import copy
import os
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import CHECK

from unscripted.model.history import spill
from unscripted.model.history.spill import Spilled

values = st.lists(st.tuples(st.integers(), st.text(), st.floats(allow_nan=False)), max_size=20)


def filled(keep, content):
    made = Spilled(keep)
    for value in content:
        made.append(value)
    return made


@CHECK
@given(st.integers(1, 6), values)
def test_it_is_the_list(keep, content):
    made = filled(keep, content)
    assert list(made) == content
    assert len(made) == len(content)
    n = len(content)
    assert [made[k - n] for k in range(n)] == content
    assert len(made._held) == min(keep, n)
    for outside in (n, -n - 1):
        with pytest.raises(IndexError):
            made[outside]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@CHECK
@given(st.integers(1, 3), values)
def test_copies_go_their_own_way(copied, keep, content):
    made = filled(keep, content)
    twin = copied(made)
    made.append("one")
    twin.append("other")
    assert list(made) == [*content, "one"]
    assert list(twin) == [*content, "other"]


def test_a_fork_goes_its_own_way():
    made = filled(1, range(5))
    child = os.fork()
    if not child:
        made.append("child")
        made.append("child's last")
        os._exit(0 if list(made) == [0, 1, 2, 3, 4, "child", "child's last"] else 1)
    assert os.waitpid(child, 0)[1] == 0
    made.append("parent")
    made.append("parent's last")
    assert list(made) == [0, 1, 2, 3, 4, "parent", "parent's last"]


def test_a_full_disk_loses_nothing(monkeypatch):
    made = filled(1, range(4))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spill.os, "pwrite", full)
    for value in range(4, 8):
        made.append(value)
    monkeypatch.undo()
    for value in range(8, 12):
        made.append(value)
    assert list(made) == list(range(12))


def test_what_cannot_be_pickled_stays():
    functions = [lambda: 1, lambda: 2, lambda: 3]
    assert list(filled(1, functions)) == functions
    twin = copy.deepcopy(filled(1, functions))
    assert [f() for f in twin] == [1, 2, 3]


def test_no_file_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(spill.tempfile, "tempdir", str(tmp_path))
    made = filled(1, range(9))
    assert made[0] == 0
    assert not list(tmp_path.iterdir())
    opened = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    del made
    if opened is not None:
        assert len(os.listdir("/proc/self/fd")) == opened - 1
