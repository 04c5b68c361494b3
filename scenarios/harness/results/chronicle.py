"""What happened to an organization and to its rules, as sentences with the tick in front."""

from __future__ import annotations

from collections.abc import Sequence

from ....model.record import TickRecord
from ....model.ruling import Ruling


def chronicle(records: Sequence[TickRecord]) -> list[str]:
    """Shocks, faults of a protocol and rulings, in order; empty for an uneventful run.

    Args:
        records: Of a run.
    """
    told: list[str] = []
    for record in records:
        told += [f"before tick {record.tick}: {shock}" for shock in record.shocks]
        told += [f"in tick {record.tick}: {record.error}"] if record.error else []
        told += [f"after tick {record.tick}: {_ruled(r)}" for r in record.rulings]
    return told


def shock_ticks(records: Sequence[TickRecord]) -> list[int]:
    """The ticks before which something happened.

    Args:
        records: Of a run.
    """
    return [record.tick for record in records if record.shocks]


def _ruled(ruling: Ruling) -> str:
    amendment = ruling.amendment
    who = "" if ruling.by is None else f"member {ruling.by} proposed "
    done = "granted" if ruling.granted else "refused"
    why = f" ({amendment.reason})" if amendment.reason else ""
    return f"{who}{amendment.article} = {amendment.text!r}, {done}: {ruling.reason}{why}"
