"""Sequential: a fixed order, and free choice within it.

Members act one after another; each sees the finished work of those before it that the network
carries, and chooses its own role or abstains. The order is exogenous, everything else is
endogenous. N rounds, N calls, one after another.

Two switches take it apart. `order` is that of ids (`fixed`), drawn anew for every task (`random`),
or `dependency`: member 0 plans first, as a coordinator does, and members act by the phases that its
plan states, those without a part last; within a phase they come in random order. `roles=assigned`
binds members to the parts of such a plan, and leaves out whoever has none. So the roles are
exogenous where they are assigned, and free otherwise: then the plan decides the order and nothing
else, and no member is shown its part but the planner, who knows its own plan without being bound by
it. Nothing is known here of the task's true dependencies, only what the planner stated. A plan is
one call and one round more.

References:
    V. Dochkina, arXiv:2603.28990, where it beats a coordinator by 14 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..model.decision import Act, Assignment
from ..model.protocol import Protocol, Round, Rounds, Team
from .coordinator import planned


class Sequential(Protocol):
    """Each member sees what its predecessors finished, then decides.

    Args:
        order: `fixed` (of ids), `random` (by task) or `dependency` (as a plan states).
        roles: `free` (each chooses) or `assigned` (by a plan).
    """

    name = "sequential"
    choices = MappingProxyType(
        {"order": ("fixed", "random", "dependency"), "roles": ("free", "assigned")}
    )

    def __init__(self, *, order: str = "fixed", roles: str = "free") -> None:
        self.order = self.chosen("order", order)
        self.roles = self.chosen("roles", roles)

    def rounds(self, team: Team) -> Rounds:
        """One round per member, after the plan where one is needed."""
        plan: dict[int, Assignment] = {}
        if self._plans:
            plan = yield from planned(team.members[0])
        free = self.roles == "free"
        start = len(team.log) if free else 0  # whoever is free is shown no assignments
        for member in self._order(team, plan):
            if free or member in plan:
                sees = team.log.since(start)
                yield Round(Act.CONTRIBUTE, (member,), sees=sees, binding=not free)

    def _order(self, team: Team, plan: Mapping[int, Assignment]) -> list[int]:
        members = list(team.members)
        if self.order == "fixed":
            return members
        drawn = [members[int(i)] for i in team.rng.permutation(len(members))]
        if self.order == "random" or not plan:
            return drawn
        last = 1 + max(a.phase for a in plan.values())
        return sorted(drawn, key=lambda m: plan[m].phase if m in plan else last)

    @property
    def _plans(self) -> bool:
        return self.order == "dependency" or self.roles == "assigned"

    def max_calls(self, n_members: int) -> int:
        """One call a member, and the plan where there is one."""
        return n_members + self._plans

    @property
    def parameters(self) -> dict[str, Any]:
        """The switches that are set: without any, it is the paper's protocol."""
        return {k: v for k, v in vars(self).items() if v not in ("fixed", "free")}
