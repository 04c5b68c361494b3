"""Shared: everyone acts at once, knowing only the history.

All members decide at the same time and see nothing of each other on this task. What they share
is organizational memory: which roles their neighbours took on earlier tasks. Fully autonomous.
One parallel round, N calls.

References:
    V. Dochkina, arXiv:2603.28990.
"""

from __future__ import annotations

from ..model.decision import Act
from ..model.protocol import Protocol, Round, Rounds, Team


class Shared(Protocol):
    """Simultaneous decisions on the strength of role history."""

    name = "shared"
    symmetric = True

    def rounds(self, team: Team) -> Rounds:
        """One round of work with memory open."""
        yield Round(Act.CONTRIBUTE, team.members, remembers=True)

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members
