"""Every topology there is, at every size it fits; what users may type, and what they are told."""

from __future__ import annotations

import inspect
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.model.errors import UnknownNameError, UsageError
from unscripted.model.networks.building import build_topology, parse_options
from unscripted.model.plugins.discovery import discover

KNOWN = discover("topologies")
FIXED = {name: build.plugin.size for name, build in KNOWN.items() if build.plugin.size is not None}
RANDOM = {  # with options under which chance decides
    "erdos-renyi": "erdos-renyi:p=0.5",
    "watts-strogatz": "watts-strogatz:k=4,p=0.5",
    "barabasi-albert": "barabasi-albert:m=2",
    "stochastic-block": "stochastic-block:p_in=0.5,p_out=0.5",
}
SIZES = range(1, 41)
CASES = [(name, n) for name in KNOWN for n in ((FIXED[name],) if name in FIXED else SIZES)]


def edges(graph: nx.Graph) -> set[frozenset[int]]:
    return {frozenset(edge) for edge in graph.edges}


# --- conformance: what holds of all ---------------------------------------------------------


def test_all_random_topologies_are_among_the_discovered_ones():
    assert {"complete", "star", "chain", "ring", "tree", "grid", *RANDOM, *FIXED} <= set(KNOWN)


@pytest.mark.parametrize(("name", "n"), CASES)
def test_a_topology_is_simple_and_has_exactly_the_teams_size(name, n):
    graph = build_topology(name, n, 7)
    assert sorted(graph) == list(range(n))
    assert all(type(node) is int for node in graph)
    assert nx.number_of_selfloops(graph) == 0
    assert not graph.is_directed()
    assert not graph.is_multigraph()


@pytest.mark.parametrize(("name", "n"), CASES)
def test_the_same_seed_gives_the_same_edges(name, n):
    assert edges(build_topology(name, n, 11)) == edges(build_topology(name, n, 11))


@pytest.mark.parametrize("name", sorted(RANDOM))
def test_another_seed_gives_other_edges_where_chance_decides(name):
    drawn = [edges(build_topology(RANDOM[name], 30, seed)) for seed in range(5)]
    assert all(a != b for i, a in enumerate(drawn) for b in drawn[:i])


@pytest.mark.parametrize("name", sorted(set(KNOWN) - set(RANDOM)))
def test_the_seed_changes_nothing_where_nothing_is_random(name):
    n = FIXED.get(name, 30)
    assert edges(build_topology(name, n, 0)) == edges(build_topology(name, n, 2**63))


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_option_has_a_default_whose_type_can_be_read_from_text(name):
    options = [
        p for p in inspect.signature(KNOWN[name]).parameters.values() if p.kind is p.KEYWORD_ONLY
    ]
    assert all(type(p.default) in (int, float, str) for p in options)
    spelled = ",".join(f"{p.name}={p.default}" for p in options)
    n = FIXED.get(name, 20)
    assert edges(build_topology(f"{name}:{spelled}", n, 3)) == edges(build_topology(name, n, 3))


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_topology_says_what_it_is(name):
    assert KNOWN[name].__doc__.strip().endswith(".")


# --- shapes known in closed form ------------------------------------------------------------


@pytest.mark.parametrize("n", SIZES)
def test_in_complete_everyone_is_linked_with_everyone(n):
    assert set(dict(build_topology("complete", n, 0).degree).values()) == {n - 1}


@pytest.mark.parametrize("n", SIZES)
def test_in_a_star_all_links_are_with_member_0(n):
    assert edges(build_topology("star", n, 0)) == {frozenset((0, i)) for i in range(1, n)}


@pytest.mark.parametrize("n", SIZES)
def test_in_a_chain_each_is_linked_with_the_next(n):
    assert edges(build_topology("chain", n, 0)) == {frozenset((i, i + 1)) for i in range(n - 1)}


@pytest.mark.parametrize("n", SIZES)
def test_a_ring_is_a_chain_closed_as_soon_as_it_has_three_members(n):
    closing = {frozenset((0, n - 1))} if n > 2 else set()
    assert edges(build_topology("ring", n, 0)) == edges(build_topology("chain", n, 0)) | closing


