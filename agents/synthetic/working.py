"""What a synthetic mind makes of the requirements it chose.

quality     skill · self-direction · attention · load · readiness · consistency, and noise
revising    quality of the work it starts from + revision · what that lacks · the same
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ...model.decision import Contribution, WorkItem
from .news import News, lines
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
    """Work on some requirements, those first whose results others of them need.

    Args:
        situation: Of the mind.
        chosen: Indices of the requirements; the first gives the role where none was assigned.
    """
    competence, draws = situation.competence, situation.draws
    p, faculties = competence.parameters.work, competence.faculties
    assignment = situation.assignment
    draft = Draft()
    load = 1.0 - p.overload * (len(chosen) - 1)
    directed = competence.self_direction(assigned=assignment is not None)
    strength = directed * situation.percept.attention * load
    sloppy = (1.0 - faculties.instruction_following) * p.sloppiness
    for i in _in_order(situation, chosen):
        skill = _skill(situation, draft, i, strength)
        if draws.slip[i] < sloppy:
            skill *= 1.0 - p.slip
        draft.quality[i] = _made(situation, draft, i, skill)
    role = assignment.role if assignment is not None else situation.role(chosen[0])
    return _contribution(situation, draft, role)


def _in_order(situation: Situation, chosen: list[int]) -> list[int]:
    """Those first whose results others of them need."""
    if len(chosen) == 1:
        return chosen
    both = set(chosen)
    return sorted(chosen, key=lambda i: (situation.task.depth(i, both), i))


def _skill(situation: Situation, draft: Draft, i: int, strength: float) -> float:
    """How well it works on a requirement, before it may be sloppy."""
    competence, percept = situation.competence, situation.percept
    requirement, assignment = situation.task.requirements[i], situation.assignment
    p = competence.parameters
    skill = situation.skills[i] * strength
    if assignment is not None and not in_focus(requirement, assignment):
        skill *= p.work.off_role
    uptake = 0.0 if i in percept.done else p.coupling.uptake  # who redoes it, has its own ground
    skill *= competence.readiness([_result(situation, draft, n, uptake) for n in requirement.needs])
    if requirement.conflicts:
        known = draft.quality.keys() | percept.done.keys()
        skill *= competence.consistency(requirement, known)
    practised = dict(situation.observation.skills)
    if requirement.domain in practised:
        skill = competence.practised(skill, practised[requirement.domain])
    return skill


def _made(situation: Situation, draft: Draft, i: int, skill: float) -> float:
    """Quality of what it makes: anew, or of a work it read, where it takes that for better."""
    competence, percept = situation.competence, situation.percept
    noise = competence.parameters.work.noise * situation.draws.work[i]
    if i in percept.result:
        author = percept.author[i]
        own = author == situation.observation.member
        share = competence.revising(own=own)
        seems, base = percept.done[i], percept.result[i]
        if seems + share * (1.0 - seems) * skill > skill:
            # What was no better than a guess is corrected rather than built on.
            if not own and situation.draws.uptake[i] < competence.worth_building_on(seems):
                draft.built_on.add(author)
            return within_unit(base + share * ((1.0 - base) * skill + noise))
    return within_unit(skill + noise)


def _contribution(situation: Situation, draft: Draft, role: str) -> Contribution:
    competence, own = situation.competence, draft.quality
    bias = competence.parameters.estimate.overconfidence
    bias *= 1.0 - competence.faculties.self_reflection
    spread = competence.misreading(own=True)
    errors = situation.draws.errors(len(own))
    seems = [within_unit(q + spread * e) for q, e in zip(own.values(), errors, strict=True)]
    confidence = within_unit(math.fsum(seems) / len(seems) + bias)
    items = tuple(WorkItem(situation.task.requirements[i].id, q) for i, q in own.items())
    text = "[synthetic] " + "; ".join(f"{item.requirement}: done" for item in items)
    return Contribution(
        role, text + _news(situation, draft), tuple(sorted(draft.built_on)), confidence, items
    )


def _news(situation: Situation, draft: Draft) -> str:
    """Word of others' work, as reliably as it follows instructions."""
    percept, draws = situation.percept, situation.draws
    follows = situation.competence.faculties.instruction_following
    me, requirements = situation.observation.member, situation.task.requirements
    return lines(
        News(requirements[i].id, done, percept.author[i])
        for i, done in sorted(percept.done.items())
        if i not in draft.quality
        and percept.author[i] not in (me, NOBODY)
        and draws.relay[i] < follows
    )


def _result(situation: Situation, draft: Draft, needed: int, uptake: float) -> float:
    """Quality of a result it needs: its own, built upon, merely read, heard of, or guessed."""
    percept, competence = situation.percept, situation.competence
    if needed in draft.quality:
        return draft.quality[needed]
    if needed not in percept.result:
        return competence.expected(needed, percept.done, percept.heard)
    result, author = percept.result[needed], percept.author[needed]
    if author == situation.observation.member:
        return result
    if situation.draws.uptake[needed] < uptake * competence.worth_building_on(percept.done[needed]):
        draft.built_on.add(author)
        return result
    return competence.as_read(result)
