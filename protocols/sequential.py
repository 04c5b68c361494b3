"""Sequential: a fixed order, and free choice within it.

Members act one after another; each sees the finished work of those before it that the network
carries, and chooses its own role or abstains. The order is exogenous, everything else is
endogenous. N rounds, N calls, one after another.

References:
    V. Dochkina, arXiv:2603.28990, where it beats a coordinator by 14 %.
"""

from __future__ import annotations

from ..model.decision import Act
from ..model.protocol import Protocol, Round, Rounds, Team


class Sequential(Protocol):
    """Each member sees what its predecessors finished, then decides."""

    name = "sequential"

    def rounds(self, team: Team) -> Rounds:
        """One round per member, in order of ids."""
        for member in team.members:
            yield Round(Act.CONTRIBUTE, (member,), sees=team.log.so_far())

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members