@pytest.mark.parametrize("branching", [1, 2, 3, 5])
@pytest.mark.parametrize("n", SIZES)
def test_in_a_tree_each_but_the_root_hangs_on_the_parent_that_division_gives(n, branching):
    graph = build_topology(f"tree:branching={branching}", n, 0)
    assert edges(graph) == {frozenset((i, (i - 1) // branching)) for i in range(1, n)}


@pytest.mark.parametrize("columns", [1, 3, 7, 50])
@pytest.mark.parametrize("n", SIZES)
def test_in_a_grid_just_cells_side_by_side_are_linked(n, columns):
    graph = build_topology(f"grid:columns={columns}", n, 0)
    cells = [divmod(i, columns) for i in range(n)]
    beside = {
        frozenset((i, j))
        for i in range(n)
        for j in range(i)
        if abs(cells[i][0] - cells[j][0]) + abs(cells[i][1] - cells[j][1]) == 1
    }
    assert edges(graph) == beside


@pytest.mark.parametrize("side", [1, 2, 3, 4, 5, 6])
def test_a_grid_of_a_square_number_is_a_square(side):
    graph = build_topology("grid", side * side, 0)
    assert nx.is_isomorphic(graph, nx.grid_2d_graph(side, side))
    assert graph.number_of_edges() == 2 * side * (side - 1)


@pytest.mark.parametrize("n", SIZES)
def test_a_grid_left_to_itself_is_connected(n):
    assert nx.is_connected(build_topology("grid", n, 0))


@pytest.mark.parametrize("name", ["watts-strogatz", "barabasi-albert"])
@pytest.mark.parametrize("n", [1, 2])
def test_teams_smaller_than_the_number_of_links_are_complete(name, n):
    assert build_topology(name, n, 0).number_of_edges() == n * (n - 1) // 2


@pytest.mark.parametrize("n", [5, 6, 20, 40])
def test_watts_strogatz_keeps_its_number_of_links_and_is_a_lattice_without_rewiring(n):
    assert build_topology("watts-strogatz:k=4,p=0.7", n, 5).number_of_edges() == 2 * n
    lattice = {frozenset((i, (i + d) % n)) for i in range(n) for d in (1, 2)}
    assert edges(build_topology("watts-strogatz:k=4,p=0", n, 5)) == lattice


@pytest.mark.parametrize("m", [1, 2, 3])
def test_barabasi_albert_gives_each_newcomer_m_links(m):
    graph = build_topology(f"barabasi-albert:m={m}", 40, 5)
    assert graph.number_of_edges() == m * (40 - m)
    assert nx.is_connected(graph)


def test_erdos_renyi_runs_from_no_links_to_all_and_meets_its_mean():
    assert build_topology("erdos-renyi:p=0", 12, 0).number_of_edges() == 0
    assert build_topology("erdos-renyi:p=1", 12, 0).number_of_edges() == 66
    drawn = sum(build_topology("erdos-renyi:p=0.3", 40, s).number_of_edges() for s in range(20))
    assert drawn / 20 == pytest.approx(0.3 * 780, rel=0.05)


@pytest.mark.parametrize(("n", "blocks"), [(12, 3), (13, 3), (3, 8)])
def test_stochastic_block_splits_the_team_into_blocks_of_nearly_one_size(n, blocks):
    graph = build_topology(f"stochastic-block:blocks={blocks},p_in=1,p_out=0", n, 0)
    sizes = sorted(len(c) for c in nx.connected_components(graph))
    assert len(sizes) == min(n, blocks)
    assert sizes[-1] - sizes[0] <= 1
    assert graph.number_of_edges() == sum(s * (s - 1) // 2 for s in sizes)


@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("karate-club", 78),
        ("florentine-families", 20),
        ("davis-southern-women", 89),
        ("les-miserables", 254),
    ],
)
def test_a_real_network_has_the_published_number_of_links(name, links):
    assert build_topology(name, FIXED[name], 0).number_of_edges() == links


def test_members_of_a_real_network_keep_their_names_as_labels():
    graph = build_topology("florentine-families", 15, 0)
    label = nx.get_node_attributes(graph, "label")
    assert sorted(label.values()) == [label[i] for i in range(15)]
    ids = {name: i for i, name in label.items()}
    assert {frozenset((ids[a], ids[b])) for a, b in nx.florentine_families_graph().edges} == edges(
        graph
    )


# --- options --------------------------------------------------------------------------------


def test_options_are_read_by_name_and_take_the_type_of_their_default():
    build = KNOWN["watts-strogatz"]
    assert parse_options("x", "k=6, p=1", build) == {"k": 6, "p": 1.0}
    assert isinstance(parse_options("x", "p=1", build)["p"], float)
    assert parse_options("x", "p-in=0.5", KNOWN["stochastic-block"]) == {"p_in": 0.5}
    assert parse_options("x", "", build) == {}


@settings(deadline=None, max_examples=60)
@given(k=st.integers(1, 6), p=st.floats(0, 1), seed=st.integers(0, 2**64))
def test_typed_options_are_the_ones_the_network_is_built_with(k, p, seed):
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
def test_a_wrong_option_is_refused_with_its_name_value_and_rule(spec, said):
    with pytest.raises(UsageError) as caught:
        build_topology(spec, 10, 0)
    assert [part for part in said if part not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("complet", "complete"), ("watts-strogaz:k=4", "watts-strogatz"), ("rings", "ring")],
)
def test_an_unknown_name_suggests_a_close_one_and_lists_the_known(typed, meant):
    with pytest.raises(UnknownNameError, match=f"did you mean {meant}") as caught:
        build_topology(typed, 10, 0)
    assert all(name in str(caught.value) for name in KNOWN)


def test_a_name_that_is_close_to_nothing_gets_no_suggestion():
    with pytest.raises(UnknownNameError) as caught:
        build_topology("xyzzy", 10, 0)
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(FIXED))
@pytest.mark.parametrize("off", [-1, 1])
def test_a_real_network_refuses_another_team_size_and_names_both_numbers(name, off):
    n = FIXED[name] + off
    with pytest.raises(UsageError, match=f"{name} has {FIXED[name]} nodes for n_agents={n};"):
        build_topology(name, n, 0)


