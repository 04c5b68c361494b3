"""Quality, mission, time, cost and risk, and the two sums over them.

Symbols Q, M, T, C, R, J and B are those of arXiv:2603.28990.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from ..errors import UsageError
from ..record import TickRecord

GRADE_MAX = 4.0
FLOOR = 0.25  # the lowest Q and M: every criterion graded 1 of 4


@dataclass(frozen=True, slots=True)
class Scales:
    """Weights of the objective and references of the balance index.

    The paper names the weights aQ, aM, aT, aC, aR and does not print them; these are ours.

    Attributes:
        quality: aQ, per unit of Q.
        mission: aM, per unit of M.
        time_per_s: aT, per second.
        cost_per_usd: aC, per US dollar.
        risk: aR, per unit of R.
        time_ref_s: Execution time at which its term of the balance index is one half.
        cost_ref_usd: Cost at which its term of the balance index is one half.
    """

    quality: float = 1.0
    mission: float = 0.5
    time_per_s: float = 0.001
    cost_per_usd: float = 0.5
    risk: float = 0.5
    time_ref_s: float = 120.0
    cost_ref_usd: float = 0.25

    def __post_init__(self) -> None:
        for f in fields(self):
            if not 0 <= getattr(self, f.name) < math.inf:
                raise UsageError(f"{f.name}={getattr(self, f.name)} is not a number of 0 or more")
        for name in ("time_ref_s", "cost_ref_usd"):
            if getattr(self, name) == 0:
                raise UsageError(f"{name}=0 divides by zero; use a value above 0")


def quality(record: TickRecord) -> float | None:
    """Q: accuracy, completeness, coherence and actionability, each 1 to 4, summed over 16.

    0.25 to 1; None where any of the four was not graded.
    """
    v = record.verdict
    grades = (v.accuracy, v.completeness, v.coherence, v.actionability)
    known = [g for g in grades if g is not None]
    return sum(known) / (GRADE_MAX * len(grades)) if len(known) == len(grades) else None


def mission_relevance(record: TickRecord) -> float | None:
    """M: the fifth criterion, 1 to 4, over 4; 0.25 to 1, None where not graded."""
    grade = record.verdict.mission_relevance
    return None if grade is None else grade / GRADE_MAX


def wall_s(record: TickRecord) -> float:
    """T: execution time of the tick in seconds along its critical path.

    The slowest decision of each round, summed over rounds. Synthetic minds model their latency,
    real ones measure it; so the same record gives the same T, whatever the machine.
    """
    return record.totals.critical_path_s


def rounds(record: TickRecord) -> int:
    """Rounds played, one after another; everybody in a round decides at once."""
    return len(record.rounds)


def calls(record: TickRecord) -> int:
    """Model calls of the team, the judge's not included."""
    return record.totals.calls


def tokens(record: TickRecord) -> int:
    """C in tokens: prompt and completion tokens of the team, the judge's not included."""
    return record.totals.tokens


def cost_usd(record: TickRecord) -> float | None:
    """C in US dollars, the judge's not included; None where any price is unknown."""
    return record.totals.cost_usd


def risk(record: TickRecord) -> float | None:
    """R: chance that something picked at random went wrong, 0 to 1.

    1 - (1 - e)(1 - v), with e the share of decisions that failed and v the share of mandatory
    requirements left unmet; either alone where the other is unknown, None where both are.
    """
    totals = record.totals
    errors = totals.failures / totals.decisions if totals.decisions else None
    known = [x for x in (errors, record.verdict.violations) if x is not None]
    if not known:
        return None
    safe = 1.0
    for share in known:
        safe *= 1.0 - share
    return 1.0 - safe


def objective(values: dict[str, float | None], scales: Scales) -> float | None:
    """J of one tick: aQ·Q + aM·M - aT·T - aC·C - aR·R; None where any term is."""
    q, m = values["quality"], values["mission_relevance"]
    t, c, r = values["wall_s"], values["cost_usd"], values["risk"]
    if q is None or m is None or t is None or c is None or r is None:
        return None
    return (
        scales.quality * q
        + scales.mission * m
        - scales.time_per_s * t
        - scales.cost_per_usd * c
        - scales.risk * r
    )


def balance(values: dict[str, float | None], scales: Scales) -> float | None:
    """Balance index B = 0.25 Q̂ + 0.20 M̂ + 0.20 T̂ + 0.20 Ĉ + 0.15 R̂, 0 to 1.

    Q̂ and M̂ are stretched to 0..1, T̂ = t/(t + T) and Ĉ = c/(c + C) with the scales' references
    t and c, R̂ = 1 - R. The paper's weights; its normalisation is not printed, this one is ours.
    """
    q, m = values["quality"], values["mission_relevance"]
    t, c, r = values["wall_s"], values["cost_usd"], values["risk"]
    if q is None or m is None or t is None or c is None or r is None:
        return None
    return (
        0.25 * (q - FLOOR) / (1 - FLOOR)
        + 0.20 * (m - FLOOR) / (1 - FLOOR)
        + 0.20 * scales.time_ref_s / (scales.time_ref_s + t)
        + 0.20 * scales.cost_ref_usd / (scales.cost_ref_usd + c)
        + 0.15 * (1 - r)
    )
