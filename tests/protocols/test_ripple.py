"""Ripple: origins, waves and fanout."""

from __future__ import annotations

import math
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
    sequential,
    silent,
    teams,
    unlabelled,
)

import unscripted as un
from unscripted.protocols.ripple import Ripple, farthest_first, fronts, waves
from unscripted.testing import ArbitraryMind, Case, seeds


def distances(graph, starts):
    """From the nearest start, by networkx; infinite where there is no way."""
    far = dict.fromkeys(graph, math.inf)
    for start in starts:
        for member, d in nx.single_source_shortest_path_length(graph, start).items():
            far[member] = min(far[member], d)
    return far


def farthest_by_definition(graph, count):
    chosen = []
    while True:
        far = distances(graph, chosen)
        most = max(far.values())
        if most == 0 or (len(chosen) >= count and most < math.inf):
            return chosen
        chosen.append(min(m for m in far if far[m] == most))


@many
@given(graphs(), st.integers(1, 6))
def test_origins_are_farthest_first(graph, count):
    assert farthest_first(graph, count) == farthest_by_definition(graph, count)


@many
@given(graphs(), st.integers(1, 6))
def test_wave_is_distance_from_origin(graph, count):
    starts = farthest_first(graph, count)
    far = distances(graph, starts)
    found = waves(graph, starts)
    assert {m: w for w, wave in enumerate(found) for m in wave} == far
    assert len(found) == 1 + max(far.values())
    assert all(wave == sorted(wave) for wave in found)


@many
@given(graphs())
def test_components_have_own_origins(graph):
    starts = farthest_first(graph, 1)
    assert min(graph) == starts[0]
    if not graph.is_directed():
        assert sorted(starts) == sorted(min(c) for c in nx.connected_components(graph))


def waves_by_definition(graph, starts, fanout):
    """Rounds of calls: each awake member wakes its lowest sleeping neighbours."""
    found, awake = [sorted(starts)], set(starts)
    while True:
        woken = []
        for member in sorted(awake):
            asleep = sorted(set(graph.neighbors(member)) - awake - set(woken))
            woken += asleep[:fanout]
        if not woken:
            return found
        found.append(sorted(woken))
        awake |= set(woken)


@many
@given(graphs(), st.integers(1, 4), st.integers(1, 3))
def test_fanout_wakes_lowest_ids(graph, fanout, count):
    starts = farthest_first(graph, count)
    found = waves(graph, starts, fanout)
    assert found == waves_by_definition(graph, starts, fanout)
    awake = 0
    far = distances(graph, starts)
    for w, wave in enumerate(found):
        assert w == 0 or len(wave) <= fanout * awake
        assert all(far[m] <= w for m in wave)
        awake += len(wave)
    assert awake == len(graph)


@many
@given(graphs())
def test_unreached_fanout_is_none(graph):
    starts = farthest_first(graph, 1)
    assert waves(graph, starts, len(graph)) == waves(graph, starts)


@few
@given(st.integers(1, 70), st.integers(1, 5))
def test_those_awake_multiply(n, fanout):
    found = waves(nx.complete_graph(n), [0], fanout)
    awake = 1
    for wave in found[1:]:
        assert len(wave) == min(fanout * awake, n - awake)
        awake += len(wave)
    assert (fanout + 1) ** (len(found) - 2) < n <= (fanout + 1) ** (len(found) - 1)


@few
@given(st.integers(1, 40), seeds(), minds)
def test_chain_is_sequential(n, seed, mind):
    case = Case(Ripple, n, "chain", seed, 2, mind)
    _, records = case.play()
    assert unlabelled(records) == unlabelled(case.play(make=sequential)[1])


@few
@given(teams(silent), st.integers(0, 3))
def test_all_origins_are_silent(drawn, more):
    case, leaving = drawn
    _, records = play(replace(case, make=partial(Ripple, origins=case.n_agents + more)), leaving)
    assert unlabelled(records) == unlabelled(play(case, leaving)[1])


@few
@given(st.integers(2, 40), seeds(), minds, st.sampled_from([("star", 1), ("complete", 0)]))
def test_star_takes_two_waves(n, seed, mind, how):
    topology, growth = how
    _, records = Case(partial(Ripple, growth=growth), n, topology, seed, 1, mind).play()
    assert [r.actors for r in records[0].rounds] == [(0,), tuple(range(1, n))]


@many
@given(graphs(), st.integers(1, 4), st.integers(0, 3))
def test_fronts_are_no_wider_than_rings(graph, count, growth):
    found = waves(graph, farthest_first(graph, count))
    cut = fronts(graph, found, growth)
    assert [m for wave in cut for m in wave] == [m for wave in found for m in wave]
    assert growth or cut == found
    for w, wave in enumerate(cut[1:], start=1):
        linked = any(graph.has_edge(a, b) for a in wave for b in wave)
        assert not growth or not linked or len(wave) <= len(cut[0]) * (1 + growth * w)


def test_rings_grow_on_complete_networks():
    cut = fronts(nx.complete_graph(16), [[0], list(range(1, 16))], 1)
    assert [len(wave) for wave in cut] == [1, 2, 3, 4, 5, 1]


@few
@given(teams(silent))
def test_waves_without_work_are_silent(drawn):
    case, leaving = drawn
    _, records = play(replace(case, make=partial(Ripple, carry="none")), leaving)
    assert decided(records) == decided(play(case, leaving)[1])


@few
@given(st.integers(3, 40), seeds())
def test_work_follows_link_direction(n, seed):
    def circle(n, seed):
        return nx.cycle_graph(n, create_using=nx.DiGraph)

    org = un.build(protocol=Ripple(), n_agents=n, topology=circle, model=ArbitraryMind(), rng=seed)
    (record,) = org.run(1)
    assert [r.actors for r in record.rounds] == [(m,) for m in range(n)]


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


@pytest.mark.parametrize("make", [nx.complete_graph, partial(nx.gnp_random_graph, p=0.5, seed=1)])
def test_dense_networks_cost_little(make):
    graph = CountingGraph(make(300))
    Counting.looks = 0
    waves(graph, farthest_first(graph, 1))
    assert Counting.looks < 20 * len(graph) < graph.number_of_edges()
    Counting.looks = 0
    waves(graph, [0], 2)
    assert Counting.looks < graph.number_of_edges() / 2


@many
@given(graphs())
def test_links_are_visited_rarely(graph):
    if graph.is_directed():
        return
    counted = CountingGraph(graph)
    Counting.looks = 0
    waves(counted, farthest_first(counted, 1))
    assert Counting.looks <= 2 * 2 * graph.number_of_edges()
