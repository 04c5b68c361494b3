"""What a measure is: a pure function of a run's records, and all that is said about it anywhere.

Tables, figures, JSON, the `DataCollector` and the documents read names, labels, units and ranges
here and nowhere else; so a new measure is one `Measure`.

    Measure("loners", OfTick(loners), "loners", "share of members", 0, 1,
            about="Members that built on nobody.")
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..errors import UsageError
from ..plugins.tags import PluginTag
from ..record import TickRecord
from .scales import Scales

ROUNDING = 1e-9

Function = Callable[[Sequence[TickRecord], Scales], float | None]
"""Of a run's records up to the tick that is measured, the last of them, and the scales in force."""


@dataclass(frozen=True, slots=True)
class OfTick:
    """A function of one record, in the form that every measure has; pickles where it does.

    Attributes:
        function: Of the tick's record.
    """

    function: Callable[[TickRecord], float | None]

    def __call__(self, records: Sequence[TickRecord], scales: Scales) -> float | None:
        """The value of the last tick."""
        return self.function(records[-1])


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that a tick or a run is described by.

    Attributes:
        name: In JSON, tables and options; an identifier.
        function: Gives the value, or None where it is undefined, never 0.
        label: In tables and on axes.
        unit: What it is counted in; empty for a number without one.
        low: The least it can be; None where nothing bounds it.
        high: The most it can be; None where nothing bounds it.
        better: Whether `more` or `less` of it is better; None where neither is.
        about: What it says, in one sentence.
        short: Heads its column in a comparison; empty where it has none there.
        contrasted: Whether comparisons test differences of it.
        margin: A difference below this counts as none in practice; None where nobody said.
        per: `tick`, and a run's number is the mean over its ticks; or `run`, and it is measured
            once, over all records.
    """

    name: str
    function: Function
    label: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    better: Literal["more", "less"] | None = None
    about: str = ""
    short: str = ""
    contrasted: bool = False
    margin: float | None = None
    per: Literal["tick", "run"] = "tick"

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise UsageError(f"measure={self.name!r} is no name; use letters, digits and _")

    @property
    def plugin(self) -> PluginTag:
        """By which an entry point of the group `unscripted.measures` is known."""
        return PluginTag("measures", self.name)

    @property
    def scale(self) -> str:
        """The unit, or the range of a number without one, as a table or an axis gives it."""
        if self.unit or self.low is None or self.high is None:
            return self.unit
        return f"{self.low:g} to {self.high:g}"

    def holds(self, value: float) -> bool:
        """Whether a value lies in the range, up to rounding.

        Args:
            value: Of this measure.
        """
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        return low - ROUNDING <= value <= high + ROUNDING

    def value(self, records: Sequence[TickRecord], scales: Scales) -> float | None:
        """The value at the last of the records, as a plain number.

        Args:
            records: Of a run, from its first tick on; at least one.
            scales: Weights and references in force.

        Raises:
            UsageError: The function raised, or gave what is no finite number and not None.
        """
        try:
            found = self.function(records, scales)
        except Exception as error:
            raised = f"{type(error).__name__}: {error}"
            raise UsageError(f"measure={self.name} raised {raised}; give None instead") from error
        if isinstance(found, np.generic):
            found = found.item()
        if found is None or (type(found) in (int, float) and math.isfinite(found)):
            return found
        raise UsageError(f"measure={self.name} gave {found!r}; give a finite number, or None")


def as_measures(
    given: Mapping[str, Measure | Callable[[TickRecord], float | None]],
) -> dict[str, Measure]:
    """Measures by name, made of those given and of plain functions of one tick's record.

    Args:
        given: By name.

    Raises:
        UsageError: Neither a measure nor a function, or a measure under another name than its own.
    """
    if not isinstance(given, Mapping):
        raise UsageError(f"measures={given!r} is no mapping; use {{name: function}}")
    found: dict[str, Measure] = {}
    for name, what in given.items():
        if not isinstance(name, str):
            raise UsageError(f"measures[{name!r}]: {name!r} is no name; use text")
        if not isinstance(what, Measure):
            if not callable(what):
                raise UsageError(f"measures[{name!r}]={what!r}: use a Measure or a function")
            about = (what.__doc__ or "").strip().partition("\n")[0]
            what = Measure(name, OfTick(what), name.replace("_", " "), about=about)
        if what.name != name:
            raise UsageError(f"measures[{name!r}] is named {what.name!r}; use one name")
        found[name] = what
    return found
