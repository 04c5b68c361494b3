"""Every topology: simple, of the right size, and of its shape."""

from __future__ import annotations

import inspect

import networkx as nx
import pytest

from unscripted.model.errors import UsageError
from unscripted.model.networks.building import build_topology
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
BLOCKS = [(0, 1), (1, 2), (1, 5), (2, 3), (3, 5), (4, 5)]
"""Drawn by Python's own generator, whose draws are the same in every version."""


CASES = [(name, n) for name in KNOWN for n in ((FIXED[name],) if name in FIXED else SIZES)]


def edges(graph: nx.Graph) -> set[frozenset[int]]:
    return {frozenset(edge) for edge in graph.edges}


def test_random_topologies_are_known():
    assert {"complete", "star", "chain", "ring", "tree", "grid", *RANDOM, *FIXED} <= set(KNOWN)


@pytest.mark.parametrize(("name", "n"), CASES)
def test_topology_is_simple_and_sized(name, n):
    graph = build_topology(name, n, 7)
    assert sorted(graph) == list(range(n))
    assert all(type(node) is int for node in graph)
    assert nx.number_of_selfloops(graph) == 0
    assert not graph.is_directed()
    assert not graph.is_multigraph()


@pytest.mark.parametrize(("name", "n"), CASES)
def test_same_seed_same_edges(name, n):
    assert edges(build_topology(name, n, 11)) == edges(build_topology(name, n, 11))


@pytest.mark.parametrize("name", sorted(RANDOM))
def test_other_seed_other_edges(name):
    drawn = [edges(build_topology(RANDOM[name], 30, seed)) for seed in range(5)]
    assert all(a != b for i, a in enumerate(drawn) for b in drawn[:i])


@pytest.mark.parametrize("name", sorted(set(KNOWN) - set(RANDOM)))
def test_fixed_shapes_ignore_the_seed(name):
    n = FIXED.get(name, 30)
    assert edges(build_topology(name, n, 0)) == edges(build_topology(name, n, 2**63))


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_options_have_typed_defaults(name):
    options = [
        p for p in inspect.signature(KNOWN[name]).parameters.values() if p.kind is p.KEYWORD_ONLY
    ]
    assert all(isinstance(p.default, int | float | str) for p in options)
    spelled = ",".join(f"{p.name}={p.default}" for p in options)
    n = FIXED.get(name, 20)
    assert edges(build_topology(f"{name}:{spelled}".rstrip(":"), n, 3)) == edges(
        build_topology(name, n, 3)
    )


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_topology_is_documented(name):
    assert KNOWN[name].__doc__.strip().endswith(".")


@pytest.mark.parametrize("n", SIZES)
def test_complete(n):
    assert set(dict(build_topology("complete", n, 0).degree).values()) == {n - 1}


@pytest.mark.parametrize("n", SIZES)
def test_star(n):
    assert edges(build_topology("star", n, 0)) == {frozenset((0, i)) for i in range(1, n)}


@pytest.mark.parametrize("n", SIZES)
def test_chain(n):
    assert edges(build_topology("chain", n, 0)) == {frozenset((i, i + 1)) for i in range(n - 1)}


@pytest.mark.parametrize("n", SIZES)
def test_ring(n):
    closing = {frozenset((0, n - 1))} if n > 2 else set()
    assert edges(build_topology("ring", n, 0)) == edges(build_topology("chain", n, 0)) | closing


