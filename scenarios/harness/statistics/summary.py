"""What the runs of each cell say: every measure over seeds, and the differences to other cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ....model.metrics.catalogue import of_runs
from ....model.metrics.measure import Measure
from ....model.metrics.scored import outcome
from ..results.factors import Cell
from ..results.labels import range_of
from ..results.rows import Row
from .contrasts import Contrast, contrasts
from .evidence import RULE, Rule
from .intervals import Interval, ResampledInterval, bootstrapped, interval

OF_JUDGES = frozenset({"judge_alpha", "judge_cost_usd"})
"""What a row says of its judges; a summary is about teams."""


@dataclass(frozen=True)
class Spending:
    """What a cell with a matched budget spent.

    Attributes:
        size: Members that were played, where the cell's `agents` is what was asked for.
        budget: Per task, in calls, tokens or US dollars.
        off_budget: Share of the budget by which spending missed it; None where it is not known.
    """

    size: int
    budget: float
    off_budget: float | None


@dataclass(frozen=True)
class CellSummary:
    """All runs of one combination of factors.

    Attributes:
        cell: The combination.
        replicates: How many runs.
        measures: Each measure over seeds; None where it was never measured.
        contrasts: The differences to the cells that differ in one factor, protocols first.
        spending: Of a cell with a matched budget alone.
        values: What was measured, run by run.
    """

    cell: Cell
    replicates: int
    measures: Mapping[str, Interval | None]
    contrasts: tuple[Contrast, ...] = ()
    spending: Spending | None = None
    values: Mapping[str, Sequence[float]] = field(default_factory=dict, repr=False)

    def measure(self, name: str) -> Interval | None:
        """A measure over seeds; None where it was never measured.

        Args:
            name: Of a measure; one that is not summarized counts as never measured.
        """
        return self.measures.get(name)

    def mean(self, name: str) -> float | None:
        """The mean of a measure over seeds; None where it was never measured.

        Args:
            name: As in `measure`.
        """
        found = self.measure(name)
        return None if found is None else found.mean

    def contrast(self, factor: str, against: Any, measure: str = "quality") -> Contrast | None:
        """This cell minus another; None where there are too few pairs or there is no such cell.

        Args:
            factor: The one in which the two differ.
            against: Its value in the other cell.
            measure: What is compared.
        """
        wanted = (measure, factor, against)
        return next((c for c in self.contrasts if (c.measure, c.factor, c.against) == wanted), None)

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            **self.cell._asdict(),
            "replicates": self.replicates,
            **{name: i and i.body() for name, i in self.measures.items()},
            "contrasts": [c.body() for c in self.contrasts],
            **({} if self.spending is None else asdict(self.spending)),
        }


def outcome_of(summary: Iterable[CellSummary]) -> str:
    """The measure that statistics speak of: `score` where code scored any cell, else `quality`.

    Args:
        summary: Of the cells.
    """
    return outcome(c.mean("score") for c in summary)


def summarized(own: Mapping[str, Measure] | None = None) -> list[str]:
    """The names of the measures that a summary holds, in its order.

    Args:
        own: Measures of one's own, by name.
    """
    return [name for name in of_runs(own) if name not in OF_JUDGES]


def summarize(
    runs: Sequence[Row],
    ticks: Sequence[Row] = (),
    rule: Rule = RULE,
    own: Mapping[str, Measure] | None = None,
) -> list[CellSummary]:
    """Each cell's measures over seeds, and its differences to the others.

    Args:
        runs: Rows of runs, as `run_row` makes them.
        ticks: Rows of their ticks with the factors and seeds of the runs, for what holds from task
            to task.
        rule: What is contrasted, and how it is judged.
        own: Measures of one's own in the rows, by name.

    Returns:
        In the order in which the cells are first seen.
    """
    cells: dict[Cell, list[Row]] = {}
    for row in runs:
        cells.setdefault(Cell.of(row), []).append(row)
    names = summarized(own)
    ranges = {m: range_of(m, own) for m in names}
    measures = [
        {m: interval((r[m] for r in rows), ranges[m]) for m in names} for rows in cells.values()
    ]
    for name in rule.margins:
        samples = [[float(r[name]) for r in c if r[name] is not None] for c in cells.values()]
        for found, bounds in zip(measures, bootstrapped(samples), strict=True):
            if (plain := found[name]) is not None:
                found[name] = ResampledInterval(**vars(plain), ci95_bootstrap=bounds)
    of_cell: dict[Cell, list[Contrast]] = {cell: [] for cell in cells}
    for a, b, c in contrasts(cells, ticks, rule):
        of_cell[a].append(c)
        of_cell[b].append(c.mirrored(a.value(c.factor)))
    return [
        CellSummary(cell, len(rows), found, tuple(of_cell[cell]), values=_values(rows, names))
        for (cell, rows), found in zip(cells.items(), measures, strict=True)
    ]


def _values(rows: Sequence[Row], names: Sequence[str]) -> dict[str, tuple[float, ...]]:
    return {m: tuple(float(r[m]) for r in rows if r[m] is not None) for m in names}
