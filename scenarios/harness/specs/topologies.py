"""Networks from what users type, or give in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx

from ....model.errors import UsageError
from ....model.networks.building import Topology


def as_topology(topology: Topology | nx.Graph[Any]) -> Topology:
    """A graph as a function, copied: an organization changes its own and not the caller's.

    Args:
        topology: A name, a file, a function `(n, seed) -> Graph`, or a graph.

    Raises:
        UsageError: It is none of these.
    """
    if not isinstance(topology, nx.Graph):
        if not (isinstance(topology, str | Path) or callable(topology)):
            raise UsageError(f"topology={topology!r} is none; use a name, file, function or graph")
        return topology
    given = topology

    def graph(n_agents: int, seed: int) -> nx.Graph[Any]:
        return given.copy()

    return graph
