"""Paired contrasts between cells that differ in one factor, and what each of them shows.

Replicates are paired by seed: the same seed gives every cell the same tasks in the same order, so
a difference is taken within the seed and the tasks' difficulty cancels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from typing import Any

from ....model.metrics.multiple_testing import holm
from ..results.factors import FACTORS, Block, Cell
from ..results.labels import range_of
from ..results.rows import Row
from .closer import (
    ByTask,
    CloserLook,
    Equivalence,
    Played,
    TaskRule,
    by_task,
    played_by_cell,
    spread_of_single_tasks,
    two_one_sided,
)
from .evidence import Conclusion, Evidence, Rule
from .intervals import STILL, Bounds, between_two, bootstrapped, cohens_d, interval, turned
from .power import Power, Seen, planned


@dataclass(frozen=True)
class PairedDifference:
    """The difference of one measure between two cells, over the seeds that both measured.

    Attributes:
        measure: Its name.
        difference: Mean of first minus second, in the measure's unit.
        sd: Standard deviation of the differences.
        ci95: Student's 95 % interval of the mean difference.
        cohens_d: Difference over the two cells' pooled standard deviation, of single tasks where
            they are known, else of runs; None where undefined.
        cohens_d_ci95: Its 95 % interval; None where it has none.
        p: Of the paired t test; None where the difference never varies.
        pairs: How many seeds, 2 or more.
        by_seed: The difference for each of them.
    """

    measure: str
    difference: float
    sd: float
    ci95: Bounds
    cohens_d: float | None
    cohens_d_ci95: Bounds | None
    p: float | None
    pairs: int
    by_seed: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Contrast(PairedDifference):
    """A paired difference with the factor it is due to, and what it shows.

    Attributes:
        factor: The one in which the cells differ.
        against: Its value in the other cell.
        p_corrected: By Holm, over the family; None where p is.
        family: How many p values were corrected together.
        conclusion: What it shows.
        evidence: How strongly; None where it shows neither a difference nor equivalence.
        closer: Of measures with a margin alone.
        decided_by: `tasks` where the interval over tasks is the wider one, and so decides what is
            concluded; else `seeds`.
    """

    factor: str
    against: Any
    p_corrected: float | None
    family: int
    conclusion: Conclusion
    evidence: Evidence | None
    closer: CloserLook | None
    decided_by: str = "seeds"

    @property
    def widest(self) -> Bounds:
        """The wider of the intervals over seeds and over tasks, by which it is judged."""
        tasks = self.by_task
        return self.ci95 if tasks is None or self.decided_by != "tasks" else tasks.ci95

    @property
    def equivalence(self) -> Equivalence | None:
        """Whether it is small enough to count as none; None where that was not tested."""
        return None if self.closer is None else self.closer.equivalence

    @property
    def power(self) -> Power | None:
        """What these replicates could show; None where that was not planned."""
        return None if self.closer is None else self.closer.power

    @property
    def by_task(self) -> ByTask | None:
        """Whether it holds from task to task; None where that can't be told."""
        return None if self.closer is None else self.closer.by_task

    def mirrored(self, against: Any) -> Contrast:
        """The same contrast from the other side.

        Args:
            against: The value of the factor in this side's cell.
        """
        low, high = self.ci95
        return replace(
            self,
            against=against,
            difference=-self.difference,
            by_seed=tuple(-d for d in self.by_seed),
            ci95=(-high, -low),
            cohens_d=None if self.cohens_d is None else -self.cohens_d,
            cohens_d_ci95=turned(self.cohens_d_ci95),
            closer=None if self.closer is None else self.closer.mirrored(),
        )

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "measure": self.measure,
            "difference": self.difference,
            "sd": self.sd,
            "ci95": self.ci95,
            "cohens_d": self.cohens_d,
            "cohens_d_ci95": self.cohens_d_ci95,
            "p": self.p,
            "p_corrected": self.p_corrected,
            "pairs": self.pairs,
            "family": self.family,
            **({} if self.closer is None else asdict(self.closer)),
            "factor": self.factor,
            "verdict": self.conclusion,
            "evidence": self.evidence,
            "decided_by": self.decided_by,
            "against": self.against,
        }


