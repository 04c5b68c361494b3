"""From a name, a file or a function to a network of the team's size."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.errors import UnknownNameError
from unscripted.model.networks.building import build_topology
from unscripted.model.plugins.discovery import discover
from unscripted.model.plugins.grammar import read_options

KNOWN = discover("topologies")


FIXED = {name: build.plugin.size for name, build in KNOWN.items() if build.plugin.size is not None}


def edges(graph: nx.Graph) -> set[frozenset[int]]:
    return {frozenset(edge) for edge in graph.edges}


def test_options_take_their_defaults_type():
    build = KNOWN["watts-strogatz"]
    assert read_options("x", "k=6, p=1", build) == {"k": 6, "p": 1.0}
    assert isinstance(read_options("x", "p=1", build)["p"], float)
    assert read_options("x", "p-in=0.5", KNOWN["stochastic-block"]) == {"p_in": 0.5}
    assert read_options("x", "", build) == {}


@settings(deadline=None, max_examples=60)
@given(k=st.integers(1, 6), p=st.floats(0, 1), seed=st.integers(0, 2**64))
def test_options_reach_the_network(k, p, seed):
    built = build_topology(f"watts-strogatz:k={2 * k},p={p!r}", 15, seed)
    assert edges(built) == edges(nx.watts_strogatz_graph(15, 2 * k, p, seed=seed))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("watts-strogatz:q=3", ["watts-strogatz", "'q=3'", "k=, p="]),
        ("watts-strogatz:k", ["watts-strogatz", "'k'", "k=, p="]),
        ("watts-strogatz:k=4,q=1", ["'q=1'"]),
        ("complete:k=4", ["complete", "'k=4'", "options: none"]),
        ("watts-strogatz:k=four", ["k='four'", "valid int"]),
        ("watts-strogatz:k=4.5", ["k='4.5'", "valid int"]),
        ("watts-strogatz:k=", ["k=''", "valid int"]),
        ("erdos-renyi:p=often", ["p='often'", "valid float"]),
        ("erdos-renyi:p=1.01", ["erdos-renyi", "p=1.01", "0 to 1"]),
        ("erdos-renyi:p=-0.5", ["p=-0.5", "0 to 1"]),
        ("erdos-renyi:p=nan", ["p=nan", "0 to 1"]),
        ("watts-strogatz:k=1", ["watts-strogatz", "k=1", "below 2"]),
        ("watts-strogatz:p=2", ["p=2.0", "0 to 1"]),
        ("barabasi-albert:m=0", ["barabasi-albert", "m=0", "below 1"]),
        ("tree:branching=0", ["tree", "branching=0", "below 1"]),
        ("grid:columns=-1", ["grid", "columns=-1", "below 0"]),
        ("stochastic-block:blocks=0", ["stochastic-block", "blocks=0", "below 1"]),
        ("stochastic-block:p_in=3", ["p_in=3.0", "0 to 1"]),
        ("stochastic-block:p_out=-1", ["p_out=-1.0", "0 to 1"]),
    ],
)
def test_wrong_option_is_refused(spec, said):
    with pytest.raises(un.UsageError) as caught:
        build_topology(spec, 10, 0)
    assert [part for part in said if part not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("complet", "complete"), ("watts-strogaz:k=4", "watts-strogatz"), ("rings", "ring")],
)
def test_unknown_name_suggests_a_close_one(typed, meant):
    with pytest.raises(UnknownNameError, match=f"did you mean {meant}") as caught:
        build_topology(typed, 10, 0)
    assert all(name in str(caught.value) for name in KNOWN)


def test_strange_name_gets_no_suggestion():
    with pytest.raises(UnknownNameError) as caught:
        build_topology("xyzzy", 10, 0)
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(FIXED))
@pytest.mark.parametrize("off", [-1, 1])
def test_real_network_fixes_the_size(name, off):
    n = FIXED[name] + off
    with pytest.raises(un.UsageError, match=f"{name} has {FIXED[name]} nodes for n_agents={n};"):
        build_topology(name, n, 0)


def test_graphml_keeps_links_and_names(tmp_path):
    path = tmp_path / "team.graphml"
    nx.write_graphml(nx.Graph([("zoe", "adam"), ("adam", "mia")]), path)
    for given_as in (path, str(path)):
        graph = build_topology(given_as, 3, 0)
        assert nx.get_node_attributes(graph, "label") == {0: "adam", 1: "mia", 2: "zoe"}
        assert edges(graph) == {frozenset((0, 1)), frozenset((0, 2))}


def test_directed_graphml_stays_directed(tmp_path):
    path = tmp_path / "team.graphml"
    nx.write_graphml(nx.DiGraph([("b", "a"), ("c", "b"), ("b", "c")]), path)
    graph = build_topology(path, 3, 0)
    assert graph.is_directed()
    assert set(graph.edges) == {(1, 0), (2, 1), (1, 2)}


def test_loops_and_parallels_are_dropped(tmp_path):
    path = tmp_path / "team.graphml"
    nx.write_graphml(nx.MultiDiGraph([("a", "b"), ("a", "b"), ("b", "b")]), path)
    graph = build_topology(path, 2, 0)
    assert not graph.is_multigraph()
    assert list(graph.edges) == [(0, 1)]


@pytest.mark.parametrize("suffix", [".edgelist", ".edges", ".txt"])
def test_edge_list_is_numbered(tmp_path, suffix):
    path = tmp_path / f"team{suffix}"
    path.write_text("# who hears whom\n10 9\n9 100 {'weight': 3}\n100 100\n")
    graph = build_topology(path, 3, 0)
    assert nx.get_node_attributes(graph, "label") == {0: "9", 1: "10", 2: "100"}
    assert edges(graph) == {frozenset((0, 1)), frozenset((0, 2))}


def test_edge_list_is_undirected(tmp_path):
    path = tmp_path / "team.edgelist"
    path.write_text("0 1\n1 0\n1 2\n")
    graph = build_topology(path, 3, 0)
    assert not graph.is_directed()
    assert edges(graph) == {frozenset((0, 1)), frozenset((1, 2))}


def test_file_of_another_size(tmp_path):
    path = tmp_path / "team.edgelist"
    path.write_text("0 1\n1 2\n")
    with pytest.raises(un.UsageError, match=r"only 3 nodes were read .*; check the file"):
        build_topology(path, 8, 0)


@pytest.mark.parametrize("name", ["none.graphml", "none.edgelist"])
def test_missing_file_is_named(tmp_path, name):
    with pytest.raises(un.UsageError, match=f"{name} is not a file"):
        build_topology(tmp_path / name, 3, 0)


def test_folder_is_no_file(tmp_path):
    (tmp_path / "net.graphml").mkdir()
    with pytest.raises(un.UsageError, match="is not a file"):
        build_topology(tmp_path / "net.graphml", 3, 0)


@pytest.mark.parametrize(
    ("name", "text"),
    [("bad.graphml", "<graphml"), ("bad.graphml", "")],
)
def test_unreadable_file_is_one_line(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(
        un.UsageError, match=f"{name} can't be read as {path.suffix[1:]}: ."
    ) as caught:
        build_topology(path, 2, 0)
    assert "\n" not in str(caught.value)


def test_function_gets_size_and_seed():
    def mine(n: int, seed: int) -> nx.Graph:
        return nx.gnp_random_graph(n, 0.5, seed=seed)

    assert edges(build_topology(mine, 9, 4)) == edges(nx.gnp_random_graph(9, 0.5, seed=4))


def test_users_network_is_made_simple():
    def mine(n: int, seed: int) -> nx.Graph:
        return nx.MultiDiGraph([("b", "a"), ("b", "a"), ("a", "a"), ("c", "b")])

    graph = build_topology(mine, 3, 0)
    assert set(graph.edges) == {(1, 0), (2, 1)}
    assert nx.get_node_attributes(graph, "label") == {0: "a", 1: "b", 2: "c"}
    assert type(graph) is nx.DiGraph


def test_loops_are_taken_out():
    graph = build_topology(lambda n, seed: nx.Graph([(0, 1), (1, 1)]), 2, 0)
    assert list(graph.edges) == [(0, 1)]


def test_function_without_network_is_refused():
    def mine(n: int, seed: int) -> list[int]:
        return [n]

    with pytest.raises(un.UsageError, match=r"mine returned list; return a networkx\.Graph"):
        build_topology(mine, 3, 0)


def test_users_network_of_another_size():
    def mine(n: int, seed: int) -> nx.Graph:
        return nx.path_graph(n + 2)

    with pytest.raises(
        un.UsageError, match=r"topology=mine has 6 nodes for n_agents=4; use --agents 6"
    ):
        build_topology(mine, 4, 0)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=1),
    st.booleans(),
)
def test_numbering_keeps_every_link(pairs, directed):
    given_graph = (nx.DiGraph if directed else nx.Graph)(pairs)
    graph = build_topology(lambda n, seed: given_graph.copy(), len(given_graph), 0)
    order = sorted(given_graph)
    assert sorted(graph) == list(range(len(order)))
    back = type(given_graph)()
    back.add_nodes_from(order)
    back.add_edges_from((order[a], order[b]) for a, b in graph.edges)
    given_graph.remove_edges_from(list(nx.selfloop_edges(given_graph)))
    assert nx.utils.graphs_equal(back, given_graph)


def test_paths_may_look_like_options(tmp_path):
    folder = tmp_path / "star:k=1"
    folder.mkdir()
    path = Path(folder) / "net.edgelist"
    path.write_text("0 1\n")
    assert len(build_topology(str(path), 2, 0)) == 2
