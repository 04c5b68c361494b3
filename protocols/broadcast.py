"""Broadcast: everyone says what it intends, then everyone acts.

Round 1: all state the role they intend, at once and unseen. Round 2: all decide, at once, seeing
the intentions their neighbours stated, and nobody's work. Nothing is imposed but the two rounds.
2N calls in 2 parallel rounds.

References:
    V. Dochkina, arXiv:2603.28990.
"""

from __future__ import annotations

from ..model.decision import Act
from ..model.protocol import Protocol, Round, Rounds, Team


class Broadcast(Protocol):
    """Intentions first, decisions second, both simultaneous."""

    name = "broadcast"
    symmetric = True

    def rounds(self, team: Team) -> Rounds:
        """A round of intentions, a round of work."""
        yield Round(Act.INTEND, team.members)
        yield Round(Act.CONTRIBUTE, team.members, sees=team.log.so_far())

    def max_calls(self, n_members: int) -> int:
        """Two calls a member."""
        return 2 * n_members
