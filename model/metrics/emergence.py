"""Emergence against null models: is it more than chance and wording would give?

A team with many role names, with members that keep to a subject, or with long chains of work may
look organized and be noise. Each measure is put beside the same measure of the same run after one
thing was drawn by lot and everything else kept:

    measure              what is drawn by lot
    unique_names         which title ("lead", "analyst") goes with which subject
    role_diversity       which member on which task has which of the run's roles
    role_diversity       every role, from the run's pool or a control's: a random-role team
    specialization       which member has which role, within each task
    role_stability       the same
    hierarchy_depth      whose work each work builds on, among those its author had read

Value, mean and standard deviation under the null, z, and the Monte Carlo p of B. Phipson &
G. K. Smyth, two-sided: p = min(1, 2 (1 + min(g, l)) / (n + 1)), where g of n draws are at least
and l at most the value. It is never 0, and where the null is true it is at most x with a chance of
at most x. `p_holm` is corrected over the tests of the run (S. Holm).

References:
    B. Phipson & G. K. Smyth, "Permutation p-values should never be zero", Statistical
    Applications in Genetics and Molecular Biology 9, 2010.
    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6, 1979.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ..errors import UsageError
from ..record import TickRecord
from .multiple_testing import holm
from .nulls.attribution_null import Attribution, depth_statistic
from .nulls.null_model import TIE, Statistic, p_value
from .nulls.role_nulls import Roles, Wording, role_pool
from .paraphrases import Embed

DRAWS = 999
LOT = "roles by lot in each task"

MEANING = {
    "unique_names": "distinct names of roles, spelling and order of words evened out",
    "unique_roles": "distinct roles once paraphrases are one",
    "role_diversity": "roles per member with a role, task by task",
    "specialization": "mutual information of member and role, bits",
    "role_stability": "members that kept their role",
    "hierarchy_depth": "longest chain of works, task by task",
}
"""What each measure is; all but the first count paraphrases as one role."""


@dataclass(frozen=True, slots=True)
class NullTest:
    """A measure of a run beside its null model.

    Attributes:
        measure: Its name; see `MEANING`.
        null: What was drawn by lot; empty where nothing can be.
        value: Of the run.
        null_mean: Over draws; None without a null model.
        null_sd: Over draws.
        z: (value - null_mean) / null_sd; None where no draw differs from another.
        p: Two-sided; None without a null model.
        p_holm: Corrected over the run's tests.
        draws: How many.
    """

    measure: str
    null: str
    value: float
    null_mean: float | None = None
    null_sd: float | None = None
    z: float | None = None
    p: float | None = None
    p_holm: float | None = None
    draws: int = 0

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "sided": "two"}


def emergence(
    records: Sequence[TickRecord],
    *,
    seed: int = 0,
    draws: int = DRAWS,
    embed: Embed | None = None,
    control: Sequence[TickRecord] = (),
) -> list[NullTest]:
    """Every measure of a run beside its null model.

    Args:
        records: The run's ticks.
        seed: Of the draws; the same seed gives the same tests.
        draws: Permutations for each test, 1 or more; 999 reach p = 0.002.
        embed: Vectors of role names, to find paraphrases that share no word; None compares words.
        control: Ticks of a run of the protocol `random`, whose roles the random-role team draws
            from; none draws from the run's own, each role equally often.

    Returns:
        Tests in the order of the table above; those that can't be made are left out.

    Raises:
        UsageError: `draws` is below 1.
    """
    if draws < 1:
        raise UsageError(f"draws={draws} is below 1; use 999")
    lots = _Lots(draws, iter(np.random.default_rng(np.random.SeedSequence(seed)).spawn(6)))
    tests: list[NullTest] = []
    roles = Roles.of(records, embed)
    if len(roles):
        if embed is None:
            tests.append(lots.test("unique_names", "titles by lot", Wording.of(records).count))
        else:
            lots.skip()
        tests.append(NullTest("unique_roles", "", float(roles.kinds)))
        random_roles = roles.drawn_from(role_pool(roles, control, embed))
        tests += [
            lots.test("role_diversity", "names shuffled over the run", roles.shuffled),
            lots.test("role_diversity", "random-role team", random_roles),
            lots.test("specialization", LOT, roles.information),
        ]
        if roles.pairs:
            tests.append(lots.test("role_stability", LOT, roles.stability))
    worked = [Attribution(r) for r in records if any(m.contributions for m in r.members)]
    if worked:
        tests.append(lots.test("hierarchy_depth", "attribution by lot", depth_statistic(worked)))
    return corrected(tests)


@dataclass(frozen=True)
class _Lots:
    """Draws by lot, each test with a generator of its own."""

    draws: int
    streams: Iterator[np.random.Generator]

    def skip(self) -> None:
        """Leave a generator to a test that is not made, so that others draw what they drew."""
        next(self.streams)

    def test(self, measure: str, null: str, statistic: Statistic) -> NullTest:
        """One measure beside its null model."""
        value = float(statistic(None, 1)[0])
        drawn = statistic(next(self.streams), self.draws)
        mean, sd = float(drawn.mean()), float(drawn.std(ddof=1)) if self.draws > 1 else 0.0
        sd = sd if sd > TIE else 0.0
        z = (value - mean) / sd if sd else None
        p = p_value(value, drawn)
        return NullTest(measure, null, value, mean, sd, z, p, None, self.draws)


def corrected(tests: Sequence[NullTest]) -> list[NullTest]:
    """Holm's correction over the tests that have a p.

    Args:
        tests: Of one run.
    """
    tested = [t.p for t in tests if t.p is not None]
    p_holm = iter(holm(tested))
    return [t if t.p is None else replace(t, p_holm=next(p_holm)) for t in tests]


def affordable(records: Sequence[TickRecord], most: int = 20_000_000) -> int:
    """Draws that keep a run's tests to seconds: 999, fewer for very large runs, 99 at least.

    Args:
        records: Of a run.
        most: Numbers that may be drawn for one test.
    """
    places = sum(len(r.roles) for r in records)
    return max(99, min(DRAWS, most // max(1, places)))
