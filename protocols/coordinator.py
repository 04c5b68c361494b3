"""Coordinator: one member plans, the others do as planned.

Member 0 reads the task, gives members a role and a phase, and leaves the others out. It may give
itself a part. Then all assigned members work in parallel, each seeing its own assignment alone.
Roles and participation are exogenous. 2 rounds, at most N + 1 calls.

Against Sequential three things differ at once: what members see, the order in which they work, and
who chooses their roles. Two switches tell them apart. `sees=work` shows members the work that was
finished before theirs; `order=phases` lets the phases of the plan count: one round for each, in the
planner's order, so that there is such work. The phases are what the planner *stated*, from what it
noticed of the task; nothing else of the task's dependencies is known here. 1 + phases rounds.

The network carries assignments like any message: the coordinator can only assign its neighbours,
so on a sparse network it coordinates fewer.

References:
    V. Dochkina, arXiv:2603.28990.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from types import MappingProxyType
from typing import Any

from ..model.decision import Act, Assignment, Plan
from ..model.protocol import Protocol, Replies, Round, Rounds, Team


class Coordinator(Protocol):
    """A planner divides the work; whoever gets no assignment is excluded.

    Args:
        sees: `none`: members see their assignment alone; `work`: earlier finished work, too.
        order: `together`: all assigned members at once; `phases`: by the phases of the plan.
    """

    name = "coordinator"
    choices = MappingProxyType({"sees": ("none", "work"), "order": ("together", "phases")})

    def __init__(self, *, sees: str = "none", order: str = "together") -> None:
        self.sees = self.chosen("sees", sees)
        self.order = self.chosen("order", order)

    def rounds(self, team: Team) -> Rounds:
        """One planning round, then those assigned, in one round or in one for each phase."""
        plan = yield from planned(team.members[0])
        ids = {m.to: m.id for m in team.log if m.to is not None}
        for group in self._groups(plan):
            if self.sees == "work":
                yield Round(Act.CONTRIBUTE, group, sees=team.log.so_far())
            else:
                told = {member: team.log.only((ids[member],)) for member in group}
                yield Round(Act.CONTRIBUTE, group, sees=told)

    def _groups(self, plan: Mapping[int, Assignment]) -> list[tuple[int, ...]]:
        """Who works at once."""
        if self.order == "together":
            return [tuple(plan)] if plan else []
        phases = sorted({a.phase for a in plan.values()})
        return [tuple(m for m, a in plan.items() if a.phase == phase) for phase in phases]

    def max_calls(self, n_members: int) -> int:
        """The plan, and one call a member."""
        return n_members + 1

    @property
    def parameters(self) -> dict[str, Any]:
        """The switches that are set: without any, it is the paper's coordinator."""
        return {k: v for k, v in vars(self).items() if v not in ("none", "together")}


def planned(planner: int) -> Generator[Round, Replies, dict[int, Assignment]]:
    """Ask one member for a plan; what it assigned, by member, ascending. Nothing where it did not.

    Args:
        planner: Its id.
    """
    replies = yield Round(Act.PLAN, (planner,))
    plan = replies[planner]
    parts = plan.assignments if isinstance(plan, Plan) else ()
    return {a.member: a for a in sorted(parts, key=lambda a: a.member)}
