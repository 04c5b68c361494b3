"""A page that stands alone: sentences, figures and tables in the look of every other page."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..format import SYNTHETIC

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""Heading, names of columns, rows."""


@dataclass(frozen=True)
class Page:
    """What stands on it, from the top.

    Attributes:
        title: Its heading.
        lead: The first paragraph.
        sentences: A list of them.
        pictures: PNG files and their captions.
        tables: In this order.
        config: What was played, as JSON.
        again: Whether playing it anew gives the same.
        synthetic: Whether synthetic minds made any of it.
    """

    title: str
    lead: str
    sentences: Sequence[str]
    pictures: Mapping[Path, str]
    tables: Sequence[Table]
    config: Mapping[str, Any]
    again: str
    synthetic: bool

    def html(self) -> str:
        """One file, with the pictures in it."""
        loader = PackageLoader("unscripted.scenarios.harness.report", ".")
        page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        pictures = [
            {
                "src": f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}",
                "caption": caption,
            }
            for path, caption in self.pictures.items()
        ]
        return page.get_template("page.html.jinja").render(
            title=self.title, lead=self.lead, sentences=list(self.sentences), pictures=pictures,
            tables=list(self.tables), config=json.dumps(self.config, indent=2), again=self.again,
            note=SYNTHETIC if self.synthetic else "",
        )  # fmt: skip
