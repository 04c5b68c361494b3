"""An A/B test of a protocol's parameter, run by the organization on its own ticks.

Ticks come in blocks; in each block every candidate value plays one tick, in an order drawn by
seed, so that drift of the tasks hits all alike. The stopping rule is fixed before the first tick:

    after every `every` blocks, up to `looks` times, each challenger is compared with the value in
    force by Welch's t test of the measure. It replaces it if p < alpha / (looks · challengers)
    and its mean is better; of several the one with the best mean. After the last look the value
    in force stays.

Dividing alpha over looks and challengers (Bonferroni) keeps the chance of any change without a
true difference at most alpha, however often it looks.

References:
    B. L. Welch, Biometrika 34, 1947; P. Armitage, C. McPherson & B. Rowe, "Repeated significance
    tests on accumulating data", 1969, on why the division is needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import UsageError
from ..randomness import Purpose, Streams


@dataclass(frozen=True, slots=True)
class Tuning:
    """A parameter to try values of, and when to stop.

    Attributes:
        parameter: Of the protocol.
        values: As users type them; the first is in force until another wins.
        measure: What decides; higher is better.
        every: Blocks between two looks at the results.
        looks: Looks at most.
        alpha: Chance of changing without a true difference, at most.
    """

    parameter: str
    values: tuple[str, ...]
    measure: str = "quality"
    every: int = 4
    looks: int = 3
    alpha: float = 0.05

    def __post_init__(self) -> None:
        if len(set(self.values)) < 2 or len(set(self.values)) < len(self.values):
            given = "/".join(self.values)
            raise UsageError(f"tune={self.parameter}={given}: give two or more values, each once")
        if self.every < 2:
            raise UsageError(f"every={self.every} is below 2; use 2 or more blocks between looks")
        if self.looks < 1:
            raise UsageError(f"looks={self.looks} is below 1; use 1 or more")
        if not 0 < self.alpha < 1:
            raise UsageError(f"alpha={self.alpha} is outside 0 to 1; use e.g. alpha=0.05")

    @property
    def rule(self) -> str:
        """The stopping rule in words."""
        least = self.alpha / (self.looks * (len(self.values) - 1))
        return (
            f"each of {self.parameter}={'/'.join(self.values)} plays one tick of each block; "
            f"after every {self.every} blocks, at most {self.looks} times, a challenger replaces "
            f"{self.values[0]} if its {self.measure} is higher with p < {least:.4g} (Welch)"
        )


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a trial ended.

    Attributes:
        winner: The value in force from now on.
        reason: With the numbers that decided.
    """

    winner: str
    reason: str


class Trial:
    """One trial as it runs: which value plays which tick, and whether it is over.

    Args:
        tuning: What is tried, and when to stop.
        start: Its first tick.
        streams: Draws the order in each block.
    """

    def __init__(self, tuning: Tuning, start: int, streams: Streams) -> None:
        self.tuning = tuning
        self.start = start
        self._streams = streams
        self._seen: list[float | None] = []

    def value_at(self, tick: int) -> str:
        """The value that plays a tick, counted from 0 over the whole run.

        Args:
            tick: From 0 over the whole run, from the trial's start on.
        """
        values = self.tuning.values
        block, place = divmod(tick - self.start, len(values))
        rng = self._streams.generator(Purpose.TRIAL, self.start, block)
        return values[int(rng.permutation(len(values))[place])]

    def take_in(self, measured: float | None) -> TrialResult | None:
        """Take in the next tick's measure; the result, if this was the last one needed.

        Args:
            measured: Of the next tick; None where it was not measured.
        """
        self._seen.append(measured)
        tuning = self.tuning
        per_look = tuning.every * len(tuning.values)
        look, rest = divmod(len(self._seen), per_look)
        if rest:
            return None
        found = self._look()
        if found is not None:
            return found
        if look < tuning.looks:
            return None
        return TrialResult(
            tuning.values[0], f"no challenger was better after {len(self._seen)} ticks"
        )

    def _look(self) -> TrialResult | None:
        arms: dict[str, list[float]] = {v: [] for v in self.tuning.values}
        for k, measured in enumerate(self._seen):
            if measured is not None:
                arms[self.value_at(self.start + k)].append(measured)
        incumbent, *challengers = self.tuning.values
        least = self.tuning.alpha / (self.tuning.looks * len(challengers))
        better: list[tuple[float, str, float]] = []
        for value in challengers:
            gain, p = welch(arms[value], arms[incumbent])
            if gain > 0 and p < least:
                better.append((gain, value, p))
        if not better:
            return None
        gain, value, p = max(better)
        return TrialResult(
            value,
            f"{self.tuning.parameter}={value} beats {incumbent} by {gain:.3f} "
            f"{self.tuning.measure} (p = {p:.2g}, n = {len(arms[value])} and "
            f"{len(arms[incumbent])})",
        )


def welch(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Difference of the means, and p of Welch's t test; p = 1 where it is undefined.

    Args:
        first: Values of one sample.
        second: Values of the other.
    """
    if len(first) < 2 or len(second) < 2:
        return 0.0, 1.0
    gain = math.fsum(first) / len(first) - math.fsum(second) / len(second)
    if len({*first}) == 1 and len({*second}) == 1:
        return gain, 0.0 if gain else 1.0  # no spread at all: any difference is certain
    from scipy import stats

    p = float(stats.ttest_ind(first, second, equal_var=False).pvalue)
    return gain, 1.0 if math.isnan(p) else p
