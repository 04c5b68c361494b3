"""What all protocols that read the network have in common."""

from __future__ import annotations

import math
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.network_play import into, play, seen_authors, teams

from unscripted.model.errors import UsageError
from unscripted.model.record import State
from unscripted.protocols.batched_sequential import BatchedSequential
from unscripted.protocols.ripple import Ripple
from unscripted.protocols.sparse_graph import SparseGraph
from unscripted.protocols.spectral_hierarchy import SpectralHierarchy
from unscripted.protocols.stigmergic import Stigmergic

FIVE = [
    BatchedSequential, partial(BatchedSequential, batch=1), partial(BatchedSequential, batch=7),
    Ripple, partial(Ripple, origins=3), partial(Ripple, fanout=1),
    partial(Ripple, origins=2, fanout=2), SparseGraph,
    SpectralHierarchy, partial(SpectralHierarchy, span=1, horizon=1),
    partial(SpectralHierarchy, span=3, discount=1.0, horizon=0),
    Stigmergic, partial(Stigmergic, group=3), partial(Stigmergic, evaporation=0.0),
]  # fmt: skip


def assert_each_acts_once_in_view_of_earlier_rounds(graph, record):
    """All members act once, and see exactly the finished work of earlier rounds they can hear."""
    acted = [m for r in record.rounds for m in r.actors]
    assert sorted(acted) == sorted(graph)
    finished = set()
    for played in record.rounds:
        for member in played.actors:
            (turn,) = record.by_id[member].turns
            assert seen_authors(record, turn) == sorted(finished & into(graph, member))
        finished |= {m for m in played.actors if record.by_id[m].state is State.CONTRIBUTED}


@pytest.mark.parametrize("make", FIVE, ids=lambda make: make().label)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_everybody_is_asked_once(make, data):
    case, leaving = data.draw(teams(make))
    for graph, record in zip(*play(case, leaving), strict=True):
        assert sorted(m for r in record.rounds for m in r.actors) == sorted(graph)
        assert sum(len(m.turns) for m in record.members) == make().max_calls(len(graph))


@pytest.mark.parametrize("make", FIVE[:11], ids=lambda make: make().label)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_neighbours_earlier_work_is_seen(make, data):
    case, leaving = data.draw(teams(make))
    for graph, record in zip(*play(case, leaving), strict=True):
        assert_each_acts_once_in_view_of_earlier_rounds(graph, record)


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (BatchedSequential, "batch", 0), (BatchedSequential, "batch", 2.0),
        (Ripple, "origins", 0), (Ripple, "origins", "2"), (Ripple, "fanout", -1),
        (Ripple, "fanout", 0.5),
        (SpectralHierarchy, "span", 0), (SpectralHierarchy, "span", 1.5),
        (SpectralHierarchy, "horizon", -1), (SpectralHierarchy, "discount", 0),
        (SpectralHierarchy, "discount", 1.1), (SpectralHierarchy, "discount", math.nan),
        (Stigmergic, "group", 0), (Stigmergic, "group", 1.0), (Stigmergic, "evaporation", -0.1),
        (Stigmergic, "evaporation", 1.1), (Stigmergic, "evaporation", math.nan),
    ],
)  # fmt: skip
def test_senseless_parameters_are_refused(make, name, value):
    with pytest.raises(UsageError) as refused:
        make(**{name: value})
    text = str(refused.value)
    assert text.startswith(f"{name}={value!r} is ")
    assert "; use " in text
    assert "\n" not in text
