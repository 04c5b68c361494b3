"""Quality, mission, time, cost and risk, and the two sums over them.

Symbols Q, M, T, C, R, J and B are those of arXiv:2603.28990.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..record import State, TickRecord
from .scales import Scales

GRADE_MAX = 4.0
FLOOR = 0.25  # the lowest Q and M: every criterion graded 1 of 4


def quality(record: TickRecord) -> float | None:
    """Q: accuracy, completeness, coherence and actionability, each 1 to 4, summed over 16.

    0.25 to 1; None where any of the four was not graded.

    Args:
        record: Of the tick.
    """
    v = record.verdict
    grades = (v.accuracy, v.completeness, v.coherence, v.actionability)
    known = [g for g in grades if g is not None]
    return math.fsum(known) / (GRADE_MAX * len(grades)) if len(known) == len(grades) else None


def mission_relevance(record: TickRecord) -> float | None:
    """M: the fifth criterion, 1 to 4, over 4; 0.25 to 1, None where not graded.

    Args:
        record: Of the tick.
    """
    grade = record.verdict.mission_relevance
    return None if grade is None else grade / GRADE_MAX


def wall_s(record: TickRecord) -> float:
    """T: execution time of the tick in seconds along its critical path.

    The slowest decision of each round, summed over rounds. Synthetic minds model their latency,
    real ones measure it; so the same record gives the same T, whatever the machine.

    Args:
        record: Of the tick.
    """
    return record.totals.critical_path_s


def rounds(record: TickRecord) -> int:
    """Rounds played, one after another; everybody in a round decides at once.

    Args:
        record: Of the tick.
    """
    return len(record.rounds)


def calls(record: TickRecord) -> int:
    """Model calls of the team, the judge's not included.

    Args:
        record: Of the tick.
    """
    return record.totals.calls


def tokens(record: TickRecord) -> int:
    """C in tokens: prompt and completion tokens of the team, the judge's not included.

    Args:
        record: Of the tick.
    """
    return record.totals.tokens


def cost_usd(record: TickRecord) -> float | None:
    """C in US dollars, the judge's not included; None where any price is unknown.

    Args:
        record: Of the tick.
    """
    return record.totals.cost_usd


def tokens_cached(record: TickRecord) -> int | None:
    """Prompt tokens of the team that were read from a cache, the judge's not included.

    None where nobody counted, as with synthetic minds.

    Args:
        record: Of the tick.
    """
    return record.totals.tokens_cached


def cost_usd_uncached(record: TickRecord) -> float | None:
    """C in US dollars at full price, without discounts for what was cached; None as `cost_usd`.

    Args:
        record: Of the tick.
    """
    return record.totals.cost_usd_uncached


def delivered(record: TickRecord) -> float:
    """1 where any work was delivered, or an answer given, a word said or a move made; else 0.

    Args:
        record: Of the tick.
    """
    truth = record.ground_truth
    if truth is None:
        return float(any(m.contributions for m in record.members))
    answers = any(a.value is not None for a in truth.answers)
    return float(answers or record.states[State.CONTRIBUTED] > 0)


def risk(record: TickRecord) -> float | None:
    """R: chance that something picked at random went wrong, 0 to 1.

    1 - (1 - e)(1 - v), with e the share of decisions that failed and v the share of mandatory
    requirements left unmet; either alone where the other is unknown, None where both are.

    Args:
        record: Of the tick.
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


def judge_cost_usd(records: Sequence[TickRecord], scales: Scales) -> float | None:
    """Mean of what judging cost per task in US dollars; None where no price is known.

    Args:
        records: Of a run.
        scales: Play no part.
    """
    known = [c for r in records if (c := r.verdict.usage.cost_usd) is not None]
    return math.fsum(known) / len(known) if known else None


def objective(records: Sequence[TickRecord], scales: Scales) -> float | None:
    """J of one tick: aQ·Q + aM·M - aT·T - aC·C - aR·R; None where any term is.

    Args:
        records: Of a run up to the tick.
        scales: The weights.
    """
    record = records[-1]
    q, m, c, r = quality(record), mission_relevance(record), cost_usd(record), risk(record)
    if q is None or m is None or c is None or r is None:
        return None
    return (
        scales.quality * q
        + scales.mission * m
        - scales.time_per_s * wall_s(record)
        - scales.cost_per_usd * c
        - scales.risk * r
    )


def balance(records: Sequence[TickRecord], scales: Scales) -> float | None:
    """Balance index B = 0.25 Q̂ + 0.20 M̂ + 0.20 T̂ + 0.20 Ĉ + 0.15 R̂, 0 to 1.

    Q̂ and M̂ are stretched to 0..1, T̂ = t/(t + T) and Ĉ = c/(c + C) with the scales' references
    t and c, R̂ = 1 - R. The paper's weights; its normalisation is not printed, this one is ours.

    Args:
        records: Of a run up to the tick.
        scales: The references.
    """
    record = records[-1]
    q, m, c, r = quality(record), mission_relevance(record), cost_usd(record), risk(record)
    if q is None or m is None or c is None or r is None:
        return None
    return (
        0.25 * (q - FLOOR) / (1 - FLOOR)
        + 0.20 * (m - FLOOR) / (1 - FLOOR)
        + 0.20 * scales.time_ref_s / (scales.time_ref_s + wall_s(record))
        + 0.20 * scales.cost_ref_usd / (scales.cost_ref_usd + c)
        + 0.15 * (1 - r)
    )
