"""A tick in words: the task, who acted in which round, what each said, and what it was worth."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.metrics.performance import quality
from ....model.record import MemberRecord, TickRecord
from ..format import number, plain


def transcript(record: TickRecord) -> str:
    """One tick as plain text.

    Args:
        record: The tick.
    """
    verdict = record.verdict
    lines = [f"tick {record.tick}: {record.task_id} ({record.level}), {record.protocol}"]
    lines += [f"  before: {shock}" for shock in record.shocks]
    for member in record.members:
        lines += _member(member)
    said = plain(verdict.reason or "no reason given")
    if verdict.score is not None:
        lines.append(f"  score {number(verdict.score)}: {plain(verdict.reason)}")
    else:
        lines.append(f"  quality {number(quality(record))}: {said}")
    return "\n".join(lines)


def _member(member: MemberRecord) -> Iterator[str]:
    head = f"  member {member.member}, {member.state.value}"
    built = f", building on {', '.join(map(str, member.builds_on))}" if member.builds_on else ""
    yield f"{head}{f' as {plain(member.role)}' if member.role else ''}{built}"
    if member.note:
        yield f"    {plain(member.note)}"
    for contribution in member.contributions:
        yield from (f"    {plain(line)}" for line in contribution.work.splitlines() if line.strip())
