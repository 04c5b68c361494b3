"""What was expected against what was found, judged by intervals and never by eye.

A claim is held where its whole 95 % interval agrees with it, refuted where the whole interval
speaks against it, and undecided in between: more seeds may decide it. With fewer seeds than
`compare` concludes from nothing is decided here either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..format import counted, number
from .evidence import RULE
from .intervals import Bounds
from .samples import Sample

FEWEST_SEEDS = RULE.fewest_pairs
"""Seeds below which a claim stays undecided."""


class Status(StrEnum):
    """What the outcome of a claim rests on."""

    ASSUMED = "assumed"  # built into the synthetic minds
    FITTED = "fitted"  # their parameters were chosen to give it
    PREDICTED = "predicted"  # neither: it could have come out otherwise
    MEASURED = "measured"  # no synthetic mind had a part in it


@dataclass(frozen=True)
class Basis:
    """What the outcome of a claim rests on, and where that is written.

    Attributes:
        status: One of four.
        source: A term of the loss, a parameter, a section of a paper or a reason, in words.
    """

    status: Status
    source: str

    def __str__(self) -> str:
        return f"{self.status}: {self.source}" if self.source else str(self.status)


MEASURED = Basis(Status.MEASURED, "")


def assumed(source: str) -> Basis:
    """A claim whose outcome is built into the synthetic minds.

    Args:
        source: The parameter or rule that decides it.
    """
    return Basis(Status.ASSUMED, source)


def fitted(source: str) -> Basis:
    """A claim that synthetic minds were fitted to fulfil.

    Args:
        source: The term of the loss.
    """
    return Basis(Status.FITTED, source)


def predicted(source: str) -> Basis:
    """A claim that could have come out otherwise.

    Args:
        source: Where it is published, or why it is expected.
    """
    return Basis(Status.PREDICTED, source)


class Support(StrEnum):
    """How a claim fared."""

    HELD = "held"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Finding:
    """One claim of an expectation and what the runs say to it.

    Attributes:
        claim: In words, with the bound it was judged by.
        support: By the interval.
        estimate: Mean over seeds; None where nothing was measured.
        ci95: Its interval; None with fewer than two seeds.
        n: Seeds.
        basis: What its outcome rests on; None where its author doesn't say.
        tasks: Different tasks that the interval takes as a sample, too; 0 where it is one over
            seeds alone.
    """

    claim: str
    support: Support
    estimate: float | None = None
    ci95: Bounds | None = None
    n: int = 0
    basis: Basis | None = None
    tasks: int = 0

    def line(self) -> str:
        """For people."""
        said = f"{self.support}: {self.claim} ({self._seen()})"
        return said if self.basis is None else f"{said}; {self.basis}"

    def _seen(self) -> str:
        if self.estimate is None:
            return "not measured"
        low_high = "no interval" if self.ci95 is None else f"95 % interval {_span(self.ci95)}"
        seeds = counted(self.n, "seed")
        if self.tasks:
            seeds += f" and {counted(self.tasks, 'task')}"
        if self.ci95 is not None and self.n < FEWEST_SEEDS:
            seeds += f", of {FEWEST_SEEDS} that it takes to conclude"
        return f"{number(self.estimate)}, {low_high}, {seeds}"

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "claim": self.claim,
            "verdict": str(self.support),
            "estimate": self.estimate,
            "ci95": None if self.ci95 is None else list(self.ci95),
            "n": self.n,
            "tasks": self.tasks or None,
            "status": None if self.basis is None else str(self.basis.status),
            "source": "" if self.basis is None else self.basis.source,
            "line": self.line(),
        }


def above(claim: str, sample: Sample, bound: float = 0.0, *, basis: Basis | None = None) -> Finding:
    """Judge that a mean lies above a bound.

    Args:
        claim: In words, with the bound.
        sample: Whose mean.
        bound: In the sample's unit.
        basis: What its outcome rests on.
    """
    return between(claim, sample, bound, math.inf, basis=basis)


def below(claim: str, sample: Sample, bound: float = 0.0, *, basis: Basis | None = None) -> Finding:
    """Judge that a mean lies below a bound.

    Args:
        claim: In words, with the bound.
        sample: Whose mean.
        bound: In the sample's unit.
        basis: What its outcome rests on.
    """
    return between(claim, sample, -math.inf, bound, basis=basis)


def between(
    claim: str, sample: Sample, low: float, high: float, *, basis: Basis | None = None
) -> Finding:
    """Judge that a mean lies between two bounds; with a narrow band around 0, that it is no effect.

    Args:
        claim: In words, with the bounds.
        sample: Whose mean.
        low: In the sample's unit.
        high: Above it.
        basis: What its outcome rests on.

    References:
        D. Lakens, "Equivalence tests", Social Psychological and Personality Science, 2017.
    """
    bounds, n = sample.bounds, len(sample)
    support = supported(bounds if n >= FEWEST_SEEDS else None, low, high)
    return Finding(claim, support, sample.mean, bounds, n, basis)


def supported(bounds: Bounds | None, low: float, high: float) -> Support:
    """What an interval says to the claim that the truth lies between two bounds.

    Args:
        bounds: The interval of the estimate; None where there is none.
        low: Lower bound of the claim, -inf for none.
        high: Upper bound, inf for none.
    """
    if bounds is None:
        return Support.UNDECIDED
    if low <= bounds[0] and bounds[1] <= high and low < bounds[1] and bounds[0] < high:
        return Support.HELD
    refuted = bounds[1] <= low or bounds[0] >= high
    return Support.REFUTED if refuted else Support.UNDECIDED


def overall(findings: Sequence[Finding]) -> Support:
    """Refuted where any claim is, held where all are.

    Args:
        findings: Of all claims; none at all are undecided.
    """
    said = {f.support for f in findings}
    if Support.REFUTED in said:
        return Support.REFUTED
    return Support.HELD if said == {Support.HELD} else Support.UNDECIDED


def _span(bounds: Bounds) -> str:
    return f"{number(bounds[0])} to {number(bounds[1])}"
