"""How a synthetic mind divides the work among others."""

from __future__ import annotations

from ...model.decision import Abstention, Assignment, Plan
from .situation import Situation
from .world import TaskView


def plan(situation: Situation) -> Plan | Abstention:
    """Deal out what a mind noticed, domain by domain, as evenly as the roster allows.

    Parts that wait for nothing it noticed are of phase 1, what waits for those of phase 2, and so
    on; parts of one phase could be done at once.

    Args:
        situation: Of the mind; its observation names the roster, one member at least.
    """
    task, roster = situation.task, situation.observation.roster
    p = situation.competence.parameters.choice
    todo = sorted(
        (i for i in situation.percept.noticed if situation.draws.uptake[i] < p.plan_view),
        key=lambda i: (task.domains.index(task.requirements[i].domain), i),
    )
    if not todo:
        return Abstention("I see nothing in this request to hand out.")
    each = max(1, min(p.capacity, -(-len(todo) // len(roster))))
    parts = [todo[k : k + each] for k in range(0, len(todo), each)][: len(roster)]
    depths = [max(depth_among(task, i, frozenset(todo)) for i in part) for part in parts]
    places = {depth: place for place, depth in enumerate(sorted(set(depths)), start=1)}
    return Plan(
        tuple(
            Assignment(member, situation.role(part[0]), situation.ids(part), places[depth])
            for member, part, depth in zip(roster, parts, depths, strict=False)
        )
    )


def depth_among(task: TaskView, i: int, known: frozenset[int]) -> int:
    """Longest chain of results that a requirement waits for among those a planner knows of.

    Args:
        task: As the world shows it.
        i: Index of the requirement.
        known: Indices of those that were noticed; what lies behind others is not known either.
    """
    waits = (j for j in task.requirements[i].needs if j in known)
    return 1 + max((depth_among(task, j, known) for j in waits), default=0)
