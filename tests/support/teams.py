"""Teams of scripted minds, and minds that watch, for tests of the kernel."""

from __future__ import annotations

import networkx as nx

import unscripted as un
from unscripted.model.networks.building import build_topology
from unscripted.testing import ArbitraryMind, Scripted

WORK = un.Contribution("worker", "done")
WORKER = Scripted([WORK])


def team(*minds, protocol="silent", **options):
    """An organization of these minds on generated tasks, unjudged unless said otherwise."""
    options = {"judge": "none", "tasks": "generated", "rng": 0, **options}
    return un.build(protocol=protocol, n_agents=len(minds), model=list(minds), **options)


def workers(n, **options):
    """A team of n members that always deliver the same work."""
    return team(*[WORKER] * n, **options)


def arbitrary(n, **options):
    """A team of n members that do anything a mind may do, on small tasks."""
    return team(*[ArbitraryMind()] * n, **{"level": "L2", **options})


class Reader(un.Mind):
    """Another mind that leaves what it was shown for the test to look at."""

    instant = True

    def __init__(self, mind):
        self.mind = mind
        self.name, self.world = mind.name, mind.world
        self.shown = []

    def decide(self, observation):
        self.shown.append(observation)
        return self.mind.decide(observation)


def one_way(topology):
    """A topology with each link in one direction."""

    def directed(n, seed):
        plain = build_topology(topology, n, seed)
        graph = nx.DiGraph()
        graph.add_nodes_from(plain)
        graph.add_edges_from(sorted(e, reverse=sum(e) % 2 > 0) for e in plain.edges)
        return graph

    return directed


def edges(org):
    """Its links; without direction as sets."""
    directed = org.network.G.is_directed()
    return {e if directed else frozenset(e) for e in org.network.G.edges}


def texts(records):
    """Records as they are written."""
    return [r.to_json() for r in records]
