"""Who knew what when: how far each private part of a code-scored task travelled, round by round."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ....model.errors import UsageError
from ....model.metrics.scored import reach_by_round, reach_of_parts
from ....model.record import TickRecord
from ..format import counted
from .style import BLUE, FAINT, finish, new_figure, styled


def has_parts(records: Sequence[TickRecord]) -> bool:
    """Whether any tick had private parts that could travel.

    Args:
        records: Of a run.
    """
    return any(reach_of_parts(r) for r in records)


@styled
def draw_reach(records: Sequence[TickRecord], *, synthetic: bool) -> Figure:
    """Draw the share of other members reached over rounds, a thin line for each part.

    Args:
        records: Of a run; ticks without private parts are left out.
        synthetic: Whether synthetic minds made the run.
    """
    told = [r for r in records if reach_of_parts(r)]
    if not told:
        raise UsageError("records have no private parts; play tasks that code scores")
    figure = new_figure(
        7.2, 3.9, "Who knew what when", f"{counted(len(told), 'task')}, a thin line for each part"
    )
    axes = figure.subplots()
    longest = max(len(r.rounds) for r in told)
    for record in told:
        for owner, shares in reach_of_parts(record).items():
            axes.plot(
                np.arange(1, len(shares) + 1), shares, color=FAINT, lw=0.7, alpha=0.5,
                gid=f"part-{record.tick}-{owner}",
            )  # fmt: skip
    # a task that ended earlier stays where it was
    curves = [reach_by_round(r) for r in told]
    padded = [c + [c[-1]] * (longest - len(c)) for c in curves]
    mean = np.mean(padded, axis=0)
    axes.plot(np.arange(1, longest + 1), mean, color=BLUE, marker="o", lw=2.0, ms=4, gid="mean",
              label="mean over parts and tasks")  # fmt: skip
    axes.set_xlabel("round (what was seen when it began)")
    axes.set_ylabel("share of other members reached")
    axes.set_ylim(-0.03, 1.03)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y")
    axes.legend(frameon=False, loc="best")
    note = "A part has reached whoever saw a message with its line, or all of its keywords."
    return finish(figure, synthetic=synthetic, note=note)
