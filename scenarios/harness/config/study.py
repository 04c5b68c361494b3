"""The runs of a scenario: any list of conditions, each played with the same seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ....model.errors import UsageError
from .run import RunConfig


@dataclass(frozen=True)
class Condition:
    """What is played, and what the scenario calls it.

    Attributes:
        config: The run; its seed is the first replicate's.
        labels: Columns that its rows get beside the factors of the run; every condition of a
            scenario has the same ones.
    """

    config: RunConfig
    labels: Mapping[str, str | int | float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyConfig:
    """Conditions, each played with the same seeds.

    Conditions may hold equal runs under different labels; such a run is played once.

    Attributes:
        name: Of the scenario.
        cells: At least one condition.
        replicates: Seeds per condition, 1 or more: its seed, its seed + 1, …
        options: What the user set, by option; for the folder's `study.yaml`.
        script: Of a scenario that isn't found by its name: its file.
    """

    name: str
    cells: tuple[Condition, ...]
    replicates: int = 10
    options: Mapping[str, Any] = field(default_factory=dict, compare=False)
    script: str = ""

    def __post_init__(self) -> None:
        if not self.cells:
            raise UsageError("conditions are empty; give at least one")
        if self.replicates < 1:
            raise UsageError(f"replicates={self.replicates} is below 1; use 1 or more")
        if any(c.config.calls != self.base.calls for c in self.cells):
            raise UsageError("conditions differ in how models are called; use one way for all")
        if len({frozenset(c.labels) for c in self.cells}) > 1:
            raise UsageError("conditions differ in the names of their labels; use the same in each")

    @property
    def base(self) -> RunConfig:
        """The first condition's; how models are called is the same in all."""
        return self.cells[0].config

    @property
    def conditions(self) -> tuple[RunConfig, ...]:
        """What is played in each cell, with the seed of the first replicate."""
        return tuple(cell.config for cell in self.cells)

    def runs(self) -> list[RunConfig]:
        """Every run, condition by condition, replicates innermost."""
        return [run for condition in self.conditions for run in condition.seeds(self.replicates)]