@pytest.mark.parametrize("branching", [1, 2, 3, 5])
@pytest.mark.parametrize("n", SIZES)
def test_tree(n, branching):
    graph = build_topology(f"tree:branching={branching}", n, 0)
    assert edges(graph) == {frozenset((i, (i - 1) // branching)) for i in range(1, n)}


@pytest.mark.parametrize(("n", "columns"), [(n, c) for n in SIZES for c in (1, 3, 7) if c <= n])
def test_grid(n, columns):
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
def test_square_grid(side):
    graph = build_topology("grid", side * side, 0)
    assert nx.is_isomorphic(graph, nx.grid_2d_graph(side, side))
    assert graph.number_of_edges() == 2 * side * (side - 1)


@pytest.mark.parametrize("n", SIZES)
def test_default_grid_is_connected(n):
    assert nx.is_connected(build_topology("grid", n, 0))


@pytest.mark.parametrize("name", ["watts-strogatz", "barabasi-albert"])
@pytest.mark.parametrize("n", [1, 2])
def test_small_teams_are_complete(name, n):
    assert build_topology(name, n, 0).number_of_edges() == n * (n - 1) // 2


@pytest.mark.parametrize("n", [5, 6, 20, 40])
def test_watts_strogatz_keeps_its_links(n):
    assert build_topology("watts-strogatz:k=4,p=0.7", n, 5).number_of_edges() == 2 * n
    lattice = {frozenset((i, (i + d) % n)) for i in range(n) for d in (1, 2)}
    assert edges(build_topology("watts-strogatz:k=4,p=0", n, 5)) == lattice


@pytest.mark.parametrize("m", [1, 2, 3])
def test_barabasi_albert_newcomers(m):
    graph = build_topology(f"barabasi-albert:m={m}", 40, 5)
    assert graph.number_of_edges() == m * (40 - m)
    assert nx.is_connected(graph)


def test_erdos_renyi_density():
    assert build_topology("erdos-renyi:p=0", 12, 0).number_of_edges() == 0
    assert build_topology("erdos-renyi:p=1", 12, 0).number_of_edges() == 66
    drawn = sum(build_topology("erdos-renyi:p=0.3", 40, s).number_of_edges() for s in range(20))
    assert drawn / 20 == pytest.approx(0.3 * 780, rel=0.05)


@pytest.mark.parametrize(("n", "blocks"), [(12, 3), (13, 3), (3, 3)])
def test_stochastic_blocks(n, blocks):
    graph = build_topology(f"stochastic-block:blocks={blocks},p_in=1,p_out=0", n, 0)
    sizes = sorted(len(c) for c in nx.connected_components(graph))
    assert len(sizes) == min(n, blocks)
    assert sizes[-1] - sizes[0] <= 1
    assert graph.number_of_edges() == sum(s * (s - 1) // 2 for s in sizes)


@pytest.mark.parametrize(
    ("spec", "most"),
    [
        ("watts-strogatz:k=98", "use k=4 or less"),
        ("watts-strogatz:k=6,p=0.2", "use k=4 or less"),
        ("barabasi-albert:m=5", "use m=4 or less"),
        ("barabasi-albert:m=0", "use m >= 1"),
        ("grid:columns=6", "use columns=5 or less"),
        ("grid:columns=-1", "use columns >= 0"),
        ("stochastic-block:blocks=6", "use blocks=5 or less"),
    ],
)
def test_stated_options_must_fit(spec, most):
    with pytest.raises(UsageError, match=most):
        build_topology(spec, 5, 0)


@pytest.mark.parametrize("name", ["watts-strogatz", "barabasi-albert", "stochastic-block", "grid"])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_usual_options_yield(name, n):
    assert len(build_topology(name, n, 0)) == n


def test_stochastic_blocks_draw_alike_everywhere():
    graph = build_topology("stochastic-block:blocks=2,p_in=0.5,p_out=0.1", 6, 1)
    assert sorted(graph.edges()) == BLOCKS


@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("karate-club", 78),
        ("florentine-families", 20),
        ("davis-southern-women", 89),
        ("les-miserables", 254),
    ],
)
def test_real_networks_have_published_links(name, links):
    assert build_topology(name, FIXED[name], 0).number_of_edges() == links


def test_real_members_keep_their_names():
    graph = build_topology("florentine-families", 15, 0)
    label = nx.get_node_attributes(graph, "label")
    assert sorted(label.values()) == [label[i] for i in range(15)]
    ids = {name: i for i, name in label.items()}
    assert {frozenset((ids[a], ids[b])) for a, b in nx.florentine_families_graph().edges} == edges(
        graph
    )
