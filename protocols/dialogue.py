"""Dialogue: talk for some rounds, then everybody works on what it heard.

In `simultaneous` order all speak at once in every round, hearing what neighbours said in earlier
ones: what one member says has travelled k links after k rounds, as in the LOCAL model of
distributed computing. In `serial` order members speak one after another, so a round carries word
from lower to higher numbers at once. Then all contribute at once, in view of all that was said. The
rounds and the order are exogenous, everything else is endogenous. (rounds + 1) N calls.

References:
    N. Linial, "Locality in distributed graph algorithms", SIAM J. Comput. 21, 1992.
    AgentsNet, arXiv:2507.08616, which talks simultaneously.
    HiddenBench, arXiv:2505.11556, which talks serially.
"""

from __future__ import annotations

from types import MappingProxyType

from ..model.decision import Act, Contribution
from ..model.errors import UsageError
from ..model.messages import View
from ..model.protocol import Protocol, Round, Rounds, Team


class Dialogue(Protocol):
    """Rounds of talk, then a round of work.

    Args:
        rounds: Rounds of talk, 1 to 100.
        order: `simultaneous` or `serial`.
    """

    name = "dialogue"
    choices = MappingProxyType({"order": ("simultaneous", "serial")})

    def __init__(self, *, rounds: int = 4, order: str = "simultaneous") -> None:
        if type(rounds) is not int or not 1 <= rounds <= 100:
            raise UsageError(f"rounds={rounds!r} is outside 1 to 100; use e.g. rounds=4")
        self._rounds = rounds
        self.order = self.chosen("order", order)

    def rounds(self, team: Team) -> Rounds:
        """Talk, then work."""
        for _ in range(self._rounds):
            turns = [team.members] if self.order == "simultaneous" else [(m,) for m in team.members]
            for actors in turns:
                yield Round(Act.SAY, actors, sees=team.log.so_far())
        yield Round(Act.CONTRIBUTE, team.members, sees=team.log.so_far())

    def max_calls(self, n_members: int) -> int:
        """One call a member in every round of talk, and one for its work."""
        return (self._rounds + 1) * n_members

    def sees_at_close(self, team: Team) -> View:
        """What was said, in the last round and on moves too; answers are given blind."""
        return team.log.only(m.id for m in team.log if not isinstance(m.content, Contribution))

    @property
    def parameters(self) -> dict[str, int | str]:
        """Rounds and order; `rounds` itself is what plays them."""
        return {"rounds": self._rounds, "order": self.order}
