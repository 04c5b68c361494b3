"""Who took which kind of role on which task, and who took none: a team's history at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from ...model.errors import UsageError
from ...model.metrics.roles import normalised
from ...model.record import State, TickRecord
from .figure_style import (
    CATEGORIES, FAINT, ORANGE, OTHER, VERMILLION, YELLOW, SKY, finish, fit, new_figure, plain,
    styled,
)  # fmt: skip

LETTERS_FROM_IN = 0.155  # cell height in inches; in lower ones a letter can't be read
LEGEND_IN = 2.75
_MARKS = {
    State.ABSTAINED: dict(marker="o", facecolor="none", edgecolor="black"),
    State.EXCLUDED: dict(marker="_", color=FAINT),
    State.FAILED: dict(marker="x", color=VERMILLION),
}
_MEANINGS = {
    State.ABSTAINED: "abstained (its own choice)",
    State.EXCLUDED: "excluded (never asked)",
    State.FAILED: "failed",
}


@styled
def draw_role_mosaic(records: Sequence[TickRecord], *, synthetic: bool) -> Figure:
    """Draw members by tasks, each cell coloured by the leading word of the role taken.

    The most frequent words have a colour and a letter, the rest share grey. A bar across two
    cells says that the member kept its role, word for word.

    Args:
        records: The ticks of one run, in order; at least one.
        synthetic: Whether synthetic minds played them.
    """
    if not records:
        raise UsageError("records=[] is empty; give at least one tick")
    members = sorted({m.member for r in records for m in r.members})
    rows, columns = len(members), len(records)
    cell_w, cell_h = float(np.clip(8.0 / columns, 0.09, 0.62)), float(np.clip(7 / rows, 0.03, 0.3))
    width = max(6.4, columns * cell_w + LEGEND_IN + 0.75)
    figure = new_figure(width, max(4.2, rows * cell_h + 2.9), *_headings(records, rows))
    figure.set_layout_engine("none")
    axes = _cells_axes(figure, columns * cell_w, rows * cell_h)
    words = leading_words(records)
    _draw_cells(axes, records, members, words)
    marked = _draw_marks(axes, records, members, min(cell_w, cell_h))
    if min(cell_w, cell_h) >= LETTERS_FROM_IN:
        _write_letters(axes, records, members, words)
    kept = _draw_kept(axes, records, members, cell_h)
    _label_axes(axes, records, members, cell_h)
    _draw_legend(axes, records, words, marked, kept)
    return finish(figure, synthetic=synthetic)


def leading_word(role: str) -> str:
    """The first word of a role's name, case evened out; it stands for the kind of role."""
    return normalised(role).partition(" ")[0]


def leading_words(records: Sequence[TickRecord]) -> dict[str, str]:
    """The most frequent leading words and their colours, most frequent first."""
    counts = _counts(records)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return dict(zip(ranked, CATEGORIES, strict=False))


def _counts(records: Sequence[TickRecord]) -> Counter[str]:
    return Counter(leading_word(m.role) for r in records for m in r.members if m.role is not None)


def _headings(records: Sequence[TickRecord], rows: int) -> tuple[str, str]:
    protocols = sorted({r.protocol for r in records})
    levels = ", ".join(sorted({r.level for r in records}))
    names = {normalised(m.role) for r in records for m in r.members if m.role is not None}
    columns = len(records)
    return (
        f"Roles under {' and '.join(protocols)}",
        f"{rows} member{'s' * (rows != 1)} · {columns} task{'s' * (columns != 1)} · "
        f"level {levels} · {len(names)} different role name{'s' * (len(names) != 1)}",
    )


def _cells_axes(figure: Figure, width_in: float, height_in: float) -> Axes:
    w, h = figure.get_size_inches()
    top_in = 0.85
    return figure.add_axes(
        (0.75 / w, 1 - (top_in + height_in) / h, width_in / w, height_in / h), gid="mosaic"
    )


def _draw_cells(
    axes: Axes, records: Sequence[TickRecord], members: Sequence[int], words: Mapping[str, str]
) -> None:
    colours = np.ones((len(members), len(records), 3))
    for x, record in enumerate(records):
        for y, member in enumerate(members):
            m = record.by_id.get(member)
            if m is not None and m.role is not None:
                colours[y, x] = to_rgb(words.get(leading_word(m.role), OTHER))
    xs, ys = np.arange(len(records) + 1) - 0.5, np.arange(len(members) + 1) - 0.5
    mesh = axes.pcolormesh(xs, ys, colours, edgecolors="white", linewidth=1.0)
    mesh.set_gid("cells")
    axes.set(xlim=(xs[0], xs[-1]), ylim=(ys[-1], ys[0]))


