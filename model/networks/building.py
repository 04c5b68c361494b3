"""From what a user types, a file or a function to a network with exactly the team's size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx

from ..errors import UsageError
from ..plugins.discovery import find, make
from ..plugins.grammar import read_options
from ..plugins.tags import PluginTag
from ..relocation import located
from .complete import CompleteGraph
from .files import READ, is_network_file, read_network

PLAIN = (nx.Graph, nx.DiGraph, CompleteGraph)
Topology = str | Path | Callable[[int, int], "nx.Graph[Any]"]
"""A name with options (`watts-strogatz:k=4,p=0.1`), a file, or a function of n and a seed."""


def build_topology(topology: Topology, n_agents: int, seed: int) -> nx.Graph[int]:
    """The network of a team: simple, nodes 0 to n_agents - 1.

    Nodes that had other names keep them as `label`. Edge lists are undirected; GraphML says itself.

    Args:
        topology: A name with options, a file of a type in `files.READERS`, or a function
            `(n, seed) -> networkx.Graph`.
        n_agents: The team's size.
        seed: For random networks.

    Raises:
        UsageError: An unknown name or option, an unreadable file, or the wrong number of nodes.
    """
    if n_agents < 1:
        raise UsageError(f"n_agents={n_agents} is not a team size; use 1 or more")
    if callable(topology):
        name = getattr(topology, "__name__", "function")
        graph = _called(name, topology, (n_agents, seed))
    elif is_network_file(topology):
        name, graph = str(topology), read_network(located(topology))
    else:
        name, graph = str(topology), _from_name(str(topology), n_agents, seed)
    if not isinstance(graph, nx.Graph):
        raise UsageError(
            f"topology={name} returned {type(graph).__name__}; return a networkx.Graph"
        )
    if len(graph) < n_agents and not callable(topology) and is_network_file(topology):
        raise UsageError(
            f"topology={name}: {_nodes(graph)} were read from {located(name)} for "
            f"n_agents={n_agents}; check the file, or use another topology"
        )
    if len(graph) != n_agents:
        raise UsageError(
            f"topology={name} has {len(graph)} nodes for n_agents={n_agents}; "
            f"use --agents {len(graph)} or another topology"
        )
    return _numbered(graph)


def _called(name: str, topology: Callable[..., Any], given: tuple[int, int]) -> Any:
    """What a user's function makes; its faults become the user's one line."""
    try:
        return topology(*given)
    except UsageError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())
        raise UsageError(
            f"topology={name} raised {type(error).__name__}: {said}; "
            "give a function (n, seed) -> networkx.Graph"
        ) from error


def _nodes(graph: nx.Graph[Any]) -> str:
    return f"only {len(graph)} node{'' if len(graph) == 1 else 's'}"


def _from_name(spec: str, n_agents: int, seed: int) -> Any:
    found = find("topologies", "topology", spec)
    tag = getattr(found.plugin, "plugin", None)
    size = tag.size if isinstance(tag, PluginTag) else None
    if size not in (None, n_agents):
        raise UsageError(
            f"topology={found.name} has {size} nodes for n_agents={n_agents}; "
            f"use --agents {size} or another topology"
        )
    seam = getattr(found.plugin, "plugin_kind", None)
    if not callable(found.plugin) or seam not in (None, "topologies"):
        raise UsageError(
            f"topology={found.name} is no function of (n, seed); give one that makes a Graph"
        )
    options = read_options(f"topology={found.name}", found.options, found.plugin)
    if isinstance(tag, PluginTag):
        return found.plugin(n_agents, seed, **options)
    remedy = "give a function (n, seed) -> networkx.Graph"
    return make(found, "topology", lambda: found.plugin(n_agents, seed, **options), remedy)


def _numbered(graph: nx.Graph[Any]) -> nx.Graph[int]:
    """Ids by sorted former name: integers as integers, others as text."""
    plain = type(graph) in PLAIN and set(graph) == set(range(len(graph)))
    if plain and not any(True for _ in nx.selfloop_edges(graph)):
        return graph  # a copy of a large complete graph takes seconds and gigabytes
    try:
        order = sorted(graph, key=int)
    except (TypeError, ValueError):
        order = sorted(graph, key=str)
    simple = nx.DiGraph if graph.is_directed() else nx.Graph
    numbered: nx.Graph[int] = simple()
    labels = graph.nodes(data="label")
    numbered.graph.update({k: v for k, v in graph.graph.items() if k == READ})
    numbered.add_nodes_from(
        (i, {"label": str(node if labels[node] is None else labels[node])})
        for i, node in enumerate(order)
    )
    ids = {node: i for i, node in enumerate(order)}
    numbered.add_edges_from((ids[a], ids[b]) for a, b in graph.edges() if a != b)
    return numbered
