"""Arms and their numbers in words, alike in sentences, tables and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..config.advice import is_alone
from ..format import counted, number, with_bounds

DIGITS = 3
"""Of outcomes, which lie between 0 and 1."""


@dataclass(frozen=True)
class Voice:
    """How a race is spoken of.

    Attributes:
        models: Whether arms differ in their models, so that they are named.
        per_dollar: Whether outcomes are held against what they cost.
        margin: Differences up to this don't matter; with costs, as a share of the best.
        sure: The chance from which on something is said to be so.
    """

    models: bool = True
    per_dollar: bool = False
    margin: float = 0.02
    sure: float = 0.95

    @property
    def close(self) -> str:
        """The margin in words."""
        return f"{100 * self.margin:g} %" if self.per_dollar else f"{self.margin:g}"

    def arm(self, arm: Mapping[str, Any]) -> str:
        """An arm, as `sequential with 8 agents on ring`.

        Args:
            arm: Its factors.
        """
        named = str(arm["protocol"])
        if not is_alone(named):
            named += f" with {counted(arm['agents'], 'agent')}"
            named += "" if arm["topology"] == "complete" else f" on {arm['topology']}"
        return f"{named} ({arm['model']})" if self.models else named

    def difference(self, value: float, bounds: Sequence[float]) -> str:
        """How much better something is, with its interval.

        Args:
            value: Of what is compared.
            bounds: Ends of its interval.
        """
        if not self.per_dollar:
            return outcome(value, bounds)
        low, high = (f"{100 * end:.0f} %" for end in bounds)
        return f"{100 * value:.0f} % [{low}, {high}] of the best outcome per dollar"


def outcome(value: float, bounds: Sequence[float]) -> str:
    """An outcome, or a difference of two, with its interval.

    Args:
        value: From -1 to 1.
        bounds: Ends of its interval.
    """
    return with_bounds(round(value, DIGITS), [round(end, DIGITS) for end in bounds], DIGITS)


def dollars(value: float | None) -> str:
    """US dollars: cents, and two significant digits of less than ten of them.

    Args:
        value: 0 or more; None where nobody knows.
    """
    return f"{value:.2g}" if value is not None and 0 < value < 0.1 else number(value, 2)


def chance(p: float) -> str:
    """A chance in per cent; never more sure than draws can be.

    Args:
        p: 0 to 1.
    """
    if p > 0.999:
        return "more than 99.9 %"
    return "less than 0.1 %" if p < 0.001 else f"{100 * p:.0f} %"


def several(items: Sequence[str], most: int = 4) -> str:
    """Some items, and how many more there are.

    Args:
        items: In words.
        most: That are named.
    """
    more = [f"{len(items) - most} more"] if len(items) > most else []
    return "; ".join([*items[:most], *more])


CELLS = {
    "protocol": "protocol",
    "agents": "agents",
    "topology": "network",
    "model": "model",
    "outcome": "",
    "tasks": "tasks",
    "p_best": "best",
    "p_close": "close",
    "calls": "calls",
    "cost_usd": "USD",
    "outcome_per_usd": "per $",
}
"""Columns of tables of arms, and what heads them."""
USUAL = {"topology": "complete"}
"""What needs no column where all arms have it."""


def arms_table(
    arms: Sequence[Mapping[str, Any]], measure: str, voice: Voice
) -> tuple[list[str], list[list[str]]]:
    """A table of arms: what heads it, and a row for each; calls and dollars are those of a task.

    Networks and models have columns where arms differ in them; with costs, calls
    and dollars give way to the outcome per dollar.

    Args:
        arms: As `Advice.arms` has them.
        measure: What is compared.
        voice: How the race is spoken of.
    """
    columns = [name for name in CELLS if _tells(name, arms, voice)]
    head = [CELLS[name] or measure for name in columns]
    return head, [[_cell(arm, name) for name in columns] for arm in arms]


def _tells(name: str, arms: Iterable[Mapping[str, Any]], voice: Voice) -> bool:
    if name == "model":
        return voice.models
    if name in ("outcome_per_usd", "cost_usd", "calls"):
        return voice.per_dollar == (name == "outcome_per_usd")
    return name not in USUAL or any(arm[name] != USUAL[name] for arm in arms)


def _cell(arm: Mapping[str, Any], name: str) -> str:
    if name == "outcome":
        return outcome(arm["mean"], (arm["low"], arm["high"]))
    value = arm[name]
    if name == "cost_usd":
        return dollars(value)
    if name in ("p_best", "p_close"):
        return "–" if value is None else f"{value:.2f}"
    if name in ("outcome_per_usd", "calls"):
        return number(value, 1 if name == "calls" else DIGITS)
    return str(value)
