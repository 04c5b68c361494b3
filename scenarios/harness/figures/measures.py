"""Every measure of one run, tick by tick, each with its unit: what the team did over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import EngFormatter, MaxNLocator
from numpy.typing import NDArray

from ....model.errors import UsageError
from ....model.record import State
from ..results.labels import described
from .style import BLACK, MARKERS, SERIES, STATES, finish, new_figure, styled

Measures = Sequence[Mapping[str, float | None]]

SHARES = {
    "participation": State.CONTRIBUTED,
    "abstention_rate": State.ABSTAINED,
    "exclusion_rate": State.EXCLUDED,
    "failure_rate": State.FAILED,
}


@dataclass(frozen=True, slots=True)
class Panel:
    """What one panel shows.

    Attributes:
        title: Above it.
        unit: On its vertical axis.
        names: The measures in it, on one scale.
        top: Upper end of the axis; None fits the data.
    """

    title: str
    unit: str
    names: tuple[str, ...]
    top: float | None = None


PANELS = (
    Panel("Outcome", "grade, 0.25 to 1", ("quality", "mission_relevance"), 1.0),
    Panel("Roles", "0 to 1", ("role_stability", "unique_role_share", "role_gini"), 1.0),
    Panel("Members", "share of members", tuple(SHARES), 1.0),
    Panel("Hierarchy depth", "works in a chain", ("hierarchy_depth",)),
    Panel("Spectral gap", "Laplacian eigenvalue", ("spectral_gap",)),
    Panel("Risk", "R, 0 to 1", ("risk",), 1.0),
    Panel("Tokens", "tokens per task", ("tokens",)),
    Panel("Cost", "USD per task", ("cost_usd",)),
    Panel("Execution time", "s per task", ("wall_s",)),
)
_COLUMNS = 3


@styled
def draw_measures(
    measures: Measures, *, title: str, synthetic: bool, shocks: Sequence[int] = ()
) -> Figure:
    """Draw small multiples of a run's measures over its ticks.

    What was not measured is a gap, and a panel without any value says so.

    Args:
        measures: One mapping per tick, from a measure's name to its value or None.
        title: The figure's title.
        synthetic: Whether synthetic minds made the run.
        shocks: Ticks before which something happened; a dashed line stands there.
    """
    if not measures:
        raise UsageError("measures=[] is empty; give at least one tick")
    n = len(measures)
    figure = new_figure(
        11.2, 8.4, title, f"{n} tick{'s' * (n != 1)}, one task {'each' if n != 1 else ''}"
    )
    grid = figure.subplots(len(PANELS) // _COLUMNS, _COLUMNS, sharex=True)
    for panel, axes in zip(PANELS, grid.flat, strict=True):
        axes.set_gid(panel.title)
        _frame(axes, panel, n)
        for tick in shocks:
            axes.axvline(tick - 0.5, color=BLACK, lw=1.0, ls="--", zorder=3, gid="shock")
        series = {name: _values(measures, name) for name in panel.names}
        if all(np.isnan(v).all() for v in series.values()):
            axes.text(
                0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", va="center",
                color="#777777", style="italic",
            )  # fmt: skip
            axes.set_yticks([])
        elif panel.title == "Members":
            _draw_shares(axes, series)
        else:
            _draw_lines(axes, series, panel)
    for axes in grid[-1]:
        axes.set_xlabel("tick")
    note = "Dashed: before this tick something happened to the team." if shocks else ""
    return finish(figure, synthetic=synthetic, note=note)


def _values(measures: Measures, name: str) -> NDArray[np.float64]:
    """A measure over ticks, NaN where it is missing; Matplotlib leaves a gap there."""
    found = [m.get(name) for m in measures]
    return np.array([np.nan if v is None else float(v) for v in found])


def _frame(axes: Axes, panel: Panel, n: int) -> None:
    axes.set_title(panel.title, loc="left", weight="bold", pad=22 if len(panel.names) > 1 else 7)
    axes.set_ylabel(panel.unit)
    axes.grid(axis="y")
    axes.set_xlim(-0.6, n - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if n == 1:
        axes.set_xticks([0])


def _draw_lines(axes: Axes, series: Mapping[str, NDArray[np.float64]], panel: Panel) -> None:
    n = len(next(iter(series.values())))
    size = float(np.clip(60 / n, 1.8, 5))
    weights = (1.4, 1.05, 0.7) if len(series) > 2 else (1.0, 1.0)  # so that equal values show
    looks = zip(SERIES, MARKERS, weights, strict=False)
    for (name, values), (colour, marker, weight) in zip(series.items(), looks, strict=False):
        axes.plot(
            np.arange(n), values, color=colour, marker=marker, ms=size * weight, mew=0.0,
            lw=1.4 * weight, gid=name, label=described(name)[0], clip_on=False,
        )  # fmt: skip
    highest = max(float(np.nanmax(v)) for v in series.values() if not np.isnan(v).all())
    axes.set_ylim(0, panel.top if panel.top is not None else (highest * 1.12 or 1.0))
    if panel.names == ("hierarchy_depth",):
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if panel.names == ("tokens",):
        axes.yaxis.set_major_formatter(EngFormatter(sep=""))
    if len(series) > 1:
        _legend(axes, len(series))


def _draw_shares(axes: Axes, series: Mapping[str, NDArray[np.float64]]) -> None:
    """Stacked shares; a tick with any share unknown has no bar, for its height would lie."""
    stack = np.array(list(series.values()))
    known = ~np.isnan(stack).any(axis=0)
    ticks = np.flatnonzero(known)
    base = np.zeros(len(ticks))
    handles = []
    for name, state in SHARES.items():
        look, height = STATES[state], series[name][known]
        line = "white" if look.hatch and look.face == look.colour else look.colour
        fill: dict[str, Any] = {
            "facecolor": look.face,
            "edgecolor": line,
            "hatch": look.hatch,
            "lw": 0.4,
        }
        some = height > 0  # a bar of no height would still draw its edge
        axes.bar(ticks[some], height[some], 0.82, bottom=base[some], gid=name, **fill)
        base = base + height
        handles.append(Patch(label=str(state), **fill))
    axes.set_ylim(0, 1)
    _legend(axes, len(series), handles)


def _legend(axes: Axes, columns: int, handles: Sequence[Artist] | None = None) -> None:
    shown = axes.get_legend_handles_labels()[0] if handles is None else list(handles)
    axes.legend(
        handles=shown, loc="lower left", bbox_to_anchor=(-0.03, 0.985), ncols=columns, fontsize=7.5,
        handlelength=1.3, handletextpad=0.4, columnspacing=0.9, borderaxespad=0.2,
    )  # fmt: skip