Between = tuple[Cell, Cell, Contrast]
"""Two cells and their contrast, from the side of the first."""


def paired_difference(
    first: Sequence[Row], second: Sequence[Row], measure: str, within: Bounds | None = None
) -> PairedDifference | None:
    """The paired difference first - second of one measure.

    Args:
        first: Rows of runs of one cell.
        second: Those of another.
        measure: A column of both.
        within: What it can be; None for what the catalogue says.

    Returns:
        None with fewer than two seeds that both measured.
    """
    from scipy import stats

    other = {r["seed"]: r[measure] for r in second}
    pairs = [
        (float(r[measure]), float(other[r["seed"]]))
        for r in first
        if r[measure] is not None and other.get(r["seed"]) is not None
    ]
    by_seed = tuple(a - b for a, b in pairs)
    found = interval(by_seed, between_two(range_of(measure) if within is None else within))
    if found is None or found.sd is None or found.ci95 is None:
        return None
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    p = float(stats.ttest_rel(left, right).pvalue) if found.sd > STILL else None
    d, d_bounds = cohens_d(left, right)
    return PairedDifference(
        measure, found.mean, found.sd, found.ci95, d, d_bounds, p, found.n, by_seed
    )


def contrasts(
    cells: Mapping[Cell, Sequence[Row]], ticks: Sequence[Row], rule: Rule
) -> list[Between]:
    """Differences between cells that share every factor but one, measure by measure.

    The p values of one measure and one factor are corrected together (Holm), over all pairs of all
    blocks.

    Args:
        cells: Rows of runs by cell.
        ticks: Rows of their ticks with factors and seeds, for what holds from task to task.
        rule: What is contrasted, and how it is judged.
    """
    found: list[Between] = []
    played = played_by_cell(ticks, list(dict.fromkeys((*rule.contrasted, *rule.margins))))
    for factor in FACTORS:
        blocks: dict[Block, list[Cell]] = {}
        for cell in cells:
            blocks.setdefault(cell.block(factor), []).append(cell)
        pairs = [pair for block in blocks.values() for pair in combinations(block, 2)]
        for measure in rule.contrasted:
            within = rule.ranges.get(measure)
            made = (
                (a, b, paired_difference(cells[a], cells[b], measure, within)) for a, b in pairs
            )
            single = played[measure]
            sides = [
                (a, b, in_single_tasks(d, single.get(a, {}), single.get(b, {})))
                for a, b, d in made
                if d is not None
            ]
            found += _Family(factor, sides, rule, single).judged(measure in rule.margins)
    return found


def in_single_tasks(d: PairedDifference, here: Played, there: Played) -> PairedDifference:
    """The same difference with Cohen's d counted in the spread of single tasks.

    Args:
        d: With d counted in the spread of runs, which stays where no tasks are known.
        here: Tasks of the first cell.
        there: Of the second.
    """
    spread = spread_of_single_tasks(here, there)
    if spread is None:
        return d
    if spread <= STILL:
        return replace(d, cohens_d=None, cohens_d_ci95=None)
    low, high = d.ci95
    bounds = (low / spread, high / spread) if d.sd > STILL else None
    return replace(d, cohens_d=d.difference / spread, cohens_d_ci95=bounds)


