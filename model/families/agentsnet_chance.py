"""What AgentsNet's problems give for nothing: the floor that talking has to beat.

The floor is the best of uniformly random answers, of one answer given by all, and, for a leader, of
standing for it with chance 1/n. Each is computed on the team's own network: by a formula wherever
there is one, so that it neither depends on which tasks were drawn nor worsens with the team's size.
Where there is none (proper colourings, vertex covers), the error is stated with the function.

References:
    Moon & Moser (1965), Israel J. Math. 3: a network of n nodes has at most 3^(n/3) maximal
    independent sets. Knuth (1975), Math. Comp. 29: sampling a search tree with weights.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from ..ground_truth.scoring import mean
from .agentsnet_problems import colours

DRAWS = 4096
"""Of vertex covers under the original's scoring."""
COLOURED = 8192
"""Members coloured in all draws together, at least 16 draws."""
MOST_COUNTED = 30
"""Members up to which maximal independent sets are counted."""

Guess = Callable[["nx.Graph[int]"], float]


def floor_of(problem: str, graph: nx.Graph[int], *, strict: bool) -> float:
    """Expected score of the best that needs neither a part nor a word, 0 to 1.

    Args:
        problem: One of `PROBLEMS`.
        graph: Connected, of 2 members or more.
        strict: Whether the scorer is the one that is right, not the original program's.
    """
    right, loose = _GUESSES[problem]
    return (right if strict else loose)(graph)


def _either_bit(graph: nx.Graph[int]) -> float:
    """All answer the same bit, which is the majority's as often as not."""
    del graph
    return 0.5


def _any_bit(graph: nx.Graph[int]) -> float:
    del graph
    return 1.0


def _by_lot(graph: nx.Graph[int]) -> float:
    """The chance that just one of n stands up, each with chance 1/n."""
    n = len(graph)
    return float((1 - 1 / n) ** (n - 1))


def _paired(graph: nx.Graph[int]) -> float:
    """Two neighbours name each other, or one stays alone and none of its neighbours does."""
    stays = {m: 1 / (d + 1) for m, d in graph.degree}
    good = {}
    for m in sorted(graph):
        named = math.fsum(stays[o] for o in graph[m])
        alone = math.prod(1 - stays[o] for o in sorted(graph[m]))
        good[m] = stays[m] * (named + alone)
    return mean(good)


def _clash_free(graph: nx.Graph[int]) -> float:
    """Chance that random colours are proper.

    By formula on rings, exactly on trees and complete networks, else by sequential sampling: each
    member takes a colour that no neighbour has, and the share of colours it could choose from is
    its weight. The mean of products is unbiased, its standard error below 0.002.
    """
    n, k = len(graph), colours(graph)
    if n > 2 and all(d == 2 for _, d in graph.degree):
        return float((1 - 1 / k) ** n + (k - 1) * (-1 / k) ** n)
    hub = max(sorted(graph), key=lambda m: len(graph[m]))
    order = [hub, *(m for _, m in nx.bfs_edges(graph, hub, sort_neighbors=sorted))]
    place = {m: i for i, m in enumerate(order)}
    before = [[place[o] for o in graph[m] if place[o] < place[m]] for m in order]
    draw, draws = random.Random(0), max(16, COLOURED // n)
    return mean({d: _weight(before, k, draw) for d in range(draws)})


def _weight(before: list[list[int]], k: int, draw: random.Random) -> float:
    """Of one proper colouring: the product of the shares of colours that were free."""
    taken: list[int] = []
    weight = 1.0
    for near in before:
        used = {taken[i] for i in near}
        free = [c for c in range(k) if c not in used]
        weight *= len(free) / k
        taken.append(draw.choice(free))
    return weight


def _other_colour(graph: nx.Graph[int]) -> float:
    """The expected share of links that join two colours."""
    return 1 - 1 / colours(graph)


def _minimal_cover(graph: nx.Graph[int]) -> float:
    """Chance that random members are a minimal cover: the others are a maximal independent set.

    On rings their number is Perrin's. Elsewhere they are counted up to `MOST_COUNTED` members;
    above, their share of all sets is below 0.721^n, which is 0.00004, and 0 is returned.
    """
    n = len(graph)
    if n > 2 and all(d == 2 for _, d in graph.degree):
        return float(_perrin(n) / 2**n)
    if n > MOST_COUNTED:
        return 0.0
    return float(sum(1 for _ in nx.find_cliques(nx.complement(graph))) / 2**n)


def _perrin(n: int) -> int:
    a, b, c = 3, 0, 2
    for _ in range(n):
        a, b, c = b, c, a + b
    return a


def _covered(graph: nx.Graph[int]) -> float:
    """Coverage (3/4 of the links) less what spared members of a whole cover cost.

    The latter is a mean over `DRAWS` draws, with a standard error of 0.008 at most; over fewer
    above 1024 members, of 0.016 at most.
    """
    n, members = len(graph), sorted(graph)
    draws = max(DRAWS // 4, min(DRAWS, DRAWS * 1024 // n))
    place = {m: i for i, m in enumerate(members)}
    near = [[place[o] for o in graph[m]] for m in members]
    inside = np.random.default_rng(0).random((draws, n)) < 0.5
    for m, others in enumerate(near):  # few are left after some members
        inside = inside[inside[:, m] | inside[:, others].all(axis=1)]
    lost = [_spared(row, near) / float(row.sum()) for row in inside]
    return 0.75 - math.fsum(lost) / draws


def _spared(row: np.ndarray[Any, np.dtype[np.bool_]], near: list[list[int]]) -> int:
    """Members of a whole cover of which all neighbours are in it, too."""
    return sum(bool(row[m] and row[others].all()) for m, others in enumerate(near))


_GUESSES: dict[str, tuple[Guess, Guess]] = {
    "consensus": (_either_bit, _any_bit),
    "leader": (_by_lot, _by_lot),
    "matching": (_paired, _paired),
    "coloring": (_clash_free, _other_colour),
    "vertex-cover": (_minimal_cover, _covered),
}
"""By problem: under the scoring that is right, and under the original's."""
