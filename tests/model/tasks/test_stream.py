"""Task streams: every task once in a pass, the same whenever asked."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.task_files import BY_LEVEL

import unscripted as un
from unscripted.model.tasks.files import corpus
from unscripted.model.tasks.stream import CycledTasks

SETS = st.lists(st.sampled_from(corpus()), min_size=1, max_size=12, unique_by=lambda t: t.id)


@settings(deadline=None, max_examples=80)
@given(tasks=SETS, seed=st.integers(0, 2**70), passes=st.integers(1, 4))
def test_pass_visits_each_task_once(tasks, seed, passes):
    stream = CycledTasks(tasks, seed)
    for k in range(passes):
        seen = Counter(stream.task(k * len(tasks) + i).id for i in range(len(tasks)))
        assert seen == Counter(t.id for t in tasks)


@settings(deadline=None, max_examples=80)
@given(tasks=SETS, seed=st.integers(0, 2**70), ticks=st.lists(st.integers(0, 60), max_size=20))
def test_order_of_asking_changes_nothing(tasks, seed, ticks):
    in_order = [CycledTasks(tasks, seed).task(t).id for t in range(61)]
    stream = CycledTasks(tasks, seed)
    assert [stream.task(t).id for t in ticks] == [in_order[t] for t in ticks]


def test_seed_and_pass_reorder():
    def order(seed: int, start: int = 0) -> list[str]:
        stream = CycledTasks(corpus(), seed)
        return [stream.task(start + t).id for t in range(len(corpus()))]

    assert len({tuple(order(seed)) for seed in range(5)}) == 5
    assert order(0) != order(0, start=len(corpus()))


def test_stream_knows_domains_and_level():
    l1, l4 = BY_LEVEL["L1"], BY_LEVEL["L4"]
    assert CycledTasks(l1, 0).level == "L1"
    assert CycledTasks([*l1, *l4], 0).level == "mixed"
    assert set(CycledTasks(l4, 0).domains) == {d for t in l4 for d in t.domains}


def test_empty_stream_is_refused():
    with pytest.raises(un.UsageError, match="at least one task"):
        CycledTasks([], 0)
