"""Emergence against the same minds, deafened: is it interaction, or what each would do alone?

A lottery over a run's roles asks whether roles are spread at random over tasks and members. They
never are: each task has its own domains, and members that choose among them independently, hearing
nobody, are told from such a lottery in every run. The question is whether *interaction* matters. So
the run is played again with the same minds on the same tasks and draws, every message cut, and each
measure is put beside its value there, task by task.

    role_diversity    distinct subjects of roles per member with a role, mean over tasks
    specialization    mutual information of member and subject over the run, bits
    role_stability    members that kept their role since the task before, mean over tasks
    hierarchy_depth   longest chain of works, mean over tasks
    abstention_rate   members that declined, mean over tasks

Tasks are the sample: values are those of the jackknife, whose pseudo-values of a mean are the
tasks' own values; mutual information, which a few tasks overstate, loses most of its bias. The
interval is Student's over the differences of pseudo-values, and p is that of swapping the two
records of single tasks, which is exact where hearing makes no difference.

References:
    B. Efron & R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 11 (jackknife).
    E. S. Edgington, Randomization Tests, 1980.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ...record import TickRecord
from ..multiple_testing import holm
from ..paraphrases import split_name
from ..participation import abstention_rate
from ..roles import role_stability
from ..scales import Scales
from ..structure import hierarchy_depth
from .null_model import TIE, Floats

DRAWS = 999
FEWEST_TASKS = 5
"""Tasks below which there is neither interval nor p."""


@dataclass(frozen=True, slots=True)
class HeardTest:
    """A measure of a run beside that of the same minds, deafened.

    Attributes:
        measure: Its name.
        value: Of the run.
        null: Of the deafened run.
        difference: Value minus null, over the tasks where both are defined.
        ci95: Its interval over tasks; None with fewer than five.
        p: Two-sided, of swapping; None with fewer than five tasks.
        p_holm: Corrected over the run's tests.
        tasks: How many both are defined on.
    """

    measure: str
    value: float
    null: float
    difference: float
    ci95: tuple[float, float] | None
    p: float | None
    p_holm: float | None
    tasks: int

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "sided": "two"}


def against_deafened(
    records: Sequence[TickRecord],
    deafened: Sequence[TickRecord],
    *,
    seed: int = 0,
    draws: int = DRAWS,
) -> list[HeardTest]:
    """Every measure of a run beside the same minds', deafened.

    Args:
        records: The run's ticks.
        deafened: The same ticks, played by the same minds without messages.
        seed: Of the swaps.
        draws: Swaps for each test.

    Returns:
        In the order of the table above; what is defined on no task is left out.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    found = []
    for measure, values in BY_TASK.items():
        pairs = zip(values(records), values(deafened), strict=True)
        known = [(a, b) for a, b in pairs if a is not None and b is not None]
        if known:
            here, there = np.array(known, dtype=float).T
            found.append(_test(measure, _Means(here, there), rng, draws))
    shared = _Shared.of(records, deafened)
    if shared is not None:
        found.insert(1, _test("specialization", shared, rng, draws))
    tested = [t.p for t in found if t.p is not None]
    p_holm = iter(holm(tested))
    return [t if t.p is None else replace(t, p_holm=next(p_holm)) for t in found]


def _diversity(records: Sequence[TickRecord]) -> list[float | None]:
    return [len({_subject(n) for n in r.roles.values()}) / len(r.roles) if r.roles else None
            for r in records]  # fmt: skip


def _stability(records: Sequence[TickRecord]) -> list[float | None]:
    scales = Scales()
    return [role_stability(records[:k], scales) for k in range(1, len(records) + 1)]


BY_TASK: dict[str, Callable[[Sequence[TickRecord]], list[float | None]]] = {
    "role_diversity": _diversity,
    "role_stability": _stability,
    "hierarchy_depth": lambda records: [float(hierarchy_depth(r)) for r in records],
    "abstention_rate": lambda records: [abstention_rate(r) for r in records],
}


