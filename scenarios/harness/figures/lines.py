"""Measures against a number or a level: means as lines, 95 % intervals as bands or bars.

Below `FEWEST_FOR_BARS` seeds the values themselves are drawn instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from ....model.errors import UsageError
from ..results.labels import described
from ..results.rows import Row
from ..statistics.intervals import FEWEST_FOR_BARS
from ..statistics.samples import Sample
from .style import (
    FAINT,
    MARKERS,
    SERIES,
    draw_values,
    finish,
    fit,
    fit_apart,
    legend_below,
    legend_columns,
    new_figure,
    not_measured,
    plain,
    styled,
    width_in,
)

STYLES = ("-", "--", ":")
"""Of lines 1 to 8, 9 to 16, 17 to 24; colours and markers begin anew."""
DODGE = 0.09
"""Distance of lines at a level, so that their bars stay apart; levels are 1 apart."""
PLACES_IN = 2.5
"""Width of a subplot's row of places."""
UPRIGHT_IN = 0.18
"""What a name that stands upright takes of it."""
NAMES_SHARE = 0.42
"""Of the height of a subplot with marks, kept for their names."""
Position = float | str


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        label: In the legend; lines of one label look alike in all subplots.
        points: A position and the sample found there; without a mean it is a gap.
    """

    label: str
    points: Sequence[tuple[Position, Sample]]

    @classmethod
    def of(cls, rows: Iterable[Row], x: str, measure: str, label: str) -> Line:
        """A measure over the values of a label, a factor or `tick`.

        Args:
            rows: Of runs or ticks.
            x: The column of positions.
            measure: The column of values.
            label: In the legend.
        """
        groups: dict[Any, list[Row]] = {}
        for row in rows:
            groups.setdefault(row[x], []).append(row)
        return cls(label, [(value, Sample.of(part, measure)) for value, part in groups.items()])


@dataclass(frozen=True)
class Subplot:
    """One pair of axes.

    Attributes:
        lines: In it.
        measure: Names the y axis, as a measure or in words of your own.
        title: Above it.
        xlabel: Below it; empty where the figure's says it.
        zero: Draw the line of no difference.
        crossing: Where a line crosses zero: position and its interval.
        marks: Positions with a name, drawn at the foot.
        log: The y axis is logarithmic.
    """

    lines: Sequence[Line]
    measure: str = "quality"
    title: str = ""
    xlabel: str = ""
    zero: bool = False
    crossing: tuple[float, float, float] | None = None
    marks: Mapping[str, float] = field(default_factory=dict)
    log: bool = False


@styled
def draw_lines(
    subplots: Sequence[Subplot],
    *,
    title: str,
    subtitle: str = "",
    xlabel: str = "",
    note: str = "",
    log: bool = False,
    synthetic: bool,
) -> Figure:
    """Draw subplots side by side, in two rows where there are four or more.

    Numbers make a continuous axis with bands, texts a row of places with bars.

    Args:
        subplots: One or more.
        title: The figure's first line.
        subtitle: What does not vary.
        xlabel: Below every subplot that has none of its own.
        note: How to read it, in addition to what lines and bands are.
        log: The x axis is logarithmic, base 2.
        synthetic: Whether synthetic minds made the runs.
    """
    if not subplots:
        raise UsageError("subplots=[] is empty; give at least one")
    labels = list(dict.fromkeys(line.label for subplot in subplots for line in subplot.lines))
    looks = {name: _look(i) for i, name in enumerate(labels)}
    columns = len(subplots) if len(subplots) < 4 else math.ceil(len(subplots) / 2)
    rows = math.ceil(len(subplots) / columns)
    most = max(len(_places(subplot)) for subplot in subplots)
    width = max(6.2, 0.3 + max(3.3, 1.1 + UPRIGHT_IN * most) * columns)
    handles = [
        Line2D([], [], label=fit(name, width - 1.0, 8.5), **look) for name, look in looks.items()
    ]
    handles = handles if len(labels) > 1 else []
    across = legend_columns(handles, width, 5)
    legend_in = 0.12 + 0.2 * math.ceil(len(handles) / across) if handles else 0.0
    figure = new_figure(width, 1.5 + 2.7 * rows + legend_in, title, subtitle, legend_in=legend_in)
    alike = len({subplot.measure for subplot in subplots}) == 1
    named = any(subplot.marks for subplot in subplots)
    grid = figure.subplots(rows, columns, squeeze=False, sharey=alike)
    for axes, subplot in zip(grid.flat, subplots, strict=False):
        _draw_subplot(axes, subplot, looks, log=log)
        _draw_crossing(axes, subplot, NAMES_SHARE if (alike and named) or subplot.marks else 0.0)
        axes.set_xlabel(plain(subplot.xlabel or xlabel))
        axes.label_outer(remove_inner_ticks=False) if alike and not subplot.xlabel else None
    _draw_marks(grid, subplots, alike=alike)
    for axes in grid.flat[len(subplots) :]:
        axes.set_visible(False)
    if handles:
        legend_below(figure, handles, across)
    read = _how_to_read(subplots)
    return finish(figure, synthetic=synthetic, note=f"{read} {note}".strip())


def _how_to_read(subplots: Sequence[Subplot]) -> str:
    samples = [s for p in subplots for line in p.lines for _, s in line.points if len(s)]
    shape = "bars" if _places(subplots[0]) else "bands"
    sure = [s for s in samples if len(s) >= FEWEST_FOR_BARS]
    read = ["Lines are means"]
    if sure or not samples:
        read.append(f"{shape} 95 % intervals over {_seeds(sure)}")
    if few := [s for s in samples if len(s) < FEWEST_FOR_BARS]:
        read.append(f"small dots single seeds, {_seeds(few)} being too few for intervals")
    return f"{', '.join(read)}."


def _look(i: int) -> dict[str, Any]:
    k = i % len(SERIES)
    style = STYLES[i // len(SERIES) % len(STYLES)]
    return {"color": SERIES[k], "marker": MARKERS[k], "ls": style, "ms": 5.0, "mew": 0}


def _places(subplot: Subplot) -> list[str]:
    """The names on an axis of places; none on one of numbers."""
    found = dict.fromkeys(x for line in subplot.lines for x, _ in line.points)
    return [x for x in found if isinstance(x, str)]


def _draw_subplot(
    axes: Axes, subplot: Subplot, looks: Mapping[str, dict[str, Any]], *, log: bool
) -> None:
    places = _places(subplot)
    if log:
        axes.set_xscale("log", base=2)
    axes.grid(axis="y")
    if subplot.zero:
        axes.axhline(0, color="black", lw=0.9, zorder=1, gid="zero")
    drawn = 0
    for i, line in enumerate(subplot.lines):
        offset = DODGE * (i - (len(subplot.lines) - 1) / 2) if places else 0.0
        at = [
            (places.index(x) + offset if isinstance(x, str) else float(x), sample)
            for x, sample in line.points
        ]
        known = [(x, m, s.bounds if len(s) >= FEWEST_FOR_BARS else None)
                 for x, s in at if (m := s.mean) is not None]  # fmt: skip
        drawn += len(known)
        for x, sample in at:
            if 1 < len(sample) < FEWEST_FOR_BARS:
                draw_values(
                    axes, [x] * len(sample), list(sample.values.values()), looks[line.label]
                )
        shade = 0.18 if len(subplot.lines) <= 4 else 0.1
        _draw_line(axes, known, looks[line.label], shade=None if places else shade)
    if not drawn:
        not_measured(axes)
    if places:
        _place_ticks(axes, places)
        axes.set_xlim(-0.4, len(places) - 0.6)
    else:
        _number_ticks(axes, subplot, log=log)
    name, unit = described(subplot.measure)
    axes.set_ylabel(f"{name}\n({unit})" if unit else plain(name))
    if subplot.log and drawn:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    if subplot.title:
        axes.set_title(fit(subplot.title, 3.0, 10), loc="left")


def _place_ticks(axes: Axes, places: Sequence[str]) -> None:
    """Names of places, slanted where they would cover one another."""
    names = fit_apart(places, 1.2, 8.5)
    each_in = PLACES_IN / max(1, len(places))
    slanted: dict[str, Any] = {}
    if max((width_in(name, 8.5) for name in names), default=0.0) > each_in - 0.06:
        upright = each_in < 1.5 * UPRIGHT_IN
        slanted = {"rotation": 90 if upright else 45, "rotation_mode": "anchor", "ha": "right",
                   "va": "center" if upright else "top"}  # fmt: skip
    axes.set_xticks(range(len(places)), names, **slanted)


def _draw_line(
    axes: Axes,
    known: Sequence[tuple[float, float, tuple[float, float] | None]],
    look: Mapping[str, Any],
    *,
    shade: float | None,
) -> None:
    """Draw means, with bars where there is no shade for a band."""
    xs, means = [x for x, _, _ in known], [m for _, m, _ in known]
    axes.plot(xs, means, **look, gid="line", zorder=3)
    sure = [(x, b) for x, _, b in known if b is not None]
    if shade is None:
        for x, bounds in sure:
            axes.plot([x, x], bounds, color=look["color"], lw=1.4, marker="_", ms=5, gid="interval")
    elif sure:
        lows, highs = [b[0] for _, b in sure], [b[1] for _, b in sure]
        axes.fill_between([x for x, _ in sure], lows, highs, color=look["color"], alpha=shade, lw=0,
                          gid="interval")  # fmt: skip


def _number_ticks(axes: Axes, subplot: Subplot, *, log: bool) -> None:
    found = sorted({float(x) for line in subplot.lines for x, _ in line.points})
    if log:
        axes.set_xticks(found, [f"{x:,.0f}" for x in found], rotation=45 if len(found) > 5 else 0)
        axes.xaxis.set_minor_locator(NullLocator())
    elif all(x == int(x) for x in found):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_crossing(axes: Axes, subplot: Subplot, foot: float) -> None:
    if subplot.crossing is None:
        return
    x, low, high = subplot.crossing
    axes.axvspan(low, high, foot, color=FAINT, alpha=0.25, lw=0, zorder=0, gid="crossing")
    axes.axvline(x, foot, color="#444444", lw=1.0, ls=(0, (4, 3)), zorder=1)


def _draw_marks(grid: Any, subplots: Sequence[Subplot], *, alike: bool) -> None:
    """Names of positions at the foot of subplots, spread so that none covers another."""
    marked = [(a, p.marks) for a, p in zip(grid.flat, subplots, strict=False) if p.marks]
    for axes, _ in marked[:1] if alike else marked:
        low, high = axes.get_ylim()
        axes.set_ylim(low - (high - low) * NAMES_SHARE / (1 - NAMES_SHARE), high)
    for axes, marks in marked:
        low, high = axes.get_xlim()
        at = axes.get_xaxis_transform()
        places = spread(sorted(marks.values()), 0.055 * (high - low))
        for name, place in zip(sorted(marks, key=lambda n: marks[n]), places, strict=True):
            x = marks[name]
            axes.plot(x, 0, "^", ms=4.5, color="#444444", transform=at, clip_on=False, zorder=4)
            axes.plot([x, place], [0.01, 0.05], color=FAINT, lw=0.7, transform=at)
            axes.text(place, 0.06, fit(name, 1.2, 7), rotation=90, size=7, ha="center",
                      va="bottom", color="#444444", transform=at, gid="mark")  # fmt: skip


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Rising positions moved as little as need be until neighbours are a gap apart.

    Args:
        positions: Rising.
        gap: Smallest distance between two, above 0.
    """
    groups: list[tuple[float, int]] = []  # centre and size of what stands together
    for x in positions:
        centre, size = x, 1
        while groups and centre - groups[-1][0] < gap * (size + groups[-1][1]) / 2:
            before, n = groups.pop()
            centre, size = (centre * size + before * n) / (size + n), size + n
        groups.append((centre, size))
    return [c + gap * (k - (n - 1) / 2) for c, n in groups for k in range(n)]


def _seeds(samples: Iterable[Sample]) -> str:
    counts = sorted({len(s) for s in samples if len(s)})
    if not counts:
        return "no seed"
    spread = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"{spread} seed{'s' * (counts != [1])}"
