"""An organization as a notebook shows it: who is in it, and what the last tick came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..record import TickRecord

MOST_MEMBERS = 24
"""Rows of the table; further members are counted."""
SHOWN = ("quality", "score", "abstention_rate", "hierarchy_depth", "cost_usd")
"""Measures beside the title, where they were taken."""


def organization_html(
    title: str, record: TickRecord | None, measures: Mapping[str, float | None]
) -> str:
    """A title, the last tick's measures, and a row for each member.

    Args:
        title: What it is, in one line.
        record: Of the last tick; None before the first.
        measures: Of that tick, by name.
    """
    head = f"<p><b>{_text(title)}</b></p>"
    if record is None:
        return f"{head}<p>Not stepped yet.</p>"
    known = [f"{name} {measures[name]:.3f}" for name in SHOWN if measures.get(name) is not None]
    rows = [
        (str(m.member), str(m.state), m.role or m.note, ", ".join(map(str, m.builds_on)))
        for m in record.members[:MOST_MEMBERS]
    ]
    left = len(record.members) - len(rows)
    more = f"<p>{left} more members</p>" if left else ""
    said = f"tick {record.tick}: {record.task_id}; {', '.join(known) or 'not measured'}"
    heads = _row(("member", "state", "role, or why not", "built on"), "th")
    body = "".join(_row(row, "td") for row in rows)
    table = f"<table><thead>{heads}</thead><tbody>{body}</tbody></table>"
    return f"{head}<p>{_text(said)}</p>{table}{more}"


def _row(cells: Iterable[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{_text(c)}</{tag}>' for c in cells)}</tr>"


def _text(foreign: str) -> str:
    """Foreign text as text: nothing in it is markup, and nothing hides."""
    return escape("".join(c if c.isprintable() else " " for c in foreign))
