"""A run beside the same minds, deafened: plays the null model, and says what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from ....agents.deaf import Deaf
from ....model.metrics.nulls.deafened import HeardTest, against_deafened
from ....model.record import TickRecord
from ..build.from_config import organization_of
from ..config.run import RunConfig
from ..format import number, p_value, with_bounds

HEAD = ["measure", "value", "deafened", "difference [95 % interval]", "p (two-sided)", "p (Holm)"]
TITLE = "Emergence against the same minds, deafened (docs/emergence.md)"
LABELS = {
    "role_diversity": "role diversity within a task",
    "specialization": "specialization, bits",
    "role_stability": "role stability",
    "hierarchy_depth": "hierarchy depth",
    "abstention_rate": "refusals",
}
ALPHA = 0.05
MOST = 50_000
"""Decisions above which no null model is played."""


def deafened_of(config: RunConfig, records: Sequence[TickRecord]) -> list[HeardTest]:
    """The rows of a run.

    None for models that are called, as a null model would cost as much as the run; for runs with
    shocks or trials, which bring in minds that hear or depend on what was graded; and for very
    large ones.

    Args:
        config: Of the run.
        records: Its ticks.
    """
    tasks, team = config.tasks, config.team
    if tasks.shocks or team.tune or config.keeps_answers or not records:
        return []
    if len(records) * team.agents > MOST:
        return []
    minds = organization_of(config).setup.minds
    if not all(mind.instant for mind in minds):
        return []
    alone = {id(mind): Deaf(mind) for mind in minds}
    org = organization_of(config, minds=[alone[id(mind)] for mind in minds])
    return against_deafened(records, org.run(len(records)), seed=tasks.seed)


def deafened_table(rows: Sequence[HeardTest]) -> list[list[str]]:
    """One line per test, as texts under `HEAD`.

    Args:
        rows: Of a run.
    """
    return [
        [
            LABELS[r.measure], number(r.value), number(r.null), with_bounds(r.difference, r.ci95),
            p_value(r.p), p_value(r.p_holm),
        ]
        for r in rows
    ]  # fmt: skip


def deafened_lines(rows: Sequence[HeardTest]) -> list[str]:
    """What the tests say, in a sentence; none where nothing was tested.

    Args:
        rows: Of a run.
    """
    tested = [r for r in rows if r.p_holm is not None]
    if not tested:
        return []
    told = [
        f"{LABELS[r.measure].partition(',')[0]} is {'higher' if r.difference > 0 else 'lower'} by "
        f"{number(abs(r.difference))}"
        for r in tested
        if r.p_holm is not None and r.p_holm < ALPHA
    ]
    found = "; ".join(told) if told else "nothing that could be told"
    return [
        f"due to interaction, against the same minds deafened on the same {tested[-1].tasks} tasks "
        f"(Holm's correction over {len(tested)} tests): {found}"
    ]
