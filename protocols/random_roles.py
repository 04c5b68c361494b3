"""Random: Sequential with roles drawn by lot for every task.

Like fixed-roles, but each member's domain is drawn anew, so specialization is there and means
nothing. The control for role freedom against mere variety. N rounds, N calls.
"""

from __future__ import annotations

from ..model.decision import Act, Assignment
from ..model.protocol import Protocol, Round, Rounds, Team


class RandomRoles(Protocol):
    """A domain of the stream for each member, by lot."""

    name = "random"

    def rounds(self, team: Team) -> Rounds:
        """One round per member, in order of ids."""
        lots = team.rng.integers(len(team.domains), size=len(team.members))
        for member, lot in zip(team.members, lots, strict=True):
            domain = team.domains[int(lot)]
            role = Assignment(member, f"{domain} specialist", (domain,))
            yield Round(
                Act.CONTRIBUTE, (member,), sees=team.log.so_far(), assignments={member: role}
            )

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members
