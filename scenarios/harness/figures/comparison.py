"""Cells of a sweep side by side: each protocol's mean and interval, measure by measure.

One factor beside the protocol is told by colour; the others split the figure into rows. Below
`FEWEST_FOR_BARS` replicates the values themselves are drawn instead of intervals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from ....model.errors import UsageError
from ..format import number
from ..results.factors import by_words, named
from ..results.labels import described, range_of
from ..results.rows import mean
from ..statistics.intervals import FEWEST_FOR_BARS
from ..statistics.summary import CellSummary, outcome_of
from .style import (
    COLUMN_IN,
    FAINT,
    MARKERS,
    SERIES,
    draw_values,
    finish,
    fit,
    fit_apart,
    head_in,
    legend_below,
    legend_columns,
    new_figure,
    not_measured,
    plain,
    styled,
)

Key = tuple[Any, ...]

FACTORS = ("model", "agents", "level", "topology")
MEASURES = (
    "quality", "abstention_rate", "hierarchy_depth", "cost_usd", "tokens", "wall_s",
    "exclusion_rate", "delivered", "failure_rate",
)  # fmt: skip
MEASURES_OF_SCORED = ("score", "parts_reached", "answered", "cost_usd", "tokens", "wall_s")
MOST_MEASURES = 4
"""Drawn side by side, the first that say something."""
SCORE_BOUNDS = {"score_floor": ":", "score_own": "--", "score_ceiling": "-"}
COMBINATIONS_UP_TO = 8  # told apart by colour and marker; above it the figure is split into rows
ROWS_UP_TO = 12
_MAGNITUDES = ("cost_usd", "tokens", "wall_s", "calls")  # on a log scale where they span much
_LOG_FROM = 30.0  # largest over smallest mean


@styled
def draw_comparison(
    cells: Sequence[CellSummary],
    *,
    measures: Sequence[str] | None = None,
    column: bool = False,
    synthetic: bool,
) -> Figure:
    """Draw means and 95 % intervals, protocols sorted by their mean outcome, best on top.

    Where more than two factors vary, one is told apart by colour and marker and the others split
    the figure into rows of subplots, in the order in which their values were given.

    Args:
        cells: As `summarize` makes them.
        measures: One column of subplots each; None for those that go with the outcome and differ
            between cells, four at most.
        column: One measure alone, as wide as a column of a paper and without a title.
        synthetic: Whether synthetic minds made the runs.
    """
    if not cells:
        raise UsageError("cells=[] is empty; give at least one")
    left_out: list[str] = []
    if measures is None:
        measures, left_out = telling(cells)
    measures = measures[:1] if column else measures
    protocols = ranked(cells)
    split, told = _factors(cells)
    rows = _combinations(cells, split)
    shown = rows[:ROWS_UP_TO]
    styles = _styles(_combinations(cells, told))
    inches = max(1.1, len(protocols) * max(0.3, 0.13 * len(styles) + 0.12))
    width = COLUMN_IN if column else max(6.0, 1.9 + 2.45 * len(measures))
    handles = _handles(told, styles, width - 0.9) if told else []
    columns = legend_columns(handles, width, 4)
    legend_in = 0.12 + 0.2 * math.ceil(len(handles) / columns) if told else 0.0
    title, subtitle = ("", "") if column else (_title(cells, protocols), _subtitle(cells))
    height = 1.22 + head_in(title) + len(shown) * (inches + 0.4) + legend_in
    figure = new_figure(width, height, title, subtitle, legend_in=legend_in)
    grid = figure.subplots(len(shown), len(measures), sharey=True, sharex="col", squeeze=False)
    for combination, line in zip(shown, grid, strict=True):
        part = [c for c in cells if _key(c, split) == combination]
        for measure, axes in zip(measures, line, strict=True):
            axes.set_gid("-".join(map(str, (measure, *combination))))
            _draw_subplot(axes, part, measure, protocols, told, styles)
        if combination:
            said = fit(named(split, combination), width - 1.9, 9, weight="bold")
            line[0].set_title(said, loc="left", size=9, weight="bold")
    _label(grid, measures, cells, protocols)
    if told:
        legend_below(figure, handles, columns)
    note = _short_note(cells) if column else _note(cells, len(rows), left_out)
    return finish(figure, synthetic=synthetic, note=note)


def telling(cells: Sequence[CellSummary]) -> tuple[list[str], list[str]]:
    """The measures that tell cells apart, and those left out as they are the same in all.

    Args:
        cells: As `summarize` makes them; of one alone all that was measured is told.
    """
    known = MEASURES_OF_SCORED if outcome_of(cells) == "score" else MEASURES
    means = {m: [v for c in cells if (v := _mean(c, m)) is not None] for m in known}
    differ = [m for m, v in means.items() if len({round(x, 9) for x in v}) > (len(cells) > 1)]
    if "cost_usd" in differ:
        differ = [m for m in differ if m != "tokens"]  # which tell much the same
    chosen = differ[:MOST_MEASURES] or [known[0]]
    until = known.index(chosen[-1])
    same = [m for m in known[:until] if len({round(x, 9) for x in means[m]}) == 1 < len(cells)]
    return chosen, same


def ranked(cells: Sequence[CellSummary]) -> list[str]:
    """Protocols by mean outcome over their cells, best first; those without one last, by name.

    Args:
        cells: As `summarize` makes them.
    """
    found: dict[str, list[float | None]] = {}
    decides = outcome_of(cells)
    for c in cells:
        found.setdefault(c.cell.protocol, []).append(_mean(c, decides))
    score = {p: -math.inf if (m := mean(v)) is None else m for p, v in found.items()}
    return sorted(score, key=lambda p: (-score[p], p))


def _mean(cell: CellSummary, measure: str) -> float | None:
    found = cell.mean(measure)
    return found if found is not None and math.isfinite(found) else None


def _key(cell: CellSummary, factors: Sequence[str]) -> Key:
    return tuple(cell.cell.value(f) for f in factors)


def _combinations(cells: Sequence[CellSummary], factors: Sequence[str]) -> list[Key]:
    """Combinations that occur, in the order in which their values were given."""
    given = [list(dict.fromkeys(c.cell.value(f) for c in cells)) for f in factors]
    found = {_key(c, factors) for c in cells}
    return sorted(found, key=lambda k: [v.index(x) for v, x in zip(given, k, strict=True)])


def _factors(cells: Sequence[CellSummary]) -> tuple[list[str], list[str]]:
    """Varying factors: those that split the figure into rows, and those told apart in a subplot."""
    count = {f: len({_key(c, [f]) for c in cells}) for f in ("protocol", *FACTORS)}
    varying = [f for f in FACTORS if count[f] > 1]
    few = len(varying) + (count["protocol"] > 1) <= 2
    if few and len(_combinations(cells, varying)) <= COMBINATIONS_UP_TO:
        return [], varying
    fits = [f for f in varying if count[f] <= COMBINATIONS_UP_TO]
    told = [max(fits, key=lambda f: count[f])] if fits else []  # hence the fewest rows
    return [f for f in varying if f not in told], told


def _title(cells: Sequence[CellSummary], protocols: Sequence[str]) -> str:
    by = by_words(f for f in FACTORS if len(_combinations(cells, [f])) > 1)
    if len(protocols) > 1:
        return f"{len(protocols)} protocols compared{by}"
    return f"{protocols[0]} compared{by}" if by else protocols[0]


def _styles(combinations: Sequence[Key]) -> dict[Key, tuple[str, str, float]]:
    """Colour, marker and vertical offset of each combination, first on top."""
    n = len(combinations)
    offsets = np.linspace(-0.32, 0.32, n) if n > 1 else [0.0]
    looks = zip(SERIES, MARKERS, offsets, strict=False)
    return {k: (c, m, float(o)) for k, (c, m, o) in zip(combinations, looks, strict=False)}


def _draw_subplot(
    axes: Axes,
    cells: Sequence[CellSummary],
    measure: str,
    protocols: Sequence[str],
    told: Sequence[str],
    styles: Mapping[Key, tuple[str, str, float]],
) -> None:
    drawn = 0
    for cell in cells:
        value = _mean(cell, measure)
        if value is None:
            continue
        colour, marker, offset = styles[_key(cell, told)]
        y = protocols.index(cell.cell.protocol) + offset
        found = cell.measure(measure)
        ci = None if found is None else found.ci95
        values = cell.values.get(measure, ())
        if found is not None and found.n < FEWEST_FOR_BARS:
            if len(values) > 1:
                look = {"color": colour, "marker": marker}
                draw_values(axes, values, [y] * len(values), look)
        elif ci is not None and all(map(math.isfinite, ci)):
            axes.plot(ci, [y, y], color=colour, lw=1.8, marker="|", ms=6, mew=1.4, gid="interval")
        axes.plot(value, y, ls="", color=colour, marker=marker, ms=5.5, mew=0, gid="mean")
        drawn += 1
    if not drawn:
        not_measured(axes)
    elif measure == "score":
        _draw_bounds(axes, cells)


def _draw_bounds(axes: Axes, cells: Sequence[CellSummary]) -> None:
    """Floor, own part and ceiling of the score, where all cells of a subplot share them."""
    for name, style in SCORE_BOUNDS.items():
        values = {round(m, 6) for c in cells if (m := _mean(c, name)) is not None}
        if len(values) == 1:
            axes.axvline(values.pop(), color=FAINT, ls=style, lw=1.0, zorder=1, gid=name)


def _label(
    grid: Any, measures: Sequence[str], cells: Sequence[CellSummary], protocols: Sequence[str]
) -> None:
    n = len(protocols)
    for axes in grid.flat:
        axes.set_yticks(range(n), fit_apart(protocols, 1.5, 8.5))
        axes.set_ylim(n - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x")
        for y in range(0, n, 2):
            axes.axhspan(y - 0.5, y + 0.5, color="#F4F4F4", zorder=0, lw=0)
    for j, measure in enumerate(measures):
        name, unit = described(measure)
        means = [m for c in cells if (m := _mean(c, measure)) is not None]
        if not means:
            for axes in grid[:, j]:  # invisible rather than away: axis labels stay in line
                axes.tick_params(axis="x", colors="none")
                axes.grid(visible=False)
        elif measure in _MAGNITUDES and 0 < _LOG_FROM * min(means) < max(means):
            grid[0, j].set_xscale("log")
            grid[0, j].xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
            unit += ", log scale"
        elif not any(means):  # else the axis would show as much below 0 as above
            grid[0, j].set_xlim(-0.005, 0.1)
        else:
            _keep_inside(grid[0, j], measure)
        grid[-1, j].set_xlabel(f"{name}\n({unit})" if unit else plain(name))


def _keep_inside(axes: Axes, measure: str) -> None:
    """Leave no more of the axis outside the measure's range than a marker needs."""
    (left, right), (low, high) = axes.get_xlim(), range_of(measure)
    room = 0.03 * (right - left)
    axes.set_xlim(max(left, low - room), min(right, high + room))


