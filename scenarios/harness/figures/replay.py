"""Recorded against replayed, measure by measure: whatever is equal lies on the diagonal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from ..format import counted
from .style import BLUE, FAINT, VERMILLION, finish, new_figure, styled

MOST_PANELS = 4
Points = Sequence[tuple[float, float]]


@styled
def draw_replay(points: Mapping[str, Points], unit: str, *, synthetic: bool) -> Figure:
    """Draw a panel for each measure, a point for each tick or run.

    Args:
        points: Recorded and replayed value of each, by measure; up to four measures are drawn.
        unit: What a point is, in the plural.
        synthetic: Whether synthetic minds made any of it.
    """
    shown = {name: points[name] for name in list(points)[:MOST_PANELS]}
    width = 1.2 + 2.6 * len(shown)
    n = max(len(found) for found in shown.values())
    title = f"a point for each of {counted(n, unit.removesuffix('s'))}"
    figure = new_figure(width, 3.6, "Recorded and replayed", title)
    for axes, (name, found) in zip(
        figure.subplots(1, len(shown), squeeze=False)[0], shown.items(), strict=True
    ):
        low = min(min(pair) for pair in found)
        high = max(max(pair) for pair in found)
        edge = 0.08 * (high - low) or 0.5
        ends = (low - edge, high + edge)
        axes.plot(ends, ends, color=FAINT, lw=1.0, gid="equal")
        for same, colour in ((True, BLUE), (False, VERMILLION)):
            some = [pair for pair in found if (pair[0] == pair[1]) is same]
            axes.scatter([a for a, _ in some], [b for _, b in some], s=22, color=colour,
                         alpha=0.7, gid="same" if same else "other", zorder=3)  # fmt: skip
        axes.set_xlim(*ends)
        axes.set_ylim(*ends)
        axes.set_aspect("equal")
        axes.set_title(name, fontsize=9)
        axes.set_xlabel("recorded")
        axes.locator_params(nbins=4)
    figure.axes[0].set_ylabel("replayed")
    note = "On the diagonal both are the same."
    return finish(figure, synthetic=synthetic, note=note)
