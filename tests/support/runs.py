"""Rows, runs and cells made up for tests, so that what they must come to is known."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from unscripted.scenarios.harness.results.factors import Cell
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.statistics.contrasts import Contrast
from unscripted.scenarios.harness.statistics.evidence import Rule
from unscripted.scenarios.harness.statistics.intervals import interval
from unscripted.scenarios.harness.statistics.samples import Sample
from unscripted.scenarios.harness.statistics.summary import CellSummary, summarize, summarized

QUALITY = Rule(contrasted=("quality",))
"""Quality alone: what the other measures would add takes time and tests nothing."""
BARE = Rule(contrasted=("quality",), margins={})
"""Not even the closer look that quality gets."""


def row(protocol: str = "a", seed: int = 0, **more: Any) -> dict[str, Any]:
    """The row of a run in which only the measures given were taken."""
    body = dict.fromkeys(summarized()) | {"topology": "complete", "model": "m", "agents": 8}
    body |= {"level": "L3", "protocol": protocol, "seed": seed, "replicate": seed, "ticks": 1}
    return body | more


def cell(protocol: str, qualities: Iterable[float | None], **more: Any) -> list[dict[str, Any]]:
    """One run per seed; None where it was not graded."""
    return [row(protocol, seed, quality=q, **more) for seed, q in enumerate(qualities)]


def cells(**qualities: Iterable[float | None]) -> list[dict[str, Any]]:
    """Runs of several protocols, by name."""
    return [r for name, values in qualities.items() for r in cell(name, values)]


def noisy(mean: float, n: int, seed: int, spread: float = 0.05) -> list[float]:
    """Values that scatter about a mean; the same for the same seed."""
    rng = random.Random(seed)
    return [mean + rng.gauss(0, spread) for _ in range(n)]


def sample(*values: float) -> Sample:
    """A value per seed, from seed 0."""
    return Sample(dict(enumerate(values)))


def summary_of(protocol: str, mean: float | None, **more: Any) -> CellSummary:
    """A cell with an interval of quality of 0.01 either way; factors and measures in `more`."""
    factors = {"topology": "complete", "model": "m", "agents": 8, "level": "L3"}
    factors |= {f: more.pop(f) for f in tuple(more) if f in factors}
    n = more.pop("replicates", 5)
    values = [] if mean is None else [mean + 0.02 * ((k + 0.5) / n - 0.5) for k in range(n)]
    measures = {"quality": interval(values), **more}
    return CellSummary(Cell(protocol=protocol, **factors), n, measures,
                       values={"quality": values})  # fmt: skip


def pairs_of(
    n: int, lead: float, seed: int, *, shared: float = 0.05, own: float = 0.04
) -> tuple[Any, Any]:
    """Two samples over the same tasks, the first better by `lead`."""
    rng = np.random.default_rng(seed)
    tasks = rng.normal(0.6, shared, n)
    return tasks + lead + rng.normal(0, own, n), tasks + rng.normal(0, own, n)


def by_pair(
    summary: Sequence[CellSummary], factor: str = "protocol", measure: str = "quality"
) -> dict[tuple[Any, Any], Contrast]:
    """Contrasts of one measure by one factor, from both sides."""
    return {
        (r.cell.value(factor), c.against): c
        for r in summary
        for c in r.contrasts
        if (c.measure, c.factor) == (measure, factor)
    }


def contrast_of(left: Iterable[float | None], right: Iterable[float | None]) -> Contrast:
    """The contrast of two protocols' quality."""
    return by_pair(summarize(cells(a=left, b=right), rule=QUALITY))["a", "b"]


def played(
    protocol: str, leads: Sequence[float], seeds: int = 6, *, noise: float = 0.01, **more: Any
) -> list[RunResult]:
    """Runs over tasks that are played once per seed, in an order of the seed's own."""
    results = []
    agents = more.get("agents", 8)
    for seed in range(seeds):
        rng = np.random.default_rng([seed, agents, *protocol.encode()])
        order = np.random.default_rng(seed).permutation(len(leads))
        ticks = [
            {"tick": t, "level": "L3", "task_id": f"t{k}",
             "quality": float(0.4 + 0.02 * k + leads[k] + rng.normal(0, noise))}
            for t, k in enumerate(order)
        ]  # fmt: skip
        quality = float(np.mean([t["quality"] for t in ticks]))
        results.append(RunResult(row(protocol, seed, quality=quality, **more), ticks))
    return results
