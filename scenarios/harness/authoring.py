"""For the authors of scenarios: a question, its runs, and what they say, with tables and figures.

    from unscripted import study
    STUDY = study.Study(__file__, __doc__, design=design, report=report)

`docs/writing-a-scenario.md` walks through one.
"""

from __future__ import annotations

from rich.table import Table

from ...agents.synthetic.profiles import profile, profiles
from ...agents.synthetic.situation import ROLE_TITLES
from ...model.governance.trial import Tuning
from ...model.metrics.paraphrases import collapse
from ...model.metrics.resilience import adaptation, recovery_time, resilience, retention
from ...model.options import option
from ...model.tasks.task import LEVELS
from .api.comparison import Comparison
from .calibration.loss import Quantity, all_in_loss, by_loss, quantity
from .cli.scenario import main
from .config.catalogue import COMPARED
from .config.comparison import ComparisonConfig
from .config.groups import Design
from .config.lineup import CONTROLS, lineup
from .config.run import RunConfig
from .config.study import Condition, StudyConfig
from .figures import Figure
from .figures.front import Offer, draw_front, front
from .figures.heat import draw_heat
from .figures.lines import Line, Subplot, draw_lines
from .figures.published import draw_published
from .format import number, plain, with_bounds, with_interval
from .report.page import Page
from .results.labels import range_of
from .results.rows import Row, mean
from .specs.minds import is_called, parse_team
from .specs.shocks import DEFAULT_SUBSTITUTE
from .specs.tuning import constitution_for, parse_tuning
from .statistics.crossed import Crossed, Resampled, resampled_crossed
from .statistics.findings import (
    FEWEST_SEEDS,
    Basis,
    Finding,
    Status,
    Support,
    above,
    assumed,
    below,
    between,
    fitted,
    predicted,
    supported,
)
from .statistics.intervals import interval
from .statistics.published import HEAD as PUBLISHED_HEAD
from .statistics.published import Claim, Origin, sections, summary
from .statistics.samples import Sample, resampled
from .statistics.study_results import StudyResults
from .study.sign_change import Crossing, crossing
from .study.study import Study, StudyOptions, StudyReport
from .study.tables import cells_table, grid_table, samples_table, seeds_of
from .terminal.tables import titled_table

__all__ = [
    "COMPARED",
    "CONTROLS",
    "DEFAULT_SUBSTITUTE",
    "FEWEST_SEEDS",
    "LEVELS",
    "PUBLISHED_HEAD",
    "ROLE_TITLES",
    "Basis",
    "Claim",
    "Comparison",
    "ComparisonConfig",
    "Condition",
    "Crossed",
    "Crossing",
    "Design",
    "Figure",
    "Finding",
    "Line",
    "Offer",
    "Origin",
    "Page",
    "Quantity",
    "Resampled",
    "Row",
    "RunConfig",
    "Sample",
    "Status",
    "Study",
    "StudyConfig",
    "StudyOptions",
    "StudyReport",
    "StudyResults",
    "Subplot",
    "Support",
    "Table",
    "Tuning",
    "above",
    "adaptation",
    "all_in_loss",
    "assumed",
    "below",
    "between",
    "by_loss",
    "cells_table",
    "collapse",
    "constitution_for",
    "crossing",
    "draw_front",
    "draw_heat",
    "draw_lines",
    "draw_published",
    "fitted",
    "front",
    "grid_table",
    "interval",
    "is_called",
    "lineup",
    "main",
    "mean",
    "number",
    "option",
    "parse_team",
    "parse_tuning",
    "plain",
    "predicted",
    "profile",
    "profiles",
    "quantity",
    "range_of",
    "recovery_time",
    "resampled",
    "resampled_crossed",
    "resilience",
    "retention",
    "samples_table",
    "sections",
    "seeds_of",
    "summary",
    "supported",
    "titled_table",
    "with_bounds",
    "with_interval",
]  # fmt: skip
