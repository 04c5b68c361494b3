"""A complete network without links is networkx' complete graph to whoever asks."""

from __future__ import annotations

import copy
import pickle

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import CHECK
from support.teams import texts

import unscripted as un
from unscripted.model.errors import UsageError
from unscripted.model.networks import complete, topologies
from unscripted.model.networks.complete import CompleteGraph

LOOKS = {
    "nodes": lambda g: list(g),
    "edges": lambda g: list(g.edges),
    "degrees": lambda g: dict(g.degree),
    "size": lambda g: (g.size(), g.number_of_edges()),
    "adjacency": lambda g: {m: list(n) for m, n in g.adjacency()},
    "neighbours": lambda g: [list(g.neighbors(m)) for m in g],
    "pairs": lambda g: [(a in g.adj[b], g.has_edge(a, b), g.has_edge(a, -1)) for a in g for b in g],
    "loops": lambda g: list(nx.selfloop_edges(g)),
    "matrix": lambda g: nx.to_numpy_array(g).tolist(),
    "view": lambda g: list(g.copy(as_view=True).edges),
    "copy": lambda g: list(g.copy().edges),
    "deepcopy": lambda g: list(copy.deepcopy(g).edges),
    "pickle": lambda g: list(pickle.loads(pickle.dumps(g)).edges),
    "directed": lambda g: (list(g.to_directed().edges), list(g.to_directed(as_view=True).edges)),
    "undirected": lambda g: list(g.to_undirected().edges),
    "some links": lambda g: list(g.edge_subgraph([(0, 1), (1, 2)]).copy().edges),
    "without one": lambda g: list(nx.restricted_view(g, [], [(0, 1)]).copy().edges),
    "data": lambda g: list(g.copy().edges.data()),
    "part": lambda g: list(g.subgraph([0, 2, 3]).edges),
    "connected": lambda g: nx.is_connected(g),
    "paths": lambda g: dict(nx.single_source_shortest_path_length(g, next(iter(g)))),
}
CHANGES = {
    "leave": lambda g: g.remove_node(1),
    "join": lambda g: (g.add_node(99), g.add_edges_from([(99, 0), (99, 3)])),
    "cut": lambda g: g.remove_edges_from([(0, 2), (2, 3)]),
    "make": lambda g: g.add_edge(0, 4, weight=2),
    "several leave": lambda g: g.remove_nodes_from([0, 2]),
    "clear": lambda g: g.clear_edges(),
}


def linked(n):
    return nx.complete_graph(n)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_it_looks_complete(look):
    assert look(CompleteGraph(5)) == look(linked(5))


@CHECK
@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=4))
def test_it_changes_like_any_other(changes):
    ours, theirs = CompleteGraph(6), linked(6)
    for name in changes:
        said = []
        for graph in (ours, theirs):
            try:
                CHANGES[name](graph)
                said.append("")
            except nx.NetworkXError as error:
                said.append(str(error))
        assert said[0] == said[1]
        for look in ("nodes", "edges", "adjacency", "copy", "pickle"):
            assert LOOKS[look](ours) == LOOKS[look](theirs)


def test_what_is_not_there_is_said():
    graph = CompleteGraph(3)
    for missing in (lambda: graph.adj[3], lambda: graph[0][0], lambda: graph[0][3]):
        with pytest.raises(KeyError):
            missing()
    with pytest.raises(nx.NetworkXError):
        graph.remove_node(3)
    with pytest.raises(TypeError):
        graph[0][1]["weight"] = 1


def change(org):
    org.run(2)
    org.remove_member(2)
    org.run(1)
    again = un.BaseOrganization.restore(org.snapshot())
    org.add_member(org.setup.minds[0], [0, 1])
    org.rewire(cut=[(0, 1)])
    org.run(2)
    return texts(org.records), texts(again.records), sorted(map(sorted, org.network.G.edges))


@pytest.mark.parametrize("protocol", ["sequential", "sparse-graph", "ripple", "morphogenetic"])
def test_runs_on_it_are_equal(protocol, monkeypatch):
    listed = change(un.build(protocol, 6, rng=1))
    monkeypatch.setattr(topologies, "MOST_LISTED", 0)
    org = un.build(protocol, 6, rng=1)
    assert isinstance(org.network.G, CompleteGraph)
    assert change(org) == listed


def test_large_teams_hold_no_links():
    org = un.build("silent", 3000, judge="none", rng=0)
    assert org.network.G.number_of_edges() == 3000 * 2999 // 2
    assert len(pickle.dumps(org.network.G)) < 100_000


def test_links_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(topologies, "MOST_LISTED", 0)
    monkeypatch.setattr(complete, "MOST_LAID_OUT", 5)
    org = un.build("silent", 6, judge="none", rng=0)
    with pytest.raises(UsageError, match=r"15 links would be held, 0 GB; use at most 5 agents or"):
        org.rewire(cut=[(0, 1)])
    with pytest.raises(UsageError, match="15 links would be held"):
        org.network.G.to_directed()
    assert org.network.G.has_edge(0, 1)
    org.step()


def test_leaving_lays_nothing_out(monkeypatch):
    monkeypatch.setattr(topologies, "MOST_LISTED", 0)
    monkeypatch.setattr(complete, "MOST_LAID_OUT", 4)
    org = un.build("silent", 6, judge="none", rng=0)
    org.rewire()
    org.rewire(made=[(0, 1)])
    org.step()
    org.remove_member(3)
    org.remove_member(0)
    org.step()
    again = un.BaseOrganization.restore(org.snapshot())
    assert isinstance(again.network.G, CompleteGraph)
    assert sorted(again.network.G) == [1, 2, 4, 5]
    assert texts(again.records) == texts(org.records)
