"""Which fonts a text needs, so that roles and titles in any script are drawn rather than boxes.

Most texts need the figures' own font alone. For a character that it lacks, the machine's fonts are
searched; where none has it, `MISSING` stands in its place, and whoever writes the figure says so.
"""

from __future__ import annotations

from functools import cache

from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

OWN = "DejaVu Sans"
MISSING = "□"
"""Drawn for a character that no font of this machine has."""
NOTE = (
    f"{MISSING} in a figure stands for a character that no font of this machine has; "
    "install one that does, as Noto Sans CJK or Noto Emoji, and use `unscripted report`"
)
_NO_FONTS = ("Last Resort",)
"""Fonts whose glyphs only say that there is none."""


def families(text: str) -> list[str]:
    """The fonts that draw a text, ours first.

    Args:
        text: From anywhere.
    """
    more = dict.fromkeys(_family(c) for c in sorted(set(text)) if not _has_own(c))
    return [OWN, *(name for name in more if name is not None)]


def drawable(text: str) -> str:
    """A text with `MISSING` for every character that can't be drawn.

    Args:
        text: From anywhere.
    """
    if text.isascii():
        return text
    return "".join(
        c if c.isspace() or _has_own(c) or _family(c) is not None else MISSING for c in text
    )


def settle(figure: Figure) -> None:
    """Give every text of a figure the fonts that it needs.

    Args:
        figure: With all its texts.
    """
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_ticklabels()  # else theirs are still empty
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if not (said := text.get_text()).isascii():
            text.set_text(drawable(said))
            if len(needed := families(said)) > 1:
                text.set_fontfamily(needed)


def incomplete(figure: Figure) -> bool:
    """Whether a text of a figure has characters that could not be drawn.

    Args:
        figure: Finished.
    """
    return any(MISSING in t.get_text() for t in figure.findobj(Text) if isinstance(t, Text))


@cache
def _own() -> FT2Font:
    return FT2Font(findfont(FontProperties(family=OWN)))


@cache
def _has_own(character: str) -> bool:
    return character.isspace() or _own().get_char_index(ord(character)) != 0


@cache
def _family(character: str) -> str | None:
    """The first of the machine's fonts that has a character and can draw it."""
    return next((e.name for e in _candidates() if _draws(e.fname, ord(character))), None)


@cache
def _candidates() -> tuple[FontEntry, ...]:
    """One upright file of each family, sans serif before others."""
    found: dict[str, FontEntry] = {}
    for entry in sorted(fontManager.ttflist, key=_rank):
        if not entry.name.startswith((*_NO_FONTS, ".")):
            found.setdefault(entry.name, entry)
    return tuple(found.values())


def _rank(entry: FontEntry) -> tuple[object, ...]:
    upright = entry.style == "normal" and str(entry.weight) in ("400", "normal", "regular", "book")
    return (not upright, "Sans" not in entry.name, "Noto" not in entry.name, entry.name)


def _draws(path: str, code: int) -> bool:
    """Whether a font has a glyph and gives its outline: pictures in colour have none."""
    try:
        font = FT2Font(path)
        if not font.get_char_index(code):
            return False
        font.set_size(12, 72)
        font.load_char(code)
        vertices, _ = font.get_path()
    except (OSError, RuntimeError, ValueError):
        return False
    return len(vertices) > 0
