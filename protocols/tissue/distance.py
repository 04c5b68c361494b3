"""How far cells are from each other along links, and which lie far apart.

A complete network is told by its size: its links are as many as half the square of a team's size.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

import networkx as nx


def is_complete(graph: nx.Graph[int]) -> bool:
    """Whether every cell touches every other, told without looking at the links.

    Args:
        graph: Of the team.
    """
    n = len(graph)
    return graph.number_of_edges() * (1 if graph.is_directed() else 2) == n * (n - 1)


def spread(graph: nx.Graph[int], n: int) -> list[int]:
    """n members far from each other: one of most links, then always the farthest from all chosen.

    On a directed network links lead on from the chosen ones; what they don't lead to is farthest.
    Of equals the lowest id; on a complete network those are the lowest ids.

    Args:
        graph: Of the team.
        n: How many, 1 to the team's size.
    """
    members = sorted(graph)
    if is_complete(graph):
        return members[:n]
    links = graph.succ if isinstance(graph, nx.DiGraph) else graph.adj
    chosen = [max(members, key=lambda m: len(links[m]))]
    far = dict.fromkeys(members, inf)
    while True:
        _approach(graph, chosen[-1], far)
        if len(chosen) == n:
            return chosen
        chosen.append(max(members, key=far.__getitem__))


def distances(graph: nx.Graph[int], sources: Iterable[int]) -> dict[int, float]:
    """How many links lead from the nearest source to each member; infinite where none do.

    Args:
        graph: Of the team.
        sources: Members; at least one.
    """
    far = dict.fromkeys(graph, inf)
    if is_complete(graph):
        far = dict.fromkeys(graph, 1.0)
        return far | dict.fromkeys(sources, 0.0)
    for source in sources:
        _approach(graph, source, far)
    return far


def _approach(graph: nx.Graph[int], source: int, far: dict[int, float]) -> None:
    """Lower the distances in `far` where this source is nearer than those before it."""
    links = graph.succ if isinstance(graph, nx.DiGraph) else graph.adj
    far[source] = 0.0
    wave, distance = [source], 0.0
    while wave:
        distance += 1
        following = []
        for member in wave:
            for other in links[member]:
                if far[other] > distance:
                    far[other] = distance
                    following.append(other)
        wave = following
