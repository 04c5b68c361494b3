"""Teams on arbitrary networks, played by hand; graphs that count who looks at them."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from unscripted.model.plugins.discovery import discover
from unscripted.testing import ArbitraryMind, Case, networks, seeds

few = settings(max_examples=60, deadline=None)


many = settings(max_examples=150, deadline=None)


minds = st.sampled_from(
    [ArbitraryMind(), ArbitraryMind(0.3), ArbitraryMind(0.0, 0.0), ArbitraryMind(0.0, 0.9)]
)


def silent():
    return discover("protocols")["silent"]()


def sequential():
    return discover("protocols")["sequential"]()


@st.composite
def teams(draw, make, *, ticks=2, mind=minds):
    """A case on any network, some one-way, and who leaves after the first tick."""
    topology, n = draw(networks())
    one_way = draw(st.sampled_from([False, False, True]))
    case = Case(make, n, topology, draw(seeds()), ticks, draw(mind), directed=one_way)
    leaving = draw(st.sets(st.integers(0, n - 1), max_size=min(n - 1, 12)))
    return case, leaving


def play(case, leaving=()):
    """The records of a case, and the network each was played on."""
    org = case.organization()
    graphs, records = [], []
    for tick in range(case.ticks):
        if tick == 1:
            for member in sorted(leaving):
                org.remove_member(member)
        graphs.append(org.network.G.copy())
        records += org.run(1)
        assert not records[-1].error, records[-1].error
    return graphs, records


def graphs():
    """Small networks with gaps in their ids, in no order: any links, one-way or not, in pieces."""
    return st.builds(_graph, st.integers(1, 14), st.floats(0, 1), seeds(), st.booleans())


def _graph(n, p, seed, directed):
    plain = nx.gnp_random_graph(n, p * p, seed=seed, directed=directed)
    ids = np.random.default_rng(seed).choice(3 * n, n, replace=False).tolist()
    return nx.relabel_nodes(plain, dict(enumerate(ids)))


def seen_authors(record, turn):
    return sorted(record.log[i].author for a, b in turn.seen for i in range(a, b))


def into(graph, member):
    """Whose work the network carries to a member."""
    return set(graph.predecessors(member) if graph.is_directed() else graph.neighbors(member))


def decided(records):
    """Records without protocol and rounds: what each member saw, answered and became."""
    return [
        [
            (m.member, m.state, [(t.act, t.reply, t.usage, t.seen, t.marks) for t in m.turns])
            for m in r.members
        ]
        for r in records
    ]


def unlabelled(records):
    return [replace(r, protocol="") for r in records]


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


class CountingGraph(nx.Graph):
    adjlist_inner_dict_factory = Counting


amounts = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0]))
