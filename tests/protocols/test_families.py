"""What protocols that read the network, or come from biology, have in common."""

from __future__ import annotations

import math
from functools import partial
from math import inf

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.intentions import few, graphs, minds
from support.network_play import into, play, teams

import unscripted as un
from unscripted.model.record import State
from unscripted.model.spans import ids_in
from unscripted.protocols.batched_sequential import BatchedSequential
from unscripted.protocols.clonal import Clonal
from unscripted.protocols.mean_field import MeanField
from unscripted.protocols.morphogenetic import Morphogenetic
from unscripted.protocols.ripple import Ripple
from unscripted.protocols.sparse_graph import SparseGraph
from unscripted.protocols.spectral_hierarchy import SpectralHierarchy
from unscripted.protocols.stigmergic import Stigmergic
from unscripted.testing import seeds

FIVE = [
    BatchedSequential, partial(BatchedSequential, batch=1), partial(BatchedSequential, batch=7),
    Ripple, partial(Ripple, origins=3), partial(Ripple, fanout=1),
    partial(Ripple, origins=2, fanout=2), SparseGraph,
    SpectralHierarchy, partial(SpectralHierarchy, span=1, horizon=1),
    partial(SpectralHierarchy, span=3, discount=1.0, horizon=0),
    Stigmergic, partial(Stigmergic, group=3), partial(Stigmergic, evaporation=0.0),
]  # fmt: skip


WHOLE = FIVE[:7]
"""Show all that the network carries."""


def seen_works(record, turn):
    """Authors of the works that were seen, in order."""
    return [
        message.author
        for message in record.log
        if message.id in set(ids_in(turn.seen)) and isinstance(message.content, un.Contribution)
    ]


def assert_each_acts_once_in_view_of_earlier_rounds(graph, record, whole):
    """All members work once, and see the finished work of earlier rounds they can hear.

    Without `whole` they may see less of it, as where a protocol thins the network out.
    """
    working = [r for r in record.rounds if r.act is un.Act.CONTRIBUTE]
    assert sorted(m for r in working for m in r.actors) == sorted(graph)
    finished = set()
    for played in working:
        for member in played.actors:
            (turn,) = (t for t in record.by_id[member].turns if t.act is un.Act.CONTRIBUTE)
            seen, heard = set(seen_works(record, turn)), finished & into(graph, member)
            assert seen == heard if whole else seen <= heard
        finished |= {m for m in played.actors if record.by_id[m].state is State.CONTRIBUTED}


@pytest.mark.parametrize("make", FIVE, ids=lambda make: make().label)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_everybody_is_asked_once(make, data):
    case, leaving = data.draw(teams(make))
    for graph, record in zip(*play(case, leaving), strict=True):
        working = [r for r in record.rounds if r.act is un.Act.CONTRIBUTE]
        assert sorted(m for r in working for m in r.actors) == sorted(graph)
        assert sum(len(m.turns) for m in record.members) == make().max_calls(len(graph))


@pytest.mark.parametrize("make", FIVE[:11], ids=lambda make: make().label)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_neighbours_earlier_work_is_seen(make, data):
    case, leaving = data.draw(teams(make))
    for graph, record in zip(*play(case, leaving), strict=True):
        whole = make in WHOLE
        assert_each_acts_once_in_view_of_earlier_rounds(graph, record, whole)


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
    with pytest.raises(un.UsageError) as refused:
        make(**{name: value})
    text = str(refused.value)
    assert text.startswith(f"{name}={value!r} is ")
    assert "; use " in text
    assert "\n" not in text


KINDS = [Clonal, MeanField, Morphogenetic]


@pytest.mark.parametrize("kind", KINDS)
@few
@given(st.data())
def test_departures_leave_no_hole(kind, data):
    """Ids with gaps, joined or directed at will, minds that fail: driven through the kernel."""
    graph = data.draw(graphs())
    members = sorted(graph)
    mind = data.draw(minds)
    org = un.build(
        protocol=kind(), n_agents=max(members) + 1, model=mind, judge="none",
        tasks="generated", rng=data.draw(seeds()),
        topology=lambda n, seed: nx.compose(_isolated(graph, n), graph),
    )  # fmt: skip
    for stranger in set(range(max(members) + 1)) - set(members):
        org.remove_member(stranger)
    for record in org.run(2):
        assert not record.error, record.error
        assert [m.member for m in record.members] == members
        last = {
            m.member for m in record.members if m.turns and m.turns[-1].act is un.Act.CONTRIBUTE
        }
        assert last == set(members), "somebody was never asked to work"
        made = sum(len(m.turns) for m in record.members)
        assert made <= kind().max_calls(len(members))


def _isolated(graph, n):
    empty = type(graph)()
    empty.add_nodes_from(range(n))
    return empty


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_come_back(kind):
    assert kind(**kind().parameters).parameters == kind().parameters
    for key, value in kind().parameters.items():
        assert f"{key}={value}" in kind().label


@pytest.mark.parametrize(
    ("kind", "argument", "value"),
    [
        (Clonal, "naive", 0.0), (Clonal, "naive", 1.5), (Clonal, "naive", float("nan")),
        (Clonal, "generations", 0), (Clonal, "generations", 1.5), (Clonal, "select", 0),
        (Clonal, "memory", -1), (Clonal, "rho", -1.0), (Clonal, "rho", inf),
        (Clonal, "newcomers", 1.1), (Clonal, "newcomers", float("nan")),
        (MeanField, "congestion", -0.1), (MeanField, "congestion", 1001.0),
        (MeanField, "temperature", 0.0), (MeanField, "temperature", float("nan")),
        (Morphogenetic, "organizers", -1), (Morphogenetic, "organizers", 2.0),
        (Morphogenetic, "diffusion", -0.1), (Morphogenetic, "diffusion", 1.0),
        (Morphogenetic, "decay", 1.0), (Morphogenetic, "decay", -0.1),
        (Morphogenetic, "inhibition", -1.0), (Morphogenetic, "inhibition", inf),
    ],
)  # fmt: skip
def test_arguments_out_of_bounds(kind, argument, value):
    with pytest.raises(un.UsageError) as refused:
        kind(**{argument: value})
    text = str(refused.value)
    assert text.startswith(f"{argument}={value} ")
    assert "; use " in text
    assert "\n" not in text