def _draw_marks(
    axes: Axes, records: Sequence[TickRecord], members: Sequence[int], cell_in: float
) -> list[State]:
    """Mark who delivered nothing; returns the states that occur."""
    rows = {member: y for y, member in enumerate(members)}
    size = float(np.clip(cell_in * 72 * 0.5, 2, 9)) ** 2
    found = []
    for state, look in _MARKS.items():
        spots = [
            (x, rows[m.member])
            for x, record in enumerate(records)
            for m in record.members
            if m.state is state
        ]
        if spots:
            found.append(state)
            x, y = zip(*spots, strict=True)
            axes.scatter(x, y, s=size, linewidth=1.3, gid=f"state-{state}", zorder=3, **look)
    return found


def _write_letters(
    axes: Axes, records: Sequence[TickRecord], members: Sequence[int], words: Mapping[str, str]
) -> None:
    letters = {word: chr(ord("A") + i) for i, word in enumerate(words)}
    for x, record in enumerate(records):
        for y, member in enumerate(members):
            m = record.by_id.get(member)
            word = leading_word(m.role) if m is not None and m.role is not None else ""
            if word in letters:
                ink = "black" if words[word] in (ORANGE, YELLOW, SKY) else "white"
                axes.text(
                    x, y, letters[word], size=7.5, color=ink, ha="center", va="center_baseline"
                )


def _draw_kept(
    axes: Axes, records: Sequence[TickRecord], members: Sequence[int], cell_in: float
) -> int:
    """Bridge the cells of members that kept their role; returns how many did."""
    kept = 0
    for x, (before, after) in enumerate(pairwise(records)):
        for y, member in enumerate(members):
            pair = [r.by_id[member].role if member in r.by_id else None for r in (before, after)]
            if None not in pair and normalised(str(pair[0])) == normalised(str(pair[1])):
                box = Rectangle((x + 0.3, y - 0.07), 0.4, 0.14, color="black", lw=0, zorder=2)
                axes.add_patch(box)
                kept += 1
    return kept


def _label_axes(
    axes: Axes, records: Sequence[TickRecord], members: Sequence[int], cell_in: float
) -> None:
    row_step = max(1, int(np.ceil(0.13 / cell_in)))
    axes.set_yticks(range(0, len(members), row_step), [str(m) for m in members[::row_step]])
    axes.set_ylabel("member")
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.add_patch(
        Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, ec="#BBBBBB", lw=0.8)
    )
    columns = len(records)
    if columns <= 32:
        names = [f"{fit(r.task_id, 1.25, 7.5)}  {r.tick}" for r in records]
        axes.set_xticks(range(columns), names, rotation=45, ha="right", rotation_mode="anchor")
        axes.tick_params(axis="x", labelsize=7.5, pad=3)
        axes.set_xlabel("task and tick")
    else:
        step = max(1, int(np.ceil(columns / 20)))
        axes.set_xticks(range(0, columns, step), [str(r.tick) for r in records[::step]])
        axes.set_xlabel("tick")


def _draw_legend(
    axes: Axes,
    records: Sequence[TickRecord],
    words: Mapping[str, str],
    marked: Sequence[State],
    kept: int,
) -> None:
    counts = _counts(records)
    handles: list[Patch | Line2D] = [
        Patch(color=colour, label=f"{chr(ord('A') + i)}  {fit(word, 1.5, 8.5)} ({counts[word]})")
        for i, (word, colour) in enumerate(words.items())
    ]
    rest = set(counts) - set(words)
    if rest:
        cells = sum(counts[word] for word in rest)
        handles.append(Patch(color=OTHER, label=f"{len(rest)} other words ({cells})"))
    for state in marked:
        look = dict(_MARKS[state])
        edge = look.pop("edgecolor", None) or look.pop("color")
        n = sum(m.state is state for r in records for m in r.members)
        handles.append(
            Line2D([], [], ls="", marker=str(look["marker"]), ms=7, mfc="none", mec=edge, mew=1.3,
                   label=f"{_MEANINGS[state]} ({n})")
        )  # fmt: skip
    if kept:
        handles.append(Line2D([], [], color="black", lw=3, label=f"kept its role ({kept})"))
    axes.legend(
        handles=handles,
        title=plain("leading word of the role (times taken)"),
        loc="upper left",
        bbox_to_anchor=(1.0, 1.02),
        alignment="left",
    )
