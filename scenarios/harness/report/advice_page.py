"""The page of advice: the answer, what it rests on, every arm."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..advice.advice import Advice
from ..advice.words import arms_table
from ..config.identity import to_json
from .page import Page

STAND = 3
"""Sentences that stand first; the others are folded."""
CAPTIONS = {"advice": "Arms by outcome, and the chance of each to be the best."}


def advice_page(advice: Advice, pictures: Mapping[str, Path]) -> Page:
    """The page of advice.

    Args:
        advice: With at least one whole run.
        pictures: PNG files by the names of `CAPTIONS`.
    """
    config = advice.config
    said = [f"{line[0].upper()}{line[1:]}." for line in advice.sentences]
    head, rows = arms_table(advice.arms, advice.outcome, advice.voice)
    return Page(
        title="Which team to use",
        lead=f"{advice.effort}. Every arm plays the same tasks; arms that can't be within "
        f"{advice.voice.close} of the best play no further, and it is over when one is so with a "
        f"chance of {100 * config.design.confidence:g} %. The columns best and close are chances; "
        "calls and dollars are those of a task. docs/advice.md has the rule and how often it is "
        "right.",
        config=to_json(config),
        synthetic=advice.synthetic,
        headline=said[:STAND],
        called=any(run.called for run in config.arms),
        sentences=said[STAND:],
        kind="Advice",
        pictures={path: CAPTIONS[name] for name, path in pictures.items()},
        tables=[(advice.heading, head, rows)],
    )
