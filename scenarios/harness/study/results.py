"""The rows of a scenario's runs, each under every condition it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..config.identity import Sweep
from ..config.run import RunConfig
from ..config.study import StudyConfig
from ..results.rows import Row
from ..results.run_result import RunResult
from ..runs.keys import run_key
from ..runs.sweep import ROW_FACTORS
from ..statistics.study_results import StudyResults


def results_in(config: Sweep, results: Mapping[str, RunResult]) -> StudyResults:
    """The rows of all whole runs, each under every condition it belongs to.

    Args:
        config: Of the scenario.
        results: Of its runs, by key.
    """
    rows: list[Row] = []
    ticks: list[Row] = []
    members: list[Sequence[Row]] = []
    rulings: list[Row] = []
    for condition, labels in _labelled(config):
        for replicate, run in enumerate(condition.seeds(config.replicates)):
            result = results.get(run_key(run))
            if result is None or result.row is None or not result.whole:
                continue
            row = {**labels, **result.row, "replicate": replicate}
            columns = result.row.keys() | {k for tick in result.ticks[:1] for k in tick}
            if taken := labels.keys() & columns:
                raise ValueError(f"labels {sorted(taken)} are columns of every row; use others")
            rows.append(row)
            members.append(result.agents)  # not copied: there may be a million
            head = {k: row[k] for k in (*labels, *ROW_FACTORS)}
            ticks.extend({**head, **tick} for tick in result.ticks)
            rulings.extend({**head, **ruling} for ruling in result.rulings)
    synthetic = any(condition.synthetic for condition in config.conditions)
    return StudyResults(rows, ticks, synthetic, members, rulings)


def _labelled(config: Sweep) -> Iterator[tuple[RunConfig, Mapping[str, Any]]]:
    """Each condition with the columns its rows get beside the factors."""
    if isinstance(config, StudyConfig):
        yield from ((cell.config, cell.labels) for cell in config.cells)
    else:
        yield from ((condition, {}) for condition in config.conditions)
