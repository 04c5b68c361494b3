"""What a synthetic mind works on: where it expects to gain most, or nothing at all.

estimate    skill · attention · self-direction · readiness · consistency
            + (overconfidence + noise + swing) · (1 - reflection)
gain        of doing it anew, estimate - quality of the best work on it, or of revising that
            work, revision · (1 - quality) · estimate: the larger, / versions it read
choose      by gain, drawn towards the salient, away from what others announced
decline     if the best gain is below a threshold
"""

from __future__ import annotations

from typing import NamedTuple

from .parameters import clipped
from .situation import Situation, in_focus


class Option(NamedTuple):
    """Working on one requirement.

    Attributes:
        gain: Quality that the mind expects to add, per version there is.
        preference: How much it wants to, in quality.
    """

    gain: float
    preference: float


def choose(situation: Situation) -> list[int]:
    """The requirements a mind will work on, the first giving the role; empty if it declines.

    Args:
        situation: Of the mind.
    """
    task, noticed = situation.task, situation.percept.noticed
    parameters = situation.competence.parameters
    assignment = situation.assignment
    if assignment is None:
        return _select(situation, _options(situation, noticed, 1.0))
    named = [task.index[x] for x in assignment.focus if x in task.index]
    if named:
        return named[: parameters.choice.capacity]
    told = [i for i in noticed if in_focus(task.requirements[i], assignment)]
    if told:
        return _select(situation, _options(situation, told, 1.0))
    return _select(situation, _options(situation, noticed, parameters.work.off_role))


def _options(situation: Situation, indices: list[int], factor: float) -> dict[int, Option]:
    """What a mind thinks of working on each requirement; the factor is one on its skill."""
    competence, percept, draws = situation.competence, situation.percept, situation.draws
    p = competence.parameters.choice
    bias, noise = _misjudgement(situation)
    spread = p.noise + p.slip * (1.0 - competence.faculties.instruction_following)
    gives_way = bool(percept.announced) and draws.yielding < p.yielding
    factor *= percept.attention * competence.self_direction(
        assigned=situation.assignment is not None
    )
    practised = dict(situation.observation.skills)
    known, versions, history = percept.done, percept.versions, percept.role_history
    requirements, skills = situation.task.requirements, situation.skills
    by_itself, by_others = competence.revising(own=True), competence.revising(own=False)
    errors, tastes, salience = draws.estimate, draws.choice, p.salience
    options: dict[int, Option] = {}
    for i in indices:
        requirement = requirements[i]
        skill = skills[i] * factor
        if requirement.needs:
            skill *= competence.readiness(
                [competence.expected(n, known, percept.heard) for n in requirement.needs]
            )
        if requirement.conflicts:
            skill *= competence.consistency(requirement, known)
        if requirement.domain in practised:
            skill = competence.practised(skill, practised[requirement.domain])
        done = known.get(i, 0.0)
        estimate = clipped(skill + bias + noise * errors[i])
        gain = estimate - done if estimate > done else 0.0
        if i in percept.result:
            own = percept.author[i] == situation.observation.member
            revised = (by_itself if own else by_others) * (1.0 - done) * estimate
            gain = max(gain, revised)
        if i in versions:
            gain /= versions[i]
        preference = gain + salience * requirement.salience * (1.0 - done) + spread * tastes[i]
        if gives_way and i in percept.announced:
            preference -= p.crowding * percept.announced[i]
        if history:
            preference -= p.deference * history.get(requirement.domain, 0.0)
        options[i] = Option(gain, preference)
    return options


def _misjudgement(situation: Situation) -> tuple[float, float]:
    """Bias and spread of a mind's estimates of its own skill at this decision."""
    p = situation.competence.parameters.estimate
    blind = 1.0 - situation.competence.faculties.self_reflection
    bias = blind * (p.overconfidence + p.swing * (2.0 * situation.draws.swing - 1.0))
    return bias, blind * p.noise


def _select(situation: Situation, options: dict[int, Option]) -> list[int]:
    """The preferred of those that gain enough, and more of its domain."""
    p = situation.competence.parameters.choice
    able = sorted((-pull, i) for i, (gain, pull) in options.items() if gain >= p.threshold)
    if not able:
        return []
    requirements = situation.task.requirements
    first, *others = [i for _, i in able]
    domain = requirements[first].domain
    rest = [i for i in others if requirements[i].domain == domain]
    return [first, *rest[: p.capacity - 1]]
