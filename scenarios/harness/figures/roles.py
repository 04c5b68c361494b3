"""Who took which kind of role on which task, and who took none: a team's history at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from ....model.decision import normalised
from ....model.errors import UsageError
from ....model.record import State, TickRecord
from ..format import counted
from .style import (
    CATEGORIES,
    FAINT,
    FOOT_IN,
    OTHER,
    VERMILLION,
    axes_at,
    finish,
    fit,
    new_figure,
    styled,
)

MOST_TASKS = 60  # columns of the mosaic; of a longer run, the last ones
LETTERS_FROM_IN = 0.155  # inches; in smaller cells a letter can't be read
_LEFT_IN, _TOP_IN, _BELOW_IN, _LEGEND_IN = 1.05, 0.85, 1.5, 2.75
_PALE = 0.6  # share of white in the second set of colours, which only letters tell apart
_MARKS = {
    State.ABSTAINED: ("o", "black"),
    State.EXCLUDED: ("_", FAINT),
    State.FAILED: ("x", VERMILLION),
}
_MEANINGS = {
    State.ABSTAINED: "abstained (its own choice)",
    State.EXCLUDED: "excluded (never asked)",
    State.FAILED: "failed",
}


@styled
def draw_role_mosaic(records: Sequence[TickRecord], *, synthetic: bool) -> Figure:
    """Draw members by tasks, each cell coloured by the leading word of the role taken.

    The most frequent words have a colour and, where cells have room, a letter; the rest share
    grey. A bar across two cells says that the member kept its role, word for word. Of a long run
    the last `MOST_TASKS` tasks are drawn.

    Args:
        records: The ticks of one run, in order; at least one.
        synthetic: Whether synthetic minds played them.
    """
    if not records:
        raise UsageError("records=[] is empty; give at least one tick")
    played, records = len(records), records[-MOST_TASKS:]
    members = sorted({m.member for r in records for m in r.members})
    rows, columns = len(members), len(records)
    cell_w, cell_h = float(np.clip(8.0 / columns, 0.09, 0.62)), float(np.clip(7 / rows, 0.03, 0.3))
    lettered = min(cell_w, cell_h) >= LETTERS_FROM_IN
    words = leading_words(records, lettered=lettered)
    height = max(rows * cell_h + _BELOW_IN, 0.2 * (len(words) + 6)) + _TOP_IN + FOOT_IN
    width = max(6.4, _LEFT_IN + columns * cell_w + _LEGEND_IN)
    figure = new_figure(width, height, *_headings(records, rows, played))
    figure.set_layout_engine("none")  # everything here has its place in inches
    bottom = height - _TOP_IN - rows * cell_h
    axes = axes_at(figure, _LEFT_IN, bottom, columns * cell_w, rows * cell_h)
    _draw_cells(axes, records, members, words, min(1.2, 6 * min(cell_w, cell_h)))
    marked = _draw_marks(axes, records, members, min(cell_w, cell_h))
    if lettered:
        _write_letters(axes, records, members, words)
    kept = _draw_kept(axes, records, members)
    _label_axes(axes, records, members, cell_h)
    handles = _word_handles(records, words, lettered) + _mark_handles(records, marked, kept)
    _draw_legend(axes, handles, 1 + 0.12 / (columns * cell_w))
    return finish(figure, synthetic=synthetic)


def leading_word(role: str) -> str:
    """The first word of a role's name, case evened out; it stands for the kind of role.

    Args:
        role: As a mind named it.
    """
    return normalised(role).partition(" ")[0]


def leading_words(records: Sequence[TickRecord], *, lettered: bool = False) -> dict[str, str]:
    """The most frequent leading words and their colours, most frequent first.

    Args:
        records: Where roles are counted.
        lettered: Whether letters tell colours apart; then pale ones serve as well.
    """
    counts = _counts(records)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    pale = []
    for red, green, blue in map(to_rgb, CATEGORIES):
        mixed = (_PALE + (1 - _PALE) * part for part in (red, green, blue))
        pale.append(to_hex((next(mixed), next(mixed), next(mixed))))
    return dict(zip(ranked, [*CATEGORIES, *(pale if lettered else [])], strict=False))


def _counts(records: Sequence[TickRecord]) -> Counter[str]:
    return Counter(leading_word(m.role) for r in records for m in r.members if m.role is not None)


def _headings(records: Sequence[TickRecord], rows: int, played: int) -> tuple[str, str]:
    protocols = sorted({r.protocol for r in records})
    levels = ", ".join(sorted({r.level for r in records}))
    names = {normalised(m.role) for r in records for m in r.members if m.role is not None}
    columns = len(records)
    of_all = f"last {columns} of {played}" if played > columns else f"{columns}"
    return (
        f"Roles under {' and '.join(protocols)}",
        f"{counted(rows, 'member')} · {of_all} task{'s' * (columns != 1)} · "
        f"level {levels} · {counted(len(names), 'distinct role name')}",
    )


def _draw_cells(
    axes: Axes,
    records: Sequence[TickRecord],
    members: Sequence[int],
    words: Mapping[str, str],
    gap_pt: float,
) -> None:
    colours = np.ones((len(members), len(records), 3))
    for x, record in enumerate(records):
        for y, member in enumerate(members):
            m = record.by_id.get(member)
            if m is not None and m.role is not None:
                colours[y, x] = to_rgb(words.get(leading_word(m.role), OTHER))
    xs, ys = np.arange(len(records) + 1) - 0.5, np.arange(len(members) + 1) - 0.5
    mesh = axes.pcolormesh(xs, ys, colours, edgecolors="white", linewidth=gap_pt)
    mesh.set_gid("cells")
    axes.set(xlim=(xs[0], xs[-1]), ylim=(ys[-1], ys[0]))


def _draw_marks(
    axes: Axes, records: Sequence[TickRecord], members: Sequence[int], cell_in: float
) -> list[State]:
    """Mark who delivered nothing; returns the states that occur."""
    rows = {member: y for y, member in enumerate(members)}
    size = float(np.clip(cell_in * 72 * 0.5, 2, 9)) ** 2
    found = []
    for state, (marker, colour) in _MARKS.items():
        spots = [
            (x, rows[m.member])
            for x, record in enumerate(records)
            for m in record.members
            if m.state is state
        ]
        if spots:
            found.append(state)
            x, y = zip(*spots, strict=True)
            face = "none" if marker == "o" else colour
            marks = axes.scatter(x, y, s=size, marker=marker, facecolors=face, zorder=3)
            marks.set(gid=f"state-{state}", edgecolor=colour, linewidth=1.3)
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
                axes.text(
                    x, y, letters[word], size=7.5, color=_ink(words[word]), ha="center",
                    va="center_baseline",
                )  # fmt: skip


def _ink(colour: str) -> str:
    """Black or white, whichever is read better on a colour."""
    red, green, blue = to_rgb(colour)
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.55 else "white"


def _draw_kept(axes: Axes, records: Sequence[TickRecord], members: Sequence[int]) -> int:
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
        names = [f"{fit(r.task_id, 1.1, 7.5)}  {r.tick}" for r in records]
        axes.set_xticks(range(columns), names, rotation=45, ha="right", rotation_mode="anchor")
        axes.tick_params(axis="x", labelsize=7.5, pad=3)
        axes.set_xlabel("task and tick")
    else:
        step = max(1, int(np.ceil(columns / 20)))
        axes.set_xticks(range(0, columns, step), [str(r.tick) for r in records[::step]])
        axes.set_xlabel("tick")


def _word_handles(
    records: Sequence[TickRecord], words: Mapping[str, str], lettered: bool
) -> list[Artist]:
    counts = _counts(records)
    letters = [f"{chr(ord('A') + i)}  " if lettered else "" for i in range(len(words))]
    handles: list[Artist] = [
        Patch(color=colour, label=f"{letter}{fit(word, 1.5, 8.5)} ({counts[word]})")
        for letter, (word, colour) in zip(letters, words.items(), strict=True)
    ]
    rest = set(counts) - set(words)
    if rest:
        cells = sum(counts[word] for word in rest)
        handles.append(Patch(color=OTHER, label=f"{counted(len(rest), 'other word')} ({cells})"))
    return handles


def _mark_handles(
    records: Sequence[TickRecord], marked: Sequence[State], kept: int
) -> list[Artist]:
    handles: list[Artist] = []
    for state in marked:
        marker, colour = _MARKS[state]
        n = sum(m.state is state for r in records for m in r.members)
        handles.append(
            Line2D([], [], ls="", marker=marker, ms=7, mfc="none", mec=colour, mew=1.3,
                   label=f"{_MEANINGS[state]} ({n})")
        )  # fmt: skip
    if kept:
        handles.append(Line2D([], [], color="black", lw=3, label=f"kept its role ({kept})"))
    return handles


def _draw_legend(axes: Axes, handles: Sequence[Artist], left: float) -> None:
    axes.legend(
        handles=list(handles),
        title="leading word of the role (times taken)",
        loc="upper left",
        bbox_to_anchor=(left, 1.0),
        borderaxespad=0.0,
        borderpad=0.2,
        alignment="left",
    )
