"""What was expected against what was found, judged by intervals and never by eye.

A claim is held where its whole 95 % interval agrees with it, refuted where the whole interval
speaks against it, and undecided in between: more seeds may decide it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..format import number
from .samples import Sample


class Verdict(StrEnum):
    """How a claim fared."""

    HELD = "held"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Finding:
    """One claim of an expectation and what the runs say to it.

    Attributes:
        claim: In words, with the bound it was judged by.
        verdict: By the interval.
        estimate: Mean over seeds; None where nothing was measured.
        ci95: Its interval; None with fewer than two seeds.
        n: Seeds.
    """

    claim: str
    verdict: Verdict
    estimate: float | None = None
    ci95: tuple[float, float] | None = None
    n: int = 0

    def line(self) -> str:
        """For people."""
        if self.estimate is None:
            return f"{self.verdict}: {self.claim} (not measured)"
        low_high = "no interval" if self.ci95 is None else f"95 % interval {_span(self.ci95)}"
        seeds = f"{self.n} seed{'s' * (self.n != 1)}"
        return f"{self.verdict}: {self.claim} ({number(self.estimate)}, {low_high}, {seeds})"

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "claim": self.claim,
            "verdict": str(self.verdict),
            "estimate": self.estimate,
            "ci95": None if self.ci95 is None else list(self.ci95),
            "n": self.n,
            "line": self.line(),
        }


def above(claim: str, sample: Sample, bound: float = 0.0) -> Finding:
    """Judge that a mean lies above a bound."""
    return between(claim, sample, bound, math.inf)


def below(claim: str, sample: Sample, bound: float = 0.0) -> Finding:
    """Judge that a mean lies below a bound."""
    return between(claim, sample, -math.inf, bound)


def between(claim: str, sample: Sample, low: float, high: float) -> Finding:
    """Judge that a mean lies between two bounds; with a narrow band around 0, that it is no effect.

    References:
        D. Lakens, "Equivalence tests", Social Psychological and Personality Science, 2017.
    """
    bounds = sample.bounds
    if bounds is None:
        return Finding(claim, Verdict.UNDECIDED, sample.mean, None, len(sample))
    if low <= bounds[0] and bounds[1] <= high and (low < bounds[1] and bounds[0] < high):
        verdict = Verdict.HELD
    elif bounds[1] <= low or bounds[0] >= high:
        verdict = Verdict.REFUTED
    else:
        verdict = Verdict.UNDECIDED
    return Finding(claim, verdict, sample.mean, bounds, len(sample))


def overall(findings: Sequence[Finding]) -> Verdict:
    """Refuted where any claim is, held where all are."""
    said = {f.verdict for f in findings}
    if Verdict.REFUTED in said:
        return Verdict.REFUTED
    return Verdict.HELD if said == {Verdict.HELD} else Verdict.UNDECIDED


def _span(bounds: tuple[float, float]) -> str:
    return f"{number(bounds[0])} to {number(bounds[1])}"
