"""What a synthetic mind makes of the requirements it chose.

quality     skill · self-direction · attention · load · readiness · consistency, and noise
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ...model.decision import Contribution, WorkItem
from .parameters import within_unit
from .perception import NOBODY
from .situation import Situation, in_focus


@dataclass(slots=True)
class Draft:
    """What a mind has made at this decision so far.

    Attributes:
        quality: Of its work, 0 to 1, by requirement.
        built_on: Whose work it built on.
    """

    quality: dict[int, float] = field(default_factory=dict)
    built_on: set[int] = field(default_factory=set)


def work(situation: Situation, chosen: list[int]) -> Contribution:
    """Work on some requirements.

    Args:
        situation: Of the mind.
        chosen: Indices of the requirements; the first gives the role where none was assigned.
    """
    competence, percept, draws = situation.competence, situation.percept, situation.draws
    p, faculties = competence.parameters, competence.faculties
    assignment = situation.assignment
    draft = Draft()
    load = 1.0 - p.work.overload * (len(chosen) - 1)
    directed = competence.self_direction(assigned=assignment is not None)
    strength = directed * percept.attention * load
    sloppy = (1.0 - faculties.instruction_following) * p.work.sloppiness
    practised = dict(situation.observation.skills)
    for i in sorted(chosen):
        requirement = situation.task.requirements[i]
        skill = competence.skill(requirement) * strength
        if assignment is not None and not in_focus(requirement, assignment):
            skill *= p.work.off_role
        uptake = 0.0 if i in percept.done else p.coupling.uptake  # who redoes it, does it anew
        skill *= competence.readiness(
            [_result(situation, draft, n, uptake) for n in requirement.needs]
        )
        if requirement.conflicts:
            known = draft.quality.keys() | percept.done.keys()
            skill *= competence.consistency(requirement, known)
        if requirement.domain in practised:
            skill = competence.practised(skill, practised[requirement.domain])
        if draws.slip[i] < sloppy:
            skill *= 1.0 - p.work.slip
        draft.quality[i] = within_unit(skill + p.work.noise * draws.work[i])
    role = assignment.role if assignment is not None else situation.role(chosen[0])
    return _contribution(situation, draft, role)


def _contribution(situation: Situation, draft: Draft, role: str) -> Contribution:
    competence, own = situation.competence, draft.quality
    bias = competence.parameters.estimate.overconfidence
    blind = 1.0 - competence.faculties.self_reflection
    confidence = within_unit(math.fsum(own.values()) / len(own) + bias * blind)
    items = tuple(WorkItem(situation.task.requirements[i].id, q) for i, q in own.items())
    text = "[synthetic] " + "; ".join(f"{item.requirement}: done" for item in items)
    return Contribution(role, text, tuple(sorted(draft.built_on)), confidence, items)


def _result(situation: Situation, draft: Draft, needed: int, uptake: float) -> float:
    """Quality of a result it needs: its own, built upon, merely read, or guessed."""
    percept, competence = situation.percept, situation.competence
    if needed in draft.quality:
        return draft.quality[needed]
    if needed not in percept.done:
        return competence.parameters.coupling.guess
    done, author = percept.done[needed], percept.author[needed]
    if author == situation.observation.member:
        return done
    if author != NOBODY and situation.draws.uptake[needed] < uptake:
        draft.built_on.add(author)
        return done
    return competence.as_read(done)
