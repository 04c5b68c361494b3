"""Solo: one member does everything. The control that shows what a team is worth.

Member 0 works again and again, each time with its own earlier work before it, until it has
nothing to add or has used as many calls as Sequential gives the whole team. So it has the same
budget of calls, and no colleagues. At most N rounds, N calls.
"""

from __future__ import annotations

from ..model.decision import Act, Contribution
from ..model.protocol import Protocol, Round, Rounds, Team


class Solo(Protocol):
    """One member, the team's budget."""

    name = "solo"

    def rounds(self, team: Team) -> Rounds:
        """Up to N rounds of the first member."""
        alone = team.members[0]
        for _ in team.members:
            replies = yield Round(Act.CONTRIBUTE, (alone,))
            if not isinstance(replies[alone], Contribution):
                return

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members
