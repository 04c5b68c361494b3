"""Sparse graph: coordination along links alone, by chromatic scheduling.

The network is coloured so that no two linked members share a colour. A colour class is then a set
of members that could not hear each other anyway: they act at once, and the classes act one after
another. So every link carries work in exactly one direction, from the earlier colour to the
later. Any schedule of which that is true is itself a colouring, so none is shorter than the
chromatic number.

Colours are given greedily by falling degree, ties to the lower id: the well connected work first
and are heard by many. Direction plays no part in the colouring; on a directed network a link
carries work only if it points from the earlier colour to the later.

The network and the order are exogenous, roles and abstention endogenous. N calls in as many
rounds as colours, at most 1 + the greatest degree: 2 on a star and on a chain in order of ids, 3
at most on a ring, N on a complete network, where it is Sequential.

References:
    V. Dochkina, arXiv:2603.28990, whose foundation series coordinates along networks.
    D. J. A. Welsh and M. B. Powell, "An upper bound for the chromatic number of a graph and its
    application to timetabling problems", 1967.
    V. C. Barbosa and E. Gafni, "Concurrency in heavily loaded neighborhood-constrained systems",
    1989.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import networkx as nx

from ..model.decision import Act
from ..model.protocol import Protocol, Round, Rounds, Team


class SparseGraph(Protocol):
    """Colour classes of the network, one after another."""

    name = "sparse-graph"

    def rounds(self, team: Team) -> Rounds:
        """One round per colour."""
        for members in colour_classes(team.graph):
            yield Round(Act.CONTRIBUTE, tuple(members), sees=team.log.so_far())

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members


def colour_classes(graph: nx.Graph[int]) -> list[list[int]]:
    """Independent sets that partition the members, ascending in each (Welsh & Powell 1967).

    O(edges); O(members) on a complete undirected network, where each is a class of its own.

    Args:
        graph: Of the team.
    """
    near = _neighbours(graph)
    degree = {member: len(near[member]) for member in sorted(graph)}
    if all(d == len(graph) - 1 for d in degree.values()):
        return [[member] for member in degree]
    colour: dict[int, int] = {}
    for member in sorted(degree, key=lambda m: -degree[m]):  # stable: ties stay ascending
        taken = {colour[other] for other in near[member] if other in colour}
        colour[member] = next(c for c in range(len(taken) + 1) if c not in taken)
    classes: list[list[int]] = [[] for _ in set(colour.values())]
    for member in degree:
        classes[colour[member]].append(member)
    return classes


def _neighbours(graph: nx.Graph[int]) -> Mapping[int, Collection[int]]:
    if isinstance(graph, nx.DiGraph):
        return {m: {*graph.succ[m], *graph.pred[m]} for m in graph}
    return graph.adj
