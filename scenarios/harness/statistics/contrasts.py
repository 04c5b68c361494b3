"""Paired contrasts between cells that differ in one factor, and what each of them shows.

Replicates are paired by seed: the same seed gives every cell the same tasks in the same order, so
a difference is taken within the seed and the tasks' difficulty cancels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from ..results.rows import Row
from .intervals import STILL, bootstrapped, cohens_d, interval

FACTORS = ("protocol", "topology", "model", "agents", "level")
CONTRASTED = (
    "quality", "mission_relevance", "risk", "balance", "abstention_rate", "hierarchy_depth",
    "tokens", "cost_usd", "wall_s",
)  # fmt: skip
EQUIVALENCE_MARGIN = 0.05
"""Differences of quality below this count as none in practice: four fifths of one grade of 16."""
MARGINS: Mapping[str, float] = {"quality": EQUIVALENCE_MARGIN}
"""Measures that are also tested for equivalence, and planned for, and within what."""
ALPHA = 0.05
FEWEST_PAIRS = 5
FEWEST_FOR_STRONG = 10
FEWEST_TASKS = 5
GRADES = ((0.001, "very strong"), (0.01, "strong"), (ALPHA, "moderate"))
"""Evidence by corrected p, below each bound."""

Key = tuple[Any, ...]
Cells = Mapping[Key, Sequence[Row]]
Ticks = Mapping[Key, Mapping[tuple[int, int], tuple[str, float]]]
"""By cell, then by seed and tick: which task, and the quality of the work on it."""


def contrasts(
    cells: Cells, ticks: Ticks | None = None, margins: Mapping[str, float] = MARGINS
) -> list[Row]:
    """Differences between cells that share every factor but one, measure by measure.

    The p values of one measure and one factor are corrected together (Holm), over all pairs of all
    blocks.

    Returns:
        As `contrast` makes them, with the cells' keys as `_a` and `_b`, `factor`, `family` (how
        many p values were corrected together), `verdict` and `evidence`; for measures with a
        margin also `ci95_bootstrap`, `equivalence`, `power` and `by_task`.
    """
    found: list[Row] = []
    for place, factor in enumerate(FACTORS):
        blocks: dict[Key, list[Key]] = {}
        for key in cells:
            blocks.setdefault((*key[:place], *key[place + 1 :]), []).append(key)
        pairs = [pair for block in blocks.values() for pair in combinations(block, 2)]
        for measure in CONTRASTED:
            made, sides = [], []
            for a, b in pairs:
                left, right = _paired(cells[a], cells[b], measure)
                if len(left) > 1:
                    made.append(_contrast(left, right, measure) | {"_a": a, "_b": b})
                    sides.append((left, right))
            _correct(made)
            if measure in margins:
                _look_closer(made, sides, margins[measure])
                for c in made:
                    c["by_task"] = _by_task(c, factor, ticks or {})
            for c in made:
                c["factor"] = factor
                c["verdict"], c["evidence"] = judged(c)
            found.extend(made)
    return found


def contrast(first: Sequence[Row], second: Sequence[Row], measure: str) -> Row | None:
    """The paired difference first - second of one measure.

    Returns:
        `difference`, its 95 % interval, Cohen's d (difference over the pooled standard deviation
        of the two cells) with its own, the paired t test's p, and the number of pairs. None with
        fewer than two pairs. d and p are None where they are undefined.
    """
    left, right = _paired(first, second, measure)
    return _contrast(left, right, measure) if len(left) > 1 else None


def _paired(
    first: Sequence[Row], second: Sequence[Row], measure: str
) -> tuple[list[float], list[float]]:
    other = {r["seed"]: r[measure] for r in second}
    pairs = [
        (float(r[measure]), float(other[r["seed"]]))
        for r in first
        if r[measure] is not None and other.get(r["seed"]) is not None
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _contrast(left: Sequence[float], right: Sequence[float], measure: str) -> Row:
    from scipy import stats

    difference = interval(a - b for a, b in zip(left, right, strict=True))
    assert difference is not None
    d, d_bounds = cohens_d(left, right)
    varies = difference["sd"] > STILL
    return {
        "measure": measure,
        "difference": difference["mean"],
        "sd": difference["sd"],
        "ci95": difference["ci95"],
        "cohens_d": d,
        "cohens_d_ci95": d_bounds,
        "p": float(stats.ttest_rel(left, right).pvalue) if varies else None,
        "p_corrected": None,
        "pairs": len(left),
    }


def holm(p_values: Iterable[float]) -> list[float]:
    """P values corrected for having tested all of them (Holm 1979)."""
    from statsmodels.stats.multitest import multipletests

    tested = list(p_values)
    if len(tested) < 2:
        return tested
    return [float(p) for p in multipletests(tested, method="holm")[1]]


def _correct(made: Sequence[Row]) -> None:
    tested = [c for c in made if c["p"] is not None]
    for c, p in zip(tested, holm(c["p"] for c in tested), strict=True):
        c["p_corrected"] = p
    for c in made:
        c["family"] = len(tested)


def _look_closer(
    made: Sequence[Row], sides: Sequence[tuple[list[float], list[float]]], margin: float
) -> None:
    """Add what only measures with a margin get: the bootstrap, equivalence, power."""
    differences = [[a - b for a, b in zip(*pair, strict=True)] for pair in sides]
    for c, bounds in zip(made, bootstrapped(differences), strict=True):
        c["ci95_bootstrap"] = bounds
        c["equivalence"] = c["power"] = None
    tested = [(c, d) for c, d in zip(made, differences, strict=True) if c["p"] is not None]
    for c, difference in tested:
        c["equivalence"] = _equivalence(difference, margin)
    corrected = holm(c["equivalence"]["p"] for c, _ in tested)
    for (c, _), p in zip(tested, corrected, strict=True):
        c["equivalence"] |= {"p_corrected": p, "equivalent": p < ALPHA}
    _plan([c for c, _ in tested], margin)


def _equivalence(difference: Sequence[float], margin: float) -> Row:
    """Two one-sided tests that the mean difference lies within the margin.

    References:
        D. J. Schuirmann, "A comparison of the two one-sided tests procedure and the power approach
        for assessing the equivalence of average bioavailability", J. Pharmacokinet. Biopharm. 15,
        1987.
    """
    from statsmodels.stats.weightstats import DescrStatsW

    described = DescrStatsW(difference)
    return {
        "bound": margin,
        "p": float(described.ttost_mean(-margin, margin)[0]),
        "ci90": [float(v) for v in described.tconfint_mean(2 * ALPHA)],
    }


def _plan(tested: Sequence[Row], margin: float) -> None:
    """What these replicates could show, and how many it takes, at Holm's strictest level."""
    from . import power as planning

    if not tested:
        return
    alpha = ALPHA / len(tested)
    sd = [c["sd"] for c in tested]
    gap = [c["difference"] for c in tested]
    needed = planning.replicates_for([margin / s for s in sd], alpha)
    least = planning.detectable([c["pairs"] for c in tested], sd, alpha)
    deciding = planning.replicates_to_decide(gap, sd, margin, alpha)
    for c, n, smallest, n_decides in zip(tested, needed, least, deciding, strict=True):
        decided = c["p_corrected"] < ALPHA or c["equivalence"]["equivalent"]
        c["power"] = {
            "effect": margin,
            "alpha": alpha,
            "replicates_for_80": n,
            "detectable": smallest,
            "replicates_to_decide": None if decided else n_decides,
        }


