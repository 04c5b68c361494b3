"""What a race shows beside its choice: what freedom is worth, what a team is, which tasks say
nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....model.metrics.scored import QUALITY
from ..config.advice import LeftOut, is_alone
from ..format import number, with_bounds
from ..results.labels import range_of
from ..results.rows import Row
from .beliefs import Array
from .course import Course, arm_of
from .race import Standing

FREE, ASSIGNED = "sequential", ("sequential:roles=assigned", "fixed-roles")
"""Who chooses its role, and who is given one: the first of these that is an arm."""
MOST_NAMED = 8


@dataclass(frozen=True)
class Gain:
    """How much better one arm is than another on the same tasks.

    Attributes:
        what: `freedom` or `team`.
        arm: The one that has it, by its factors.
        against: The one that hasn't.
        difference: Of outcomes, the arm's minus the other's.
        interval: 95 %.
        p: The chance that it is above 0.
        margin: Differences up to this don't matter.
    """

    what: str
    arm: dict[str, Any]
    against: dict[str, Any]
    difference: float
    interval: tuple[float, float]
    p: float
    margin: float

    def body(self) -> dict[str, Any]:
        """As JSON."""
        low, high = self.interval
        return {
            "what": self.what, "arm": self.arm, "against": self.against,
            "difference": self.difference, "low": low, "high": high, "p_better": self.p,
        }  # fmt: skip

    @property
    def answer(self) -> str:
        """`yes`, `no`, or `unclear`: whether it is worth more than the margin's lower side."""
        low, high = self.interval
        if low > 0:
            return "yes"
        return "no" if high < self.margin else "unclear"

    def line(self) -> str:
        """In a sentence."""
        by = with_bounds(self.difference, self.interval)
        pair = f"{words(self.arm)} against {words(self.against)}: {by}"
        said = {
            ("freedom", "yes"): f"{self.arm['model']} gains from choosing roles itself",
            ("freedom", "no"): f"{self.arm['model']} does not gain from choosing roles itself",
            ("freedom", "unclear"): f"whether {self.arm['model']} gains from choosing roles itself "
            "is not clear",
            ("team", "yes"): "a team is worth it",
            ("team", "no"): "a team is not worth it: leave the model alone",
            ("team", "unclear"): "whether a team is worth it is not clear",
        }
        return f"{said[self.what, self.answer]} ({pair})"


def words(arm: Mapping[str, Any]) -> str:
    """An arm in words, as `sequential with 8 agents`.

    Args:
        arm: Its factors.
    """
    if is_alone(arm["protocol"]):
        return f"{arm['protocol']}, {arm['model']}"
    agents = f"{arm['protocol']} with {arm['agents']} agents"
    network = "" if arm["topology"] == "complete" else f" on {arm['topology']}"
    return f"{agents}{network}, {arm['model']}"


def left_out_lines(left_out: Iterable[LeftOut]) -> list[str]:
    """Arms that can't be played, a sentence for each reason.

    Args:
        left_out: The arms.
    """
    by_reason: dict[str, list[str]] = defaultdict(list)
    for x in left_out:
        by_reason[x.reason].append(words(x.arm))
    return [
        f"left out, as it can't be played: {'; '.join(arms)} ({reason})"
        for reason, arms in by_reason.items()
    ]


def gains(course: Course, chosen: int) -> list[Gain]:
    """What freedom is worth to each model, and a team to the chosen one's.

    Args:
        course: As far as it came.
        chosen: The arm that is advised.
    """
    found = course.race.standing()
    if found is None:
        return []
    return [*_freedom(course, found), *_team(course, found, chosen)]


def _freedom(course: Course, found: Standing) -> Iterator[Gain]:
    """For each model, at its largest team where both were played."""
    arms = {arm: arm_of(course.config.arms[arm]) for arm in found.arms}
    for model in dict.fromkeys(arm["model"] for arm in arms.values()):
        free = [k for k, a in arms.items() if a["protocol"] == FREE and a["model"] == model]
        for arm in sorted(free, key=lambda k: -arms[k]["agents"]):
            twins = (
                k for p in ASSIGNED for k, a in arms.items() if a == {**arms[arm], "protocol": p}
            )
            if (twin := next(twins, None)) is not None:
                yield _gain("freedom", course, found, (arm, twin))
                break


def _team(course: Course, found: Standing, chosen: int) -> Iterator[Gain]:
    """The best team against the best of solo, both with the model that is advised."""
    arms = {arm: arm_of(course.config.arms[arm]) for arm in found.arms}
    mean = dict(zip(found.arms, found.beliefs.mean, strict=True))
    model = arm_of(course.config.arms[chosen])["model"]
    own = [k for k, a in arms.items() if a["model"] == model]
    alone = [k for k in own if is_alone(arms[k]["protocol"])]
    teams = [k for k in own if k not in alone]
    if alone and teams:
        pair = (max(teams, key=mean.__getitem__), max(alone, key=mean.__getitem__))
        yield _gain("team", course, found, pair)


def _gain(what: str, course: Course, found: Standing, pair: tuple[int, int]) -> Gain:
    one, other = (arm_of(course.config.arms[k]) for k in pair)
    draws = [_draws(found, k) for k in pair]
    difference = draws[0] - draws[1]
    low, high = map(float, np.quantile(difference, (0.025, 0.975)))
    better = float((difference > 0).mean())
    margin = course.race.rule.margin
    return Gain(what, one, other, float(difference.mean()), (low, high), better, margin)


def _draws(found: Standing, arm: int) -> Array:
    return found.beliefs.draws[:, found.arms.index(arm)]


def telling_nothing(course: Course) -> dict[str, str]:
    """Tasks on which solo is at the floor or the ceiling, so that no team can be told from it.

    Args:
        course: As far as it came.

    Returns:
        `floor` or `ceiling` by the task's id, in the order played.
    """
    alone = {
        tuple(arm_of(run).values())
        for run in course.config.arms
        if is_alone(run.team.protocol)
    }  # fmt: skip
    seen: dict[str, list[Row]] = defaultdict(list)
    for result in course.results.values():
        row = result.row
        if row is None or tuple(row[f] for f in arm_of(course.config.arms[0])) not in alone:
            continue
        for tick in result.ticks:
            seen[tick["task_id"]].append({**tick, "outcome": row["outcome"]})
    margin = course.race.rule.margin
    found = {}
    for task, ticks in seen.items():
        if (said := _extreme(ticks, margin)) is not None:
            found[task] = said
    return found


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


def tasks_line(found: dict[str, str], played: int) -> str:
    """Tasks that tell nothing, in a sentence; empty where there are none.

    Args:
        found: As `telling_nothing` gives them.
        played: Different tasks that solo played.
    """
    if not found:
        return ""
    named = ", ".join(f"{task} ({end})" for task, end in list(found.items())[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    share = number(100 * len(found) / played, 0)
    return (
        f"solo is at the floor or the ceiling on {len(found)} of {played} tasks ({share} %), which "
        f"can't tell teams apart: {named}{more}; give other tasks in their place"
    )


def arm_cells(arm: Mapping[str, Any]) -> list[str]:
    """An arm's row in tables: factors, outcome, tasks, chances and calls.

    Args:
        arm: As `Advice.arms` has it.
    """
    return [
        arm["protocol"],
        str(arm["agents"]),
        arm["topology"],
        arm["model"],
        with_bounds(arm["mean"], (arm["low"], arm["high"])),
        str(arm["tasks"]),
        number(arm["p_best"], 2),
        number(arm["p_close"], 2),
        number(arm["calls"], 1),
    ]