def _subject(name: str) -> str:
    return split_name(name).subject


@dataclass(frozen=True)
class _Means:
    """A measure of each task here and there; its run is its mean."""

    here: Floats
    there: Floats

    @property
    def tasks(self) -> int:
        return len(self.here)

    def pair(self, weights: Floats, swapped: Floats) -> tuple[float, float]:
        """The run's and the null's value, tasks weighed, some of them swapped."""
        here = np.where(swapped, self.there, self.here)
        there = np.where(swapped, self.here, self.there)
        whole = float(weights.sum())
        return float(weights @ here) / whole, float(weights @ there) / whole


@dataclass(frozen=True)
class _Shared:
    """Who had which subject, as counts by task, member and subject, here and there."""

    here: Floats
    there: Floats

    @classmethod
    def of(cls, records: Sequence[TickRecord], deafened: Sequence[TickRecord]) -> _Shared | None:
        """From the records of both; None where no role was taken in either."""
        sides = [[{m: _subject(n) for m, n in r.roles.items()} for r in side]
                 for side in (records, deafened)]  # fmt: skip
        subjects = sorted({s for side in sides for task in side for s in task.values()})
        members = sorted({m for side in sides for task in side for m in task})
        if not all(any(side) for side in sides):
            return None
        shape = (len(records), len(members), len(subjects))
        counts = []
        for side in sides:
            table = np.zeros(shape)
            for t, task in enumerate(side):
                for m, s in task.items():
                    table[t, members.index(m), subjects.index(s)] = 1.0
            counts.append(table)
        return cls(*counts)

    @property
    def tasks(self) -> int:
        return len(self.here)

    def pair(self, weights: Floats, swapped: Floats) -> tuple[float, float]:
        """Mutual information of both, in bits."""
        crossed = weights * swapped
        moved = np.tensordot(crossed, self.there - self.here, axes=1)
        here = np.tensordot(weights, self.here, axes=1) + moved
        there = np.tensordot(weights, self.there, axes=1) - moved
        return _information(here), _information(there)


def _information(counts: Floats) -> float:
    """Mutual information of the rows and columns of a table, in bits; 0 where it is empty."""
    whole = counts.sum()
    if whole <= 0:
        return 0.0
    both = counts / whole
    apart = both.sum(axis=1, keepdims=True) * both.sum(axis=0, keepdims=True)
    some = both > 0
    return float((both[some] * np.log2(both[some] / apart[some])).sum())


def _test(measure: str, sides: _Means | _Shared, rng: np.random.Generator, draws: int) -> HeardTest:
    """One measure of both runs, with what other tasks and swaps would have given."""
    n = sides.tasks
    ones, still = np.ones(n), np.zeros(n)
    value, null = sides.pair(ones, still)
    difference = value - null
    if n < FEWEST_TASKS:
        return HeardTest(measure, value, null, difference, None, None, None, n)
    left_out = np.array([sides.pair(ones - np.eye(n)[t], still) for t in range(n)])
    pseudo = n * np.array([value, null]) - (n - 1) * left_out
    of_run, of_null = pseudo.mean(axis=0)
    swaps = rng.integers(2, size=(draws, n)).astype(float)
    drawn = np.array([np.subtract(*sides.pair(ones, swap)) for swap in swaps])
    as_far = int((np.abs(drawn) >= abs(difference) - TIE).sum())
    p = (1 + as_far) / (draws + 1)
    ci95 = _student(pseudo[:, 0] - pseudo[:, 1])
    return HeardTest(
        measure, float(of_run), float(of_null), float(of_run - of_null), ci95, p, None, n
    )


def _student(values: Floats) -> tuple[float, float]:
    """Student's 95 % interval of a mean."""
    from scipy import stats

    mean, sd = float(values.mean()), float(values.std(ddof=1))
    half = float(stats.t.ppf(0.975, len(values) - 1)) * sd / math.sqrt(len(values))
    return mean - half, mean + half
