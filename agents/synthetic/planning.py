"""How a synthetic mind divides the work among others."""

from __future__ import annotations

from ...model.decision import Abstention, Assignment, Plan
from .situation import Situation


def plan(situation: Situation) -> Plan | Abstention:
    """Deal out what a mind noticed, domain by domain, as evenly as the roster allows.

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
    seen = set(todo)  # chains through what it overlooked are hidden from it, too
    order = sorted(range(len(parts)), key=lambda k: max(task.depth(i, seen) for i in parts[k]))
    phase = {k: 1 + place for place, k in enumerate(order)}
    return Plan(
        tuple(
            Assignment(member, situation.role(part[0]), situation.ids(part), phase[k])
            for k, (member, part) in enumerate(zip(roster, parts, strict=False))
        )
    )