def _by_task(c: Row, factor: str, ticks: Ticks) -> Row | None:
    """The same difference with tasks, not seeds, as the units: does it hold from task to task?

    None where tasks were not played over and over (then seeds have tasks of their own, and their
    interval speaks for tasks too), or are too few.
    """
    if factor == "level":  # another level has other tasks
        return None
    here, there = ticks.get(c["_a"], {}), ticks.get(c["_b"], {})
    of_task: dict[str, list[float]] = {}
    played = set()
    for when, (task, quality) in here.items():
        if when in there and there[when][0] == task:
            of_task.setdefault(task, []).append(quality - there[when][1])
            played.add((task, when[0]))
    if len(of_task) < FEWEST_TASKS or len(played) < 2 * len(of_task):
        return None
    found = interval(math.fsum(v) / len(v) for v in of_task.values())
    assert found is not None
    return {"difference": found["mean"], "ci95": found["ci95"], "tasks": found["n"]}


def judged(c: Row) -> tuple[str, str | None]:
    """What a contrast shows, and how strongly; the rule is in docs/statistics.md.

    Returns:
        `too few`, `constant` (the difference never varies), `difference`, `equivalent` or
        `undecided`; and for `difference` and `equivalent` the evidence: `weak`, `moderate`,
        `strong`, `very strong`.
    """
    if c["pairs"] < FEWEST_PAIRS:
        return "too few", None
    if c["p"] is None:
        return "constant", None
    if c["p_corrected"] < ALPHA:
        bounds = c.get("ci95_bootstrap")
        doubted = bounds is not None and bounds[0] <= 0 <= bounds[1]
        return "difference", "weak" if doubted else _grade(c["p_corrected"], c["pairs"])
    equivalence = c.get("equivalence")
    if equivalence is not None and equivalence["equivalent"]:
        return "equivalent", _grade(equivalence["p_corrected"], c["pairs"])
    return "undecided", None


def _grade(p: float, pairs: int) -> str:
    """With fewer pairs than `FEWEST_FOR_STRONG` nobody can see whether t's assumptions hold."""
    grade = next(word for bound, word in GRADES if p < bound)
    return "moderate" if pairs < FEWEST_FOR_STRONG else grade


def mirrored(c: Row) -> Row:
    """The same contrast seen from the other side."""
    turned = dict(c)
    for name in ("difference", "cohens_d"):
        turned[name] = _negative(c[name])
    for name in ("ci95", "cohens_d_ci95", "ci95_bootstrap"):
        if name in c:
            turned[name] = _flipped(c[name])
    if c.get("equivalence") is not None:
        turned["equivalence"] = c["equivalence"] | {"ci90": _flipped(c["equivalence"]["ci90"])}
    if c.get("by_task") is not None:
        task = c["by_task"]
        turned["by_task"] = task | {
            "difference": -task["difference"],
            "ci95": _flipped(task["ci95"]),
        }
    return turned


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def _flipped(bounds: Sequence[float] | None) -> list[float] | None:
    return None if bounds is None else [-bounds[1], -bounds[0]]
