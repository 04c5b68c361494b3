"""What so many replicates could show: the difference they would find.

It rests on how much outcomes of two teams on the same task differ from task to task, which nobody
knows beforehand; the values here are usual ones, and are said with every number made from them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ..advice.race import FEWEST
from ..config.advice import AdviceConfig
from ..config.comparison import ComparisonConfig
from ..config.identity import Sweep
from ..config.run import RunConfig
from ..format import counted, number
from ..results.factors import FACTORS
from ..specs.tasks import is_scored
from ..statistics.power import detectable

GRADED_SD, SCORED_SD = 0.10, 0.35
"""Usual standard deviation of the difference of two teams on one task, in quality and in score."""
LEVEL = 0.05
FEWEST_PAIRS = 2


@dataclass(frozen=True)
class Reach:
    """What can be shown.

    Attributes:
        replicates: Seeds of every cell or arm that are played, or that the budget buys.
        sd: Assumed, of the difference on one task.
        level: Of the test of one contrast, 0 to 1, corrected for all.
        detectable: The smallest difference found with 80 % chance; None with fewer than two
            replicates.
    """

    replicates: int
    sd: float
    level: float
    detectable: float | None

    def line(self, what: str) -> str:
        """In a sentence.

        Args:
            what: Is compared, as `arms that stay to the end`.
        """
        seeds = counted(self.replicates, "seed")
        if self.detectable is None:
            return f"{seeds} of {what}: no difference can be shown with fewer than {FEWEST_PAIRS}"
        return (
            f"{seeds} of {what}: a difference of {number(self.detectable)} would be found with "
            f"80 % chance, if outcomes on the same task differ with a standard deviation of "
            f"{self.sd:g}, as is usual"
        )


def reach_of(run: RunConfig, replicates: int, contrasts: int = 1) -> Reach:
    """What replicates of paired runs can show.

    Args:
        run: One of them: its tasks, and how many.
        replicates: Of each, 0 or more.
        contrasts: That are corrected together, 1 or more.
    """
    sd = SCORED_SD if is_scored(run.tasks.source) else GRADED_SD
    level = LEVEL / max(1, contrasts)
    found = None
    if replicates >= FEWEST_PAIRS:
        (found,) = detectable([replicates], [sd / run.tasks.ticks**0.5], level)
    return Reach(replicates, sd, level, found)


def contrasts_of(config: Sweep) -> int:
    """The contrasts of the largest family of a comparison: pairs that differ in one factor.

    Args:
        config: Of the comparison or scenario.
    """
    cells = [{**c.team.labels, "level": c.tasks.level} for c in config.conditions]
    families = dict.fromkeys(FACTORS, 0)
    for one, other in combinations(cells, 2):
        differing = [f for f in FACTORS if one[f] != other[f]]
        if len(differing) == 1:
            families[differing[0]] += 1
    return max(1, *families.values())


@dataclass(frozen=True)
class Limit:
    """A limit to what is played, in dollars or calls.

    Attributes:
        each: What one replicate takes, by cell or arm.
        most: May be taken in all; None for no limit.
    """

    each: Sequence[float]
    most: float | None

    def replicates(self, most: int) -> int:
        """How many replicates of all it lets through.

        Args:
            most: Replicates asked for.
        """
        return self.after(0, len(self.each), most)

    def after(self, first: int, racing: int, most: int) -> int:
        """How many replicates it lets through where only some stay after the first ones.

        Args:
            first: Replicates of all.
            racing: How many stay, each of average cost.
            most: Replicates asked for.
        """
        whole = math.fsum(self.each)
        later = whole * racing / max(1, len(self.each))
        if self.most is None or not later:
            return most
        return min(most, first + int((self.most - first * whole) / later + 1e-9))


def comparison_lines(config: Sweep, bought: int) -> tuple[Reach, list[str]]:
    """What a comparison or scenario can show.

    Args:
        config: Its configuration.
        bought: Replicates of every cell that are played.
    """
    assert not isinstance(config, AdviceConfig)
    contrasts = contrasts_of(config) if isinstance(config, ComparisonConfig) else 1
    found = reach_of(config.base, bought, contrasts)
    return found, [found.line("every cell")]


def advice_lines(config: AdviceConfig, limits: Sequence[Limit]) -> tuple[Reach, list[str]]:
    """How far the limits let a race go.

    Args:
        config: What advice is asked for.
        limits: Of dollars and of calls, by arm.
    """
    most, arm = config.replicates, config.arms[0]
    arms = counted(len(limits[0].each), "arm")
    everyone = min(limit.replicates(most) for limit in limits)
    if everyone < FEWEST:
        said = (
            f"that is {counted(everyone, 'seed')} of all {arms}; advice needs {FEWEST}: use fewer "
            "arms, fewer --ticks, or a larger --budget, --max-calls or --replicates"
        )
        return reach_of(arm, everyone), [said]
    found = reach_of(arm, min(limit.after(FEWEST, 2, most) for limit in limits))
    return found, [
        f"all {arms} play the first {FEWEST} seeds, then those that may still be the best; without "
        f"leaving any out there would be {counted(everyone, 'seed')}",
        found.line("two arms that stay to the end"),
    ]
