"""From what a user types, a file or a function to a network with exactly the team's size."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx

from ..errors import UsageError
from ..plugins.discovery import named

Topology = str | Path | Callable[[int, int], "nx.Graph[Any]"]
"""A name with options (`watts-strogatz:k=4,p=0.1`), a file, or a function of n and a seed."""

_READERS: dict[str, Callable[[Path], nx.Graph[Any]]] = {
    ".graphml": nx.read_graphml,
    ".edgelist": nx.read_edgelist,
    ".edges": nx.read_edgelist,
    ".txt": nx.read_edgelist,
}


def build_topology(topology: Topology, n_agents: int, seed: int) -> nx.Graph[int]:
    """The network of a team: simple, nodes 0 to n_agents - 1.

    Nodes that had other names keep them as `label`. Edge lists are undirected; GraphML says itself.

    Args:
        topology: A name with options, a GraphML (`.graphml`) or edge-list (`.edgelist`, `.edges`,
            `.txt`) file, or a function `(n, seed) -> networkx.Graph`.
        n_agents: The team's size.
        seed: For random networks.

    Raises:
        UsageError: An unknown name or option, an unreadable file, or the wrong number of nodes.
    """
    if n_agents < 1:
        raise UsageError(f"n_agents={n_agents} is not a team size; use 1 or more")
    if callable(topology):
        name = getattr(topology, "__name__", "function")
        graph = topology(n_agents, seed)
        if not isinstance(graph, nx.Graph):
            raise UsageError(f"topology={name} returned {type(graph).__name__}; return a Graph")
    elif Path(topology).suffix in _READERS:
        name, graph = str(topology), _read(Path(topology))
    else:
        name, graph = str(topology), _from_name(str(topology), n_agents, seed)
    if len(graph) != n_agents:
        raise UsageError(
            f"topology={name} has {len(graph)} nodes for n_agents={n_agents}; "
            f"use --agents {len(graph)} or another topology"
        )
    return _numbered(graph)


def _from_name(spec: str, n_agents: int, seed: int) -> nx.Graph[Any]:
    name, _, text = spec.partition(":")
    build = named("topologies", "topology", name)
    size = build.plugin.size
    if size not in (None, n_agents):
        raise UsageError(
            f"topology={name} has {size} nodes for n_agents={n_agents}; "
            f"use --agents {size} or another topology"
        )
    graph: nx.Graph[Any] = build(n_agents, seed, **parse_options(f"topology={name}", text, build))
    return graph


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_READ_AS: dict[type, Callable[[str], Any]] = {bool: _flag, type(None): str}


def parse_options(what: str, text: str, function: Callable[..., Any]) -> dict[str, Any]:
    """Read `k=4,p=0.1` by the keyword-only parameters of a function, whose defaults give types.

    Raises:
        UsageError: An unknown option, or a value of another type; names the known ones.
    """
    known = {
        p.name: _READ_AS.get(type(p.default), type(p.default))
        for p in inspect.signature(function).parameters.values()
        if p.kind is p.KEYWORD_ONLY
    }
    options: dict[str, Any] = {}
    for part in filter(None, text.split(",")):
        key, equals, value = part.partition("=")
        key = key.strip().replace("-", "_")
        if key not in known or not equals:
            listed = ", ".join(f"{k}=" for k in known) or "none"
            raise UsageError(f"{what}: option {part!r} is not known; options: {listed}")
        if key in options:
            raise UsageError(f"{what}: option {key!r} is given twice; give it once")
        try:
            options[key] = known[key](value)
        except ValueError:
            kind = known[key].__name__.strip("_")
            raise UsageError(f"{what}: {key}={value!r} is not a valid {kind}") from None
    return options


def _read(path: Path) -> nx.Graph[Any]:
    if not path.is_file():
        raise UsageError(f"topology={path} is not a file; give a GraphML or edge-list file")
    try:
        graph = _READERS[path.suffix](path)
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(f"topology={path} can't be read as {path.suffix[1:]}: {first}") from None
    if not graph:
        raise UsageError(f"topology={path} holds no nodes; give a GraphML or edge-list file")
    return graph


def _numbered(graph: nx.Graph[Any]) -> nx.Graph[int]:
    """Ids by sorted former name: integers as integers, others as text."""
    plain = type(graph) in (nx.Graph, nx.DiGraph) and set(graph) == set(range(len(graph)))
    if plain and not any(True for _ in nx.selfloop_edges(graph)):
        return graph  # a copy of a large complete graph takes seconds and gigabytes
    try:
        order = sorted(graph, key=int)
    except (TypeError, ValueError):
        order = sorted(graph, key=str)
    simple = nx.DiGraph if graph.is_directed() else nx.Graph
    numbered: nx.Graph[int] = simple()
    numbered.add_nodes_from((i, {"label": str(node)}) for i, node in enumerate(order))
    ids = {node: i for i, node in enumerate(order)}
    numbered.add_edges_from((ids[a], ids[b]) for a, b in graph.edges() if a != b)
    return numbered
