"""The page of a replay: whether it is equal, where it is not, and both side by side."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...._version import __version__
from ..api.replay import Pair, Replayed
from ..config.identity import to_json
from ..config.run import RunConfig
from ..format import UNKNOWN, counted, number
from ..results.factors import FACTORS
from ..results.rows import Row, mean
from ..runs.session import kinds_of
from .citation import bibtex, played_of
from .page import Page, Table

MEASURES = {
    "score": 3, "quality": 3, "abstention_rate": 3, "hierarchy_depth": 2, "calls": 1, "tokens": 0,
}  # fmt: skip
"""Shown side by side where they were measured, with their decimals."""
MOST_ROWS = 500
"""Ticks or runs that are listed one by one; those that differ come first."""
CAPTION = "Recorded and replayed values; whatever is equal lies on the diagonal."


def replay_page(found: Replayed, pictures: Mapping[str, Path]) -> Page:
    """The page of a replay.

    Args:
        found: What playing it again gave.
        pictures: PNG files by name.
    """
    assert found.config is not None
    kinds = kinds_of(found.config)
    single = isinstance(found.config, RunConfig)
    played = played_of(found.config, found.recorded_in)
    tables = [_sides(found.pairs, single=single)]
    if not single:
        tables.append(_cells(found.pairs))
        tables.reverse()
    return Page(
        title=f"Replay of {found.recorded_in.name if found.recorded_in else UNKNOWN}",
        lead=f"Played again: {played.what}; from the folder's own configuration and, where models "
        "were called, from the answers that its journal holds. Nothing was sent. Recorded by "
        f"unscripted {found.version or UNKNOWN}, replayed by {__version__} on Python "
        f"{platform.python_version()}.",
        config=to_json(found.config),
        synthetic=any(run.synthetic for run in kinds),
        called=any(run.called for run in kinds),
        headline=headline(found),
        kind="Replay",
        on=played.day,
        citation=bibtex(played),
        pictures=dict.fromkeys(pictures.values(), CAPTION),
        tables=tables,
    )


def headline(found: Replayed) -> list[str]:
    """Whether it is equal, where it is not, and what that means.

    Args:
        found: What playing it again gave.
    """
    unit = found.unit.removesuffix("s")
    differing = sum(bool(pair.difference) for pair in found.pairs)
    if not found.difference:
        played = counted(found.equal, unit)
        return [
            f"Equal: {played} replayed, every one as it was recorded.",
            "Whoever has the folder and this program can do the same, offline.",
        ]
    said = [f"Not equal: {found.difference}."]
    if found.unit == "runs":
        said.append(
            f"{counted(len(found.pairs), unit)} compared: {differing} not equal, "
            f"{len(found.pairs) - differing} equal."
        )
    else:
        said.append(
            f"Before it: {counted(found.equal, unit)}, equal. What comes after it rests on it and "
            "is not compared."
        )
    return [
        *said,
        f"Either the folder was changed since unscripted {found.version or UNKNOWN} recorded it, "
        "or the program was.",
    ]


def points_of(found: Replayed) -> dict[str, list[tuple[float, float]]]:
    """Recorded and replayed values of each tick or run, by measure; equal ones too.

    Args:
        found: What playing it again gave.
    """
    both = [(p.recorded, p.again) for p in found.pairs if p.recorded is not None and p.again]
    points = {
        name: [
            (float(recorded[name]), float(again[name]))
            for recorded, again in both
            if recorded and None not in (recorded.get(name), again.get(name))
        ]
        for name in MEASURES
    }
    return {name: values for name, values in points.items() if values}


def _known(rows: Sequence[Row | None]) -> list[str]:
    return [m for m in MEASURES if any(row is not None and row.get(m) is not None for row in rows)]


def _value(row: Row | None, name: str) -> str:
    return UNKNOWN if row is None else number(row.get(name), MEASURES[name])


def _both(recorded: Row | None, again: Row | None, names: Sequence[str]) -> list[str]:
    """Each measure once where both are equal, else both with an arrow between."""
    found = []
    for name in names:
        before, after = _value(recorded, name), _value(again, name)
        found.append(before if before == after else f"{before} → {after}")
    return found


def _sides(pairs: Sequence[Pair], *, single: bool) -> Table:
    """Every tick or run: equal or not, and its measures."""
    names = _known([row for pair in pairs for row in (pair.recorded, pair.again)])
    ordered = sorted(pairs, key=lambda pair: not pair.difference)[:MOST_ROWS]
    rows = [
        [pair.name, pair.difference or "equal", *_both(pair.recorded, pair.again, names)]
        for pair in (pairs if len(pairs) <= MOST_ROWS else ordered)
    ]
    what = "tick" if single else "run"
    heading = f"Every {what}: recorded → replayed"
    if len(pairs) > MOST_ROWS:
        heading = f"{MOST_ROWS} of {len(pairs)} {what}s, different ones first: recorded → replayed"
    return heading, [what, "what differs first", *names], rows


def _cells(pairs: Sequence[Pair]) -> Table:
    """Means by cell, recorded and replayed."""
    cells: dict[tuple[str, ...], list[Pair]] = {}
    for pair in pairs:
        row = pair.recorded or pair.again or {}
        cells.setdefault(tuple(str(row.get(f, UNKNOWN)) for f in FACTORS), []).append(pair)
    varying = [k for k in range(len(FACTORS)) if len({cell[k] for cell in cells}) > 1] or [
        FACTORS.index("protocol")
    ]
    names = _known([row for pair in pairs for row in (pair.recorded, pair.again)])
    rows = []
    for cell, own in cells.items():
        equal = sum(not pair.difference for pair in own)
        recorded, again = (
            {m: mean(row.get(m) for row in side if row is not None) for m in names}
            for side in ([p.recorded for p in own], [p.again for p in own])
        )
        rows.append(
            [*(cell[k] for k in varying), f"{equal} of {len(own)}", *_both(recorded, again, names)]
        )
    head = [*(FACTORS[k] for k in varying), "equal", *names]
    return "Means by cell: recorded → replayed", head, rows
