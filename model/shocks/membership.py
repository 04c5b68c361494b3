"""Shocks to the team: members leave, join, or get another mind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import networkx as nx
import numpy as np

from ..mind import Mind
from .shock import Shock, check_least, check_share, draw, listed, part_of
from .target import ShockTarget


@dataclass(frozen=True, kw_only=True)
class RemoveMembers(Shock):
    """Members drawn at random leave, with their links; one always stays.

    Attributes:
        k: How many, 1 or more.
    """

    name: ClassVar[str] = "remove"
    k: int = 1

    def __post_init__(self) -> None:
        check_least(self.name, "k", self.k, 1)

    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """Draw and remove."""
        gone = draw(list(org.members), min(self.k, len(org.members) - 1), rng)
        for member in gone:
            org.remove_member(member)
        return f"members {listed(gone)} left" if gone else "nobody left: a team keeps one member"


@dataclass(frozen=True, kw_only=True)
class RemoveHub(Shock):
    """The member of highest betweenness leaves; of equals the one with the lowest id.

    References:
        L. C. Freeman, "A set of measures of centrality based on betweenness", 1977.
    """

    name: ClassVar[str] = "remove-hub"

    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """Find and remove."""
        if len(org.members) == 1:
            return "nobody left: a team keeps one member"
        between = nx.betweenness_centrality(org.network.G)
        hub = min(between, key=lambda m: (-round(between[m], 12), m))
        org.remove_member(hub)
        return f"the hub left, member {hub} (betweenness {between[hub]:.2f})"


@dataclass(frozen=True, kw_only=True)
class Substitute(Shock):
    """A share of the members, drawn at random, get another mind.

    Attributes:
        mind: The new mind.
        share: Of the members, above 0 to 1; at least one.
    """

    name: ClassVar[str] = "substitute"
    mind: Mind
    share: float = 0.25

    def __post_init__(self) -> None:
        check_share(self.name, self.share)

    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """Draw and substitute."""
        chosen = draw(list(org.members), part_of(self.share, len(org.members)), rng)
        for member in chosen:
            org.substitute(member, self.mind)
        return f"members {listed(chosen)} think with {self.mind.name} now"


@dataclass(frozen=True, kw_only=True)
class Newcomers(Shock):
    """Members join, each linked with others drawn at random.

    Attributes:
        k: How many, 1 or more.
        mind: Theirs; None takes the mind of the member with the lowest id.
        links: Links of each; 0 links it with as many as members have on average.
    """

    name: ClassVar[str] = "newcomers"
    k: int = 1
    mind: Mind | None = None
    links: int = 0

    def __post_init__(self) -> None:
        check_least(self.name, "k", self.k, 1)
        check_least(self.name, "links", self.links, 0)

    def apply(self, org: ShockTarget, rng: np.random.Generator) -> str:
        """Join one after the other; later ones may be linked with earlier ones."""
        mind = self.mind if self.mind is not None else org.members[min(org.members)].mind
        joined: list[int] = []
        for _ in range(self.k):
            there = list(org.members)
            ends = 1 if org.network.G.is_directed() else 2
            usual = round(ends * org.network.G.number_of_edges() / len(there))
            links = min(self.links or max(1, usual), len(there))
            joined.append(org.add_member(mind, draw(there, links, rng)))
        return f"members {listed(joined)} joined with {mind.name}"
