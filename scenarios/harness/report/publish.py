"""Writes what a finished run, comparison or scenario leaves behind: tables, figures and pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api.comparison import Comparison
from ..api.run import Run
from ..folders.safe_files import refuse_links, write_text
from ..folders.tables import write_table
from ..runs.sweep import rows_of
from ..study.study import PlayedStudy
from .comparison_page import comparison_page
from .page import Page
from .run_page import run_page
from .study_page import study_page

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawing = Callable[[], "Figure"]
PAGE = "report.html"
FINDINGS = "findings.json"


@singledispatch
def publish(value: Any) -> list[Path]:
    """Tables, figures and page of what was played, into its folder.

    Args:
        value: A run, comparison or study with a folder.

    Returns:
        The PNG figures and the pages, in the order worth opening.
    """
    raise TypeError(f"{type(value).__name__} can't be published")


@publish.register
def _(run: Run) -> list[Path]:
    from ..figures.reach import draw_reach, has_parts
    from ..figures.roles import draw_role_mosaic
    from ..figures.team import draw_team

    records, synthetic = run.records, run.config.synthetic
    assert run.folder is not None
    refuse_links(run.folder)
    write_table(run.folder, "ticks", run.ticks)
    write_table(run.folder, "agents", run.agents)
    figures: dict[str, Drawing] = {
        "team": lambda: draw_team(records[-1], run.organization.network.G, synthetic=synthetic),
        "roles": lambda: draw_role_mosaic(records, synthetic=synthetic),
        "measures": run.plot,
    }
    if has_parts(records):
        figures["reach"] = lambda: draw_reach(records, synthetic=synthetic)
    pictures = draw_all(run.folder, figures)
    return [*pictures.values(), _write(run.folder, run_page(run, pictures))]


@publish.register
def _(comparison: Comparison) -> list[Path]:
    import pandas as pd

    assert comparison.folder is not None
    refuse_links(comparison.folder)
    for name in ("ticks", "agents"):
        rows = pd.DataFrame(rows_of(comparison.results, name))
        write_table(comparison.folder, name, rows)
    pictures = draw_all(comparison.folder, {"comparison": comparison.plot})
    page = comparison_page(comparison, pictures)
    return [*pictures.values(), _write(comparison.folder, page)]


@publish.register
def _(played: PlayedStudy) -> list[Path]:
    assert played.folder is not None
    assert played.report is not None
    refuse_links(played.folder)
    write_table(played.folder, "runs", played.results.runs)
    write_table(played.folder, "ticks", played.results.ticks)
    if played.comparison is not None:
        drawn = publish(played.comparison)
        write_text(played.folder / FINDINGS, json.dumps(played.body(runs=False), indent=2) + "\n")
        return drawn
    findings = json.dumps(played.body(runs=False), indent=2) + "\n"
    write_text(played.folder / FINDINGS, findings)
    pictures = draw_all(played.folder, played.report.figures)
    page_of_all = _write(played.folder, study_page(played, pictures))
    for name, page in played.report.pages.items():
        write_text(played.folder / name, page(played.folder))
    own = [played.folder / name for name in played.report.pages]
    return [*pictures.values(), *own, page_of_all]


def draw_all(folder: Path, figures: Mapping[str, Drawing]) -> dict[str, Path]:
    """Draw figures as PNG and SVG; returns the PNG files by name.

    Args:
        folder: They go into its `figures`.
        figures: By file name.
    """
    from ..figures.style import save

    drawn = {}
    for name, draw in figures.items():
        paths = save(draw(), folder / "figures", name)
        drawn[name] = next(path for path in paths if path.suffix == ".png")
    return drawn


def _write(folder: Path, page: Page) -> Path:
    path = folder / PAGE
    write_text(path, page.html())
    return path
