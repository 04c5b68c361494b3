"""Every measure of one run, tick by tick, each with its unit: what the team did over time."""

from __future__ import annotations

import math
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
from ....model.metrics.catalogue import BUILT_IN
from ....model.record import State
from ..format import counted
from ..results.labels import BY_CONSTRUCTION, described
from .style import BLACK, MARKERS, SERIES, STATES, finish, new_figure, not_measured, styled

Measures = Sequence[Mapping[str, float | None]]

SHARES = {
    "participation": State.CONTRIBUTED,
    "abstention_rate": State.ABSTAINED,
    "exclusion_rate": State.EXCLUDED,
    "failure_rate": State.FAILED,
}


@dataclass(frozen=True, slots=True)
class Group:
    """Measures that share a subplot, because they share a group.

    Attributes:
        title: Above it.
        names: The measures.
        unit: On the vertical axis; empty for that of the first measure.
        top: Upper end of the axis; None fits the data.
    """

    title: str
    names: tuple[str, ...]
    unit: str = ""
    top: float | None = None


SCORED = (
    Group("Score", ("score", "score_own", "score_floor"), "0 to 1", 1.0),
    Group("Reach and answers", ("parts_reached", "answered"), "0 to 1", 1.0),
)
"""In place of grades where code scored the tasks."""
GROUPS = (
    Group("Outcome", ("quality", "mission_relevance"), "grade, 0.25 to 1", 1.0),
    Group("Roles", ("role_stability", "unique_role_share", "role_gini"), "0 to 1", 1.0),
    Group("Members", tuple(SHARES), top=1.0),
    Group("Hierarchy depth", ("hierarchy_depth",)),
    Group("Spectral gap", ("spectral_gap",)),
    Group("Risk", ("risk",), "R, 0 to 1", 1.0),
    Group("Tokens", ("tokens",), "tokens per task"),
    Group("Cost", ("cost_usd",)),
    Group("Execution time", ("wall_s",)),
)
_COLUMNS, _ROW_IN = 3, 2.8


@styled
def draw_measures(
    measures: Measures, *, title: str, synthetic: bool, shocks: Sequence[int] = ()
) -> Figure:
    """Draw small multiples of a run's measures over its ticks.

    What was not measured is a gap. Subplots without any value, or always 0, are left out and named
    in the footnote.

    Args:
        measures: One mapping per tick, from a measure's name to its value or None.
        title: The figure's title.
        synthetic: Whether synthetic minds made the run.
        shocks: Ticks before which something happened; a dashed line stands there.
    """
    if not measures:
        raise UsageError("measures=[] is empty; give at least one tick")
    n, every = len(measures), [*_groups(measures), *_own(measures)]
    states = {group.title: _state(measures, group) for group in every}
    groups = [g for g in every if not states[g.title]] or every[:1]
    rows = math.ceil(len(groups) / _COLUMNS)
    spell = f"{counted(n, 'tick')}, one task {'each' if n != 1 else ''}"
    figure = new_figure(11.2, round(rows * _ROW_IN, 9), title, spell)
    grid = figure.subplots(rows, _COLUMNS, sharex=True, squeeze=False)
    for axes in grid.flat[len(groups) :]:
        axes.set_visible(False)
    for group, axes in zip(groups, grid.flat, strict=False):
        axes.set_gid(group.title)
        _frame(axes, group, n)
        for tick in shocks:
            axes.axvline(tick - 0.5, color=BLACK, lw=1.0, ls="--", zorder=3, gid="shock")
        series = {name: _values(measures, name) for name in group.names}
        if all(np.isnan(v).all() for v in series.values()):
            not_measured(axes)
            axes.set_yticks([])
        elif group.title == "Members":
            _draw_shares(axes, series)
        else:
            _draw_lines(axes, series, group)
    for k, axes in enumerate(grid.flat[: len(groups)]):
        if k + _COLUMNS >= len(groups):  # nothing stands below it
            axes.set_xlabel("tick")
            axes.tick_params(labelbottom=True)
    note = "Dashed: before this tick something happened to the team. " if shocks else ""
    for state in ("not measured", "always 0"):
        of = [g.title.lower() for g in every if states[g.title] == state and g not in groups]
        note += f"{state.capitalize()}: {', '.join(of)}. " if of else ""
    return finish(figure, synthetic=synthetic, note=note.strip())


def _state(measures: Measures, group: Group) -> str:
    """Why a subplot would say nothing; empty where it says something."""
    values = [v for name in group.names for v in _values(measures, name) if not np.isnan(v)]
    if not values:
        return "not measured"
    return "" if any(values) else "always 0"


def _groups(measures: Measures) -> tuple[Group, ...]:
    scored = any(m.get("score") is not None for m in measures)
    groups = tuple(g for g in GROUPS if not _fixed(measures, g))
    if not scored:
        return groups
    known = any(m.get("quality") is not None for m in measures)
    return (*SCORED, *groups[0 if known else 1 :])


def _fixed(measures: Measures, group: Group) -> bool:
    """Whether a group shows nothing but what is the same on every task by construction."""
    (name, *more) = group.names
    if more or name not in BY_CONSTRUCTION or len(measures) < 2:
        return False
    values = {m.get(name) for m in measures}
    return len(values) == 1 and values != {None}


def _own(measures: Measures) -> list[Group]:
    """A subplot for each measure that doesn't come with the package."""
    built_in = {m.name for m in BUILT_IN}
    own = (name for name in measures[0] if name not in built_in)
    return [Group(described(name)[0], (name,), described(name)[1]) for name in own]


def _values(measures: Measures, name: str) -> NDArray[np.float64]:
    """A measure over ticks, NaN where it is missing; Matplotlib leaves a gap there."""
    found = [m.get(name) for m in measures]
    return np.array([np.nan if v is None else float(v) for v in found])


def _frame(axes: Axes, group: Group, n: int) -> None:
    axes.set_title(group.title, loc="left", weight="bold", pad=22 if len(group.names) > 1 else 7)
    axes.set_ylabel(group.unit or described(group.names[0])[1])
    axes.grid(axis="y")
    axes.set_xlim(-0.6, n - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if n == 1:
        axes.set_xticks([0])


def _draw_lines(axes: Axes, series: Mapping[str, NDArray[np.float64]], group: Group) -> None:
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
    axes.set_ylim(0, group.top if group.top is not None else (highest * 1.12 or 1.0))
    if group.names == ("hierarchy_depth",):
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if group.names == ("tokens",):
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
