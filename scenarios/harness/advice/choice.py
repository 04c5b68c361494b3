"""What a race comes to: use one arm, one of several that are as good, or undecided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .race import Race

ALIKE = 1.01
"""Costs up to this many times the cheapest's are the same."""
LIKELY = 0.5
"""An arm more likely than not within the margin of the best ties with it."""


class Verdict(StrEnum):
    """What advice says."""

    USE = "use"
    TIE = "tie"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Choice:
    """What a race comes to.

    Attributes:
        verdict: `use` one arm, a `tie` of several, or `undecided`.
        arm: The index of the chosen arm: the cheapest of those that are surely within the margin of
            the best, where several cost the same the smallest; where it is undecided, the one most
            likely to be. None where nothing was measured.
        tied: Indices of all arms that are more likely than not within the margin, `arm` among them,
            the likeliest first.
    """

    verdict: Verdict
    arm: int | None
    tied: tuple[int, ...] = ()


def choose(race: Race, members: Sequence[int] = ()) -> Choice:
    """What a race comes to as it stands.

    Args:
        race: Played as far as it came.
        members: By arm: how many work, 1 or more; empty where that doesn't matter.
    """
    found = race.standing()
    if found is None:
        return Choice(Verdict.UNDECIDED, None)
    order = np.argsort(-found.p_close, kind="stable")
    likely = [found.arms[k] for k in order if found.p_close[k] >= LIKELY] or [found.arms[order[0]]]
    if len(race.left) > 1 and not race.decided(found):
        return Choice(Verdict.UNDECIDED, likely[0], tuple(likely))
    sure = [found.arms[k] for k in order if found.p_close[k] >= race.rule.sure] or likely[:1]
    most = ALIKE * min(_cost(race, arm) for arm in sure)
    cheap = [arm for arm in sure if _cost(race, arm) <= most]
    chosen = min(cheap, key=lambda arm: members[arm]) if members else cheap[0]
    return Choice(Verdict.USE if likely == [chosen] else Verdict.TIE, chosen, tuple(likely))


def _cost(race: Race, arm: int) -> float:
    """Mean cost; unknown is dearest."""
    known = race.costs[arm][np.isfinite(race.costs[arm])]
    return float(known.mean()) if len(known) else float("inf")
