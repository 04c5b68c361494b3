"""What a difference gets beside its t test: the bootstrap, equivalence, and a look at the tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..results.factors import Cell
from ..results.rows import Row
from .intervals import ANYWHERE, STILL, Bounds, exact_mean, inside, interval, turned
from .power import Power, replicates_for

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
        p: Of the t test over tasks; None where the difference never varies.
        sd: Standard deviation over tasks.
        p_equivalent: Of two one-sided tests over tasks that it is smaller than the margin; None
            where there is no margin, or it never varies.
        tasks_for_80: Different tasks with which a difference of the margin is found with 80 %
            power; None where there is no margin, or above 10,000.
    """

    difference: float
    ci95: Bounds
    tasks: int
    p: float | None = None
    sd: float = 0.0
    p_equivalent: float | None = None
    tasks_for_80: int | None = None

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


def played_by_cell(ticks: Iterable[Row], measures: Sequence[str]) -> dict[str, dict[Cell, Played]]:
    """The tasks of each cell on which something was measured, measure by measure.

    Args:
        ticks: Rows of ticks with the factors and seeds of their runs.
        measures: Columns of them; one that is none is nowhere measured.
    """
    found: dict[str, dict[Cell, dict[tuple[int, int], tuple[str, float]]]]
    found = {measure: {} for measure in measures}
    for t in ticks:
        cell, when, task = Cell.of(t), (t["seed"], t["tick"]), t["task_id"]
        for measure in measures:
            if t.get(measure) is not None:
                found[measure].setdefault(cell, {})[when] = (task, float(t[measure]))
    return {measure: dict(of_cells) for measure, of_cells in found.items()}


def spread_of_single_tasks(here: Played, there: Played) -> float | None:
    """Standard deviation of single tasks, pooled over two cells; None with fewer than two each.

    It is what Cohen's d is counted in: unlike that of runs, which are means over their tasks, it
    does not shrink as more tasks are played.

    Args:
        here: What one cell played.
        there: What the other did.
    """
    import numpy as np

    sides = [[value for _, value in side.values()] for side in (here, there)]
    if min(map(len, sides)) < 2:
        return None
    return float(np.sqrt(np.mean([np.var(side, ddof=1) for side in sides])))


@dataclass(frozen=True)
class TaskRule:
    """How a difference is judged over tasks.

    Attributes:
        fewest: Different tasks that it takes, 2 or more.
        within: What the mean difference can be at all.
        margin: Below what a difference counts as none; None where nothing does.
        alpha: Level of a single test, for planning.
    """

    fewest: int
    within: Bounds = ANYWHERE
    margin: float | None = None
    alpha: float = 0.05


def by_task(here: Played, there: Played, rule: TaskRule) -> ByTask | None:
    """A measure here minus the same there, task by task.

    Args:
        here: What one cell played.
        there: What the other did; only the same task at the same seed and tick counts.
        rule: How it is judged.

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
    if len(of_task) < rule.fewest or len(played) < 2 * len(of_task):
        return None
    means = [exact_mean(values) for values in of_task.values()]
    found = interval(means, rule.within)
    if found is None or found.ci95 is None or found.sd is None:
        return None
    return _tested(ByTask(found.mean, found.ci95, found.n, sd=found.sd), means, rule)


def _tested(found: ByTask, means: Sequence[float], rule: TaskRule) -> ByTask:
    """With the tests over tasks, where anything varies."""
    from scipy import stats

    if found.sd <= STILL:
        return found
    p = float(stats.ttest_1samp(means, 0.0).pvalue)
    if rule.margin is None:
        return replace(found, p=p)
    p_equivalent, _ = two_one_sided(means, rule.margin, rule.within)
    (needed,) = replicates_for([rule.margin / found.sd], rule.alpha)
    return replace(found, p=p, p_equivalent=p_equivalent, tasks_for_80=needed)
