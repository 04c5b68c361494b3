"""Summaries and paired contrasts of runs; every number with its interval.

Replicates are paired by seed: the same seed gives every cell the same tasks in the same order, so
a difference is taken within the seed and the tasks' difficulty cancels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from .rows import ROW_MEASURES, Row

FACTORS = ("protocol", "topology", "model", "agents", "level")
SUMMARIZED = (*ROW_MEASURES, "unique_roles")
CONTRASTED = (
    "quality", "mission_relevance", "risk", "balance", "abstention_rate", "hierarchy_depth",
    "tokens", "cost_usd", "wall_s",
)  # fmt: skip
LEVEL = 0.95


def summarize(runs: Sequence[Row]) -> list[Row]:
    """One row per cell: each measure's mean, standard deviation and 95 % interval over seeds.

    Args:
        runs: Rows of runs, as `run_row` makes them.

    Returns:
        Rows with the cell's factors, `replicates`, and per measure `{"mean", "sd", "ci95", "n"}`
        (None where nothing was measured; `sd` and `ci95` None with fewer than two), and in
        `contrasts` the differences to the other protocols of the same block.
    """
    cells = _cells(runs)
    rows: list[Row] = []
    for key, members in cells.items():
        row: Row = dict(zip(FACTORS, key, strict=True))
        row["replicates"] = len(members)
        row.update({m: interval(r[m] for r in members) for m in SUMMARIZED})
        row["contrasts"] = []
        rows.append(row)
    by_key = {tuple(r[f] for f in FACTORS): r for r in rows}
    for contrast in contrasts(cells):
        a, b = contrast.pop("_a"), contrast.pop("_b")
        by_key[a]["contrasts"].append({**contrast, "against": b[0]})
        by_key[b]["contrasts"].append({**_mirrored(contrast), "against": a[0]})
    return rows


def interval(values: Iterable[float | None]) -> dict[str, Any] | None:
    """Mean, standard deviation and Student's 95 % interval of what was measured."""
    from scipy import stats

    known = [float(v) for v in values if v is not None]
    n = len(known)
    if not n:
        return None
    mean = math.fsum(known) / n
    if n < 2:
        return {"mean": mean, "sd": None, "ci95": None, "n": n}
    sd = math.sqrt(math.fsum((v - mean) ** 2 for v in known) / (n - 1))
    half = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1)) * sd / math.sqrt(n)
    return {"mean": mean, "sd": sd, "ci95": [mean - half, mean + half], "n": n}


def contrasts(cells: dict[tuple[Any, ...], list[Row]]) -> list[Row]:
    """Differences between protocols that share every other factor, measure by measure.

    The p values of one measure are corrected together (Holm), over all pairs of all blocks.
    """
    blocks: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for key in cells:
        blocks.setdefault(key[1:], []).append(key)
    pairs = [pair for block in blocks.values() for pair in combinations(block, 2)]
    found: list[Row] = []
    for measure in CONTRASTED:
        made = [
            {**c, "_a": a, "_b": b}
            for a, b in pairs
            if (c := contrast(cells[a], cells[b], measure)) is not None
        ]
        _correct(made)
        found.extend(made)
    return found


def contrast(first: Sequence[Row], second: Sequence[Row], measure: str) -> Row | None:
    """The paired difference first - second of one measure.

    Returns:
        `difference`, its 95 % interval, Cohen's d (difference over the pooled standard deviation
        of the two cells), the paired t test's p, and the number of pairs. None with fewer than
        two pairs. d and p are None where they are undefined.
    """
    from scipy import stats

    other = {r["seed"]: r[measure] for r in second}
    pairs = [
        (float(r[measure]), float(other[r["seed"]]))
        for r in first
        if r[measure] is not None and other.get(r["seed"]) is not None
    ]
    if len(pairs) < 2:
        return None
    difference = interval(a - b for a, b in pairs)
    assert difference is not None
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    sides = [interval(left), interval(right)]
    pooled = math.sqrt(sum(s["sd"] ** 2 for s in sides if s is not None) / 2)
    varies = difference["sd"] > 1e-12
    return {
        "measure": measure,
        "difference": difference["mean"],
        "ci95": difference["ci95"],
        "cohens_d": difference["mean"] / pooled if pooled > 1e-12 else None,
        "p": float(stats.ttest_rel(left, right).pvalue) if varies else None,
        "p_corrected": None,
        "pairs": len(pairs),
    }


def _correct(found: list[Row]) -> None:
    from statsmodels.stats.multitest import multipletests

    tested = [c for c in found if c["p"] is not None]
    if tested:
        corrected = multipletests([c["p"] for c in tested], method="holm")[1]
        for c, p in zip(tested, corrected, strict=True):
            c["p_corrected"] = float(p)


def _cells(runs: Sequence[Row]) -> dict[tuple[Any, ...], list[Row]]:
    cells: dict[tuple[Any, ...], list[Row]] = {}
    for row in runs:
        cells.setdefault(tuple(row[f] for f in FACTORS), []).append(row)
    return cells


def _mirrored(contrast: Row) -> Row:
    """The same contrast seen from the other side."""
    low, high = contrast["ci95"]
    d = contrast["cohens_d"]
    return {
        **contrast,
        "difference": -contrast["difference"],
        "ci95": [-high, -low],
        "cohens_d": None if d is None else -d,
    }
