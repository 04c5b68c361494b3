"""The parameters of the synthetic world, by mechanism: one set for all models and all protocols.

Every name is a mechanism, none a protocol. The values were fitted to published figures by
`scenarios/harness/calibration/fit.py`; `calibrated.yaml` holds the same values and their source.
Shares, chances and factors are 0 to 1; log-odds any number; quality is 0 to 1. What is marked *set*
was chosen, the rest fitted within the ranges that the calibration states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ...model.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Attention:
    """How much a mind reads, and what reading costs.

    Attributes:
        span: Messages a mind reads, newest first; a count of 1 or more, set.
        dilution: Attention lost per 1000 tokens of messages, marks and memory; 0 or more.
    """

    span: int = 32
    dilution: float = 0.01


@dataclass(frozen=True, slots=True)
class Noticing:
    """Which requirements a mind becomes aware of.

    Attributes:
        base: Chance to notice a stated requirement with reasoning 0.
        reasoning: What full reasoning adds to that chance.
        hidden: Factor on the chance where the brief does not say it.
        again: Factor on the chance for every work of its own on this task: a mind rereads its own
            blind spots.
        consequence: Chance to notice what follows from others' finished work it read.
    """

    base: float = 0.1243
    reasoning: float = 0.75
    hidden: float = 0.6
    again: float = 0.5
    consequence: float = 0.4


@dataclass(frozen=True, slots=True)
class Skill:
    """How good a piece of work is before anything takes from it.

    Attributes:
        base: Log-odds of good work at difficulty 0 and reasoning 0.
        reasoning: Log-odds that full reasoning adds.
        difficulty: Log-odds that full difficulty takes; set.
        practice: Share of what its work lacks that full practice of a domain makes up; set.
    """

    base: float = 2.964
    reasoning: float = 3.0993
    difficulty: float = 2.2
    practice: float = 0.4


@dataclass(frozen=True, slots=True)
class Estimate:
    """How wrong a mind is about its own skill.

    Attributes:
        noise: Spread of the estimate with self-reflection 0, in quality.
        overconfidence: Bias of the estimate with self-reflection 0, in quality.
        swing: Half-width of what all estimates of one decision are off by together with
            self-reflection 0, in quality.
        reading: Spread of how good a work seems to its reader, with reasoning 0 (one's own: with
            self-reflection 0); full halves it, in quality; set.
    """

    noise: float = 0.1
    overconfidence: float = 0.2712
    swing: float = 0.25
    reading: float = 0.15


@dataclass(frozen=True, slots=True)
class Choice:
    """What a mind works on, and when it declines.

    Attributes:
        salience: How far the obvious draws a mind, in quality; 0 or more.
        noise: Spread of the choice with perfect instruction following, in quality; set.
        slip: Spread that missing instruction following adds, in quality.
        burden: Quality lost to directing oneself with judgement 0; falls with its square.
        threshold: Expected gain in quality, per version there is, below which a mind declines.
        capacity: Requirements one decision can work on; a count of 1 or more, set.
        yielding: Chance to give way where others announced the same.
        crowding: What giving way takes off the preference for a requirement, per announcement, in
            quality.
        deference: How far role history is taken for what others will do, in quality; set.
        plan_view: Share of what it noticed that a mind keeps in view when it lays out everything.
    """

    salience: float = 0.5316
    noise: float = 0.10
    slip: float = 0.1
    burden: float = 0.7821
    threshold: float = 0.1707
    capacity: int = 2
    yielding: float = 0.6
    crowding: float = 0.65
    deference: float = 0.3
    plan_view: float = 0.962


@dataclass(frozen=True, slots=True)
class Work:
    """What is lost and what varies while a mind works.

    Attributes:
        off_role: Factor on skill outside an assigned role.
        overload: Quality lost per further requirement in one decision.
        sloppiness: Chance of a sloppy piece of work with instruction following 0; set.
        slip: Quality lost to one sloppy piece of work.
        noise: Spread of the quality of a piece of work.
        revision: Share of what a work lacks that full skill makes up by revising it; set.
    """

    off_role: float = 0.9
    overload: float = 0.04
    sloppiness: float = 0.5
    slip: float = 0.2
    noise: float = 0.05
    revision: float = 0.25


@dataclass(frozen=True, slots=True)
class Coupling:
    """How work depends on the results of others, and suffers from conflicts.

    Attributes:
        dependence: Share of a work's quality that hangs on the results it needs.
        guess: Quality of the guess that stands in for an unseen result.
        reading: Share of a result's quality beyond the guess that reading it gives.
        uptake: Chance to build on a flawless result it needs and has read, which gives all of its
            quality; less for a worse one, none for one no better than the guess; set.
        conflict: Quality lost per conflicting side not seen.
        reconciling: Share of that loss which full reasoning saves where the other side is in view.
    """

    dependence: float = 0.9
    guess: float = 0.5168
    reading: float = 0.7571
    uptake: float = 0.1
    conflict: float = 0.5
    reconciling: float = 0.4


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters, by mechanism. Their names are `group.parameter`, as `choice.salience`."""

    attention: Attention = field(default_factory=Attention)
    noticing: Noticing = field(default_factory=Noticing)
    skill: Skill = field(default_factory=Skill)
    estimate: Estimate = field(default_factory=Estimate)
    choice: Choice = field(default_factory=Choice)
    work: Work = field(default_factory=Work)
    coupling: Coupling = field(default_factory=Coupling)

    def values(self) -> dict[str, float]:
        """Every value by its name."""
        return {
            f"{group.name}.{f.name}": getattr(getattr(self, group.name), f.name)
            for group in fields(self)
            for f in fields(getattr(self, group.name))
        }

    def changed(self, values: Mapping[str, float]) -> Parameters:
        """A copy with some values changed.

        Args:
            values: By name.

        Raises:
            UnknownNameError: There is no parameter of a name; lists the known ones.
        """
        known = self.values()
        groups: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            if name not in known:
                raise UnknownNameError("parameter", name, known)
            group, _, parameter = name.partition(".")
            groups.setdefault(group, {})[parameter] = value
        changed = {g: replace(getattr(self, g), **given) for g, given in groups.items()}
        return replace(self, **changed)


def clipped(x: float) -> float:
    """A number cut to 0..1; quicker than `min` and `max`, and asked for at every requirement.

    Args:
        x: Any number.
    """
    if x <= 0.0:
        return 0.0
    return x if x < 1.0 else 1.0


def within_unit(x: float) -> float:
    """A quality cut to 0..1 and rounded, so that records are equal on every machine.

    Args:
        x: Any number.
    """
    return round(clipped(x), 6)
