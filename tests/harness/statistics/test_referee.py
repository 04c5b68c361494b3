"""Conclusions against a known truth: how often `compare` says what is not, or misses what is.

Comparisons are simulated with protocols that are truly equal, and with a true difference. The rates
of what the sentences say are held against the nominal ones: 5 % false claims in the family after
Holm's correction, and the power that statsmodels computes for the effect.

The table of all rates: `python -m pytest -m slow -s tests/harness/statistics/test_referee.py`.
"""

from __future__ import annotations

import gc
import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint
from support.runs import BARE, QUALITY, by_pair, row

from unscripted.scenarios.harness.statistics.conclusions import conclusions
from unscripted.scenarios.harness.statistics.evidence import Rule
from unscripted.scenarios.harness.statistics.summary import summarize

SEED_SD = 0.03  # what the tasks of a seed do to every protocol
NOISE_SD = 0.04  # what is left to each run
SD = NOISE_SD * math.sqrt(2)  # of a difference of two runs of a seed
REPLICATES, LEAD, MARGIN = 20, 0.04, 0.05


@dataclass(frozen=True)
class Truth:
    """What is simulated: the protocols' true leads, and how a run's quality scatters."""

    leads: tuple[float, ...]
    replicates: int = REPLICATES
    skewed: bool = False
    rule: Rule = BARE  # what equality takes is left out where nobody asks for it

    def compare(self, rng):
        """The summary of one comparison."""
        n = self.replicates
        shared = rng.normal(0.6, SEED_SD, n)
        runs = []
        for name, lead in zip("abcdef", self.leads, strict=False):
            if self.skewed:
                # means over 12 tasks graded in sixteenths, of which some fail altogether: more
                # of the one protocol's than of the other's, and its grades are moved up for it
                fails = {"a": 0.05, "b": 0.2}[name]
                grades = rng.binomial(16, 0.7, (n, 12)) / 16
                grades[rng.random((n, 12)) < fails] = 0.25
                quality = shared + grades.mean(axis=1) + (0.7 - 0.25) * fails
            else:
                quality = shared + lead + rng.normal(0, NOISE_SD, n)
            runs += [row(name, s, quality=float(q)) for s, q in enumerate(quality)]
        return summarize(runs, rule=self.rule)

    def count(self, times, seed, *events):
        """How often each event is seen."""
        rng = np.random.default_rng(seed)
        seen = np.array([[e(s) for e in events] for s in (self.compare(rng) for _ in range(times))])
        return seen.sum(axis=0).tolist()


@dataclass(frozen=True)
class Rate:
    """How often something was said, and how often it should be."""

    what: str
    said: int
    of: int
    nominal: float
    at_most: bool = False

    def bounds(self, level):
        return proportion_confint(self.said, self.of, 1 - level, method="beta")

    def right(self, level):
        """Whether the nominal rate is not told from the true one, or at most is kept."""
        low, high = self.bounds(level)
        return low <= self.nominal and (self.at_most or self.nominal <= high)

    def line(self):
        low, high = self.bounds(0.95)
        sign = "≤" if self.at_most else "="
        return (
            f"{self.what:68} {self.said / self.of:.3f} [{low:.3f}, {high:.3f}]  "
            f"{sign} {self.nominal:.3f}"
        )


def beats(summary):
    return " beats " in conclusions(summary)[0]


def equal_said(summary):
    return "do equally well" in conclusions(summary)[0]


def differences(summary):
    found = by_pair(summary).items()
    return {pair for pair, c in found if pair[0] < pair[1] and c.conclusion == "difference"}


def told_apart(summary):
    return ("a", "b") in differences(summary)


def any_difference(summary):
    return bool(differences(summary))


def false_claim(summary):
    """A difference among those that have the same lead, all but the first."""
    return any("a" not in pair for pair in differences(summary))


def power(effect, replicates, alpha=0.05):
    return float(TTestPower().power(effect, replicates, alpha))


def tost_power(difference, replicates, draws=200_000):
    """That two one-sided t tests both reject, from the joint law of mean and variance."""
    rng = np.random.default_rng(0)
    error = SD / math.sqrt(replicates)
    mean = rng.normal(difference, error, draws)
    scale = error * np.sqrt(rng.chisquare(replicates - 1, draws) / (replicates - 1))
    room = MARGIN - stats.t.ppf(0.95, replicates - 1) * scale
    return float(np.mean(np.abs(mean) < room))


def referee(times):
    """All rates."""
    rates = []

    def rate(what, said, nominal, *, at_most=False):
        rates.append(Rate(what, said, times, nominal, at_most))

    false, equal = Truth((0, 0), rule=QUALITY).count(times, 1, beats, equal_said)
    rate(f"2 equal, {REPLICATES} replicates: 'beats'", false, 0.05)
    # a difference that is significant is not called equal, however small: 5 % may be lost to that
    sees = tost_power(0, REPLICATES)
    rate("  'equally well'", equal, sees, at_most=True)
    rate("  neither: undecided, or 'beats'", times - equal, 1.05 - sees, at_most=True)

    (false,) = Truth((0, 0), skewed=True).count(times, 2, beats)
    rate("2 equal in the mean, skewed, one more erratic: 'beats'", false, 0.05)
    (false,) = Truth((0, 0), 5).count(times, 3, beats)
    rate("2 equal, 5 replicates: 'beats'", false, 0.05)
    (false,) = Truth((0, 0), 4).count(times, 4, beats)
    rate("2 equal, 4 replicates: 'beats' (it refuses)", false, 0.0)

    anywhere, false = Truth((0, 0, 0, 0)).count(times, 5, any_difference, beats)
    rate("4 equal, 6 contrasts: a difference anywhere", anywhere, 0.05, at_most=True)
    rate("  'beats'", false, 0.05, at_most=True)

    (found,) = Truth((LEAD, 0)).count(times, 6, beats)
    alone = power(LEAD / SD, REPLICATES)
    rate(f"true difference {LEAD}, {REPLICATES} replicates: 'beats'", found, alone)
    enough = math.ceil(TTestPower().solve_power(MARGIN / SD, None, 0.05, 0.8))
    (found,) = Truth((MARGIN, 0), enough).count(times, 7, beats)
    nominal = power(MARGIN / SD, enough)
    rate(f"true difference {MARGIN}, the {enough} replicates for 80 %: 'beats'", found, nominal)

    told, false = Truth((LEAD, 0, 0, 0)).count(times, 8, told_apart, false_claim)
    rate(f"1 of 4 leads by {LEAD}: found, as if tested alone", told, alone, at_most=True)
    strictest = power(LEAD / SD, REPLICATES, 0.05 / 6)
    rate("  missed, as with Bonferroni", times - told, 1 - strictest, at_most=True)
    rate("  a difference among the equal three", false, 0.05, at_most=True)

    (false,) = Truth((MARGIN, 0), rule=QUALITY).count(times, 9, equal_said)
    rate(f"true difference {MARGIN}, the margin: 'equally well'", false, 0.05, at_most=True)
    return rates


@pytest.mark.parametrize(
    ("times", "level"), [(100, 0.999), pytest.param(1000, 0.99, marks=pytest.mark.slow)]
)
def test_conclusions_keep_their_rates(times, level):
    gc.freeze()  # what is there before is no garbage to look through
    try:
        rates = referee(times)
    finally:
        gc.unfreeze()
    print(f"\n{times} comparisons each{'rate [95 % interval]  nominal':>77}")
    print("\n".join(r.line() for r in rates))
    assert [r.line() for r in rates if not r.right(level)] == []
