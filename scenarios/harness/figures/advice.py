"""Arms of advice side by side: outcome with its interval, and the chance to be the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from ..results.labels import described
from .style import BLUE, ORANGE, finish, fit, new_figure, plain, styled

WIDTH_IN, ROW_IN, AROUND_IN, NAME_IN = 7.4, 0.27, 1.9, 2.4
MOST = 24
GREY = "#E4E4E4"


@styled
def draw_advice(arms: Sequence[Mapping[str, Any]], *, outcome: str, synthetic: bool) -> Figure:
    """Draw it.

    Args:
        arms: As `Advice.arms` gives them, the best first.
        outcome: The measure.
        synthetic: Whether synthetic minds made them.
    """
    shown = list(arms[:MOST])
    more = f"; {len(arms) - MOST} more are in the table" if len(arms) > MOST else ""
    figure = new_figure(
        WIDTH_IN,
        AROUND_IN + ROW_IN * max(1, len(shown)),
        "Which team to use",
        f"Arms on the same tasks, the best first{more}",
    )
    left, right = figure.subplots(1, 2, width_ratios=(2, 1), sharey=True)
    places = list(range(len(shown)))
    for place, arm in enumerate(shown):
        left.plot([arm["low"], arm["high"]], [place, place], color=BLUE, linewidth=1.4)
        left.plot([arm["mean"]], [place], marker="o", color=BLUE, markersize=4.5)
    if all(arm["p_best"] is not None for arm in shown):
        right.barh(places, [a["p_close"] for a in shown], color=GREY)
        right.barh(places, [a["p_best"] for a in shown], color=ORANGE, height=0.4)
    else:
        right.text(0.5, 0.5, "not compared", transform=right.transAxes, ha="center", va="center")
    left.set_yticks(places, [fit(plain(_name(a)), NAME_IN, 8) for a in shown], fontsize=8)
    left.set_ylim(max(1, len(shown)) - 0.5, -0.5)
    right.tick_params(axis="y", left=False, labelleft=False)
    right.set_xlim(0, 1)
    label, unit = described(outcome)
    left.set_xlabel(f"{label}{f' ({unit})' if unit else ''}")
    right.set_xlabel("chance")
    note = (
        "Lines are 95 % intervals of the mean on the tasks played. Wide bars: the chance to be "
        "within the margin of the best arm; narrow bars: to be the best."
    )
    return finish(figure, synthetic=synthetic, note=note)


def _name(arm: Mapping[str, Any]) -> str:
    network = "" if arm["topology"] == "complete" else f", {arm['topology']}"
    return f"{arm['protocol']}, {arm['agents']}{network}, {arm['model'].rpartition('/')[2]}"
