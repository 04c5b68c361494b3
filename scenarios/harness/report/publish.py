"""Writes what a finished run, comparison or scenario leaves behind: tables, figures and pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial, singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....model.errors import UsageError
from ..advice.advice import Advice
from ..api.comparison import Comparison
from ..api.replay import Replayed
from ..api.run import Run
from ..config.identity import to_json
from ..folders.folder import CONFIG
from ..folders.safe_files import refuse_links, write_text
from ..folders.tables import typed, write_csv, write_parts, write_table
from ..results.factors import FACTORS, where
from ..runs.session import kinds_of
from ..runs.sweep import rows_of
from ..study.load import load
from ..study.study import PlayedStudy
from ..transcripts.html import TickShown, shown
from .advice_page import advice_page
from .citation import digest_of
from .comparison_page import comparison_page
from .latex import table_of
from .page import Page
from .replay_page import points_of, replay_page
from .run_page import run_page
from .study_page import study_page

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawing = Callable[[], "Figure"]
Noting = Callable[[str], object]
"""Hears what could not be drawn, in one sentence each."""
PAGE = "report.html"
FINDINGS = "findings.json"
MOST_EXAMPLES, MOST_MEMBERS = 8, 32
"""Cells, and members of each, up to which a page shows a task of each cell in words."""
TABLE = "table.tex"
COLUMN = "column"
"""The outcome alone, as wide as a column of a paper."""
ADVICE, REPLAY = "advice.json", "replay.json"


def _unheard(_: str) -> None:
    """Nobody listens."""


@singledispatch
def publish(value: Any, note: Noting = _unheard) -> list[Path]:
    """Tables, figures and page of what was played, into its folder, in that order.

    Args:
        value: A run, comparison or study with a folder.
        note: Hears of pictures that failed.

    Returns:
        The PNG figures and the pages, in the order worth opening.
    """
    raise TypeError(f"{type(value).__name__} can't be published")


@publish.register
def _(run: Run, note: Noting = _unheard) -> list[Path]:
    assert run.folder is not None
    refuse_links(run.folder)
    write_table(run.folder, "ticks", run.ticks)
    write_parts(run.folder, "agents", run.agents_in_parts())
    figures: dict[str, Drawing] = {
        name: partial(run.plot, name) for name in ("team", "roles", "measures")
    }
    if any(t["parts_reached"] is not None for t in run.measured):
        figures["reach"] = partial(run.plot, "reach")
    pictures = draw_all(run.folder, figures, note)
    return [*pictures.values(), _write(run.folder, run_page(run, pictures))]


@publish.register
def _(comparison: Comparison, note: Noting = _unheard) -> list[Path]:
    import pandas as pd

    assert comparison.folder is not None
    refuse_links(comparison.folder)
    for name in ("ticks", "agents"):
        rows = pd.DataFrame(rows_of(comparison.results, name))
        write_table(comparison.folder, name, rows)
    _write_for_paper(comparison, comparison.folder)
    figures = {"comparison": comparison.plot, COLUMN: lambda: comparison.plot(column=True)}
    pictures = draw_all(comparison.folder, figures, note)
    pictures.pop(COLUMN, None)
    page = comparison_page(comparison, pictures, _examples(comparison, comparison.folder))
    return [*pictures.values(), _write(comparison.folder, page)]


@publish.register
def _(played: PlayedStudy, note: Noting = _unheard) -> list[Path]:
    assert played.folder is not None
    assert played.report is not None
    refuse_links(played.folder)
    write_table(played.folder, "runs", played.results.runs)
    write_table(played.folder, "ticks", played.results.ticks)
    findings = json.dumps(played.body(runs=False), indent=2) + "\n"
    write_text(played.folder / FINDINGS, findings)
    if played.comparison is not None:
        return publish(played.comparison, note)
    pictures = draw_all(played.folder, played.report.figures, note)
    page_of_all = _write(played.folder, study_page(played, pictures))
    for name, page in played.report.pages.items():
        write_text(played.folder / name, page(played.folder))
    own = [played.folder / name for name in played.report.pages]
    return [*pictures.values(), *own, page_of_all]


def _examples(comparison: Comparison, folder: Path) -> list[TickShown]:
    """The first task of each cell's first run in words, where cells are few enough to read."""
    config = comparison.config
    if len(config.conditions) > MOST_EXAMPLES:
        return []
    found = []
    for cell, condition in enumerate(config.conditions):
        if condition.team.agents > MOST_MEMBERS:
            continue
        try:
            run = load(folder, cell * config.replicates)
        except UsageError:  # not played yet, or of objects that are not in the folder
            continue
        assert isinstance(run, Run)
        name = where({f: run.row[f] for f in _varying(comparison)})
        found.append(shown(run.told(0)[0], name=f"{name}: ", prefix=f"c{cell}"))
    return found


