"""Published values and ours as dots on one scale: how far off, and which were fitted."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..statistics.intervals import FEWEST_FOR_BARS
from ..statistics.published import Claim, Origin
from .style import (
    BLACK,
    BLUE,
    FAINT,
    VERMILLION,
    draw_values,
    finish,
    fit,
    legend_below,
    new_figure,
    styled,
)

LOOKS = {
    Origin.FITTED: ("s", BLUE),
    Origin.FOLLOWS: ("D", FAINT),
    Origin.PREDICTION: ("o", VERMILLION),
    Origin.INPUT: ("^", FAINT),
}
ROW_IN, NAMES_IN = 0.26, 4.0


@styled
def draw_published(
    claims: Sequence[Claim], *, title: str, subtitle: str = "", synthetic: bool
) -> Figure:
    """Draw every claim that is a value of 0 to 1: the published one as a bar, ours as a dot.

    Args:
        claims: In this order, from the top.
        title: The figure's first line.
        subtitle: The second.
        synthetic: Whether synthetic minds made ours.
    """
    shown = [c for c in claims if c.low == c.high and 0 <= c.low <= 1 and c.ours is not None]
    height = ROW_IN * max(3, len(shown))
    figure = new_figure(9.6, height + 1.9, title, subtitle, legend_in=0.3)
    axes = figure.subplots()
    for y, claim in enumerate(shown):
        marker, colour = LOOKS[claim.origin]
        assert claim.ours is not None
        axes.plot([claim.low, claim.low], [y - 0.36, y + 0.36], color=BLACK, lw=2.2)
        if 1 < len(claim.by_seed) < FEWEST_FOR_BARS:
            look = {"color": colour, "marker": marker}
            draw_values(axes, claim.by_seed, [y] * len(claim.by_seed), look)
        elif claim.ci95 is not None:
            axes.plot(claim.ci95, [y, y], color=colour, lw=1.2, gid="interval")
        axes.plot([claim.ours], [y], marker=marker, color=colour, ms=6, ls="none")
    names = [fit(f"{c.section.partition(':')[0]}: {c.name}", NAMES_IN - 0.3, 8.5) for c in shown]
    axes.set_yticks(range(len(shown)), names)
    axes.set_ylim(max(2, len(shown)) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("value, 0 to 1")
    axes.grid(axis="x")
    origins = dict.fromkeys(c.origin for c in shown)
    published = Line2D([], [], marker="|", color=BLACK, ms=11, mew=2.2, ls="none")
    published.set_label("published")
    handles = [published]
    handles += [
        Line2D([], [], marker=LOOKS[k][0], color=LOOKS[k][1], ls="none", ms=6, label=f"ours, {k}")
        for k in origins
    ]
    legend_below(figure, handles, len(handles))
    read = f"Bars through dots: 95 % intervals over seeds; below {FEWEST_FOR_BARS}, single seeds."
    return finish(figure, synthetic=synthetic, note=read)
