"""Morphogenetic: diffusion, organizers and fates."""

from __future__ import annotations

from collections import Counter
from functools import partial
from math import ceil, inf, sqrt

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.intentions import (
    Wanting,
    few,
    given_in,
    graphs,
    heard_by,
    intentions,
    minds,
    seen_messages,
    tally,
    wanting,
)

import unscripted as un
from unscripted.model.networks.building import build_topology
from unscripted.protocols.mean_field import MeanField
from unscripted.protocols.morphogenetic import Morphogenetic
from unscripted.protocols.tissue.diffusion import blend, diffuse, exchange
from unscripted.protocols.tissue.distance import distances, spread
from unscripted.protocols.tissue.fates import Touching, contacts, determined, differentiate
from unscripted.testing import Case, Scripted, networks, seeds


def touching(graph, member):
    both_ways = graph.to_undirected(as_view=True) if graph.is_directed() else graph
    return set(both_ways.adj[member])


diffusions = st.floats(0.01, 0.99)


def amounts_on(graph, n_morphogens, seed):
    draw = np.random.default_rng(seed)
    return draw.random((len(graph), n_morphogens)) * (draw.random((len(graph), 1)) < 0.5)


@few
@given(graphs(), st.integers(1, 4), seeds(), diffusions, st.floats(0, 0.99), st.integers(0, 30))
def test_only_decay_loses(graph, k, seed, diffusion, decay, steps):
    start = amounts_on(graph, k, seed)
    gain = exchange(graph, sorted(graph))
    now = start
    for step in range(1, steps + 1):
        now = diffuse(now, gain, diffusion=diffusion, decay=decay, steps=1)
        assert (now >= 0).all()
        expected = start.sum(axis=0) * (1 - decay) ** step
        assert now.sum(axis=0) == pytest.approx(expected, rel=1e-9, abs=1e-300)
    at_once = diffuse(start, gain, diffusion=diffusion, decay=decay, steps=steps)
    assert np.array_equal(at_once, now)


@given(st.integers(1, 20), st.integers(1, 4), seeds(), diffusions)
def test_closed_form_equals_the_links(n, k, seed, diffusion):
    amounts = amounts_on(range(n), k, seed)
    inflow = diffusion / max(1, n - 1) * (1 - np.eye(n))
    expected = amounts + inflow @ amounts - inflow.sum(axis=0)[:, None] * amounts
    for graph in (nx.complete_graph(n), nx.complete_graph(n).to_directed()):
        gain = exchange(graph, range(n))
        now = diffuse(amounts, gain, diffusion=diffusion, decay=0, steps=1)
        assert now == pytest.approx(expected, abs=1e-12)


@few
@given(graphs(), seeds())
def test_links_exchange_as_they_point(graph, seed):
    members = sorted(graph)
    gain = exchange(graph, members)
    flow = gain(np.eye(len(members)))
    for i, a in enumerate(members):
        for j, b in enumerate(members):
            if a != b:
                assert (flow[j, i] > 0) == graph.has_edge(a, b)
    if not graph.is_directed():
        assert flow == pytest.approx(flow.T)


def emitted_from(graph, source, diffusion, decay, steps):
    members = sorted(graph)
    start = np.zeros((len(members), 1))
    start[members.index(source)] = 1.0
    return diffuse(
        start, exchange(graph, members), diffusion=diffusion, decay=decay,
        steps=steps, emitted=start,
    )[:, 0]  # fmt: skip


@few
@given(st.sampled_from(["chain", "tree", "star"]), st.integers(2, 30), st.data(), diffusions,
       st.floats(0, 0.9), st.integers(0, 60))  # fmt: skip
def test_trees_fall_with_every_link(name, n, data, diffusion, decay, steps):
    graph = build_topology(name, n, 0)
    source = data.draw(st.integers(0, n - 1))
    concentration = emitted_from(graph, source, diffusion, decay, steps)
    far = nx.single_source_shortest_path_length(graph, source)
    for a, b in graph.edges:
        near, further = (a, b) if far[a] < far[b] else (b, a)
        assert concentration[near] >= concentration[further] - 1e-12
        if far[further] <= steps:
            assert concentration[near] > 0
    assert concentration[source] == concentration.max()


def test_decay_steepens_the_gradient():
    slow = emitted_from(nx.path_graph(9), 0, 0.5, 0.05, 40)
    fast = emitted_from(nx.path_graph(9), 0, 0.5, 0.5, 40)
    assert (np.diff([slow, fast]) < 0).all()
    assert (fast[1:] / fast[:-1] < slow[1:] / slow[:-1]).all()


