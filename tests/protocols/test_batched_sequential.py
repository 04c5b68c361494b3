"""Batched sequential, from sequential to silent."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

from hypothesis import given
from hypothesis import strategies as st
from support.network_play import few, play, sequential, silent, teams, unlabelled

from unscripted.protocols.batched_sequential import BatchedSequential


@few
@given(teams(sequential))
def test_groups_of_one_are_sequential(drawn):
    case, leaving = drawn
    _, one_by_one = play(replace(case, make=partial(BatchedSequential, batch=1)), leaving)
    assert unlabelled(one_by_one) == unlabelled(play(case, leaving)[1])


@few
@given(teams(silent), st.integers(0, 3))
def test_one_group_is_silent(drawn, more):
    case, leaving = drawn
    batch = partial(BatchedSequential, batch=case.n_agents + more)
    _, records = play(replace(case, make=batch), leaving)
    assert unlabelled(records) == unlabelled(play(case, leaving)[1])


@few
@given(teams(silent), st.integers(1, 9))
def test_groups_follow_the_ids(drawn, size):
    case, leaving = drawn
    make = partial(BatchedSequential, batch=size)
    for graph, record in zip(*play(replace(case, make=make), leaving), strict=True):
        groups = [r.actors for r in record.rounds]
        assert [m for group in groups for m in group] == sorted(graph)
        assert len(groups) == math.ceil(len(graph) / size)
        assert all(len(group) == size for group in groups[:-1])
