"""Controls with roles from outside: Sequential, whose members are given a domain each.

Members act in Sequential's order and see what Sequential would show them; only the freedom to
choose a role is gone. With fixed roles a member has the same domain for every task, so the
difference to Sequential is that freedom. With random roles it is drawn anew for every task, so
specialization is there and means nothing: the control for role freedom against mere variety.
N rounds, N calls each.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model.decision import Act, Assignment
from ..model.protocol import Protocol, Round, Rounds, Team


class FixedRoles(Protocol):
    """Roles from the stream's domains, the same for every task."""

    name = "fixed-roles"

    def rounds(self, team: Team) -> Rounds:
        """One round per member, in order of ids; member i has the domain i mod D."""
        given = {m: team.domains[m % len(team.domains)] for m in team.members}
        return specialists(team, given)

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members


class RandomRoles(Protocol):
    """A domain of the stream for each member, by lot."""

    name = "random"

    def rounds(self, team: Team) -> Rounds:
        """One round per member, in order of ids."""
        lots = team.rng.integers(len(team.domains), size=len(team.members))
        pairs = zip(team.members, lots, strict=True)
        return specialists(team, {m: team.domains[int(lot)] for m, lot in pairs})

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members


def specialists(team: Team, given: Mapping[int, str]) -> Rounds:
    """Sequential's rounds, each member a specialist of its domain.

    Args:
        team: With the log of this tick.
        given: A domain for each member.
    """
    for member in team.members:
        role = Assignment(member, f"{given[member]} specialist", (given[member],))
        yield Round(Act.CONTRIBUTE, (member,), sees=team.log.so_far(), assignments={member: role})
