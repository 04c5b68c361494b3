"""A page that stands alone: sentences, figures and tables in the look of every other page."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Template

from ...._version import __version__
from ..format import SYNTHETIC
from ..transcripts.html import TickShown, environment

AGAIN = "The same configuration gives the same numbers."
AGAIN_CALLED = (
    "Models answer differently each time: the record replays exactly, playing it anew does not."
)

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""Heading, names of columns, rows; without rows it isn't shown."""


@dataclass(frozen=True)
class Page:
    """What stands on it, from the top.

    Attributes:
        title: Its heading.
        lead: The first paragraph.
        config: What was played, as JSON.
        synthetic: Whether synthetic minds made any of it.
        verdict: What was found, in a sentence; stands first.
        called: Whether models were called: then playing it anew gives something else.
        sentences: A list of them.
        pictures: PNG files and their captions.
        tables: In this order.
        headline: Three sentences, which stand first.
        kind: What it is of, as `Run`.
        on: The day on which it was played; empty where it isn't known.
        citation: How to cite it, as BibTeX.
        ticks: Transcripts.
        told: Said above them.
        unfolded: How many of the tables stand above the pictures; the others are folded.
    """

    title: str
    lead: str
    config: Mapping[str, Any]
    synthetic: bool
    verdict: str = ""
    called: bool = False
    sentences: Sequence[str] = ()
    pictures: Mapping[Path, str] = field(default_factory=dict)
    tables: Sequence[Table] = ()
    headline: Sequence[str] = ()
    kind: str = ""
    on: str = ""
    citation: str = ""
    ticks: Sequence[TickShown] = ()
    told: str = ""
    unfolded: int = 1

    def html(self) -> str:
        """One file, with the pictures in it."""
        pictures = [{"src": _inline(p), "caption": said} for p, said in self.pictures.items()]
        return _template().render(
            title=self.title,
            verdict=self.verdict,
            lead=self.lead,
            sentences=list(self.sentences),
            pictures=pictures,
            tables=list(self.tables),
            config=json.dumps(self.config, indent=2),
            again=AGAIN_CALLED if self.called else AGAIN,
            note=SYNTHETIC if self.synthetic else "",
            headline=list(self.headline),
            kind=self.kind,
            on=self.on,
            version=__version__,
            citation=self.citation,
            ticks=list(self.ticks),
            told=self.told,
            unfolded=self.unfolded,
        )


def _inline(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


@cache
def _template() -> Template:
    return environment("unscripted.scenarios.harness.report").get_template("page.html.jinja")
