"""What members may read of the past: scope, horizon, network, and notes that fade."""

from __future__ import annotations

import math
from collections import Counter

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.teams import WORK, Reader, texts, workers

import unscripted as un
from unscripted.model.experience.memory import Memory
from unscripted.model.networks.building import build_topology
from unscripted.model.plugins.discovery import discover
from unscripted.model.spans import ids_in
from unscripted.testing import ArbitraryMind, Scripted, networks, seeds


def test_horizon_limits_memory():
    org = workers(3, protocol="shared", memory="team:horizon=2")
    org.run(4)
    ticks = {
        org.memory[i].tick
        for a, b in org.records[-1].by_id[0].turns[0].recalled
        for i in range(a, b)
    }
    assert ticks == {1, 2}


def test_departed_members_are_not_recalled():
    org = workers(3, protocol="shared")
    org.step()
    org.remove_member(2)
    org.step()
    recalled = org.records[-1].by_id[0].turns[0].recalled
    assert {org.memory[i].author for a, b in recalled for i in range(a, b)} == {0, 1}


few = settings(max_examples=25, deadline=None)


many = settings(max_examples=80, deadline=None)


def organization(n=4, mind=None, **options):
    options = {"protocol": "shared", "judge": "none", "tasks": "generated", "rng": 0, **options}
    return un.build(n_agents=n, model=mind if mind is not None else Scripted([WORK]), **options)


def one_way(topology):
    """A topology with each link in one direction."""

    def directed(n, seed):
        plain = build_topology(topology, n, seed)
        graph = nx.DiGraph()
        graph.add_nodes_from(plain)
        graph.add_edges_from(sorted(e, reverse=sum(e) % 2 > 0) for e in plain.edges)
        return graph

    return directed


def notes_of(records):
    """Who took which role on which task: author, tick, role, task, in the order of ids."""
    return [
        (m.member, r.tick, m.contributions[-1].role, r.task_id)
        for r in records
        for m in r.members
        if m.contributions
    ]


def readable(notes, reader, tick, graph, scope, horizon):
    """The ids a member may read, by the rules alone."""
    hears = graph.predecessors(reader) if graph.is_directed() else graph.neighbors(reader)
    authors = {"off": set(), "own": {reader}, "team": {reader, *hears}}[scope]
    return [
        i for i, (author, at, *_) in enumerate(notes)
        if author in authors and tick - horizon <= at < tick
    ]  # fmt: skip


@given(
    networks(9),
    st.booleans(),
    seeds(),
    st.sampled_from(["off", "own", "team"]),
    st.integers(0, 4),
    st.sampled_from([("shared", False), ("silent", True), ("sequential", True)]),
    st.booleans(),
)
@many
def test_scope_horizon_and_network_limit_reading(
    case, directed, seed, scope, horizon, opened, changing
):
    topology, n = case
    protocol, always = opened
    mind = Reader(ArbitraryMind())
    org = organization(
        n, mind, protocol=protocol, memory=Memory(scope, horizon, 0.0, always), rng=seed,
        topology=one_way(topology) if directed else topology,
        shocks="remove@2;newcomers@3;rewire@4" if changing else "",
    )  # fmt: skip
    for tick in range(6):
        mind.shown.clear()
        org.step()
        notes = notes_of(org.records[:tick])
        given_to = {o.member: o for o in mind.shown}
        for m in org.records[tick].members:
            wanted = readable(notes, m.member, tick, org.network.G, scope, horizon)
            assert ids_in(m.turns[0].recalled) == wanted
            memory = given_to[m.member].memory  # the mind got what the record says
            assert [(x.author, x.tick, x.content.role, x.content.task_id) for x in memory] == [
                notes[i] for i in wanted
            ]


@pytest.mark.parametrize("protocol", sorted(discover("protocols")))
def test_memory_opens_where_allowed(protocol):
    def recalled(memory):
        org = organization(4, ArbitraryMind(0.0, 0.0), protocol=protocol, memory=memory)
        turns = [t for m in org.run(3)[-1].members for t in m.turns]
        return [bool(t.recalled) for t in turns]

    assert all(recalled("team:always=true"))
    assert not any(recalled("off:always=true"))
    assert any(recalled("team")) == (protocol == "shared")


def test_always_changes_nothing_for_shared():
    runs = [organization(5, ArbitraryMind(), memory=m).run(5) for m in ("team", "team:always=true")]
    assert texts(runs[0]) == texts(runs[1])


def remembered(decay, seed, ticks=12, horizon=99, n=4, **options):
    """The ids of the notes that anybody read at each tick."""
    org = organization(n, memory=Memory("team", horizon, decay), rng=seed, **options)
    read = []
    for record in org.run(ticks):
        by_reader = {tuple(ids_in(m.turns[0].recalled)) for m in record.members}
        assert len(by_reader) == 1  # a note is lost for all or for none
        read.append(set(by_reader.pop()))
    return read


@given(st.floats(0, 1), seeds())
@many
def test_forgotten_stays_forgotten(decay, seed):
    read = remembered(decay, seed)
    for tick in range(1, 12):
        fresh = set(range(4 * (tick - 1), 4 * tick))
        assert fresh <= read[tick]  # the last task is never forgotten
        assert read[tick] - fresh <= read[tick - 1]


def test_notes_fade_at_the_decay():
    decay, kept, there = 0.3, Counter(), Counter()
    apart = 0
    for seed in range(60):
        read = remembered(decay, seed)
        for tick in range(1, 12):
            for past in range(tick):
                notes = set(range(4 * past, 4 * past + 4))
                there[tick - past] += 4
                kept[tick - past] += len(notes & read[tick])
                apart += 0 < len(notes & read[tick]) < 4
    assert apart > 100  # each note has a fate of its own
    for age, n in there.items():
        p = (1 - decay) ** (age - 1)
        assert abs(kept[age] - n * p) <= 5 * math.sqrt(n * p * (1 - p)), age


def test_extreme_decays():
    assert remembered(0.0, 1) == [set(range(4 * t)) for t in range(12)]
    assert remembered(1.0, 1) == [set(range(4 * max(0, t - 1), 4 * t)) for t in range(12)]


@given(st.floats(0, 1), seeds(), st.integers(0, 8))
@few
def test_horizon_only_cuts(decay, seed, horizon):
    whole, cut = remembered(decay, seed), remembered(decay, seed, horizon=horizon)
    for tick in range(12):
        assert cut[tick] == {i for i in whole[tick] if i // 4 >= tick - horizon}