def _subtitle(cells: Sequence[CellSummary]) -> str:
    """The factors that do not vary, with their values."""
    decides = outcome_of(cells)
    graded = any(_mean(c, decides) is not None for c in cells)
    several = len({c.cell.protocol for c in cells}) > 1
    sorted_by = (f"best {decides} first" if graded else "nobody graded them") if several else ""
    fixed = [
        named([f], _combinations(cells, [f])[0])
        for f in FACTORS
        if len(_combinations(cells, [f])) == 1
    ]
    return " · ".join(filter(None, [*fixed, sorted_by]))


def _per_cell(counts: Sequence[int]) -> str:
    spread = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"{spread} replicate{'s' * (list(counts) != [1])} per cell"


def _short_note(cells: Sequence[CellSummary]) -> str:
    counts = sorted({c.replicates for c in cells})
    bars = "bars 95 % intervals" if counts[-1] >= FEWEST_FOR_BARS else "small dots replicates"
    return f"Means, {bars}; {_per_cell(counts)}."


def _note(cells: Sequence[CellSummary], rows: int, left_out: Sequence[str] = ()) -> str:
    counts = sorted({c.replicates for c in cells})
    read = []
    if counts[-1] >= FEWEST_FOR_BARS:
        read.append("bars 95 % confidence intervals")
    if counts[0] < FEWEST_FOR_BARS:
        few = f"fewer than {FEWEST_FOR_BARS} being too few for intervals"
        read.append(f"small ones single replicates, {few}")
    note = f"{'Large dots' if counts[0] < FEWEST_FOR_BARS else 'Dots'} are means over replicates"
    note = ", ".join([note, *read])
    note += f"; {_per_cell(counts)}"
    if rows > ROWS_UP_TO:
        note += f"; the first {ROWS_UP_TO} of {rows} combinations are shown"
    if outcome_of(cells) == "score":
        note += ". Lines of the score: dotted floor, dashed own part, solid ceiling"
    if left_out:
        same = (f"{described(m)[0]} {number(_mean(cells[0], m))}" for m in left_out)
        note += f". The same in all cells: {', '.join(same)}"
    return note + "."


def _handles(
    told: Sequence[str], styles: Mapping[Key, tuple[str, str, float]], room_in: float
) -> list[Line2D]:
    labels = fit_apart([named(told, key) for key in styles], room_in, 8.5)
    return [
        Line2D([], [], color=colour, marker=marker, ms=5.5, mew=0, label=label)
        for label, (colour, marker, _) in zip(labels, styles.values(), strict=True)
    ]
