"""What a difference gets beside its t test: the bootstrap, equivalence, and a look at the tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..results.factors import Cell
from ..results.rows import Row
from .intervals import ANYWHERE, Bounds, exact_mean, inside, interval, turned
from .power import Power

TAIL = 0.05
"""Of each of the two tests; the interval that lies within the margin where both reject is 90 %."""

Played = Mapping[tuple[int, int], tuple[str, float]]
"""By seed and tick: which task, and the measure of the work on it."""


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided t tests of paired differences.

    Attributes:
        bound: The margin: a mean difference between -bound and bound counts as none.
        p: The larger p of the two tests.
        ci90: Student's 90 % interval of the difference; within the margin exactly where p < 0.05.
        p_corrected: By Holm, over the family.
        equivalent: Whether p_corrected is below alpha.
    """

    bound: float
    p: float
    ci90: Bounds
    p_corrected: float
    equivalent: bool

    def mirrored(self) -> Equivalence:
        """The same from the other side."""
        low, high = self.ci90
        return replace(self, ci90=(-high, -low))


@dataclass(frozen=True)
class ByTask:
    """A difference with tasks, not seeds, as the units.

    Attributes:
        difference: Mean over tasks.
        ci95: Its interval over tasks.
        tasks: How many different ones.
    """

    difference: float
    ci95: Bounds
    tasks: int

    def mirrored(self) -> ByTask:
        """The same from the other side."""
        low, high = self.ci95
        return replace(self, difference=-self.difference, ci95=(-high, -low))


@dataclass(frozen=True)
class CloserLook:
    """What a difference gets beside its t test where its measure has a margin.

    Attributes:
        ci95_bootstrap: The bootstrap's interval of the mean difference.
        equivalence: Whether it is small enough to count as none; None where it never varies.
        power: What these replicates could show; None where it never varies.
        by_task: Whether it holds from task to task; None where tasks are no units of their own.
    """

    ci95_bootstrap: Bounds | None = None
    equivalence: Equivalence | None = None
    power: Power | None = None
    by_task: ByTask | None = None

    def mirrored(self) -> CloserLook:
        """The same from the other side."""
        return replace(
            self,
            ci95_bootstrap=turned(self.ci95_bootstrap),
            equivalence=None if self.equivalence is None else self.equivalence.mirrored(),
            by_task=None if self.by_task is None else self.by_task.mirrored(),
        )


def two_one_sided(
    difference: Sequence[float], margin: float, within: Bounds = ANYWHERE
) -> tuple[float, Bounds]:
    """Two one-sided tests that the mean difference lies within a margin.

    Args:
        difference: Of each pair; they vary.
        margin: Above 0.
        within: What the mean difference can be at all.

    Returns:
        The larger p of the two, and the 90 % interval of the mean difference.

    References:
        D. J. Schuirmann, "A comparison of the two one-sided tests procedure and the power approach
        for assessing the equivalence of average bioavailability", J. Pharmacokinet. Biopharm. 15,
        1987.
    """
    from statsmodels.stats.weightstats import DescrStatsW

    described = DescrStatsW(difference)
    low, high = described.tconfint_mean(2 * TAIL)
    ci90 = inside((float(low), float(high)), within, exact_mean(difference))
    return float(described.ttost_mean(-margin, margin)[0]), ci90


def played_by_cell(ticks: Iterable[Row], measure: str) -> dict[Cell, Played]:
    """The tasks of each cell on which something was measured.

    Args:
        ticks: Rows of ticks with the factors and seeds of their runs.
        measure: A column of them.
    """
    found: dict[Cell, dict[tuple[int, int], tuple[str, float]]] = {}
    for t in ticks:
        if t.get(measure) is not None:
            of_cell = found.setdefault(Cell.of(t), {})
            of_cell[t["seed"], t["tick"]] = (t["task_id"], float(t[measure]))
    return dict(found)


def by_task(here: Played, there: Played, fewest: int, within: Bounds = ANYWHERE) -> ByTask | None:
    """A measure here minus the same there, task by task.

    Args:
        here: What one cell played.
        there: What the other did; only the same task at the same seed and tick counts.
        fewest: Different tasks that it takes, 2 or more.
        within: What the mean difference can be at all.

    Returns:
        None where tasks were not played over and over (then seeds have tasks of their own, and
        their interval speaks for tasks too), or are too few.
    """
    of_task: dict[str, list[float]] = {}
    played = set()
    for when, (task, value) in here.items():
        if when in there and there[when][0] == task:
            of_task.setdefault(task, []).append(value - there[when][1])
            played.add((task, when[0]))
    if len(of_task) < fewest or len(played) < 2 * len(of_task):
        return None
    found = interval(map(exact_mean, of_task.values()), within)
    if found is None or found.ci95 is None:
        return None
    return ByTask(found.mean, found.ci95, found.n)