# --- files ----------------------------------------------------------------------------------


def test_a_graphml_file_keeps_links_and_names(tmp_path):
    path = tmp_path / "team.graphml"
    nx.write_graphml(nx.Graph([("zoe", "adam"), ("adam", "mia")]), path)
    for given_as in (path, str(path)):
        graph = build_topology(given_as, 3, 0)
        assert nx.get_node_attributes(graph, "label") == {0: "adam", 1: "mia", 2: "zoe"}
        assert edges(graph) == {frozenset((0, 1)), frozenset((0, 2))}


def test_a_directed_graphml_file_stays_directed(tmp_path):
    path = tmp_path / "team.graphml"
    nx.write_graphml(nx.DiGraph([("b", "a"), ("c", "b"), ("b", "c")]), path)
    graph = build_topology(path, 3, 0)
    assert graph.is_directed()
    assert set(graph.edges) == {(1, 0), (2, 1), (1, 2)}


def test_parallel_links_and_links_to_oneself_in_a_file_are_dropped(tmp_path):
    path = tmp_path / "team.graphml"
    nx.write_graphml(nx.MultiDiGraph([("a", "b"), ("a", "b"), ("b", "b")]), path)
    graph = build_topology(path, 2, 0)
    assert not graph.is_multigraph()
    assert list(graph.edges) == [(0, 1)]


@pytest.mark.parametrize("suffix", [".edgelist", ".edges", ".txt"])
def test_an_edge_list_file_is_read_with_numbers_in_order_of_number(tmp_path, suffix):
    path = tmp_path / f"team{suffix}"
    path.write_text("# who hears whom\n10 9\n9 100 {'weight': 3}\n100 100\n")
    graph = build_topology(path, 3, 0)
    assert nx.get_node_attributes(graph, "label") == {0: "9", 1: "10", 2: "100"}
    assert edges(graph) == {frozenset((0, 1)), frozenset((0, 2))}


