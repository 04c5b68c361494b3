"""Tables of a scenario on screen: one row per cell, or one measure over two labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table
from rich.text import Text

from ..format import counted, number, plain, with_interval
from ..results.labels import heading
from ..statistics.samples import Sample
from ..statistics.study_results import StudyResults
from ..terminal.tables import titled_table


def cells_table(
    found: StudyResults, by: Sequence[str], measures: Sequence[str], *, title: str = ""
) -> Table:
    """One row per combination of labels; the first measure with its 95 % interval.

    Args:
        found: The runs.
        by: Labels or factors, each a column; rows come in the order of the cells.
        measures: Means over seeds, each a column.
        title: Above the table; None says what the numbers are.
    """
    groups: dict[tuple[object, ...], list[dict[str, object]]] = {}
    for row in found.rows:
        groups.setdefault(tuple(row[b] for b in by), []).append(row)
    table = titled_table(title or f"Means per task over {seeds_of(found)}, [95 % interval]")
    for name in by:
        table.add_column(plain(name), overflow="fold")
    for measure in measures:
        table.add_column(heading(measure), justify="right", no_wrap=measure == measures[0])
    for key, rows in groups.items():
        samples = [Sample.of(rows, m) for m in measures]
        table.add_row(
            *(Text(plain(str(k))) for k in key),
            with_interval(samples[0].interval),
            *(number(s.mean) for s in samples[1:]),
        )
    return table


def grid_table(found: StudyResults, measure: str, rows: str, columns: str) -> Table:
    """The mean of one measure over two labels or factors.

    Args:
        found: The runs.
        measure: Its name.
        rows: The label or factor that has a row for each value.
        columns: The one that has a column for each.
    """
    table = titled_table(f"{heading(measure)}, means over {seeds_of(found)}")
    table.add_column(plain(rows), no_wrap=True)
    names = found.values(columns)
    for name in names:
        head = Text(plain(str(name)), no_wrap=True, overflow="crop")  # its beginning, if narrow
        table.add_column(head, justify="right", min_width=4, overflow="fold")
    for row in found.values(rows):
        means = [found.sample(measure, **{rows: row, columns: c}).mean for c in names]
        table.add_row(Text(plain(str(row))), *(number(m, 2) for m in means))
    return table


def samples_table(title: str, head: Sequence[str], rows: Mapping[str, Sequence[Sample]]) -> Table:
    """Samples as means with their 95 % intervals.

    Args:
        title: Above the table.
        head: Of every column, that of the rows' names included.
        rows: One sample per column, by name.
    """
    table = titled_table(title)
    for name in head:
        table.add_column(plain(name), justify="left" if name == head[0] else "right")
    for row, samples in rows.items():
        table.add_row(Text(plain(row)), *(with_interval(s.interval) for s in samples))
    return table


def seeds_of(found: StudyResults) -> str:
    """How many seeds there are, in words.

    Args:
        found: The runs.
    """
    return counted(len(found.values("seed")), "seed")
