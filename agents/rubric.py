"""The rubric judge: grades synthetic work by what it delivers on the task's requirements.

It reads the structured items of synthetic contributions. Work without items (a real model's
text) it can't read, and then it gives no grades rather than guessed ones.

Let q(r) be the best quality delivered on requirement r, 0 where nothing was:

    accuracy            mean quality of the pieces delivered
    completeness        mean over requirements of q(r) delivered at all, counted full from `USABLE`
    coherence           pieces that repeat others or answer no requirement cost, and conflicts, as
                        far as the weaker of their sides is not served
    actionability       share of requirements with q(r) good enough to act on
    mission relevance   share of requirements' weight met, mandatory ones counting double

Each is a share x in 0..1 and becomes the grade 1 + 3·x^severity.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..model.errors import UsageError
from ..model.judge import CRITERIA, Judge, Submission, Verdict, judge_family
from ..model.tasks.task import Requirement

USABLE = 0.5
"""Quality from which a piece of work can be acted on."""
REPETITION = 0.5
"""What coherence loses where nothing but repeats is left; set, one for all judges."""
SEVERITY = {"gpt-4o": 1.5025, "gpt-5.4": 1.7784}
"""Severity of the paper's pilot and final judge, fitted (see `calibrated.yaml`)."""


@judge_family("rubric")
def rubric(options: str) -> Rubric:
    """The rubric judge: `rubric`, `rubric:gpt-4o` or `rubric:gpt-5.4`, and `,noise=0.2`.

    Args:
        options: What stands after the colon; the last of several severities counts.

    Raises:
        UsageError: An unknown severity or option.
    """
    severity, noise = "gpt-5.4", 0.0
    for part in filter(None, options.split(",")):
        key, equals, value = part.partition("=")
        if key == "noise" and equals:
            try:
                noise = float(value)
            except ValueError:
                raise UsageError(
                    f"judge=rubric: noise={value!r} is not a number; use e.g. 0.2"
                ) from None
        elif part in SEVERITY:
            severity = part
        else:
            known = ", ".join((*SEVERITY, "noise="))
            raise UsageError(f"judge=rubric: option {part!r} is not known; options: {known}")
    name = "rubric" + (f":{options}" if options else "")
    return Rubric(severity=SEVERITY[severity], noise=noise, name=name)


@dataclass(frozen=True, slots=True)
class Shares:
    """The five criteria as shares, 0 to 1, in the order of `CRITERIA`."""

    accuracy: float
    completeness: float
    coherence: float
    actionability: float
    mission_relevance: float


class Rubric(Judge):
    """Grades by the rubric, without noise unless asked.

    Args:
        severity: Above 1 grades harder; above 0.
        noise: Standard deviation of each grade in grade points, 0 or more.
        repetition: What coherence loses where nothing but repeats is left, 0 to 1.
        name: Shown in records.

    Raises:
        UsageError: A value outside its range.
    """

    instant = True

    def __init__(
        self,
        *,
        severity: float = SEVERITY["gpt-5.4"],
        noise: float = 0.0,
        repetition: float = REPETITION,
        name: str = "rubric",
    ) -> None:
        if not 0 < severity < math.inf:
            raise UsageError(f"severity={severity} must be above 0; use e.g. 1.8")
        if not 0 <= noise < math.inf:
            raise UsageError(f"noise={noise} must be 0 or more; use e.g. noise=0.2")
        if not 0 <= repetition <= 1:
            raise UsageError(f"repetition={repetition} is outside 0 to 1; use e.g. 0.5")
        self.repetition = repetition
        self.severity = severity
        self.noise = noise
        self.name = name

    def appraise(self, submission: Submission) -> Verdict:
        """Grade the work.

        Args:
            submission: What was delivered.

        Returns:
            Every grade None where there is work but none it can read.
        """
        task = submission.task
        pieces = [(item.requirement, item.quality) for w in submission.works for item in w.items]
        if submission.works and not pieces:
            return Verdict(reason="the work has no items that a rubric judge can read")
        shares = shares_of(task.rubric, pieces, self.repetition)
        grades = [1.0 + 3.0 * getattr(shares, c) ** self.severity for c in CRITERIA]
        if self.noise:
            draws = (
                np.random.default_rng(submission.seed).normal(0.0, self.noise, len(grades)).tolist()
            )
            grades = [g + d for g, d in zip(grades, draws, strict=True)]
        grades = [round(min(4.0, max(1.0, g)), 6) for g in grades]
        by_name = dict(zip(CRITERIA, grades, strict=True))
        return Verdict(**by_name, violations=violations(task.rubric, pieces))


def shares_of(
    rubric: tuple[Requirement, ...],
    pieces: list[tuple[str, float]],
    repetition: float = REPETITION,
) -> Shares:
    """The five criteria of some pieces of work on a rubric.

    Args:
        rubric: What was asked for; one requirement at least.
        pieces: Id of the requirement, or of none, and quality, 0 to 1.
        repetition: What coherence loses where nothing but repeats is left, 0 to 1.
    """
    if not pieces:
        return Shares(0.0, 0.0, 0.0, 0.0, 0.0)
    known = {r.id for r in rubric}
    best = {i: q for i, q in _best(pieces).items() if i in known}
    n = len(rubric)
    conflicts = {frozenset((r.id, o)) for r in rubric for o in r.conflicts_with}
    unsettled = math.fsum(1.0 - min(best.get(r, 0.0) for r in pair) for pair in conflicts)
    repeats = 1.0 - len(best) / len(pieces)
    weights = {r.id: 2.0 if r.mandatory else 1.0 for r in rubric}
    return Shares(
        accuracy=math.fsum(q for _, q in pieces) / len(pieces),
        completeness=math.fsum(min(1.0, best.get(r.id, 0.0) / USABLE) for r in rubric) / n,
        coherence=(1.0 - repetition * repeats) * (1.0 - unsettled / (len(conflicts) + 1)),
        actionability=sum(best.get(r.id, 0.0) >= USABLE for r in rubric) / n,
        mission_relevance=math.fsum(weights[i] * q for i, q in best.items())
        / math.fsum(weights.values()),
    )


def violations(rubric: tuple[Requirement, ...], pieces: list[tuple[str, float]]) -> float | None:
    """Share of mandatory requirements not met well enough to act on; None without any.

    Args:
        rubric: What was asked for.
        pieces: As for `shares_of`.
    """
    mandatory = [r.id for r in rubric if r.mandatory]
    best = _best(pieces)
    unmet = sum(best.get(i, 0.0) < USABLE for i in mandatory)
    return unmet / len(mandatory) if mandatory else None


def _best(pieces: list[tuple[str, float]]) -> dict[str, float]:
    best: dict[str, float] = {}
    for requirement, quality in pieces:
        best[requirement] = max(quality, best.get(requirement, 0.0))
    return best
