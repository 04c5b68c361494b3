"""Conclusions against a known truth: how often `compare` says what is not, or misses what is.

Comparisons are simulated a thousand times with protocols that are truly equal, and with a true
difference. The rates of what the sentences say are held against the nominal ones: 5 % false claims
in the family after Holm's correction, and the power that statsmodels computes for the effect.

The table of all rates: `python -m pytest -m slow -s tests/test_referee.py`. Here, 200 times each.
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

from unscripted.scenarios.harness.statistics.analysis import SUMMARIZED, summarize
from unscripted.scenarios.harness.statistics.conclusions import conclusions
from unscripted.scenarios.harness.statistics.contrasts import EQUIVALENCE_MARGIN, FACTORS

SEED_SD = 0.03  # what the tasks of a seed do to every protocol
NOISE_SD = 0.04  # what is left to each run
SD = NOISE_SD * math.sqrt(2)  # of a difference of two runs of a seed
REPLICATES = 20
BLANK = dict.fromkeys(SUMMARIZED) | {
    "protocol": "", "topology": "complete", "model": "m", "agents": 8, "level": "L3"
}  # fmt: skip
assert set(FACTORS) <= BLANK.keys()


@dataclass(frozen=True)
class Truth:
    """What is simulated: the protocols' true leads, and how a run's quality scatters."""

    leads: tuple[float, ...]
    replicates: int = REPLICATES
    skewed: bool = False

    def compare(self, rng):
        """The summary of one comparison."""
        names, n = "abcdef"[: len(self.leads)], self.replicates
        shared = rng.normal(0.6, SEED_SD, n)
        runs = []
        for name, lead in zip(names, self.leads, strict=True):
            if self.skewed:
                # means over 12 tasks graded in sixteenths, of which some fail altogether: more
                # of the one protocol's than of the other's, and its grades are moved up for it
                fails = {"a": 0.05, "b": 0.2}[name]
                grades = rng.binomial(16, 0.7, (n, 12)) / 16
                grades[rng.random((n, 12)) < fails] = 0.25
                quality = shared + grades.mean(axis=1) + (0.7 - 0.25) * fails
            else:
                quality = shared + lead + rng.normal(0, NOISE_SD, n)
            runs += [
                BLANK | {"protocol": name, "seed": s, "quality": float(q)}
                for s, q in enumerate(quality)
            ]
        return summarize(runs)


@dataclass(frozen=True)
class Rate:
    """How often something was said, and how often it should be."""

    what: str
    said: int
    of: int
    nominal: float
    at_most: bool = False

    def bounds(self, level):
        low, high = proportion_confint(self.said, self.of, 1 - level, method="beta")
        return float(low), float(high)

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


def quality(summary):
    """Contrasts of quality, from the side of the first."""
    return {
        (r["protocol"], c["against"]): c
        for r in summary
        for c in r["contrasts"]
        if c["measure"] == "quality" and r["protocol"] < c["against"]
    }


def beats(summary):
    (sentence,) = conclusions(summary)
    return " beats " in sentence


def equal_said(summary):
    (sentence,) = conclusions(summary)
    return "do equally well" in sentence


def power(effect, replicates, alpha=0.05):
    return float(TTestPower().power(effect, replicates, alpha))


def tost_power(difference, replicates, draws=200_000):
    """That two one-sided t tests both reject, from the joint law of mean and variance."""
    rng = np.random.default_rng(0)
    error = SD / math.sqrt(replicates)
    mean = rng.normal(difference, error, draws)
    scale = error * np.sqrt(rng.chisquare(replicates - 1, draws) / (replicates - 1))
    room = EQUIVALENCE_MARGIN - stats.t.ppf(0.95, replicates - 1) * scale
    return float(np.mean(np.abs(mean) < room))


def needed(effect):
    """Replicates for 80 % power, by statsmodels alone."""
    return math.ceil(TTestPower().solve_power(effect, None, 0.05, 0.8))


def count(truth, times, seed, *events):
    rng = np.random.default_rng(seed)
    said = [0] * len(events)
    for _ in range(times):
        summary = truth.compare(rng)
        for i, event in enumerate(events):
            said[i] += bool(event(summary))
    return said


def any_difference(summary):
    return any(c["verdict"] == "difference" for c in quality(summary).values())


def told_apart(summary):
    return quality(summary)["a", "b"]["verdict"] == "difference"


def false_claim(truth):
    """A difference claimed between protocols of which both have the same lead."""
    lead = dict(zip("abcdef", truth.leads, strict=False))

    def event(summary):
        return any(
            c["verdict"] == "difference"
            for (a, b), c in quality(summary).items()
            if lead[a] == lead[b]
        )

    return event


def referee(times):
    """All rates."""
    rates = []

    def rate(what, said, nominal, *, at_most=False):
        rates.append(Rate(what, said, times, nominal, at_most))

    n, lead, margin = REPLICATES, 0.04, EQUIVALENCE_MARGIN

    false, equal = count(Truth((0, 0)), times, 1, beats, equal_said)
    rate(f"2 equal, {n} replicates: 'beats'", false, 0.05)
    # a difference that is significant is not called equal, however small: 5 % may be lost to that
    rate("  'equally well'", equal, tost_power(0, n), at_most=True)
    rate("  neither: undecided, or 'beats'", times - equal, 1.05 - tost_power(0, n), at_most=True)

    (false,) = count(Truth((0, 0), skewed=True), times, 2, beats)
    rate("2 equal in the mean, skewed, one more erratic: 'beats'", false, 0.05)

    (false,) = count(Truth((0, 0), 5), times, 3, beats)
    rate("2 equal, 5 replicates: 'beats'", false, 0.05)

    (false,) = count(Truth((0, 0), 4), times, 4, beats)
    rate("2 equal, 4 replicates: 'beats' (it refuses)", false, 0.0)

    anywhere, false = count(Truth((0, 0, 0, 0)), times, 5, any_difference, beats)
    rate("4 equal, 6 contrasts: a difference anywhere", anywhere, 0.05, at_most=True)
    rate("  'beats'", false, 0.05, at_most=True)

    (found,) = count(Truth((lead, 0)), times, 6, beats)
    rate(f"true difference {lead}, {n} replicates: 'beats'", found, power(lead / SD, n))

    enough = needed(margin / SD)
    (found,) = count(Truth((margin, 0), enough), times, 7, beats)
    nominal = power(margin / SD, enough)
    rate(f"true difference {margin}, the {enough} replicates for 80 %: 'beats'", found, nominal)

    one_leads = Truth((lead, 0, 0, 0))
    told, false = count(one_leads, times, 8, told_apart, false_claim(one_leads))
    strictest, alone = power(lead / SD, n, 0.05 / 6), power(lead / SD, n)
    rate(f"1 of 4 leads by {lead}: found, as if tested alone", told, alone, at_most=True)
    rate("  missed, as with Bonferroni", times - told, 1 - strictest, at_most=True)
    rate("  a difference among the equal three", false, 0.05, at_most=True)

    (false,) = count(Truth((margin, 0)), times, 9, equal_said)
    rate(f"true difference {margin}, the margin: 'equally well'", false, 0.05, at_most=True)
    return rates


@pytest.fixture
def quick_collection():
    """statsmodels collects garbage in every correction; what is there before is none."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize(
    ("times", "level"), [(200, 0.999), pytest.param(1000, 0.99, marks=pytest.mark.slow)]
)
@pytest.mark.usefixtures("quick_collection")
def test_conclusions_are_as_often_wrong_and_right_as_they_claim(times, level):
    rates = referee(times)
    print(f"\n{times} comparisons each{'rate [95 % interval]  nominal':>77}")
    print("\n".join(r.line() for r in rates))
    assert [r.line() for r in rates if not r.right(level)] == []
