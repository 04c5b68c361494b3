"""What code makes of a team's answers, and how far each private part travelled.

All of it is None, or empty, for tasks that no code scores.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..ground_truth.values import tells
from ..messages import text_of
from ..record import TickRecord
from ..spans import ids_in

SCORE, QUALITY = "score", "quality"


def outcome(scores: Iterable[float | None]) -> str:
    """The measure that statistics speak of: `score` where code scored anything, else `quality`.

    Args:
        scores: Of ticks, runs or cells; None where no code scored them.
    """
    return SCORE if any(s is not None for s in scores) else QUALITY


def score(record: TickRecord) -> float | None:
    """What code makes of the team's answers, 0 to 1.

    Args:
        record: Of the tick.
    """
    return record.verdict.score


def score_floor(record: TickRecord) -> float | None:
    """Expected score of the best constant answer, or of chance, 0 to 1.

    Args:
        record: Of the tick.
    """
    return None if record.ground_truth is None else record.ground_truth.bounds.floor


def score_own(record: TickRecord) -> float | None:
    """Expected score where members answer from their own parts alone, 0 to 1.

    Args:
        record: Of the tick.
    """
    return None if record.ground_truth is None else record.ground_truth.bounds.own


def score_ceiling(record: TickRecord) -> float | None:
    """Expected score with all private parts pooled, 0 to 1.

    Args:
        record: Of the tick.
    """
    return None if record.ground_truth is None else record.ground_truth.bounds.ceiling


def answered(record: TickRecord) -> float | None:
    """Share of members whose answer had the form asked for; None where nothing is answered.

    Args:
        record: Of the tick.
    """
    truth = record.ground_truth
    if truth is None or not truth.answers or any(t.act == "move" for t in record.rounds):
        return None
    return sum(a.value is not None for a in truth.answers) / len(truth.answers)


def parts_reached(record: TickRecord) -> float | None:
    """How far private parts travelled: the share of other members that got to see one, as a mean.

    Args:
        record: Of the tick.
    """
    by_round = reach_by_round(record)
    return by_round[-1] if by_round else None


def reach_by_round(record: TickRecord) -> list[float]:
    """The share of other members that had seen a private part when a round began, as means.

    A part is seen in a message that holds a line of its own, or all of the keywords of one of its
    facts; so a part that is only summed up has not travelled, whatever the sum is worth.

    Args:
        record: Of the tick.

    Returns:
        One share for each round, 0 to 1; empty where there are no parts or nobody else.
    """
    reached = reach_of_parts(record)
    if not reached:
        return []
    rounds = len(record.rounds)
    return [math.fsum(part[r] for part in reached.values()) / len(reached) for r in range(rounds)]


def reach_of_parts(record: TickRecord) -> dict[int, list[float]]:
    """By the member whose part it is, the share of others that had seen it when each round began.

    Args:
        record: Of the tick.
    """
    truth = record.ground_truth
    members = [m.member for m in record.members]
    if truth is None or len(members) < 2 or not record.rounds:
        return {}
    owners = {f.owner for f in truth.facts}
    told = [tells(text_of(m.content), truth.facts) for m in record.log]
    first: dict[tuple[int, int], int] = {}  # of a part and a reader, the round it was first seen in
    for m in record.members:
        for turn in m.turns:
            for span in dict.fromkeys((*turn.seen, *turn.marks_from)):
                for i in ids_in((span,)):
                    for owner in told[i]:
                        first.setdefault((owner, m.member), turn.round)
    found = {}
    for owner in sorted(owners):
        others = [m for m in members if m != owner]
        rounds = [first.get((owner, m), len(record.rounds)) for m in others]
        found[owner] = [
            sum(r <= k for r in rounds) / len(others) for k in range(len(record.rounds))
        ]
    return found
