"""The parameters of the synthetic world: one set for all models and all protocols.

Every name is a mechanism, none a protocol. The values were fitted to published figures by
`scenarios/harness/calibration/fit.py`; `calibrated.yaml` holds the same values and their source.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from ...model.errors import UsageError


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
    """How synthetic minds perceive, choose and work.

    Shares, chances and factors are 0 to 1; log-odds any number; what is marked *set* was chosen,
    the rest fitted (`calibrated.yaml` says how), within the ranges that the calibration states.

    Attributes:
        notice_floor: Chance to notice a stated requirement with reasoning 0.
        notice_gain: What full reasoning adds to that chance.
        notice_hidden: Factor on the chance where the brief does not say it.
        notice_again: Factor on the chance for every work of its own on this task: a mind rereads
            its own blind spots.
        notice_consequence: Chance to notice what follows from others' finished work it read.
        span: Messages a mind reads, newest first; a count of 1 or more, set.
        dilution: Attention lost per 1000 tokens of messages, marks and memory; 0 or more.
        skill_offset: Log-odds of good work at difficulty 0 and reasoning 0.
        skill_reasoning: Log-odds that full reasoning adds.
        skill_difficulty: Log-odds that full difficulty takes; set.
        estimate_noise: Spread of the estimate of its own skill with self-reflection 0, in quality.
        overconfidence: Bias of that estimate with self-reflection 0, in quality.
        mood: Half-width of the swing of all its estimates in one decision with self-reflection 0,
            in quality.
        salience_pull: How far the obvious draws a mind's choice, in quality; 0 or more.
        choice_noise: Spread of the choice with perfect instruction following, in quality; set.
        choice_slip: Spread that missing instruction following adds, in quality.
        choice_burden: Quality lost to directing oneself with judgement 0; falls with its square.
        off_role: Factor on skill outside an assigned role.
        practice: Share of what its work lacks that full practice of a domain makes up; set.
        worth: Expected gain in quality, per version there is, below which a mind declines.
        capacity: Requirements one decision can work on; a count of 1 or more, set.
        overload: Quality lost per further requirement in one decision.
        need_weight: Share of a work's quality that hangs on the results it needs.
        blind_guess: Worth of the guess that stands in for an unseen result, in quality.
        heed: Share of a result's worth beyond the guess that reading it gives.
        uptake: Chance to build on a result it needs and has read, which gives all of its worth.
        conflict_loss: Quality lost per conflicting side not seen.
        reconcile: Share of that loss which full reasoning saves where the other side is in view.
        sloppiness: Chance of a sloppy piece of work with instruction following 0; set.
        slip: Quality lost to one sloppy piece of work.
        yielding: Chance to give way where others announced the same.
        crowding: What giving way takes off the wish to work there, per announcement, in quality.
        deference: How far role history is taken for what others will do, in quality; set.
        plan_view: Share of what it noticed that a mind keeps in view when it lays out everything.
        work_noise: Spread of the quality of a piece of work.
    """

    notice_floor: float = 0.2392
    notice_gain: float = 0.7605
    notice_hidden: float = 0.6662
    notice_again: float = 0.4782
    notice_consequence: float = 0.4157
    span: int = 32
    dilution: float = 0.0092
    skill_offset: float = 2.2523
    skill_reasoning: float = 3.6262
    skill_difficulty: float = 2.2
    estimate_noise: float = 0.0728
    overconfidence: float = 0.2019
    mood: float = 0.2458
    salience_pull: float = 0.9813
    choice_noise: float = 0.10
    choice_slip: float = 0.0789
    choice_burden: float = 0.7419
    off_role: float = 0.8833
    practice: float = 0.4
    worth: float = 0.0631
    capacity: int = 2
    overload: float = 0.0406
    need_weight: float = 0.9223
    blind_guess: float = 0.4957
    heed: float = 0.7674
    uptake: float = 0.0477
    conflict_loss: float = 0.313
    reconcile: float = 0.3604
    sloppiness: float = 0.5
    slip: float = 0.1666
    yielding: float = 0.5945
    crowding: float = 0.6507
    deference: float = 0.3
    plan_view: float = 0.9744
    work_noise: float = 0.0447


def within_unit(x: float) -> float:
    """x cut to 0..1 and rounded, so that records are equal on every machine."""
    return round(min(1.0, max(0.0, x)), 6)
