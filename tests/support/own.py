"""Protocols, minds, judges and networks of one's own, as a user's script has them."""

from __future__ import annotations

import networkx as nx

import unscripted as un


class Relay(un.Protocol):
    """Members act from the last to the first, each seeing what is done."""

    name = "relay-of-the-test"

    def __init__(self, *, most: int = 99) -> None:
        self.most = most

    def rounds(self, team):
        for member in list(reversed(team.members))[: self.most]:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())


class Constant(un.Mind):
    """Always takes the same role."""

    instant = True
    synthetic = False

    def __init__(self, role: str) -> None:
        self.name = f"constant/{role}"
        self.role = role

    def decide(self, observation):
        return un.Contribution(self.role, "some work")


class Lenient(un.Judge):
    """Gives the best grades, and less for the mission."""

    instant = True
    name = "lenient"

    def appraise(self, submission):
        return un.Verdict(4.0, 4.0, 4.0, 4.0, 2.0)


def bow(n: int, seed: int) -> nx.Graph:
    """A path."""
    return nx.path_graph(n)
