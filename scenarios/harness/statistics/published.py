"""Published figures beside ours: value, interval, difference, and whether it was fitted.

A figure that the synthetic minds were fitted to says how good the fit is. One that was not is a
prediction and says how good the mechanism is. They are never mixed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..format import number
from .findings import FEWEST_SEEDS, Basis, Finding, Status, Support
from .intervals import Bounds
from .samples import Sample

HEAD = ["figure", "published", "ours [95 % interval]", "difference", "agrees", "kind"]


NARROW = 0.1
"""Half an interval, as a share of the published value, above which it would agree with anything."""


NEAR = 0.02
"""On a scale of 0 to 1: as close as one can ask of a value published without its own error."""


class Origin(StrEnum):
    """Where our number comes from."""

    FITTED = "fitted"  # the synthetic minds' parameters were chosen to give it
    FOLLOWS = "follows from fitted"  # arithmetic on fitted figures
    PREDICTION = "prediction"
    INPUT = "input"  # set, as a price is
    ASSUMED = "assumed"  # built into the synthetic minds


@dataclass(frozen=True)
class Claim:
    """One figure of a publication beside ours.

    Attributes:
        section: The table it stands in.
        name: What it is.
        low: The published value, or the lower end of a published range.
        high: Its upper end; equal to `low` for a value.
        ours: Mean over seeds, or the one number there is; None where it was not measured.
        ci95: Its interval, where there are seeds enough.
        origin: Where ours comes from.
        by_seed: Ours, where there are seeds.
    """

    section: str
    name: str
    low: float
    high: float
    ours: float | None
    ci95: Bounds | None
    origin: Origin
    by_seed: tuple[float, ...] = ()

    @classmethod
    def of(
        cls,
        section: str,
        name: str,
        published: float | tuple[float, float],
        ours: Sample | float | None,
        origin: Origin = Origin.PREDICTION,
    ) -> Claim:
        """A claim from a value or a range, and a sample or a number.

        Args:
            section: The table it stands in.
            name: What it is.
            published: A value, or the ends of a range.
            ours: None where it was not measured.
            origin: Where ours comes from.
        """
        low, high = published if isinstance(published, tuple) else (published, published)
        if isinstance(ours, Sample):
            by_seed = tuple(ours.values.values())
            return cls(section, name, low, high, ours.mean, ours.bounds, origin, by_seed)
        return cls(section, name, low, high, ours, None, origin)

    @property
    def difference(self) -> float | None:
        """Ours minus the published, 0 within a range; None where not measured."""
        if self.ours is None:
            return None
        return self.ours - min(max(self.ours, self.low), self.high)

    @property
    def agrees(self) -> bool | None:
        """Whether it agrees with the published value or range; None where that is open.

        A value agrees where it lies in our interval, and the interval is narrow enough to have
        missed it. A range agrees where our whole interval lies in it, and doesn't where all of it
        lies outside. Without an interval, our mean decides on ranges, and nothing on values.
        """
        if self.ours is None:
            return None
        low, high = self.ci95 if self.ci95 is not None else (self.ours, self.ours)
        if self.low < self.high:
            if high < self.low or low > self.high:
                return False
            return True if self.low <= low and high <= self.high else None
        if self.ci95 is None:
            return None
        if not low <= self.low <= high:
            return False
        return True if (high - low) / 2 <= NARROW * abs(self.low) else None

    @property
    def near(self) -> bool:
        """Whether a value of 0 to 1 is met within `NEAR`, whatever the intervals."""
        return self.difference is not None and _is_share(self) and abs(self.difference) <= NEAR

    def finding(self) -> Finding:
        """The same as a finding: held where it agrees, refuted where it doesn't, else undecided.

        Without an interval a value within `NARROW` of the published one is undecided, one farther
        off refuted.
        """
        agrees = self.agrees
        if agrees is None and self.ours is not None and self.ci95 is None:
            far = self.low == self.high and not self.near
            if far and abs(self.ours - self.low) > NARROW * abs(self.low):
                agrees = False
        few = self.ci95 is not None and len(self.by_seed) < FEWEST_SEEDS
        said = Support.UNDECIDED if few or agrees is None else _SUPPORT[agrees]
        claim = f"published {self._published()}: {self.name}"
        n = len(self.by_seed)
        return Finding(claim, said, self.ours, self.ci95, n, _BASIS[self.origin])

    def line(self) -> list[str]:
        """Texts under `HEAD`."""
        bounds = ""
        if self.ci95 is not None:
            bounds = f" [{number(self.ci95[0])}, {number(self.ci95[1])}]"
        gap = self.difference
        off = "–" if gap is None else "0" if abs(gap) < 0.0005 else f"{gap:+,.3f}"
        off = f"{gap:+,.0f}" if gap is not None and abs(gap) >= 10 else off
        undecided = "open" if self.ci95 is not None else "–"
        missed = "near" if self.near else "no"
        said = {True: "yes", False: missed, None: undecided}[self.agrees]
        return [self.name, self._published(), number(self.ours) + bounds, off, said, self.origin]

    def _published(self) -> str:
        if self.low == self.high:
            return number(self.low)
        if math.isinf(self.high):
            return f"above {self.low:g}"
        if math.isinf(self.low):
            return f"below {self.high:g}"
        return f"{self.low:g} to {self.high:g}"


_SUPPORT = {True: Support.HELD, False: Support.REFUTED}
_BASIS = {
    Origin.FITTED: Basis(Status.FITTED, "a term of the loss"),
    Origin.FOLLOWS: Basis(Status.FITTED, "follows from terms of the loss"),
    Origin.PREDICTION: Basis(Status.PREDICTED, "arXiv:2603.28990; not in the loss"),
    Origin.INPUT: Basis(Status.ASSUMED, "set, as prices are"),
    Origin.ASSUMED: Basis(Status.ASSUMED, "built into the synthetic minds"),
}


def summary(claims: Sequence[Claim]) -> list[str]:
    """How far off fitted figures and predictions are, in a sentence each.

    Args:
        claims: Of any origin.
    """
    said = []
    for origin in (Origin.FITTED, Origin.PREDICTION):
        some = [c for c in claims if c.origin is origin]
        gaps = [c.difference for c in some if c.difference is not None and _is_share(c)]
        told = [c.agrees for c in some if c.agrees is not None]
        if not some:
            continue
        line = f"{len(some)} {'fitted figures' if origin is Origin.FITTED else 'predictions'}"
        if told:
            line += f": {sum(told)} agree, {len(told) - sum(told)} don't, by intervals"
        if gaps:
            rmse = math.sqrt(math.fsum(g * g for g in gaps) / len(gaps))
            close = sum(c.near for c in some)
            line += f"; {close} of {len(gaps)} values of 0 to 1 are within {NEAR}"
            line += f", their root mean square error is {rmse:.3f}"
        unsaid = sum(c.agrees is None for c in some)
        said.append(line + (f"; {unsaid} can't be told" if unsaid else ""))
    return said


def _is_share(claim: Claim) -> bool:
    """Whether it is a value from 0 to 1, and no count, range or effect size."""
    return claim.low == claim.high and 0 <= claim.low <= 1


def sections(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """Claims by table, in their order.

    Args:
        claims: Of any table.
    """
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.section, []).append(claim)
    return found