@dataclass(frozen=True)
class _Family:
    """The differences of one measure by one factor: what is corrected together."""

    factor: str
    sides: Sequence[tuple[Cell, Cell, PairedDifference]]
    rule: Rule
    played: Mapping[Cell, Played]

    def judged(self, closely: bool) -> list[Between]:
        """The contrasts; with a closer look where the measure has a margin."""
        tasks = self._by_task() if closely and self.sides else {}
        p_values = {
            i: max(d.p, _known(tasks.get(i)))  # the less sure of the two decides
            for i, (_, _, d) in enumerate(self.sides)
            if d.p is not None
        }
        tested = list(p_values)
        corrected = dict(zip(tested, holm(p_values.values()), strict=True))
        closer: Mapping[int, CloserLook] = {}
        if closely and self.sides:
            closer = self._look_closer(corrected, tasks)
        found = []
        for i, (a, b, d) in enumerate(self.sides):
            conclusion, evidence = self._shown(d, corrected.get(i), closer.get(i))
            over_tasks = _wider(tasks.get(i), d)
            made = Contrast(
                **vars(_in_widest(d, tasks.get(i))), factor=self.factor,
                against=b.value(self.factor),
                p_corrected=corrected.get(i), family=len(tested), conclusion=conclusion,
                evidence=evidence, closer=closer.get(i),
                decided_by="tasks" if over_tasks else "seeds",
            )  # fmt: skip
            found.append((a, b, made))
        return found

    def _shown(
        self, d: PairedDifference, p: float | None, look: CloserLook | None
    ) -> tuple[Conclusion, Evidence | None]:
        p_equivalent = look.equivalence.p_corrected if look and look.equivalence else None
        conclusion = self.rule.conclusion(d.pairs, p, p_equivalent)
        if conclusion is Conclusion.DIFFERENCE and p is not None:
            resampled = look.ci95_bootstrap if look else None
            return conclusion, self.rule.evidence(d.pairs, p, resampled)
        if conclusion is Conclusion.EQUIVALENT and p_equivalent is not None:
            return conclusion, self.rule.evidence(d.pairs, p_equivalent)
        return conclusion, None

    def _by_task(self) -> dict[int, ByTask]:
        """Each difference over tasks, where tasks are units of their own."""
        if self.factor == "level":  # another level has other tasks
            return {}
        measure = self.sides[0][2].measure
        within = self.rule.ranges.get(measure)
        within = between_two(range_of(measure) if within is None else within)
        level = self.rule.alpha / len(self.sides)
        rule = TaskRule(self.rule.fewest_tasks, within, self.rule.margins[measure], level)
        found = {
            i: by_task(self.played.get(a, {}), self.played.get(b, {}), rule)
            for i, (a, b, _) in enumerate(self.sides)
        }
        return {i: tasks for i, tasks in found.items() if tasks is not None}

    def _look_closer(
        self, corrected: Mapping[int, float], tasks: Mapping[int, ByTask]
    ) -> dict[int, CloserLook]:
        differences = [d for _, _, d in self.sides]
        margin, alpha = self.rule.margins[differences[0].measure], self.rule.alpha
        within = self.rule.ranges.get(measure := differences[0].measure)
        within = between_two(range_of(measure) if within is None else within)
        found = [two_one_sided(differences[i].by_seed, margin, within) for i in corrected]
        over_tasks = [tasks[i].p_equivalent if i in tasks else None for i in corrected]
        equal_p = holm(
            max(p, 0.0 if other is None else other)
            for (p, _), other in zip(found, over_tasks, strict=True)
        )
        equivalences = {
            i: Equivalence(margin, p, ci90, p_corrected, p_corrected < alpha)
            for i, (p, ci90), p_corrected in zip(corrected, found, equal_p, strict=True)
        }
        seen = [
            Seen(differences[i].difference, differences[i].sd, differences[i].pairs,
                 decided=p < alpha or equivalences[i].equivalent)
            for i, p in corrected.items()
        ]  # fmt: skip
        powers = dict(zip(corrected, planned(seen, margin, alpha), strict=True))
        bootstraps = bootstrapped([d.by_seed for d in differences])
        looks = {}
        for i in range(len(self.sides)):
            looks[i] = CloserLook(bootstraps[i], equivalences.get(i), powers.get(i), tasks.get(i))
        return looks


def _in_widest(d: PairedDifference, tasks: ByTask | None) -> PairedDifference:
    """With d's interval as wide as the one that decides."""
    if tasks is None or not _wider(tasks, d) or not d.difference or d.cohens_d_ci95 is None:
        return d
    assert d.cohens_d is not None
    unit = d.cohens_d / d.difference
    return replace(d, cohens_d_ci95=(tasks.ci95[0] * unit, tasks.ci95[1] * unit))


def _known(tasks: ByTask | None) -> float:
    """The p over tasks, where there is one."""
    return 0.0 if tasks is None or tasks.p is None else tasks.p


def _wider(tasks: ByTask | None, d: PairedDifference) -> bool:
    """Whether the interval over tasks is wider than that over seeds."""
    return tasks is not None and tasks.ci95[1] - tasks.ci95[0] > d.ci95[1] - d.ci95[0]
