"""What quality costs: teams as points with intervals, and those that no other dominates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ....model.errors import UsageError
from ..results.labels import described
from ..statistics.intervals import FEWEST_FOR_BARS
from ..statistics.samples import Sample
from .style import (
    FAINT,
    MARKERS,
    SERIES,
    draw_values,
    finish,
    fit,
    legend_below,
    legend_columns,
    new_figure,
    plain,
    styled,
    width_in,
)

LABEL_PT = 8.0
ANY_UNIT = "any unit"
FRONT_IN = 8.2
WIDEST_IN = 2.6  # a longer name is cut
Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in inches."""


@dataclass(frozen=True)
class Offer:
    """One point.

    Attributes:
        name: Beside it.
        series: Colour and marker, and a line of the legend.
        cost: Along the x axis, less is better, above 0.
        quality: Along the y axis, more is better.
    """

    name: str
    series: str
    cost: Sample
    quality: Sample

    @property
    def at(self) -> tuple[float, float] | None:
        """Mean cost and quality; None where one was not measured or is free."""
        x, y = self.cost.mean, self.quality.mean
        return None if x is None or y is None or x <= 0 else (x, y)


def front(offers: Sequence[Offer]) -> list[Offer]:
    """The offers that no other beats in both cost and quality, cheapest first.

    Args:
        offers: Those without a mean or a cost are left out.

    References:
        V. Pareto, Manuale di economia politica, 1906.
    """
    chosen: list[Offer] = []
    known = [(o.at, o) for o in offers if o.at is not None]
    for (_, y), offer in sorted(known, key=lambda k: (k[0][0], -k[0][1])):
        if not chosen or y > (chosen[-1].quality.mean or 0.0):
            chosen.append(offer)
    return chosen


@styled
def draw_front(
    offers: Sequence[Offer],
    *,
    title: str,
    subtitle: str = "",
    measures: tuple[str, str] = ("cost_usd", "quality"),
    note: str = "",
    synthetic: bool,
) -> Figure:
    """Draw cost (log) against quality; what is dominated is hollow and grey.

    Args:
        offers: Points; those without a mean or a cost are left out and counted in the footnote.
        title: The figure's first line.
        subtitle: What does not vary.
        measures: Name the axes.
        note: How to read it, in addition.
        synthetic: Whether synthetic minds made the runs.
    """
    shown = [o for o in offers if o.at is not None]
    if not offers:
        raise UsageError("offers=[] is empty; give at least one")
    best = front(shown)
    series = list(dict.fromkeys(o.series for o in offers))
    looks = {s: (SERIES[i % len(SERIES)], MARKERS[i % len(MARKERS)]) for i, s in enumerate(series)}
    handles = _handles(looks)
    across = legend_columns(handles, FRONT_IN, 4)
    legend_in = 0.1 + 0.2 * math.ceil(len(handles) / across)
    figure = new_figure(FRONT_IN, 6.1 + legend_in, title, subtitle, legend_in=legend_in)
    axes = figure.subplots()
    axes.set_xscale("log")
    axes.margins(0.16, 0.1)
    axes.grid()
    for offer in shown:
        _draw_offer(axes, offer, *looks[offer.series], good=offer in best)
    _draw_steps(axes, best)
    (cost, per), (quality, span) = map(described, measures)
    axes.set_xlabel(plain(f"{cost} ({per or ANY_UNIT}, log scale)"))
    axes.set_ylabel(plain(f"{quality} ({span or ANY_UNIT})"))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    legend_below(figure, handles, across)
    figure.draw_without_rendering()  # labels are placed in inches, on settled axes
    _name(axes, shown, best)
    seeds = max((len(o.quality) for o in shown), default=0)
    bars = f"bars 95 % intervals over {seeds} seeds"
    if seeds < FEWEST_FOR_BARS:
        bars = f"small dots single seeds, {seeds} being too few for intervals"
    read = f"Points are means, {bars}; hollow and grey: dominated."
    if len(shown) < len(offers):
        read += f" {len(offers) - len(shown)} without a known cost or quality are left out."
    return finish(figure, synthetic=synthetic, note=f"{read} {note}".strip())


def _handles(looks: Mapping[str, tuple[str, str]]) -> list[Line2D]:
    handles = [
        Line2D([], [], color=c, marker=m, ls="", ms=6, label=fit(s, 3, 8.5))
        for s, (c, m) in looks.items()
    ]
    front_line = Line2D(
        [], [], color="#444444", lw=1.2, label="front: nothing is cheaper and better"
    )
    return [*handles, front_line]


