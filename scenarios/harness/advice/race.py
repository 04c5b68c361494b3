"""The race between arms: which play next, which are out of it, and when it is over.

All arms play the first seeds. After every seed the beliefs are drawn anew, and only arms that may
still lie within the margin of the best play the next one, so that calls go where the decision
hangs; an arm that was out comes back when the others turn out worse than they looked. It is over
when one arm is surely within the margin of the best. This is (ε, δ)-correct identification of a
best arm by elimination, on pairs.

The race knows outcomes only. It neither plays nor pays, so that a command, a folder read again and
a simulation share it.

References:
    E. Even-Dar, S. Mannor & Y. Mansour, *JMLR* 7, 2006 (successive elimination, (ε, δ)).
    D. Russo, *Operations Research* 68, 2020 (Bayesian best-arm identification).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .beliefs import COARSE, Array, Beliefs, Noise, believe

FIRST = 2
"""Seeds that every arm plays."""
FEWEST = 3
"""Seeds before anything is decided."""
LEAST_WORTH = 0.1
"""Outcomes per dollar are held against the best, and that counts as an outcome of this much at
the cheapest arm's price at least: where nobody gets anything done, all are equally good."""
LEAST_COST = 0.1
"""Of the cheapest arm that was paid for: what an arm costs at least, so that who fails for nothing
isn't a bargain."""
HOPELESS = 0.1
"""An arm whose chance to be within the margin is below that doesn't play the next seed."""


@dataclass(frozen=True)
class Rule:
    """When an arm is good enough, and how sure that must be.

    Attributes:
        margin: Differences of outcomes up to this matter to nobody, above 0. With costs, as a share
            of the best arm's outcome per dollar.
        sure: The chance with which the chosen arm must be within the margin of the best, 0.5 to 1.
        most: Seeds that an arm plays at most.
        coarse: Whether outcomes come in coarse steps, as scores of single tasks do: few that are
            equal then say little of how far the next may lie.
    """

    margin: float = 0.02
    sure: float = 0.95
    most: int = 100
    coarse: bool = False

    @property
    def noise(self) -> Noise:
        """What is supposed of outcomes before any is seen."""
        return COARSE if self.coarse else Noise(self.margin)


@dataclass(frozen=True)
class Standing:
    """How things stand after some seeds.

    Attributes:
        arms: Indices of the arms that are in the race, ascending.
        beliefs: Of their outcomes, in that order.
        worth: Of what is compared, in that order: outcomes, or outcome per dollar as a share of the
            best arm's.
        p_best: By arm of the race: the chance that it is the best.
        p_close: By arm of the race: the chance that it is within the margin of the best.
    """

    arms: tuple[int, ...]
    beliefs: Beliefs
    worth: Beliefs
    p_best: Array
    p_close: Array


class Race:
    """Arms that play the same seeds until one is chosen.

    Args:
        arms: How many, 1 or more.
        rule: When it is over.
        per_dollar: Whether outcomes are held against what they cost.

    Attributes:
        outcomes: By arm and seed, from 0 to 1; NaN where it wasn't played or measured.
        costs: Likewise, what a run cost, in any unit; NaN where nobody knows.
        out: Arms that can't be played, by index.
    """

    def __init__(self, arms: int, rule: Rule, *, per_dollar: bool = False) -> None:
        self.rule = rule
        self.per_dollar = per_dollar
        self.outcomes: Array = np.full((arms, 0), np.nan)
        self.costs: Array = np.full((arms, 0), np.nan)
        self.out: set[int] = set()
        self._standing: Standing | None = None

    @property
    def seeds(self) -> int:
        """Seeds played."""
        return self.outcomes.shape[1]

    @property
    def left(self) -> list[int]:
        """The arms that can be played."""
        return [a for a in range(len(self.outcomes)) if a not in self.out]

    @property
    def unmeasured(self) -> list[int]:
        """Those of them of which no outcome is known: nothing can be said to be better."""
        return [a for a in self.left if not np.isfinite(self.outcomes[a]).any()]

    def due(self) -> list[int]:
        """The arms that play the next seed; none where the race is over."""
        if len(self.left) < 2 or self.seeds >= self.rule.most:
            return []
        if self.seeds < FIRST:
            return self.left
        found = self.standing()
        if found is None or self.decided(found):
            return []
        return self._hopeful(found)

    @staticmethod
    def _hopeful(found: Standing) -> list[int]:
        """The arms that may be within the margin, two at least: one alone is compared to nobody."""
        second = np.sort(found.p_close)[-2:][0]
        least = min(HOPELESS, float(second))
        return [a for a, p in zip(found.arms, found.p_close, strict=True) if p >= least]

    def take(self, outcomes: Mapping[int, float], costs: Mapping[int, float]) -> None:
        """Take in what the arms that were due got on the next seed.

        Args:
            outcomes: By arm; one that is missing was not measured.
            costs: Likewise.
        """
        for name, given in (("outcomes", outcomes), ("costs", costs)):
            column = np.full((len(self.outcomes), 1), np.nan)
            for arm, value in given.items():
                column[arm] = value
            setattr(self, name, np.hstack([getattr(self, name), column]))
        self._standing = None

    def leave_out(self, arm: int) -> None:
        """Take an arm out of the race: it can't be played.

        Args:
            arm: Its index.
        """
        self.out.add(arm)
        self._standing = None

    def decided(self, found: Standing) -> bool:
        """Whether some arm is surely within the margin of the best.

        Args:
            found: How things stand.
        """
        return self.seeds >= FEWEST and bool(found.p_close.max() >= self.rule.sure)

    def standing(self) -> Standing | None:
        """How things stand; None before anything was measured."""
        if self._standing is None:
            arms = [a for a in self.left if a not in self.unmeasured]
            if arms:
                self._standing = self._stand(arms)
        return self._standing

    def _stand(self, arms: list[int]) -> Standing:
        rule = self.rule
        beliefs = believe(self.outcomes[arms], noise=rule.noise, seed=self.seeds)
        worth = self._per_dollar(beliefs, arms) if self.per_dollar else beliefs
        return Standing(tuple(arms), beliefs, worth, worth.p_best(), worth.p_close(rule.margin))

    def _per_dollar(self, beliefs: Beliefs, arms: list[int]) -> Beliefs:
        """Outcome per dollar, as a share of the best draw's, with what is uncertain of costs."""
        costs = self.costs[arms]
        counts = np.isfinite(costs).sum(axis=1)
        mean = np.nanmean(costs, axis=1)
        cheapest = mean[mean > 0].min(initial=np.inf)
        if not np.isfinite(cheapest):
            return beliefs
        mean = np.maximum(mean, LEAST_COST * cheapest)
        share = np.sqrt((np.nanvar(costs, axis=1) / mean**2).mean() / counts)
        noise = np.random.default_rng([self.seeds, 1]).standard_normal(beliefs.draws.shape)
        worth = np.clip(beliefs.draws, 0, None) / (mean * np.maximum(1 + share * noise, 0.1))
        best = np.maximum(worth.max(axis=1, keepdims=True), LEAST_WORTH / cheapest)
        return Beliefs(worth / best)
