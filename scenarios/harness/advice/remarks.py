"""What a race shows beside its choice: arms that failed, and tasks that say nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ....model.metrics.scored import QUALITY
from ..config.advice import LeftOut, is_alone
from ..results.labels import range_of
from ..results.rows import Row
from .course import Course
from .words import Voice, several

MOST_NAMED = 8
MANY = 0.2
"""Share of decisions that failed, or of tasks without any work, from which on it is said."""


def left_out_lines(left_out: Iterable[LeftOut], voice: Voice | None = None) -> list[str]:
    """Arms that can't be played, a sentence for each reason.

    Args:
        left_out: The arms.
        voice: How the race is spoken of; None names models.
    """
    by_reason: dict[str, list[str]] = defaultdict(list)
    for x in left_out:
        by_reason[x.reason].append((voice or Voice()).arm(x.arm))
    return [f"left out: {'; '.join(arms)} ({reason})" for reason, arms in by_reason.items()]


def failing_lines(arms: Iterable[Mapping[str, Any]], voice: Voice) -> list[str]:
    """Arms whose outcome is mostly that nothing came of them.

    Args:
        arms: As `Advice.arms` has them.
        voice: How the race is spoken of.
    """
    failed, idle = [], []
    for arm in arms:
        of = arm["agents"] if is_alone(arm["protocol"]) else 1  # a rate is of all members
        lost, done = of * (arm["failure_rate"] or 0.0), arm["delivered"]
        without = 0.0 if done is None else 1 - done
        if lost >= MANY:
            failed.append(f"{voice.arm(arm)} ({100 * lost:.0f} %)")
        elif without >= MANY:
            idle.append(f"{voice.arm(arm)} ({100 * without:.0f} %)")
    return [
        f"{what}: {several(found)}"
        for what, found in (("decisions that failed", failed), ("tasks without any work", idle))
        if found
    ]


def telling_nothing(course: Course) -> dict[str, str]:
    """Tasks on which solo is at the floor or the ceiling.

    Args:
        course: As far as it came.

    Returns:
        `floor` or `ceiling` by the task's id, in the order played.
    """
    margin = course.race.rule.margin
    ends = {task: _extreme(ticks, margin) for task, ticks in _by_task(course, alone=True).items()}
    return {task: end for task, end in ends.items() if end is not None}


def _by_task(course: Course, *, alone: bool) -> dict[str, list[Row]]:
    """Ticks by task, of solo or of every arm."""
    seen: dict[str, list[Row]] = defaultdict(list)
    for result in course.results.values():
        row = result.row
        if row is not None and (not alone or is_alone(row["protocol"])):
            for tick in result.ticks:
                seen[tick["task_id"]].append({**tick, "outcome": row["outcome"]})
    return seen


def _extreme(ticks: list[Row], margin: float) -> str | None:
    outcome = ticks[0]["outcome"]
    known = [t[outcome] for t in ticks if t[outcome] is not None]
    if not known:
        return None
    if outcome == QUALITY:
        low, high = range_of(QUALITY)
    else:
        low, high = (ticks[0][f"{outcome}_{end}"] for end in ("floor", "ceiling"))
    if low is not None and max(known) <= low + margin:
        return "floor"
    return "ceiling" if high is not None and min(known) >= high - margin else None


def tasks_lines(course: Course, found: Mapping[str, str]) -> list[str]:
    """Tasks that tell nothing, a sentence for each end.

    Args:
        course: As far as it came.
        found: As `telling_nothing` gives them.
    """
    everyone = _by_task(course, alone=False)
    played = len(_by_task(course, alone=True))
    margin = course.race.rule.margin
    said = []
    for end, remedy in (("floor", "easier"), ("ceiling", "harder")):
        tasks = [task for task, at in found.items() if at == end]
        same = [task for task in tasks if _extreme(everyone[task], margin) == end]
        if not tasks:
            continue
        share = f"{100 * len(tasks) / played:.0f} %"
        line = f"solo is at the {end} on {len(tasks)} of {played} tasks ({share})"
        if same:
            every = "" if len(same) == len(tasks) else f" on {len(same)} of them"
            line += (
                f", and so is every team{every}: these can't tell arms apart, "
                f"use {remedy} ones ({several(same, MOST_NAMED)})"
            )
        elif end == "floor":
            line += ", where a team can only be better"
        else:
            line += f", where no team can be better ({several(tasks, MOST_NAMED)})"
        said.append(line)
    return said
