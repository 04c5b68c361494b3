"""Coordinator: one member plans, the others do as planned.

Member 0 reads the task, gives members a role and a phase, and leaves the others out. It may give
itself a part. Then all assigned members work in parallel, each seeing its own assignment alone.
Roles and participation are exogenous. 2 rounds, at most N + 1 calls.

The network carries assignments like any message: the coordinator can only assign its neighbours,
so on a sparse network it coordinates fewer.

References:
    V. Dochkina, arXiv:2603.28990.
"""

from __future__ import annotations

from ..model.decision import Act, Plan
from ..model.protocol import Protocol, Round, Rounds, Team


class Coordinator(Protocol):
    """A planner divides the work; whoever gets no assignment is excluded."""

    name = "coordinator"

    def rounds(self, team: Team) -> Rounds:
        """One planning round, then one parallel round of those assigned."""
        planner = team.members[0]
        replies = yield Round(Act.PLAN, (planner,))
        plan = replies[planner]
        if not isinstance(plan, Plan) or not plan.assignments:
            return
        assigned = tuple(sorted(a.member for a in plan.assignments))
        ids = {m.to: m.id for m in team.log if m.to is not None}
        sees = {member: team.log.only((ids[member],)) for member in assigned}
        yield Round(Act.CONTRIBUTE, assigned, sees=sees)

    def max_calls(self, n_members: int) -> int:
        """The plan, and one call a member."""
        return n_members + 1
