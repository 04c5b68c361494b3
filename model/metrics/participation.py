"""Task refusal: who worked, who declined, who was left out, who failed.

The four shares sum to 1: every member ends a tick in exactly one state.
"""

from __future__ import annotations

from ..record import State, TickRecord


def _share(record: TickRecord, state: State) -> float:
    return record.states[state] / len(record.members)


def participation(record: TickRecord) -> float:
    """Share of members that delivered work, 0 to 1.

    Args:
        record: Of the tick.
    """
    return _share(record, State.CONTRIBUTED)


def abstention_rate(record: TickRecord) -> float:
    """Share of members that declined of their own accord (voluntary), 0 to 1.

    Args:
        record: Of the tick.
    """
    return _share(record, State.ABSTAINED)


def exclusion_rate(record: TickRecord) -> float:
    """Share of members never asked to work (directed), 0 to 1.

    Args:
        record: Of the tick.
    """
    return _share(record, State.EXCLUDED)


def failure_rate(record: TickRecord) -> float:
    """Share of members that were asked and gave nothing usable, 0 to 1.

    Args:
        record: Of the tick.
    """
    return _share(record, State.FAILED)
