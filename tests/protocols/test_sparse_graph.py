"""Sparse graph: colour classes act in turn."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.network_play import (
    CountingGraph,
    decided,
    few,
    graphs,
    many,
    minds,
    play,
    seen_authors,
    sequential,
    silent,
    teams,
    unlabelled,
)

from unscripted.protocols.sparse_graph import SparseGraph, colour_classes, thinned
from unscripted.testing import ArbitraryMind, Case, seeds

WHOLE = partial(SparseGraph, degree=1000)
"""Every link is kept."""


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
@given(teams(WHOLE, mind=st.just(ArbitraryMind(0.0, 0.0))))
def test_links_carry_work_one_way(drawn):
    case, leaving = drawn
    if case.directed:
        return
    for graph, record in zip(*play(case, leaving), strict=True):
        heard = {m.member: seen_authors(record, m.turns[0]) for m in record.members}
        for a, b in graph.edges:
            assert (a in heard[b]) + (b in heard[a]) == 1


@many
@given(graphs(), st.integers(0, 6))
def test_few_links_keep_all_together(graph, degree):
    plain = nx.Graph(graph)
    kept = thinned(graph, degree)
    assert sorted(kept) == sorted(graph)
    assert all(plain.has_edge(a, b) for a, b in kept.edges)
    if not degree:
        assert not kept.edges
        return
    assert nx.number_connected_components(kept) == nx.number_connected_components(plain)
    if all(d <= degree for _, d in plain.degree()):
        assert kept.number_of_edges() == plain.number_of_edges()
    forest = nx.Graph(e for e in kept.edges if max(kept.degree(m) for m in e) > degree)
    assert not forest or nx.is_forest(forest), (
        "beyond the limit only where it holds the team together"
    )


@few
@given(st.integers(1, 60), st.integers(2, 8))
def test_complete_network_is_thinned(n, degree):
    kept = thinned(nx.complete_graph(n), degree)
    assert nx.is_connected(kept)
    assert max(d for _, d in kept.degree()) <= degree
    assert len(colour_classes(kept)) <= 1 + degree


@few
@given(teams(SparseGraph, mind=st.just(ArbitraryMind(0.0, 0.0))))
def test_only_kept_links_carry(drawn):
    case, leaving = drawn
    for graph, record in zip(*play(case, leaving), strict=True):
        kept = thinned(graph, 4)
        for member in record.members:
            assert set(seen_authors(record, member.turns[0])) <= set(kept.adj[member.member])


@few
@given(teams(silent))
def test_no_links_are_silent(drawn):
    case, leaving = drawn
    _, records = play(replace(case, make=partial(SparseGraph, degree=0)), leaving)
    assert decided(records) == decided(play(case, leaving)[1])


@few
@given(st.integers(1, 40), seeds(), minds)
def test_whole_complete_network_is_sequential(n, seed, mind):
    case = Case(WHOLE, n, "complete", seed, 2, mind)
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
