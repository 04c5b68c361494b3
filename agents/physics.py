"""The parameters of the synthetic world: one set for all models and all protocols.

Every name is a mechanism, none a protocol. Values here are a first, uncalibrated choice.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from ..model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Faculties:
    """What makes one model differ from another, each 0 to 1.

    Attributes:
        reasoning: Depth: what it notices and how well it works.
        self_reflection: How well it knows what it can't do.
        instruction_following: How reliably it does what it decided, and what it was told.
    """

    reasoning: float
    self_reflection: float
    instruction_following: float

    def __post_init__(self) -> None:
        for f in fields(self):
            if not 0 <= getattr(self, f.name) <= 1:
                raise UsageError(f"{f.name}={getattr(self, f.name)} is outside 0 to 1")

    @property
    def judgement(self) -> float:
        """The mean of the three: how well it directs itself."""
        return (self.reasoning + self.self_reflection + self.instruction_following) / 3


@dataclass(frozen=True, slots=True)
class Physics:
    """How synthetic minds perceive, choose and work. Shares and factors are 0 to 1.

    Attributes:
        notice_floor: Chance to notice a stated requirement with reasoning 0.
        notice_gain: What full reasoning adds to that chance.
        notice_hidden: Factor on the chance where the brief does not say it.
        notice_again: Factor on the chance for a mind that has worked on this task before: it
            rereads its own blind spots.
        notice_consequence: Chance to notice what follows from others' finished work it read.
        span: Messages a mind reads, newest first.
        dilution: Attention lost per message read.
        skill_offset: Log-odds of good work at difficulty 0 and reasoning 0.
        skill_reasoning: Log-odds that full reasoning adds.
        skill_difficulty: Log-odds that full difficulty takes.
        estimate_noise: Spread of the estimate of its own skill with self-reflection 0.
        overconfidence: Bias of that estimate with self-reflection 0.
        salience_pull: How far the obvious draws a mind's choice.
        choice_noise: Spread of the choice with perfect instruction following.
        choice_slip: Spread that missing instruction following adds.
        choice_burden: Quality lost to directing oneself with judgement 0.
        off_role: Factor on skill outside an assigned role.
        practice: Share of what it lacks in skill that full practice of a domain makes up.
        worth: Expected gain below which a mind declines.
        capacity: Requirements one decision can work on.
        overload: Quality lost per further requirement in one decision.
        need_weight: Share of a work's quality that hangs on the results it needs.
        blind_guess: What an unseen result is replaced with.
        uptake: Chance to use a result that is there to read.
        conflict_loss: Quality lost per conflicting side not seen.
        sloppiness: Chance of a sloppy piece of work with instruction following 0.
        slip: Quality lost to one sloppy piece of work.
        yielding: Chance to give way where others announced the same.
        crowding: What giving way takes off the wish to work there, per announcement.
        deference: How far role history is taken for what others will do.
        work_noise: Spread of the quality of a piece of work.
    """

    notice_floor: float = 0.35
    notice_gain: float = 0.5
    notice_hidden: float = 0.45
    notice_again: float = 0.35
    notice_consequence: float = 0.35
    span: int = 32
    dilution: float = 0.006
    skill_offset: float = 0.6
    skill_reasoning: float = 2.6
    skill_difficulty: float = 2.2
    estimate_noise: float = 0.25
    overconfidence: float = 0.3
    salience_pull: float = 0.5
    choice_noise: float = 0.10
    choice_slip: float = 0.35
    choice_burden: float = 0.45
    off_role: float = 0.8
    practice: float = 0.4
    worth: float = 0.12
    capacity: int = 3
    overload: float = 0.05
    need_weight: float = 0.5
    blind_guess: float = 0.35
    uptake: float = 0.6
    conflict_loss: float = 0.2
    sloppiness: float = 0.5
    slip: float = 0.3
    yielding: float = 0.6
    crowding: float = 0.5
    deference: float = 0.3
    work_noise: float = 0.06


def within_unit(x: float) -> float:
    """x cut to 0..1 and rounded, so that records are equal on every machine."""
    return round(min(1.0, max(0.0, x)), 6)
