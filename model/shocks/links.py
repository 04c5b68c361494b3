"""Shocks to the network: links are cut, or lead elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import networkx as nx
import numpy as np

from .shock import Shock, check_share, draw, part_of
from .target import Link, ShockTarget


@dataclass(frozen=True, kw_only=True)
class CutLinks(Shock):
    """A share of the links, drawn at random, is cut.

    Attributes:
        share: Of the links, above 0 to 1; at least one where there are any.
    """

    name: ClassVar[str] = "cut"
    share: float = 0.25

    def __post_init__(self) -> None:
        check_share(self.name, self.share)

    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """Draw and cut."""
        links = links_of(org.network.G)
        if not links:
            return "no link to cut"
        cut = [links[i] for i in draw(range(len(links)), part_of(self.share, len(links)), rng)]
        org.rewire(cut=cut)
        return f"{len(cut)} of {len(links)} links were cut"


@dataclass(frozen=True, kw_only=True)
class RewireLinks(Shock):
    """A share of the links, drawn at random, gets another end.

    Attributes:
        share: Of the links, above 0 to 1.
    """

    name: ClassVar[str] = "rewire"
    share: float = 0.25

    def __post_init__(self) -> None:
        check_share(self.name, self.share)

    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """Draw links, and for each a new end that it isn't linked with yet."""
        graph = org.network.G
        links = links_of(graph)
        if not links:
            return "no link to rewire"
        moved = 0
        for i in draw(range(len(links)), part_of(self.share, len(links)), rng):
            a, b = links[i]
            free = [m for m in org.members if m != a and not graph.has_edge(a, m)]
            if free:
                org.rewire(cut=[(a, b)], made=[(a, free[int(rng.integers(len(free)))])])
                moved += 1
        return f"{moved} of {len(links)} links were rewired"


def links_of(graph: nx.Graph[int]) -> list[Link]:
    """The links of a network, ascending, in whatever order they were made.

    Args:
        graph: Of the team.
    """
    if graph.is_directed():
        return sorted(graph.edges)
    return sorted((min(edge), max(edge)) for edge in graph.edges)
