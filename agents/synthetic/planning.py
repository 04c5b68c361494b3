"""How a synthetic mind divides the work among others."""

from __future__ import annotations

from ...model.decision import Abstention, Assignment, Plan
from .situation import Situation


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
    seen = frozenset(todo)  # chains through what it overlooked are hidden from it, too
    depths = [max(task.depth(i, seen) for i in part) for part in parts]
    places = {depth: place for place, depth in enumerate(sorted(set(depths)), start=1)}
    return Plan(
        tuple(
            Assignment(member, situation.role(part[0]), situation.ids(part), places[depth])
            for member, part, depth in zip(roster, parts, depths, strict=False)
        )
    )
