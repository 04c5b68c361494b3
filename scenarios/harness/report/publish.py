"""Writes what a finished run or comparison leaves behind: tables, figures and the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ....model.organization import BaseOrganization
from ..config.run import RunConfig, SweepConfig
from ..results.chronicle import shock_ticks
from ..results.rows import agent_rows, measured, tick_rows
from ..runs.folder import Folder
from ..runs.sweep import rows_of
from ..statistics.analysis import Analysis
from .pages import write_comparison_page, write_run_page


def publish_run(folder: Folder, config: RunConfig, org: BaseOrganization) -> list[Path]:
    """Tables, figures and page of a run.

    Returns:
        The PNG figures and the page, in the order worth opening.
    """
    from ..figures.measures import draw_measures
    from ..figures.roles import draw_role_mosaic
    from ..figures.style import save
    from ..figures.team import draw_team

    folder.export("ticks", tick_rows(org.records))
    folder.export("agents", agent_rows(org.records))
    figures = folder.path / "figures"
    synthetic = config.synthetic
    title = f"{config.protocol}, {config.agents} agents, {config.model}, {config.topology}"
    drawn = {
        "team": draw_team(org.records[-1], org.network.G, synthetic=synthetic),
        "roles": draw_role_mosaic(org.records, synthetic=synthetic),
        "measures": draw_measures(
            measured(org.records), title=title, synthetic=synthetic, shocks=shock_ticks(org.records)
        ),
    }
    saved = [save(figure, figures, name) for name, figure in drawn.items()]
    pictures = [p for paths in saved for p in paths if p.suffix == ".png"]
    page = write_run_page(folder.path, config, org.records)
    return [*pictures, page]


def publish_comparison(
    folder: Folder,
    config: SweepConfig,
    results: dict[str, dict[str, Any]],
    found: Analysis,
    *,
    synthetic: bool,
) -> list[Path]:
    """Tables, figure and page of a comparison; returns the PNG figure and the page."""
    from ..figures.comparison import draw_comparison
    from ..figures.style import save

    ticks, agents = rows_of(results, "ticks"), rows_of(results, "agents")
    folder.export("ticks", ticks)
    folder.export("agents", agents)
    figure = draw_comparison(found.summary, synthetic=synthetic)
    pictures = [
        p for p in save(figure, folder.path / "figures", "comparison") if p.suffix == ".png"
    ]
    page = write_comparison_page(folder.path, config, found, synthetic=synthetic)
    return [*pictures, page]