@few
@given(graphs(), st.data())
def test_organizers_are_far_apart(graph, data):
    n = data.draw(st.integers(1, len(graph)))
    chosen = spread(graph, n)
    assert len(chosen) == len(set(chosen)) == n
    members = sorted(graph)
    degrees = dict(graph.out_degree if graph.is_directed() else graph.degree)
    most = max(degrees.values())
    assert chosen[0] == next(m for m in members if degrees[m] == most)
    paths = dict(nx.all_pairs_shortest_path_length(graph))
    for i in range(1, n):
        far = {m: min(paths[c].get(m, inf) for c in chosen[:i]) for m in members}
        farthest = max(far.values())
        assert chosen[i] == next(m for m in members if far[m] == farthest)
    expected = {m: min(paths[c].get(m, inf) for c in chosen) for m in members}
    assert distances(graph, chosen) == expected


def random_blends(n, k, seed, spread_=1.0):
    draw = np.random.default_rng(seed)
    raw = (draw.random((n, k)) * spread_ + 1 - spread_) * (draw.random((n, 1)) < 0.9)
    if spread_ == 1.0:
        raw *= draw.random((n, k)) < 0.7  # some morphogens don't reach some cells
    return blend(raw)


def fates_of(graph, blends, inhibition, order=None):
    members = sorted(graph)
    crowd = contacts(graph, members, blends.shape[1])
    order = range(len(members)) if order is None else order
    return differentiate(blends, crowd, inhibition=inhibition, order=order)


@few
@given(graphs(), st.integers(1, 6), seeds(), st.floats(0, 5))
def test_no_cell_would_change(graph, k, seed, inhibition):
    members = sorted(graph)
    blends = random_blends(len(members), k, seed)
    fates = dict(zip(members, fates_of(graph, blends, inhibition), strict=True))
    for member, own in zip(members, blends, strict=True):
        fate, near = fates[member], touching(graph, member)
        if not own.any():
            assert fate is None
            continue
        crowd = Counter(fates[other] for other in near)
        worth = [own[f] - inhibition * crowd[f] / max(1, len(near)) for f in range(k)]
        reached = [f for f in range(k) if own[f] > 0]
        assert fate in reached
        assert worth[fate] >= max(worth[f] for f in reached) - 1e-8


@few
@given(graphs(), st.integers(2, 6), seeds(), st.floats(0.2, 5), st.floats(0, 1))
def test_strong_inhibition_separates_neighbours(graph, k, seed, inhibition, spread_):
    blends = random_blends(len(graph), k, seed, spread_ * 0.9)
    members = sorted(graph)
    fates = dict(zip(members, fates_of(graph, blends, inhibition), strict=True))
    for member, own in zip(members, blends, strict=True):
        near, reached = touching(graph, member), own[own > 0]
        if near and len(near) < len(reached) and np.ptp(reached) < inhibition / len(near) - 1e-8:
            assert fates[member] not in {fates[other] for other in near}


@few
@given(st.sampled_from(["chain", "ring", "tree", "grid", "star"]), st.integers(2, 40),
       st.integers(2, 5), st.floats(0.1, 5), st.data())  # fmt: skip
def test_bipartite_fates_alternate(name, n, k, inhibition, data):
    assume(name != "ring" or n % 2 == 0)
    graph = build_topology(name, n, 0)
    start = data.draw(st.integers(0, n - 1))
    far = nx.single_source_shortest_path_length(graph, start)
    order = sorted(range(n), key=far.__getitem__)
    fates = fates_of(graph, np.full((n, k), 1 / k), inhibition, order)
    assert all(fates[a] != fates[b] for a, b in graph.edges)


@given(st.integers(2, 60), st.lists(st.floats(0.05, 1), min_size=1, max_size=8))
def test_fates_match_morphogen_shares(n, raw):
    share = np.array(raw) / np.sum(raw)
    fates = fates_of(nx.complete_graph(n), np.tile(share, (n, 1)), 1.0)
    counts = Counter(fates)
    for fate, b in enumerate(share):
        # no cell gains by a change, so counts less (n - 1) b differ by 1 at most and sum to 1
        assert abs(counts[fate] - (n - 1) * b) <= 1 + 1 / len(share) + 1e-6


@few
@given(st.integers(1, 20), st.integers(1, 5), seeds(), st.floats(0, 5))
def test_mixed_contacts_count_links(n, k, seed, inhibition):
    blends = random_blends(n, k, seed)
    graph = nx.complete_graph(n)
    by_links = Touching(graph, range(n), k)
    expected = differentiate(blends, by_links, inhibition=inhibition, order=range(n))
    assert fates_of(graph, blends, inhibition) == expected


@few
@given(networks(), st.booleans(), seeds(), st.one_of(minds, wanting), st.integers(0, 6),
       st.integers(0, 4))  # fmt: skip
