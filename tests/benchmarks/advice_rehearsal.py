"""How often advice is right, at what price, over many synthetic models whose truth is known.

    python -m tests.benchmarks.advice_rehearsal outcomes.npz --figure reliability.png

Takes what `advice_outcomes` played. Every case is a model at a level; what is true is the mean of
each arm over seeds that advice doesn't see. Advice stops by itself, or at a fifth of the calls that
all arms with 30 replicates would take. Beside it, at the calls that advice took in the same case:

- uniform: every arm the same seeds, the best mean is chosen.
- halving: sequential halving (Karnin, Koren & Somekh, ICML 2013): the worse half of the arms leaves
  after each of log2(arms) stages.

Their choice counts in every case; that of advice where it is decided.

Synthetic outcomes vary little from seed to seed. `--noise` adds to each outcome a normal error of
that standard deviation, as of a judge; `--scores` makes each the mean of so many tasks that are
right or wrong; `--seeds` draws so many of the seeds there are, again and again, where 20 are few.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from advice_outcomes import ARMS, LEVELS, Outcomes
from numpy.typing import NDArray

from unscripted.scenarios.harness.advice.choice import Verdict, choose
from unscripted.scenarios.harness.advice.race import Race, Rule

REPLICATES = 30
MARGIN = 0.02
BINS = (0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 1.0001)
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A model at a level.

    Attributes:
        name: Model and level.
        quality: By arm and seed, what advice may play.
        calls: Likewise.
        truth: By arm.
    """

    name: str
    quality: Array
    calls: Array
    truth: Array

    def regret(self, arm: int) -> float:
        """How much worse than the best an arm truly is."""
        return float(self.truth.max() - self.truth[arm])


@dataclass(frozen=True)
class Terms:
    """What is played on what terms.

    Attributes:
        share: Calls at most, of those of the full factorial.
        noise: Standard deviation of what is added to each outcome.
        scores: Tasks in an outcome that are right or wrong; 0 where they are graded.
        seeds: There are, drawn from those that were played; 0 for those.
    """

    share: float = 0.2
    noise: float = 0.0
    scores: int = 0
    seeds: int = 0

    def of(self, case: Case, number: int) -> Case:
        """The case on these terms, its draws its own."""
        draw = np.random.default_rng([1800, number])
        quality, calls = case.quality, case.calls
        if self.seeds:
            which = draw.integers(quality.shape[1], size=self.seeds)
            quality, calls = quality[:, which], calls[:, which]
        if self.scores:
            quality = draw.binomial(self.scores, np.clip(quality, 0, 1)) / self.scores
        quality = quality + self.noise * draw.standard_normal(quality.shape)
        return Case(case.name, quality, calls, case.truth)


@dataclass(frozen=True)
class Rehearsed:
    """What advice came to in a case.

    Attributes:
        case: Which.
        verdict: What it said.
        regret: Of what it chose.
        share: Calls it took, of those of the full factorial.
        p_best: By arm, as it said at its end.
        p_close: Likewise.
        uniform: Regret of uniform allocation with as many calls.
        halving: Likewise of sequential halving.
    """

    case: Case
    verdict: Verdict
    regret: float
    share: float
    p_best: Array
    p_close: Array
    uniform: float
    halving: float


def cases(table: Outcomes) -> Iterator[Case]:
    """Every model at every level; the second half of the seeds is the truth."""
    half = table.quality.shape[-1] // 2
    for model, level in np.ndindex(table.quality.shape[:2]):
        quality, calls = table.quality[model, level], table.calls[model, level]
        name = f"{', '.join(map(str, table.faculties[model]))} at {LEVELS[level]}"
        yield Case(name, quality[:, :half], calls[:, :half], quality[:, half:].mean(axis=1))


def rehearse(case: Case, terms: Terms) -> Rehearsed:
    """Advice on a case, and the two others at its price."""
    rule = Rule(MARGIN, most=case.quality.shape[1], coarse=terms.scores > 0)
    race = Race(len(case.truth), rule)
    whole = case.calls.mean(axis=1).sum() * REPLICATES
    spent = 0.0
    while due := race.due():
        seed = race.seeds
        if spent + case.calls[due, seed].sum() > terms.share * whole:
            break
        spent += case.calls[due, seed].sum()
        race.take({a: case.quality[a, seed] for a in due}, {a: case.calls[a, seed] for a in due})
    choice, found = choose(race), race.standing()
    assert choice.arm is not None
    assert found is not None
    return Rehearsed(
        case, choice.verdict, case.regret(choice.arm), spent / whole, found.p_best, found.p_close,
        case.regret(uniform(case, spent)), case.regret(halving(case, spent)),
    )  # fmt: skip


