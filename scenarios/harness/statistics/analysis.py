"""Summaries and paired contrasts of runs; every number with its interval.

What is computed, why, and how conclusions are worded is in docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..results.rows import ROW_MEASURES, Row
from .conclusions import conclusions
from .contrasts import CONTRASTED, FACTORS, MARGINS, Ticks, contrast, contrasts, mirrored
from .intervals import bootstrapped, interval
from .omnibus import block_tests

__all__ = [
    "CONTRASTED", "FACTORS", "SUMMARIZED", "Analysis", "analyse", "contrast", "interval",
    "summarize",
]  # fmt: skip

SUMMARIZED = (*ROW_MEASURES, "unique_roles")


@dataclass(frozen=True)
class Analysis:
    """What a comparison's runs say.

    Attributes:
        runs: Their rows.
        summary: One row per cell, with its contrasts.
        tests: One row per factor and block, over all its cells at once.
        conclusions: In plain sentences.
    """

    runs: list[Row]
    summary: list[Row]
    tests: list[Row]
    conclusions: list[str]


def analyse(results: Iterable[Mapping[str, Any]]) -> Analysis:
    """Summaries, contrasts, tests and conclusions of a comparison's results.

    Args:
        results: As `sweep` gives them; those without a row (the run broke) are left out.
    """
    whole = [r for r in results if "row" in r]
    runs = [r["row"] for r in whole]
    # a run's own level: that of its tasks may differ from one to the next
    ticks = [t | {f: r["row"][f] for f in (*FACTORS, "seed")} for r in whole for t in r["ticks"]]
    summary = summarize(runs, ticks)
    tests = block_tests(runs, ticks)
    return Analysis(runs, summary, tests, conclusions(summary, tests))


def summarize(
    runs: Sequence[Row], ticks: Sequence[Row] = (), margins: Mapping[str, float] = MARGINS
) -> list[Row]:
    """One row per cell: each measure's mean, standard deviation and 95 % interval over seeds.

    Args:
        runs: Rows of runs, as `run_row` makes them.
        ticks: Rows of their ticks with the factors and seeds of the runs, for what holds from task
            to task.
        margins: By measure, the difference that counts as none.

    Returns:
        Rows with the cell's factors, `replicates`, and per measure `{"mean", "sd", "ci95", "n"}`
        (None where nothing was measured; `sd` and `ci95` None with fewer than two; with
        `ci95_bootstrap` where the measure has a margin), and in `contrasts` the differences to the
        cells that differ in one factor, protocols first.
    """
    cells = _cells(runs)
    rows: list[Row] = []
    for key, members in cells.items():
        row: Row = dict(zip(FACTORS, key, strict=True))
        row["replicates"] = len(members)
        row.update({m: interval(r[m] for r in members) for m in SUMMARIZED})
        row["contrasts"] = []
        rows.append(row)
    for measure in margins:
        samples = [[float(r[measure]) for r in c if r[measure] is not None] for c in cells.values()]
        for row, bounds in zip(rows, bootstrapped(samples), strict=True):
            if row[measure] is not None:
                row[measure]["ci95_bootstrap"] = bounds
    by_key = dict(zip(cells, rows, strict=True))
    for c in contrasts(cells, _by_cell(ticks), margins):
        a, b = c.pop("_a"), c.pop("_b")
        place = FACTORS.index(c["factor"])
        by_key[a]["contrasts"].append({**c, "against": b[place]})
        by_key[b]["contrasts"].append({**mirrored(c), "against": a[place]})
    return rows


def _cells(runs: Sequence[Row]) -> dict[tuple[Any, ...], list[Row]]:
    cells: dict[tuple[Any, ...], list[Row]] = {}
    for row in runs:
        cells.setdefault(tuple(row[f] for f in FACTORS), []).append(row)
    return cells


def _by_cell(ticks: Sequence[Row]) -> Ticks:
    found: dict[tuple[Any, ...], dict[tuple[int, int], tuple[str, float]]] = {}
    for t in ticks:
        if t["quality"] is not None:
            of_cell = found.setdefault(tuple(t[f] for f in FACTORS), {})
            of_cell[t["seed"], t["tick"]] = (t["task_id"], float(t["quality"]))
    return found