def _draw_offer(axes: Axes, offer: Offer, colour: str, marker: str, *, good: bool) -> None:
    assert offer.at is not None
    x, y = offer.at
    ink = colour if good else FAINT
    few = min(len(offer.cost), len(offer.quality)) < FEWEST_FOR_BARS
    if few and len(offer.quality) > 1:
        both = [s for s in offer.cost.values if s in offer.quality.values]
        spent = [offer.cost.values[s] for s in both]
        draw_values(axes, spent, [offer.quality.values[s] for s in both],
                    {"color": ink, "marker": marker})  # fmt: skip
    for bounds, fixed, along in ((offer.cost.bounds, y, "x"), (offer.quality.bounds, x, "y")):
        if bounds is not None and not few:
            ends = (bounds, (fixed, fixed)) if along == "x" else ((fixed, fixed), bounds)
            axes.plot(*ends, color=ink, lw=1.2, zorder=2, gid="interval")
    axes.plot(x, y, ls="", marker=marker, ms=7, mew=1.4, mec=colour, zorder=4,
              mfc=colour if good else "white", gid="offer")  # fmt: skip


def _draw_steps(axes: Axes, best: Sequence[Offer]) -> None:
    at = [o.at for o in best if o.at is not None]
    if at:
        axes.step([x for x, _ in at], [y for _, y in at], where="post", color="#444444", lw=1.2,
                  zorder=1, gid="front")  # fmt: skip


def _name(axes: Axes, offers: Sequence[Offer], best: Sequence[Offer]) -> None:
    """Put each name where it covers the least; a line leads to one that stands apart."""
    dpi = float(axes.figure.dpi)
    width, height = axes.bbox.width / dpi, axes.bbox.height / dpi
    to_axes = axes.transData + axes.transAxes.inverted()

    def inches(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        shares = [to_axes.transform(p) for p in points]
        return [(float(x) * width, float(y) * height) for x, y in shares]

    dots = inches([o.at for o in offers if o.at is not None])
    taken: list[Box] = [(x - 0.07, y - 0.07, x + 0.07, y + 0.07) for x, y in dots]
    corners = inches([o.at for o in best if o.at is not None])
    for (x0, y0), (x1, y1) in pairwise(corners):
        taken += [(x0, y0 - 0.02, x1, y0 + 0.02), (x1 - 0.02, y0, x1 + 0.02, y1)]
    order = sorted(range(len(offers)), key=lambda i: (offers[i] not in best, -dots[i][1]))
    for i in order:
        text = fit(offers[i].name, WIDEST_IN, LABEL_PT)
        size = min(width_in(offers[i].name, LABEL_PT), WIDEST_IN), LABEL_PT / 72 * 1.25
        box = min(_places(dots[i], size), key=lambda b: _cost(b, taken, dots[i], (width, height)))
        taken.append(box)
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        (x, y), near = dots[i], _nearest(box, dots[i])
        at = axes.transAxes
        if math.dist((x, y), near) > 0.16:
            axes.plot([x / width, near[0] / width], [y / height, near[1] / height], color=FAINT,
                      lw=0.7, transform=at, zorder=2)  # fmt: skip
        ink = "black" if offers[i] in best else "#6B6B6B"
        axes.text(middle[0] / width, middle[1] / height, text, size=LABEL_PT, color=ink, gid="name",
                  ha="center", va="center", transform=at, zorder=5)  # fmt: skip


def _nearest(box: Box, dot: tuple[float, float]) -> tuple[float, float]:
    """The point of a box that is nearest to a dot."""
    return min(max(dot[0], box[0]), box[2]), min(max(dot[1], box[1]), box[3])


def _places(dot: tuple[float, float], size: tuple[float, float]) -> list[Box]:
    """Boxes around a point, near ones first."""
    w, h = size
    found = []
    for far in (0.1, 0.22, 0.38, 0.56, 0.8):
        for angle in np.linspace(0, 2 * np.pi, 16, endpoint=False):
            dx, dy = np.cos(angle), np.sin(angle)
            x = dot[0] + far * dx + (w / 2) * dx
            y = dot[1] + far * dy + (h / 2) * dy
            found.append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    return found


def _cost(
    box: Box, taken: Sequence[Box], dot: tuple[float, float], room: tuple[float, float]
) -> float:
    """Overlap weighs most, then leaving the axes, then distance."""
    overlap = sum(_overlap(box, other) for other in taken)
    outside = max(0.0, -box[0]) + max(0.0, -box[1])
    outside += max(0.0, box[2] - room[0]) + max(0.0, box[3] - room[1])
    return 1000 * overlap + 100 * outside + math.dist(dot, _nearest(box, dot))


def _overlap(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)
