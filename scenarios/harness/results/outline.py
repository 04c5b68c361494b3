"""What is small of a record: all but the turns of its members.

Pages and tables ask a run many times for shocks, rulings and verdicts. Of a long run, whose records
are read back from a disk, these are held instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ....model.record import TickRecord


def outlines(records: Iterable[TickRecord]) -> list[TickRecord]:
    """Records without members, rounds and ground truth; what is measured of those is lost.

    Args:
        records: Of a run.
    """
    return [replace(r, members=(), rounds=(), ground_truth=None) for r in records]
