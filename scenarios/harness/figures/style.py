"""The look all figures share, so that a colour or a marker means the same thing everywhere.

Figures are built with Matplotlib's object-oriented API alone: no display, no pyplot, no state
that outlives a call. Colour never carries a meaning by itself; a marker, a hatch or a letter
says the same.

References:
    M. Okabe & K. Ito, "Color Universal Design", 2008 (the palette).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import text_to_path

from ....model.record import State
from ..format import visible
from .fonts import OWN, drawable, families, settle

P = ParamSpec("P")
R = TypeVar("R")

SYNTHETIC_NOTE = "Synthetic minds: illustrates a mechanism, no evidence about any real model."

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
OTHER = "#C8C8C8"  # what has no colour of its own
FAINT = "#8C8C8C"  # secondary text and lines

CATEGORIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW)
"""Okabe-Ito for filled areas; black is left for text and lines."""
SERIES = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK, FAINT)
"""Colours of lines and dots; yellow is left out, it is too pale on white."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""One marker for each of `SERIES`."""


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is drawn.

    Attributes:
        colour: Fill of bars, outline of nodes.
        face: Fill of nodes.
        ink: Text on a node.
        marker: Marker of nodes.
        hatch: Hatch of bars.
    """

    colour: str
    face: str
    ink: str
    marker: str
    hatch: str


STATES: dict[State, StateLook] = {
    State.CONTRIBUTED: StateLook(BLUE, BLUE, "white", "o", ""),
    State.ABSTAINED: StateLook(ORANGE, "white", "black", "o", "///"),
    State.EXCLUDED: StateLook(FAINT, "#E4E4E4", "black", "s", "..."),
    State.FAILED: StateLook(VERMILLION, VERMILLION, "white", "X", "xxx"),
}

_RC: dict[Any, Any] = {
    "font.family": OWN,
    "font.size": 9,
    "text.usetex": False,
    "axes.labelsize": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.edgecolor": "#444444",
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.7,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.title_fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "hatch.linewidth": 0.7,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "unscripted",
    "pdf.fonttype": 42,  # letters stay letters, which journals ask for
}
HEAD_IN, FOOT_IN, EDGE_IN = 0.78, 0.5, 0.14
"""Kept free above and below the axes for title and footnote, and where text begins, in inches."""
COLUMN_IN = 3.5
"""Width of a column of a paper, in inches."""


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a function under the shared style, whatever the user's own Matplotlib settings.

    Args:
        draw: Makes or writes a figure.
    """

    @wraps(draw)
    def under_style(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(_RC):
            return draw(*args, **kwargs)

    return under_style


def new_figure(
    width: float, height: float, title: str, subtitle: str = "", *, legend_in: float = 0.0
) -> Figure:
    """An empty figure with a title; axes added to it stay clear of title and footnote.

    Args:
        width: Width in inches.
        height: Height in inches, title and footnote included.
        title: The first line, bold; empty for a figure whose caption stands elsewhere.
        subtitle: The second line.
        legend_in: Height kept free for a legend above the footnote, see `legend_below`.
    """
    low = (FOOT_IN + legend_in) / height
    free = 1 - low - head_in(title) / height
    layout = ConstrainedLayoutEngine(rect=(0, low, 1, free), w_pad=0.1, h_pad=0.08)
    figure = Figure(figsize=(width, height), layout=layout)
    room = width - 2 * EDGE_IN
    for text, size, weight, top_in in (
        (title, 13.0, "bold", 0.16),
        (subtitle, 9.5, "normal", 0.46),
    ):
        x, y = EDGE_IN / width, 1 - top_in / height
        shown = fit(text, room, size, weight=weight)
        figure.text(x, y, shown, size=size, weight=weight, va="top")
    return figure


def head_in(title: str) -> float:
    """Height kept free above the axes, in inches.

    Args:
        title: Of the figure; empty for none.
    """
    return HEAD_IN if title else 0.0


def finish(figure: Figure, *, synthetic: bool, note: str = "") -> Figure:
    """Print the footnote and settle the layout, so that every save draws the same picture.

    Args:
        figure: Ready but for its footnote.
        synthetic: Whether synthetic minds made the data; such a figure always says so.
        note: How to read it.
    """
    width, height = figure.get_size_inches()
    room = width - 2 * EDGE_IN
    lines = fold(note, room, 7.5), fold(SYNTHETIC_NOTE, room, 7.5) if synthetic else ""
    text = "\n".join(filter(None, lines))
    if text:
        x, y = EDGE_IN / width, 0.09 / height
        figure.text(x, y, text, size=7.5, color="#555555", va="bottom", gid="footnote")
    settle(figure)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure


def axes_at(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place in inches from the figure's lower left corner.

    Args:
        figure: Where.
        left: Distance from the left edge.
        bottom: Distance from the lower edge.
        width: Of the axes.
        height: Of the axes.
    """
    w, h = figure.get_size_inches()
    return figure.add_axes((left / w, bottom / h, width / w, height / h))


def legend_below(figure: Figure, handles: Sequence[Artist], columns: int) -> None:
    """A legend for all axes between them and the footnote.

    Args:
        figure: Made with `legend_in`.
        handles: What is shown, with labels.
        columns: Side by side.
    """
    y = FOOT_IN / figure.get_size_inches()[1]
    figure.legend(handles=list(handles), loc="lower center", bbox_to_anchor=(0.5, y), ncols=columns)


def legend_columns(handles: Sequence[Artist], width_in_all: float, most: int) -> int:
    """As many columns as the longest label allows, with rows of one length.

    Args:
        handles: Of the legend.
        width_in_all: Width of the figure in inches.
        most: Columns at most.
    """
    widest = max((width_in(str(h.get_label()), 8.5) for h in handles), default=1.0)
    columns = max(1, min(most, int((width_in_all - 0.2) / (widest + 0.65))))
    rows = math.ceil(len(handles) / columns) or 1
    return math.ceil(len(handles) / rows) or 1


def draw_values(
    axes: Axes, xs: Sequence[float], ys: Sequence[float], look: Mapping[str, Any]
) -> None:
    """Single values beside their mean, small and pale, in its colour and form.

    Args:
        axes: Where.
        xs: One for each value.
        ys: Likewise.
        look: Of the mean, its `color` and `marker`.
    """
    axes.plot(xs, ys, ls="", color=look["color"], marker=look["marker"], ms=3, mew=0, alpha=0.45,
              zorder=2.5, gid="value")  # fmt: skip


def not_measured(axes: Axes) -> None:
    """Say in the middle of axes that there is nothing to draw.

    Args:
        axes: Without any data.
    """
    axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", va="center",
              color="#777777", style="italic")  # fmt: skip


@styled
def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write `name.png` (160 dpi), `name.svg` and `name.pdf`; the same figure, the same bytes.

    Args:
        figure: What to write.
        folder: Where; made if it isn't there.
        name: File name without its ending.
    """
    folder.mkdir(parents=True, exist_ok=True)
    png, svg, pdf = (folder / f"{name}.{kind}" for kind in ("png", "svg", "pdf"))
    figure.savefig(png, dpi=160, metadata={"Software": None})
    figure.savefig(svg, metadata={"Date": None, "Creator": None})
    figure.savefig(pdf, metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return [png, svg, pdf]


def plain(text: str) -> str:
    """A text as Matplotlib prints it literally: one line, no mathematics, nothing invisible.

    Args:
        text: From anywhere.
    """
    return _one_line(text).replace("$", r"\$")


def width_in(text: str, size_pt: float, *, weight: str = "normal") -> float:
    """How wide a text is printed, in inches.

    Args:
        text: One line.
        size_pt: Of its letters, in points.
        weight: `normal` or `bold`.
    """
    shown = drawable(text)
    font = FontProperties(family=families(shown), size=size_pt, weight=weight)
    return float(text_to_path.get_text_width_height_descent(shown, font, ismath=False)[0]) / 72


def fit(text: str, room_in: float, size_pt: float, *, weight: str = "normal") -> str:
    """A text made `plain`, and cut with an ellipsis where it is wider than there is room.

    Args:
        text: From anywhere.
        room_in: Width there is for it, in inches.
        size_pt: Of its letters, in points.
        weight: `normal` or `bold`.
    """
    longest = int(room_in * 72 / (0.25 * size_pt)) + 1  # no letter is much narrower than this
    whole = _one_line(text)

    def fits(candidate: str) -> bool:
        return width_in(candidate, size_pt, weight=weight) <= room_in

    if not whole or (len(whole) <= longest and fits(whole)):
        return plain(whole)
    low, high = 0, min(len(whole), longest)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(whole[:middle] + "…") else (low, middle - 1)
    return plain(whole[:low].rstrip() + "…")


def fit_apart(texts: Sequence[str], room_in: float, size_pt: float) -> list[str]:
    """Texts as `fit` makes them; where that makes different ones alike, they are cut in the middle.

    Args:
        texts: From anywhere.
        room_in: Width there is for each, in inches.
        size_pt: Of their letters, in points.
    """
    shown = [fit(text, room_in, size_pt) for text in texts]
    if len(set(shown)) == len(set(texts)):
        return shown
    return [_without_middle(_one_line(text), room_in, size_pt) for text in texts]


def _without_middle(whole: str, room_in: float, size_pt: float) -> str:
    kept = len(whole)
    cut = whole
    while width_in(cut, size_pt) > room_in and kept > 2:
        kept -= 1
        cut = f"{whole[: (kept + 1) // 2]}…{whole[len(whole) - kept // 2 :]}"
    return plain(cut)


def fold(text: str, room_in: float, size_pt: float) -> str:
    """A text on one line or two, broken between words; `fit` cuts what is still too wide.

    Args:
        text: From anywhere.
        room_in: Width there is for it, in inches.
        size_pt: Of its letters, in points.
    """
    whole = fit(text, room_in, size_pt)
    words = _one_line(text).split(" ")
    k = len(whole[:-1].split(" ")) - 1  # words that fit whole on the first line
    if not whole.endswith("…") or whole == plain(text) or k < 1:
        return whole
    lines = (" ".join(words[:k]), " ".join(words[k:]))
    return "\n".join(fit(line, room_in, size_pt) for line in lines)


def _one_line(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in visible(text))
    return drawable(" ".join(shown.split()))
