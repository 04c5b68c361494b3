"""Hierarchy: the shape of who built on whose work."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import networkx as nx
import numpy as np
from scipy.sparse.linalg import eigsh

from ..decision import Contribution
from ..record import TickRecord

DENSE_UP_TO = 256  # contributors; above it the sparse eigensolver is faster


def hierarchy_depth(record: TickRecord) -> int:
    """Longest chain of works that built on one another: 0 (no work), 1 (flat) or more.

    A work's depth is 1 more than the deepest work that the members it names had finished in an
    earlier round; so depth never exceeds the number of rounds in which work was done. O(works).

    Args:
        record: Of the tick.
    """
    works = [
        (turn.round, m.member, turn.reply)
        for m in record.members
        for turn in m.turns
        if isinstance(turn.reply, Contribution)
    ]
    works.sort(key=itemgetter(0))
    depths: dict[int, int] = {}  # of each member's deepest work in earlier rounds
    for _, same_round in groupby(works, key=itemgetter(0)):
        finished = [
            (author, 1 + max([depths.get(a, 0) for a in work.builds_on], default=0))
            for _, author, work in same_round
        ]
        for author, depth in finished:
            depths[author] = max(depth, depths.get(author, 0))
    return max(depths.values(), default=0)


def interaction_graph(record: TickRecord) -> nx.Graph[int]:
    """Contributors as nodes, an edge where one built on the other's work.

    Args:
        record: Of the tick.
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(m.member for m in record.members if m.contributions)
    graph.add_edges_from((m.member, a) for m in record.members for a in m.builds_on)
    return graph


def spectral_gap(record: TickRecord) -> float | None:
    """Algebraic connectivity of the interaction graph: second-smallest Laplacian eigenvalue.

    0 where the contributors fall into groups that did not build on each other, up to the number
    of contributors where everyone is linked; None with fewer than two contributors.

    Args:
        record: Of the tick.

    References:
        M. Fiedler, "Algebraic connectivity of graphs", 1973.
    """
    n = sum(bool(m.contributions) for m in record.members)
    if n < 2:
        return None
    if sum(len(m.builds_on) for m in record.members) < n - 1:
        return 0.0  # too few edges to connect everyone; the usual case, and no graph is needed
    graph = interaction_graph(record)
    if not nx.is_connected(graph):
        return 0.0
    if n <= DENSE_UP_TO:
        index = {node: i for i, node in enumerate(graph)}
        laplacian = np.zeros((n, n))
        for a, b in graph.edges:
            i, j = index[a], index[b]
            laplacian[i, j] = laplacian[j, i] = -1.0
        np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
        return max(0.0, float(np.linalg.eigvalsh(laplacian)[1]))
    sparse = nx.laplacian_matrix(graph).astype(float).tocsc()
    start = np.linspace(-1.0, 1.0, n)  # fixed, so that the same record gives the same number
    values = eigsh(sparse, k=2, sigma=-1e-3, which="LM", v0=start, return_eigenvectors=False)
    return max(0.0, float(max(values)))
