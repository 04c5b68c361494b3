"""An organization at one moment, as values; and the way back to the network it began with.

A copy of the network before every change would cost N² a change; a reversal costs what changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from ..networks.complete import CompleteGraph
from ..setup import Setup
from .events import Event


@dataclass(frozen=True)
class Reversal:
    """How to take one change of the network back.

    Attributes:
        newcomer: The member that joined.
        leaver: The member that left, and its node's data.
        made: Links that were made.
        cut: Links that were cut.
    """

    newcomer: int | None = None
    leaver: tuple[int, dict[str, Any]] | None = None
    made: tuple[tuple[int, int], ...] = ()
    cut: tuple[tuple[int, int], ...] = ()

    def apply(self, graph: nx.Graph[int]) -> None:
        """Change a graph back.

        Args:
            graph: As it was just after the change.
        """
        if self.newcomer is not None:
            graph.remove_node(self.newcomer)
        graph.remove_edges_from(self.made)
        if self.leaver is not None and isinstance(graph, CompleteGraph):
            graph.join(self.leaver[0], self.cut, **self.leaver[1])
            return
        if self.leaver is not None:
            graph.add_node(self.leaver[0], **self.leaver[1])
        graph.add_edges_from(self.cut)


@dataclass(frozen=True)
class Snapshot:
    """An organization at one moment: what it was made of and all that happened since.

    Pickles where its minds and protocol do.

    Attributes:
        setup: What it was made of; the network is as it was at the start.
        seed: Of everything random.
        events: What happened, oldest first.
    """

    setup: Setup
    seed: int
    events: Sequence[Event]


def as_it_began(graph: nx.Graph[int], reversals: Sequence[Reversal]) -> nx.Graph[int]:
    """A copy of a network before its changes.

    Args:
        graph: As it is now.
        reversals: Of all its changes, oldest first.
    """
    first = graph.copy()
    for reversal in reversed(reversals):
        reversal.apply(first)
    return first
