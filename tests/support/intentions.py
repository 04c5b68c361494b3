"""Minds that want topics, and what others heard of them."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.networks.building import build_topology
from unscripted.testing import ArbitraryMind, networks, seeds

few = settings(max_examples=60, deadline=None)


minds = st.sampled_from(
    [ArbitraryMind(), ArbitraryMind(0.3), ArbitraryMind(0.0, 0.0), ArbitraryMind(0.0, 0.9)]
)


def seen_messages(record, member, round_):
    turn = next(t for t in record.by_id[member].turns if t.round == round_)
    return [record.log[i] for a, b in turn.seen for i in range(a, b)]


def heard_by(graph, member):
    return set(graph.pred[member] if graph.is_directed() else graph.adj[member])


@st.composite
def graphs(draw, max_agents=24):
    """Networks of all kinds, some directed, some in pieces, ids with gaps."""
    name, n = draw(networks(max_agents))
    graph = nx.Graph(build_topology(name, n, draw(seeds())).edges)
    graph.add_nodes_from(range(n))
    if draw(st.booleans()):
        gone = draw(st.sets(st.integers(0, n - 1), max_size=n - 1))
        graph.remove_nodes_from(gone)
    if draw(st.booleans()):
        one_way = nx.DiGraph()
        one_way.add_nodes_from(graph)
        for a, b in graph.edges:
            way = draw(st.integers(0, 2))
            one_way.add_edges_from([[(a, b)], [(b, a)], [(a, b), (b, a)]][way])
        graph = one_way
    return nx.relabel_nodes(graph, {m: 3 * m + 1 for m in graph})


class Wanting(ArbitraryMind):
    """States topics drawn by seed, then does anything."""

    def __init__(self, topics, abstaining=0.0, most=3):
        super().__init__(0.0, abstaining)
        self.topics = topics
        self.most = most

    def decide(self, observation):
        if observation.act is not un.Act.INTEND:
            return super().decide(observation)
        draw = np.random.default_rng(observation.seed)
        if draw.random() < self.abstaining:
            return un.Abstention("no view")
        focus = draw.choice(self.topics, size=draw.integers(0, self.most + 1)).tolist()
        return un.Intention(f"{draw.choice(self.topics)} hand", tuple(focus))


TOPICS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]


wanting = st.builds(
    Wanting,
    st.lists(st.sampled_from(TOPICS), min_size=1, max_size=8, unique=True),
    st.sampled_from([0.0, 0.3, 0.9]),
)


def intentions(record):
    return {m.author: m.content for m in record.log if isinstance(m.content, un.Intention)}


def tally(stated):
    """How much of each topic these intentions want, and with which roles."""
    wanted, roles = Counter(), {}
    for intention in stated:
        topics = {t.strip() for t in intention.focus} or {intention.role}
        for topic in topics:
            wanted[topic] += 1 / len(topics)
            roles.setdefault(topic, Counter())[intention.role] += 1
    return wanted, roles


def given_in(record):
    """What each member was told to work on, by itself or with others."""
    return {
        m.member: t.assignment
        for m in record.members
        for t in m.turns
        if t.act is un.Act.CONTRIBUTE
    }