def test_an_edge_list_is_undirected_and_says_a_link_once(tmp_path):
    path = tmp_path / "team.edgelist"
    path.write_text("0 1\n1 0\n1 2\n")
    graph = build_topology(path, 3, 0)
    assert not graph.is_directed()
    assert edges(graph) == {frozenset((0, 1)), frozenset((1, 2))}


def test_a_file_of_another_size_than_the_team_names_both_numbers(tmp_path):
    path = tmp_path / "team.edgelist"
    path.write_text("0 1\n1 2\n")
    with pytest.raises(UsageError, match=r"has 3 nodes for n_agents=8; use --agents 3"):
        build_topology(path, 8, 0)


@pytest.mark.parametrize("name", ["none.graphml", "none.edgelist"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(UsageError, match=f"{name} is not a file"):
        build_topology(tmp_path / name, 3, 0)


def test_a_folder_is_not_a_file(tmp_path):
    (tmp_path / "net.graphml").mkdir()
    with pytest.raises(UsageError, match="is not a file"):
        build_topology(tmp_path / "net.graphml", 3, 0)


@pytest.mark.parametrize(
    ("name", "text"),
    [("bad.graphml", "<graphml"), ("bad.graphml", ""), ("bad.edgelist", "0 1 {'weight'\n")],
)
def test_a_file_that_cannot_be_read_says_which_and_why_in_one_line(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UsageError, match=f"{name} can't be read as {path.suffix[1:]}: .") as caught:
        build_topology(path, 2, 0)
    assert "\n" not in str(caught.value)


# --- a user's function ----------------------------------------------------------------------


def test_a_users_function_is_given_the_size_and_the_seed():
    def mine(n: int, seed: int) -> nx.Graph:
        return nx.gnp_random_graph(n, 0.5, seed=seed)

    assert edges(build_topology(mine, 9, 4)) == edges(nx.gnp_random_graph(9, 0.5, seed=4))


def test_a_users_network_may_be_directed_and_named_and_is_made_simple():
    def mine(n: int, seed: int) -> nx.Graph:
        return nx.MultiDiGraph([("b", "a"), ("b", "a"), ("a", "a"), ("c", "b")])

    graph = build_topology(mine, 3, 0)
    assert set(graph.edges) == {(1, 0), (2, 1)}
    assert nx.get_node_attributes(graph, "label") == {0: "a", 1: "b", 2: "c"}
    assert type(graph) is nx.DiGraph


def test_links_to_oneself_are_taken_out_even_where_the_numbers_are_right():
    graph = build_topology(lambda n, seed: nx.Graph([(0, 1), (1, 1)]), 2, 0)
    assert list(graph.edges) == [(0, 1)]


def test_a_users_function_that_returns_no_network_is_refused_by_name():
    def mine(n: int, seed: int) -> list[int]:
        return [n]

    with pytest.raises(UsageError, match="topology=mine returned list; return a Graph"):
        build_topology(mine, 3, 0)


def test_a_users_network_of_another_size_names_both_numbers():
    def mine(n: int, seed: int) -> nx.Graph:
        return nx.path_graph(n + 2)

    with pytest.raises(
        UsageError, match=r"topology=mine has 6 nodes for n_agents=4; use --agents 6"
    ):
        build_topology(mine, 4, 0)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=1),
    st.booleans(),
)
def test_numbering_keeps_every_link_between_different_members(pairs, directed):
    given_graph = (nx.DiGraph if directed else nx.Graph)(pairs)
    graph = build_topology(lambda n, seed: given_graph.copy(), len(given_graph), 0)
    order = sorted(given_graph)
    assert sorted(graph) == list(range(len(order)))
    back = type(given_graph)()
    back.add_nodes_from(order)
    back.add_edges_from((order[a], order[b]) for a, b in graph.edges)
    given_graph.remove_edges_from(list(nx.selfloop_edges(given_graph)))
    assert nx.utils.graphs_equal(back, given_graph)


def test_the_path_of_a_file_may_hold_what_looks_like_options(tmp_path):
    folder = tmp_path / "star:k=1"
    folder.mkdir()
    path = Path(folder) / "net.edgelist"
    path.write_text("0 1\n")
    assert len(build_topology(str(path), 2, 0)) == 2
