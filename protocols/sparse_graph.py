"""Sparse graph: coordination along few links, by chromatic scheduling.

Each member keeps at most `degree` links, so that nobody reads more than so many colleagues however
large the team is; what others did reaches it as news that they pass on. (Before, all links were
kept: on a complete network that was Sequential under another name.) Kept are first a spanning
forest, short links before long ones, then long links before short ones: few links, and short ways.
Where a member would be cut off, a link is kept beyond `degree`: the hub of a star keeps all.

What is kept is coloured so that no two linked members share a colour. A colour class is then a set
of members that could not hear each other anyway: they act at once, and the classes act one after
another. So every link kept carries work in exactly one direction, from the earlier colour to the
later. Any schedule of which that is true is itself a colouring, so none is shorter than the
chromatic number.

Colours are given greedily by falling degree, ties to the lower id: the well connected work first
and are heard by many. Direction plays no part in the colouring; on a directed network a link
carries work only if it points from the earlier colour to the later.

The network and the order are exogenous, roles and abstention endogenous. N calls in as many
rounds as colours, at most 1 + the greatest degree kept: 2 on a star and on a chain in order of ids,
3 at most on a ring, 5 at most on a complete network. With `degree` >= N - 1 it is Sequential there,
with `degree=0` it is Silent: its ablation.

References:
    V. Dochkina, arXiv:2603.28990, whose foundation series coordinates along networks.
    D. J. A. Welsh and M. B. Powell, "An upper bound for the chromatic number of a graph and its
    application to timetabling problems", 1967.
    V. C. Barbosa and E. Gafni, "Concurrency in heavily loaded neighborhood-constrained systems",
    1989.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import networkx as nx

from ..model.decision import Act
from ..model.errors import UsageError
from ..model.protocol import Protocol, Round, Rounds, Team

Link = tuple[int, int]
"""Of two members, the lower id first."""


class SparseGraph(Protocol):
    """Colour classes of a sparse network, one after another.

    Args:
        degree: The most links that each member keeps, 0 or more.
    """

    name = "sparse-graph"

    def __init__(self, *, degree: int = 4) -> None:
        if type(degree) is not int or degree < 0:
            raise UsageError(f"degree={degree!r} is not a whole number of 0 or more; use e.g. 4")
        self.degree = degree

    def rounds(self, team: Team) -> Rounds:
        """One round per colour."""
        kept, classes = _schedule(team.graph, self.degree)
        for members in classes:
            posted = team.log.so_far()
            sees = {m: posted.authored_by(kept.adj[m]) for m in members}
            yield Round(Act.CONTRIBUTE, tuple(members), sees=sees)

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members


def thinned(graph: nx.Graph[int], degree: int) -> nx.Graph[int]:
    """The links that are kept, without direction; all of them where nobody has more than `degree`.

    O(edges log edges); O(members log members) on a complete network.

    Args:
        graph: Of the team.
        degree: The most links of a member, but where more are needed to keep the team together; 0
            keeps none.
    """
    near = _neighbours(graph)
    members = tuple(sorted(graph))
    if _everybody_linked(near):
        return _thinned(members, _all_lengths(members, degree), degree)
    return _thinned(members, _links(near), degree)


def _schedule(graph: nx.Graph[int], degree: int) -> tuple[nx.Graph[int], list[list[int]]]:
    """The links that are kept, and who works when; once for all complete networks alike."""
    if _everybody_linked(_neighbours(graph)):
        return _schedule_of_all(tuple(sorted(graph)), degree)
    kept = thinned(graph, degree)
    return kept, colour_classes(kept)


@lru_cache(maxsize=16)
def _schedule_of_all(
    members: tuple[int, ...], degree: int
) -> tuple[nx.Graph[int], list[list[int]]]:
    kept = nx.freeze(_thinned(members, _all_lengths(members, degree), degree))
    return kept, colour_classes(kept)


def _thinned(members: Sequence[int], candidates: Iterable[Link], degree: int) -> nx.Graph[int]:
    kept: nx.Graph[int] = nx.Graph()
    kept.add_nodes_from(members)
    if not degree:
        return kept
    links = sorted(candidates, key=lambda link: (link[1] - link[0], link))
    parts = nx.utils.UnionFind(kept)

    def free(a: int, b: int) -> bool:
        return len(kept.adj[a]) < degree and len(kept.adj[b]) < degree

    for strict in (True, False):  # a forest within the limit, then what that could not join
        for a, b in links:
            if parts[a] != parts[b] and (not strict or free(a, b)):
                parts.union(a, b)
                kept.add_edge(a, b)
    for a, b in reversed(links):
        if free(a, b):
            kept.add_edge(a, b)
    return kept


def _everybody_linked(near: Mapping[int, Collection[int]]) -> bool:
    return all(len(near[m]) == len(near) - 1 for m in near)


def _links(near: Mapping[int, Collection[int]]) -> Iterator[Link]:
    return ((a, b) for a in near for b in near[a] if a < b)


def _all_lengths(members: Sequence[int], degree: int) -> Iterator[Link]:
    """Links to choose from where there are all: of lengths 1, 2, 4…, or all if that many may be."""
    length = 1
    while length < len(members):
        yield from zip(members, members[length:], strict=False)
        length += length if degree < len(members) - 1 else 1


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
