"""Fixed roles: Sequential with the roles written in advance.

Before any task is seen, each member is given one of the domains of the task stream for good:
member i the domain i mod D. It acts in Sequential's order and sees what Sequential would show
it; only the freedom to choose a role is gone, so the difference to Sequential is that freedom.
N rounds, N calls.
"""

from __future__ import annotations

from ..model.decision import Act, Assignment
from ..model.protocol import Protocol, Round, Rounds, Team


class FixedRoles(Protocol):
    """Roles from the stream's domains, the same for every task."""

    name = "fixed-roles"

    def rounds(self, team: Team) -> Rounds:
        """One round per member, in order of ids."""
        for member in team.members:
            domain = team.domains[member % len(team.domains)]
            role = Assignment(member, f"{domain} specialist", (domain,))
            yield Round(
                Act.CONTRIBUTE, (member,), sees=team.log.so_far(), assignments={member: role}
            )

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members