def test_determined_cells_take_topics(network, directed, seed, mind, organizers, bands):
    make = partial(Morphogenetic, organizers=organizers, bands=bands)
    case = Case(make, network[1], network[0], seed, 2, mind, directed=directed)
    org, records = case.play()
    graph, n = org.network.G, case.n_agents
    for record in records:
        assert not record.error
        many = min(n, organizers or ceil(sqrt(n)))
        opening, work = record.rounds[:many], record.rounds[many:]
        assert [r.act for r in opening] == [un.Act.INTEND] * many
        assert [m for r in opening for m in r.actors] == spread(graph, many)
        assert sorted(m for r in work for m in r.actors) == sorted(graph)
        assert len(work) <= (bands or many)
        stated = intentions(record)
        _, roles = tally(stated.values())
        far = distances(graph, stated) if stated else dict.fromkeys(graph, inf)
        given_ = given_in(record)
        fates = {m: a.focus[0] for m, a in given_.items() if a is not None}
        assert all(far[m] < inf for m in fates)
        assert not stated or fates, "somebody is determined"
        assert not any(fates[m] == fates.get(k) for m in fates for k in touching(graph, m))
        last = max((r for r, w in enumerate(work) for m in w.actors if m in fates), default=0)
        free = [r for r, w in enumerate(work) for m in w.actors if m not in fates]
        assert all(r >= last for r in free), "plastic cells wait for determined ones"
        for m, assignment in given_.items():
            seen = seen_messages(record, m, next(r for r, w in enumerate(record.rounds)
                                 if w.act is un.Act.CONTRIBUTE and m in w.actors))  # fmt: skip
            assert {x.author for x in seen} <= heard_by(graph, m)
            if assignment is not None and isinstance(mind, Wanting):
                stating = roles[assignment.focus[0]]
                assert stating[assignment.role] == max(stating.values())


@given(st.integers(1, 12), st.integers(1, 5), seeds())
def test_the_strongest_keep_their_fate(n, k, seed):
    amounts = np.random.default_rng(seed).random((n, k))
    fates = [int(x) for x in amounts.argmax(axis=1)]
    crowd = contacts(nx.complete_graph(n), range(n), k)
    kept = determined(fates, amounts, crowd)
    for fate in set(fates):
        cells = [c for c in range(n) if fates[c] == fate]
        assert [c for c in cells if kept[c] == fate] == [max(cells, key=lambda c: amounts[c, fate])]
    apart = contacts(nx.empty_graph(n), range(n), k)
    assert determined(fates, amounts, apart) == fates


def test_without_diffusion_nothing_is_heard():
    org = un.build(protocol="morphogenetic:diffusion=0", n_agents=9, rng=1)
    for record in org.run(2):
        assert set(given_in(record).values()) == {None}
        assert all(t.seen == () for m in record.members for t in m.turns)
        assert len([r for r in record.rounds if r.act is un.Act.CONTRIBUTE]) == 1


def test_silent_organizers_leave_cells_free():
    pieces = nx.disjoint_union(nx.path_graph(4), nx.path_graph(3))
    speaks = Scripted([un.Contribution("r", "w")], intentions=[un.Intention("lead", ("a", "b"))])
    silent = Scripted([un.Contribution("r", "w")], intentions=[un.Abstention("no view")])
    org = un.build(
        protocol=Morphogenetic(organizers=2), n_agents=7, topology=lambda n, seed: pieces,
        model=[speaks] * 4 + [silent] * 3, judge="none", rng=0,
    )  # fmt: skip
    (record,) = org.run(1)
    assert [r.actors for r in record.rounds[:2]] == [(1,), (4,)]
    fates = {m: a and a.focus[0] for m, a in given_in(record).items()}
    assert fates == {0: "b", 1: "a", 2: "b", 3: "a", 4: None, 5: None, 6: None}


def test_fates_spread_outwards():
    spider = nx.Graph([(0, 1), (1, 2), (0, 3), (3, 4), (0, 5), (5, 6), (6, 7)])
    mind = Scripted([un.Contribution("r", "w")], intentions=[un.Intention("lead", ("a", "b"))])
    org = un.build(
        protocol=Morphogenetic(organizers=1), n_agents=8, topology=lambda n, seed: spider,
        model=mind, judge="none", rng=0,
    )  # fmt: skip
    (record,) = org.run(1)
    fates = {m: a.focus[0] for m, a in given_in(record).items() if a is not None}
    assert len(fates) > 4
    assert all(fates.get(a) != fates.get(b) for a, b in spider.edges)


@pytest.mark.parametrize("kind", [MeanField, Morphogenetic])
def test_role_replaces_a_missing_topic(kind):
    for focus in ((), ("  ",)):
        mind = Scripted([un.Contribution("r", "w")], intentions=[un.Intention("lead", focus)])
        org = un.build(protocol=kind(), n_agents=4, model=mind, judge="none", rng=0)
        (record,) = org.run(1)
        given_ = {a for a in given_in(record).values() if a is not None}
        assert {(a.role, a.focus) for a in given_} == {("lead", ("lead",))}


def test_synthetic_cells_differ():
    org = un.build(protocol="morphogenetic", n_agents=16, tasks="generated", level="L3", rng=0)
    fates = [[a.focus for a in given_in(r).values() if a is not None] for r in org.run(8)]
    assert all(len(set(found)) == len(found) >= 2 for found in fates)
    assert sum(map(len, fates)) / len(fates) >= 4
