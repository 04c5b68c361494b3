"""What a function that makes networks owes its users, as checks that run on any of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import networkx as nx
from hypothesis import reject
from hypothesis import strategies as st

from ....model.errors import UsageError
from ....model.networks.building import build_topology
from .strategies import seeds

SIZES = 24
"""Sizes from 1 to this are tried."""
Make = Callable[[int, int], "nx.Graph[Any]"]


@dataclass(frozen=True)
class TopologyCase:
    """A team's size and a seed to make a network for.

    Attributes:
        n_agents: 1 to `SIZES`, or the only one the function is made for.
        seed: For random networks.
    """

    n_agents: int
    seed: int

    def graph(self, make: Make) -> nx.Graph[Any]:
        """The network; a size that the function refuses is no case.

        Args:
            make: Makes it.
        """
        try:
            return make(self.n_agents, self.seed)
        except (UsageError, nx.NetworkXException):
            reject()


def topology_cases(size: int | None = None) -> st.SearchStrategy[TopologyCase]:
    """Sizes and seeds.

    Args:
        size: The only one that fits; None tries many.
    """
    sizes = st.integers(1, SIZES) if size is None else st.just(size)
    return st.builds(TopologyCase, sizes, seeds())


def topology_sizes(make: Make, case: TopologyCase) -> None:
    """It makes a networkx.Graph with one node for each member.

    Args:
        make: Makes the network.
        case: Size and seed.
    """
    graph = case.graph(make)
    assert isinstance(graph, nx.Graph), f"it returned {type(graph).__name__}; return a Graph"
    assert len(graph) == case.n_agents, f"{len(graph)} nodes for {case.n_agents} members"


def topology_links(make: Make, case: TopologyCase) -> None:
    """No node is linked to itself.

    Args:
        make: Makes the network.
        case: Size and seed.
    """
    loops = sorted(map(str, nx.nodes_with_selfloops(case.graph(make))))
    assert not loops, f"linked to themselves: {', '.join(loops[:5])}"


def topology_repeats(make: Make, case: TopologyCase) -> None:
    """The same size and seed give the same network: no state, no randomness but the seed's.

    Args:
        make: Makes the network.
        case: Size and seed.
    """
    first = _content(case.graph(make))
    random.random()  # one that draws from here would now differ
    assert _content(case.graph(make)) == first, "a second network for the same seed differs"


def topology_builds(make: Make, case: TopologyCase) -> None:
    """A team can have it: its nodes are numbered from 0 on, whatever they were called.

    Args:
        make: Makes the network.
        case: Size and seed.
    """
    case.graph(make)
    built = build_topology(make, case.n_agents, case.seed)
    assert set(built) == set(range(case.n_agents)), "its nodes can't be numbered"


def _content(graph: nx.Graph[Any]) -> tuple[Any, ...]:
    if not graph.is_directed():
        return set(graph), {frozenset(edge) for edge in graph.edges()}
    return set(graph), set(graph.edges())


TOPOLOGY_CHECKS = (topology_sizes, topology_links, topology_repeats, topology_builds)
