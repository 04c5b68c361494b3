"""Dialogue: talk for some rounds, then everybody works on what it heard.

In `simultaneous` order all speak at once in every round, hearing what neighbours said in earlier
ones: what one member says has travelled k links after k rounds, as in the LOCAL model of
distributed computing. In `serial` order members speak one after another, so a round carries word
from lower to higher numbers at once. Then all contribute at once, in view of all that was said. The
rounds and the order are exogenous, everything else is endogenous. (rounds + 1) N calls.

With a latency of 2 what is said in one round is heard in the one after the next, as where agents
fetch their post in one turn and read it in another (Silo-Bench's program), or act and talk in one
breath (DPBench); work is done when all has arrived.

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
        latency: Rounds until what was said can be heard, 1 to 100; more than 1 only where all speak
            at once.
    """

    name = "dialogue"
    choices = MappingProxyType({"order": ("simultaneous", "serial")})

    def __init__(self, *, rounds: int = 4, order: str = "simultaneous", latency: int = 1) -> None:
        if type(rounds) is not int or not 1 <= rounds <= 100:
            raise UsageError(f"rounds={rounds!r} is outside 1 to 100; use e.g. rounds=4")
        if type(latency) is not int or not 1 <= latency <= 100:
            raise UsageError(f"latency={latency!r} is outside 1 to 100; use latency=1 or latency=2")
        self._rounds = rounds
        self.latency = latency
        self.order = self.chosen("order", order)
        if latency > 1 and order == "serial":
            raise UsageError(
                f"latency={latency} delays what is heard at once in order=serial; "
                "use order=simultaneous"
            )

    def rounds(self, team: Team) -> Rounds:
        """Talk, then work."""
        heard = [team.log.so_far()] * self.latency
        for _ in range(self._rounds):
            turns = [team.members] if self.order == "simultaneous" else [(m,) for m in team.members]
            for actors in turns:
                sees = team.log.so_far() if self.latency == 1 else heard[-self.latency]
                yield Round(Act.SAY, actors, sees=sees)
            heard.append(team.log.so_far())
        yield Round(Act.CONTRIBUTE, team.members, sees=team.log.so_far())

    def max_calls(self, n_members: int) -> int:
        """One call a member in every round of talk, and one for its work."""
        return (self._rounds + 1) * n_members

    def sees_at_close(self, team: Team) -> View:
        """What was said, in the last round and on moves too; answers are given blind."""
        return team.log.only(m.id for m in team.log if not isinstance(m.content, Contribution))

    @property
    def parameters(self) -> dict[str, int | str]:
        """Rounds and order, and latency where there is any; `rounds` itself plays them."""
        late = {"latency": self.latency} if self.latency > 1 else {}
        return {"rounds": self._rounds, "order": self.order, **late}
