"""Silent: nobody sees anybody. The control that shows what communication is worth.

All members decide at once, on the brief alone, without memory. One parallel round, N calls. What
Sequential is when every message is taken away.
"""

from __future__ import annotations

from ..model.decision import Act
from ..model.protocol import Protocol, Round, Rounds, Team


class Silent(Protocol):
    """Independent decisions, no messages, no memory."""

    name = "silent"
    symmetric = True

    def rounds(self, team: Team) -> Rounds:
        """One round of work."""
        yield Round(Act.CONTRIBUTE, team.members)

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members
