"""The page of advice: the answer, what it rests on, every arm."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..advice.advice import Advice
from ..advice.remarks import arm_cells
from ..config.identity import to_json
from ..format import number
from .page import Page, Table

HEAD = [
    "protocol", "agents", "network", "model", "outcome", "tasks", "best", "within the margin",
    "calls per task", "USD per task",
]  # fmt: skip
CAPTIONS = {"advice": "Arms by outcome, and the chance of each to be the best."}


def advice_page(advice: Advice, pictures: Mapping[str, Path]) -> Page:
    """The page of advice.

    Args:
        advice: With at least one whole run.
        pictures: PNG files by the names of `CAPTIONS`.
    """
    config = advice.config
    first, *others = advice.sentences
    design = config.design
    return Page(
        title="Which team to use",
        lead=f"{advice.effort}. Every arm plays the same tasks; arms that can't be within "
        f"{design.margin:g} of the best play no further, and it is over when one is so with "
        f"{100 * design.confidence:g} %. docs/advice.md has the rule and how often it is right.",
        config=to_json(config),
        synthetic=advice.synthetic,
        verdict=f"{first[0].upper()}{first[1:]}.",
        called=any(run.called for run in config.arms),
        sentences=others,
        pictures={path: CAPTIONS[name] for name, path in pictures.items()},
        tables=[_arms(advice)],
    )


def _arms(advice: Advice) -> Table:
    rows = [[*arm_cells(arm), number(arm["cost_usd"], 4)] for arm in advice.arms]
    return f"Arms by {advice.outcome}, best first", HEAD, rows
