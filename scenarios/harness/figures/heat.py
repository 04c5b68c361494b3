"""One measure over two factors as a table of colours, every cell with its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from ....model.errors import UsageError
from ..results.labels import described
from ..results.rows import mean
from ..statistics.intervals import FEWEST_FOR_BARS
from ..statistics.samples import Sample
from ..statistics.study_results import StudyResults
from .style import finish, fit_apart, new_figure, styled, width_in

COLOURS = "cividis"  # reads the same with and without colour vision, and in grey
CELL_IN = (0.56, 0.27)
UNKNOWN = "#EFEFEF"
WIDE_FROM = 10.0  # largest over smallest number from which colours are on a log scale


@styled
def draw_heat(
    found: StudyResults,
    measures: Sequence[str],
    *,
    rows: str,
    columns: str,
    title: str,
    subtitle: str = "",
    note: str = "",
) -> Figure:
    """Draw one subplot per measure, one above the other; rows sorted by the first measure's mean.

    Args:
        found: The runs.
        measures: One subplot each.
        rows: The label or factor of the rows.
        columns: That of the columns, in the order of the cells.
        title: The figure's first line.
        subtitle: What does not vary.
        note: How to read it, in addition to what the numbers are.
    """
    if not found.rows:
        raise UsageError("found has no rows; play at least one run")
    across = found.values(columns)
    samples = {
        m: {
            r: [found.sample(m, **{rows: r, columns: c}) for c in across]
            for r in found.values(rows)
        }
        for m in measures
    }
    means = {r: mean(s.mean for s in row) for r, row in samples[measures[0]].items()}
    order = sorted(means, key=lambda r: np.inf if (m := means[r]) is None else -m)
    left = 0.35 + max(width_in(str(r), 8.5) for r in order)
    heads = max(width_in(str(c), 8.5) for c in across)
    width = max(6.2, left + len(across) * CELL_IN[0] + 1.3)
    height = 1.5 + len(measures) * (len(order) * CELL_IN[1] + 0.75) + heads
    figure = new_figure(width, height, title, subtitle)
    grid = figure.subplots(len(measures), 1, squeeze=False, sharex=True)[:, 0]
    for axes, measure in zip(grid, measures, strict=True):
        _draw_subplot(axes, measure, {r: samples[measure][r] for r in order})
        axes.set_yticks(range(len(order)), fit_apart([str(r) for r in order], 2.5, 8.5))
    names = fit_apart([str(c) for c in across], 2.0, 8.5)
    grid[-1].set_xticks(range(len(across)), names, rotation=35, ha="right", rotation_mode="anchor")
    read = f"Numbers are means over {len(found.values('seed'))} seeds, rows sorted by the first "
    read += f"panel's mean. {_widths(samples)}"
    return finish(figure, synthetic=found.synthetic, note=f"{read} {note}".strip())


def _draw_subplot(axes: Axes, measure: str, cells: Mapping[object, Sequence[Sample]]) -> None:
    values = np.array(
        [[np.nan if s.mean is None else s.mean for s in row] for row in cells.values()]
    )
    known = values[np.isfinite(values)]
    low, high = (known.min(), known.max()) if known.size else (0.0, 1.0)
    shades = mpl.colormaps[COLOURS].with_extremes(bad=UNKNOWN)
    wide = bool(low > 0 and high > WIDE_FROM * low)
    norm = (LogNorm if wide else Normalize)(low, high if high > low else low + 1)
    digits = 2 if high < 10 else 0  # a number must fit its cell
    drawn = axes.imshow(values, cmap=shades, norm=norm, aspect="auto", gid=f"heat-{measure}")
    for (i, j), value in np.ndenumerate(values):
        text = f"{value:,.{digits}f}" if np.isfinite(value) else "–"
        red, green, blue, _ = shades(norm(value)) if np.isfinite(value) else (1.0, 1.0, 1.0, 1.0)
        bright = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
        axes.text(j, i, text, ha="center", va="center", size=7.5,
                  color="black" if bright else "white", gid="cell")  # fmt: skip
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    name, unit = described(measure)
    label = f"{name} ({unit}{', log colours' * wide})" if unit else name
    axes.set_title(label, loc="left")
    bar = axes.figure.colorbar(drawn, ax=axes, fraction=0.03, pad=0.015)
    bar.outline.set_visible(False)
    if wide:  # few powers of ten lie between the ends, so they say nothing
        bar.ax.yaxis.set_minor_locator(NullLocator())
        bar.set_ticks([float(t) for t in np.geomspace(low, high, 4)])
        bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.{digits}f}"))


def _widths(samples: Mapping[str, Mapping[object, Sequence[Sample]]]) -> str:
    """How sure the numbers are, measure by measure: the widest interval of any cell."""
    said = []
    for measure, rows in samples.items():
        bounds = [
            b
            for row in rows.values()
            for s in row
            if len(s) >= FEWEST_FOR_BARS and (b := s.bounds) is not None
        ]
        if bounds:
            half = max((high - low) / 2 for low, high in bounds)
            said.append(f"{described(measure)[0]} ±{half:.2g}")
    if not said:
        return f"Fewer than {FEWEST_FOR_BARS} seeds are too few for intervals."
    return f"95 % intervals are at most: {', '.join(said)}."
