"""A page that stands alone: sentences, figures and tables in the look of every other page."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from ..format import SYNTHETIC, visible

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
        )


def _inline(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _shown(value: Any) -> Any:
    """Foreign texts as far as they can be seen; numbers as they are."""
    return visible(value) if isinstance(value, str) else value


@cache
def _template() -> Template:
    loader = PackageLoader("unscripted.scenarios.harness.report", ".")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, finalize=_shown)
    return made.get_template("page.html.jinja")
