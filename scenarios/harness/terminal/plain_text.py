"""Output where the terminal knows few characters: what it can't show is written plainly."""

from __future__ import annotations

import codecs
import sys
from io import TextIOWrapper

SUBSTITUTES = {
    "·": "-", "●": "o", "○": ".", "–": "-", "—": "-", "−": "-", "✗": "x", "×": "x", "…": "...",
    "→": "->", "≈": "~", "±": "+-", "•": "*", "“": '"', "”": '"', "’": "'", "━": "-", "─": "-",
    "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "╸": "-", "╺": "-", "≤": "<=", "≥": ">=",
    "²": "2", "é": "e", "ö": "o", "ü": "u", "ä": "a",
}  # fmt: skip
_NAME = "unscripted-plain"


def write_plainly() -> None:
    """Let standard output and standard error take every text, whatever their encoding."""
    codecs.register_error(_NAME, _substitute)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_NAME)


def _substitute(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(SUBSTITUTES.get(c, "?") for c in text), error.end
