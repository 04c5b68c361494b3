"""Shocks to the network: links are cut, or lead elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..interfaces import ShockTarget
from .shock import Shock, check_share, draw, part_of


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
        links = sorted(org.network.G.edges)
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
        links = sorted(graph.edges)
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
