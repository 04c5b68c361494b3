"""Emergence against null models, for the page of a run and its JSON."""

from __future__ import annotations

from collections.abc import Sequence

from ....model.metrics.emergence import NullTest, affordable, corrected, emergence
from ....model.record import TickRecord
from ..format import UNKNOWN, number, p_value

HEAD = ["measure", "drawn by lot", "value", "by lot", "sd", "z", "p (two-sided)", "p (Holm)"]
TITLE = "Names, roles and chains against lotteries (docs/emergence.md)"
LABELS = {
    "unique_names": "names of roles",
    "unique_roles": "roles, paraphrases as one",
    "role_diversity": "role diversity within a task",
    "specialization": "specialization, bits",
    "role_stability": "role stability",
    "hierarchy_depth": "hierarchy depth",
}
ALPHA = 0.05
WITH = {"random-role team": "a random-role team"}


def emergence_of(records: Sequence[TickRecord], seed: int) -> list[NullTest]:
    """The rows of a run; fewer draws where it is very large.

    Diversity of roles is left to `deafened_of`: shuffled over tasks with other domains, any team is
    told from its lottery, members that hear nobody too.

    Args:
        records: Of a run.
        seed: Of the draws.
    """
    found = emergence(records, seed=seed, draws=affordable(records))
    return corrected([row for row in found if row.measure != "role_diversity"])


def emergence_table(rows: Sequence[NullTest]) -> list[list[str]]:
    """One line per test, as texts under `HEAD`.

    Args:
        rows: Of a run.
    """
    return [
        [
            LABELS[r.measure], r.null or UNKNOWN, number(r.value), number(r.null_mean),
            number(r.null_sd), number(r.z, 1), p_value(r.p), p_value(r.p_holm),
        ]
        for r in rows
    ]  # fmt: skip


def emergence_lines(rows: Sequence[NullTest]) -> list[str]:
    """What the tests say, in a sentence or two; none where no role was taken.

    Args:
        rows: Of a run.
    """
    by = {(r.measure, r.null): r for r in rows}
    said = []
    names = next((r for r in rows if r.measure == "unique_names"), None)
    roles = by.get(("unique_roles", ""))
    if names is not None and roles is not None and names.null_mean is not None:
        how = _fewer(names) if _told(names) else "not to be told from what"
        said.append(
            f"{names.value:.0f} names of roles are {roles.value:.0f} roles once paraphrases are "
            f"one; {how} titles by lot would make of them ({number(names.null_mean)})"
        )
    beyond = [
        f"{LABELS[r.measure].partition(',')[0]} is {_side(r)} than with {WITH.get(r.null, r.null)}"
        for r in rows
        if _told(r)
    ]
    tests = [r for r in rows if r.p is not None]
    if tests:
        found = "; ".join(beyond) if beyond else "nothing"
        said.append(
            f"beyond chance ({tests[0].draws} draws, Holm's correction over {len(tests)} tests): "
            f"{found}"
        )
    return said


def _told(row: NullTest) -> bool:
    return row.p_holm is not None and row.p_holm < ALPHA


def _side(row: NullTest) -> str:
    assert row.null_mean is not None
    return "higher" if row.value > row.null_mean else "lower"


def _fewer(row: NullTest) -> str:
    return "more than" if _side(row) == "higher" else "fewer than"