def _varying(comparison: Comparison) -> list[str]:
    cells = [row.cell for row in comparison.analysis.summary]
    return [f for f in FACTORS if len({c.value(f) for c in cells}) > 1] or ["protocol"]


def _write_for_paper(comparison: Comparison, folder: Path) -> None:
    """Runs, cells and contrasts as CSV, and the cells as a table in LaTeX."""
    write_csv(folder, "runs", typed(comparison.runs))
    write_csv(folder, "summary", comparison.summary)
    write_csv(folder, "contrasts", comparison.contrasts)
    label = digest_of(to_json(comparison.config))
    table = table_of(comparison.analysis.summary, synthetic=comparison.synthetic, label=label)
    write_text(folder / TABLE, table)


@publish.register
def _(advice: Advice, note: Noting = _unheard) -> list[Path]:
    import pandas as pd

    assert advice.folder is not None
    refuse_links(advice.folder)
    write_table(advice.folder, "arms", advice.table)
    write_table(advice.folder, "runs", pd.DataFrame(list(advice.course.rows())))
    for name in ("ticks", "agents"):
        write_table(advice.folder, name, pd.DataFrame(rows_of(advice.course.results, name)))
    write_text(advice.folder / ADVICE, json.dumps(advice.body(), indent=2) + "\n")
    pictures = draw_all(advice.folder, {"advice": advice.plot}, note)
    return [*pictures.values(), _write(advice.folder, advice_page(advice, pictures))]


def check_page_folder(folder: Path) -> None:
    """Refuse a folder whose own page a replay's would take the place of.

    Args:
        folder: Where the page of a replay is to go; may not exist yet.

    Raises:
        UsageError: It holds a run, comparison, scenario or advice, or is no folder.
    """
    if (folder / CONFIG).exists():
        raise UsageError(f"out={folder} holds a run, with a page of its own; use another folder")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"out={folder} is a file; use a folder")


@publish.register
def _(found: Replayed, note: Noting = _unheard) -> list[Path]:
    from ..figures.replay import draw_replay

    assert found.folder is not None
    assert found.config is not None
    check_page_folder(found.folder)
    found.folder.mkdir(parents=True, exist_ok=True)
    refuse_links(found.folder)
    points = points_of(found)
    synthetic = any(run.synthetic for run in kinds_of(found.config))
    draw = partial(draw_replay, points, found.unit, synthetic=synthetic)
    pictures = draw_all(found.folder, {"replay": draw} if points else {}, note)
    write_text(found.folder / REPLAY, json.dumps(found.body(), indent=2) + "\n")
    return [*pictures.values(), _write(found.folder, replay_page(found, pictures))]


def draw_all(
    folder: Path, figures: Mapping[str, Drawing], note: Noting = _unheard
) -> dict[str, Path]:
    """Draw figures as PNG, SVG and PDF; returns the PNG files by name.

    A picture is no result: one that fails is said and left out.

    Args:
        folder: They go into its `figures`.
        figures: By file name.
        note: Hears of those that failed, and of characters that no font has.
    """
    drawn: dict[str, Path] = {}
    said: dict[str, None] = {}
    for name, draw in figures.items():
        try:
            path, missing = _drawn(draw, folder / "figures", name)
        except Exception as error:
            cause = " ".join(f"{type(error).__name__}: {error}".split())
            said[f"note: figures/{name} was not drawn ({cause}); all results are kept"] = None
        else:
            drawn[name] = path
            said |= dict.fromkeys(missing)
    for sentence in said:
        note(sentence)
    return drawn


def _drawn(draw: Drawing, folder: Path, name: str) -> tuple[Path, list[str]]:
    """A PNG file, and what is to be said of it."""
    from ..figures.fonts import NOTE, incomplete
    from ..figures.style import save

    figure = draw()
    paths = save(figure, folder, name)
    path = next(path for path in paths if path.suffix == ".png")
    return path, [f"note: {NOTE}"] if incomplete(figure) else []


def _write(folder: Path, page: Page) -> Path:
    path = folder / PAGE
    write_text(path, page.html())
    return path
