"""Sparse graph: colour classes act in turn."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.network_play import (
    CountingGraph,
    few,
    graphs,
    many,
    minds,
    play,
    seen_authors,
    sequential,
    teams,
    unlabelled,
)

from unscripted.protocols.sparse_graph import SparseGraph, colour_classes
from unscripted.testing import ArbitraryMind, Case, seeds


class Counting(dict):
    """Counts how often anyone looks into it."""

    looks = 0

    def __contains__(self, key):
        Counting.looks += 1
        return super().__contains__(key)

    def __iter__(self):
        for key in super().__iter__():
            Counting.looks += 1
            yield key


@many
@given(graphs())
def test_classes_are_welsh_and_powells(graph):
    plain = nx.Graph(graph)  # direction plays no part
    order = sorted(plain, key=lambda m: (-plain.degree(m), m))
    expected = nx.greedy_color(plain, strategy=lambda G, colors: order)
    classes = colour_classes(graph)
    assert {m: c for c, members in enumerate(classes) for m in members} == expected
    assert all(members == sorted(members) for members in classes)


@many
@given(graphs())
def test_colouring_is_proper_and_greedy(graph):
    plain = nx.Graph(graph)
    classes = colour_classes(graph)
    assert sorted(m for members in classes for m in members) == sorted(graph)
    assert len(classes) <= 1 + max(d for _, d in plain.degree())
    for c, members in enumerate(classes):
        assert members
        for member in members:
            near = set(plain.neighbors(member))
            assert not near & set(members)
            assert all(near & set(earlier) for earlier in classes[:c])


@few
@given(teams(SparseGraph, mind=st.just(ArbitraryMind(0.0, 0.0))))
def test_links_carry_work_one_way(drawn):
    case, leaving = drawn
    if case.directed:
        return
    for graph, record in zip(*play(case, leaving), strict=True):
        heard = {m.member: seen_authors(record, m.turns[0]) for m in record.members}
        for a, b in graph.edges:
            assert (a in heard[b]) + (b in heard[a]) == 1


@few
@given(st.integers(1, 40), seeds(), minds)
def test_complete_network_is_sequential(n, seed, mind):
    case = Case(SparseGraph, n, "complete", seed, 2, mind)
    _, records = case.play()
    assert unlabelled(records) == unlabelled(case.play(make=sequential)[1])


@pytest.mark.parametrize(
    ("topology", "expected"),
    [
        (nx.path_graph(9), 2), (nx.star_graph(8), 2), (nx.cycle_graph(8), 2),
        (nx.cycle_graph(9), 3), (nx.empty_graph(5), 1), (nx.empty_graph(1), 1),
        (nx.complete_graph(6), 6), (nx.complete_graph(6, nx.DiGraph), 6),
        (nx.path_graph(9, nx.DiGraph), 2),
    ],
)  # fmt: skip
def test_rounds_equal_colours(topology, expected):
    assert len(colour_classes(topology)) == expected


def test_well_connected_work_first():
    assert colour_classes(nx.relabel_nodes(nx.star_graph(4), {0: 9})) == [[9], [1, 2, 3, 4]]


def test_complete_colouring_reads_no_links():
    graph = CountingGraph(nx.complete_graph(100))
    Counting.looks = 0
    assert len(colour_classes(graph)) == 100
    assert Counting.looks == 0