def uniform(case: Case, calls: float) -> int:
    """The best mean of all arms on as many seeds as so many calls buy."""
    bought = case.calls.sum(axis=0).cumsum() <= calls
    return int(case.quality[:, : max(1, bought.sum())].mean(axis=1).argmax())


def halving(case: Case, calls: float) -> int:
    """Sequential halving with so many calls: each stage gets an equal part of them."""
    arms = np.arange(len(case.truth))
    stages = math.ceil(math.log2(len(arms)))
    seeds = 0
    for _ in range(stages):
        bought = case.calls[arms, seeds:].sum(axis=0).cumsum() <= calls / stages
        seeds = min(seeds + max(1, int(bought.sum())), case.quality.shape[1])
        order = (-case.quality[arms, :seeds].mean(axis=1)).argsort()
        arms = arms[order[: math.ceil(len(arms) / 2)]]
    return int(arms[0])


def table_of(found: Sequence[Rehearsed]) -> str:
    """What came out, in lines."""
    decided = [r for r in found if r.verdict is not Verdict.UNDECIDED]
    regrets = np.array([r.regret for r in decided])
    shares = np.array([r.share for r in found])
    rivals = {
        "uniform, all cases": np.array([r.uniform for r in found]),
        "halving, all cases": np.array([r.halving for r in found]),
        "advice, all cases": np.array([r.regret for r in found]),
    }
    lines = [
        f"cases                                  {len(found)}",
        f"decided                                {len(decided) / len(found):.3f}",
        f"  of them `use`                        "
        f"{np.mean([r.verdict is Verdict.USE for r in decided]):.3f}",
        f"  within {MARGIN} of the best, or best   {np.mean(regrets <= MARGIN):.3f}",
        f"  the best                             {np.mean(regrets == 0):.3f}",
        f"  mean regret, largest                 {regrets.mean():.4f}, {regrets.max():.3f}",
        f"calls, of the full factorial's         {shares.mean():.3f}, at most {shares.max():.3f}",
    ]
    lines += [
        f"{name:<38} {np.mean(r <= MARGIN):.3f} within {MARGIN}, mean regret {r.mean():.4f}"
        for name, r in rivals.items()
    ]
    return "\n".join(lines)


def reliability(found: Sequence[Rehearsed], which: str) -> list[tuple[float, float, int]]:
    """By bin of what was said: its mean, the share that came true, and how many."""
    said = np.concatenate([getattr(r, which) for r in found])
    slack = 0.0 if which == "p_best" else MARGIN
    true = np.concatenate([r.case.truth >= r.case.truth.max() - slack for r in found])
    rows = []
    for low, high in pairwise(BINS):
        inside = (said >= low) & (said < high)
        if inside.any():
            count = int(inside.sum())
            rows.append((float(said[inside].mean()), float(true[inside].mean()), count))
    return rows


def draw(found: Sequence[Rehearsed], path: Path) -> None:
    """The reliability figure: what was said against what came true."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    names = {"p_best": "is the best", "p_close": f"is within {MARGIN} of the best"}
    for (which, name), marker in zip(names.items(), "os", strict=True):
        said, true, _ = zip(*reliability(found, which), strict=True)
        axes.plot(said, true, marker=marker, label=f"this arm {name}")
    axes.set(xlabel="what advice said", ylabel="share that came true", aspect="equal")
    axes.legend(frameon=False)
    axes.set_title(f"Reliability over {len(found)} synthetic cases", fontsize=10)
    figure.savefig(path, dpi=150)


def main(arguments: Sequence[str] | None = None) -> None:
    """Rehearse all cases and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--worst", type=int, default=5)
    parser.add_argument("--share", type=float, default=Terms.share)
    parser.add_argument("--noise", type=float, default=Terms.noise)
    parser.add_argument("--scores", type=int, default=Terms.scores)
    parser.add_argument("--seeds", type=int, default=Terms.seeds)
    options = parser.parse_args(arguments)
    terms = Terms(options.share, options.noise, options.scores, options.seeds)
    table = Outcomes.load(options.path)
    found = [rehearse(terms.of(case, k), terms) for k, case in enumerate(cases(table))]
    print(table_of(found))
    for which in ("p_best", "p_close"):
        print(f"{which}: said, came true, arms")
        print("\n".join(f"  {a:.3f} {b:.3f} {n}" for a, b, n in reliability(found, which)))
    decided = (r for r in found if r.verdict is not Verdict.UNDECIDED)
    for r in sorted(decided, key=lambda r: -r.regret)[: options.worst]:
        best = ARMS[int(r.case.truth.argmax())]
        print(f"worst: {r.regret:.3f}, faculties {r.case.name}; {best} is best; {r.verdict}")
    if options.figure:
        draw(found, options.figure)


if __name__ == "__main__":
    main()
