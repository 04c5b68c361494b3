"""What has happened to an organization, as values: its state is the fold of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx

from .mind import Mind
from .observation import Charter
from .record import TickRecord
from .setup import Ingredients
from .shocks import Amend


@dataclass(frozen=True)
class Joined:
    """A member came, with its links."""

    mind: Mind
    neighbours: tuple[int, ...]


@dataclass(frozen=True)
class Left:
    """A member went, and its links with it."""

    member: int


@dataclass(frozen=True)
class Rewired:
    """Links were cut and made."""

    cut: tuple[tuple[int, int], ...]
    made: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Reversal:
    """How to take one change of the network back, without a copy of the network before it."""

    newcomer: int | None = None
    leaver: tuple[int, dict[str, Any]] | None = None
    made: tuple[tuple[int, int], ...] = ()
    cut: tuple[tuple[int, int], ...] = ()

    def apply(self, graph: nx.Graph[int]) -> None:
        """Change the graph back."""
        if self.newcomer is not None:
            graph.remove_node(self.newcomer)
        if self.leaver is not None:
            graph.add_node(self.leaver[0], **self.leaver[1])
        graph.remove_edges_from(self.made)
        graph.add_edges_from(self.cut)


@dataclass(frozen=True)
class Substituted:
    """A member got another mind."""

    member: int
    mind: Mind


@dataclass(frozen=True)
class Restated:
    """Mission, values or standards were stated anew, from outside."""

    charter: Charter


@dataclass(frozen=True)
class Amended:
    """Every later task is changed in this way."""

    amend: Amend


@dataclass(frozen=True)
class Struck:
    """The shocks due at this tick struck; what they did follows from ingredients and seed."""


Event = TickRecord | Joined | Left | Rewired | Substituted | Restated | Amended | Struck
"""What changes an organization. Its state is the fold of its events over its ingredients."""


@dataclass(frozen=True)
class Snapshot:
    """An organization at one moment: what it was made of and all that happened since.

    Pickles where its minds and protocol do.
    """

    ingredients: Ingredients
    seed: int
    events: tuple[Event, ...]
