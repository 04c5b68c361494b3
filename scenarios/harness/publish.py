"""Writes what a finished run or comparison leaves behind: tables, figures and the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...model.organization import Organization
from .chronicle import shock_ticks
from .config import RunConfig, SweepConfig
from .folder import Folder
from .report import write_comparison_page, write_run_page
from .rows import agent_rows, measured, tick_rows
from .statistics import Analysis
from .sweep import rows_of


def publish_run(folder: Folder, config: RunConfig, org: Organization) -> list[Path]:
    """Tables, figures and page of a run.

    Returns:
        The PNG figures and the page, in the order worth opening.
    """
    from .figure_measures import draw_measures
    from .figure_roles import draw_role_mosaic
    from .figure_style import save
    from .figure_team import draw_team

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
    from .figure_comparison import draw_comparison
    from .figure_style import save

    ticks, agents = rows_of(results, "ticks"), rows_of(results, "agents")
    folder.export("ticks", ticks)
    folder.export("agents", agents)
    figure = draw_comparison(found.summary, synthetic=synthetic)
    pictures = [
        p for p in save(figure, folder.path / "figures", "comparison") if p.suffix == ".png"
    ]
    page = write_comparison_page(folder.path, config, found, synthetic=synthetic)
    return [*pictures, page]
