"""A full factorial of the lists given, as `unscripted compare` takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from ....model.errors import UsageError
from .catalogue import OPTIONS, VARYING
from .checks import label_of
from .groups import Design
from .reading import checked
from .run import RunConfig


@dataclass(frozen=True)
class Size:
    """The team size at which a cell spends what its budget allows.

    Attributes:
        size: Members that are played.
        pilot: What that size spent on a task of the pilot, in the unit that is matched.
        budget: What it may spend on a task, in the same unit.
    """

    size: int
    pilot: float
    budget: float


@dataclass(frozen=True)
class ComparisonConfig:
    """Every combination of its factors, each played with the same seeds.

    Attributes:
        base: Everything that doesn't vary; its seed is the first replicate's.
        factors: Values by option, for those of `VARYING` that have several; each at least one.
        design: Replicates, and what budgets are matched on.
        sizes: With matched budgets, the size of each cell, in the order of `cells`.
    """

    base: RunConfig
    factors: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    design: Design = field(default_factory=Design)
    sizes: tuple[Size, ...] = ()

    def __post_init__(self) -> None:
        """Check every combination.

        Raises:
            UsageError: An empty list, or a combination that breaks a rule.
        """
        factors = {name: self._factor(name, values) for name, values in self.factors.items()}
        object.__setattr__(self, "factors", factors)
        if self.sizes and len(self.sizes) != len(self.cells):
            raise UsageError("sizes are not those of these cells; match anew")
        self.runs()

    @staticmethod
    def _factor(name: str, values: Sequence[Any]) -> tuple[Any, ...]:
        if name not in VARYING:
            raise UsageError(f"{name} doesn't vary in a comparison; lists: {', '.join(VARYING)}")
        if not values:
            raise UsageError(f"{name} is empty; give at least one")
        found = tuple(checked(OPTIONS[name][1], value) for value in values)
        labels = [label_of(value) for value in found]
        if twice := [label for label in labels if labels.count(label) > 1]:
            raise UsageError(
                f"{name} names {twice[0]!r} twice; give each once, under a name of its own"
            )
        return found

    @cached_property
    def cells(self) -> tuple[dict[str, Any], ...]:
        """The factors of every cell as asked for, in the order of the runs."""
        lists = [self.values(name) for name in VARYING]
        return tuple(dict(zip(VARYING, cell, strict=True)) for cell in product(*lists))

    def values(self, name: str) -> tuple[Any, ...]:
        """The values of a factor; the base's where it doesn't vary.

        Args:
            name: One of `VARYING`.
        """
        place, named = OPTIONS[name]
        only = getattr(getattr(self.base, place), named.field)
        return tuple(self.factors.get(name, (only,)))

    @cached_property
    def conditions(self) -> tuple[RunConfig, ...]:
        """What is played in each cell, with the seed of the first replicate."""
        sizes = [s.size for s in self.sizes] or [cell["agents"] for cell in self.cells]
        return tuple(
            self.base.replace(**{**cell, "agents": size})
            for cell, size in zip(self.cells, sizes, strict=True)
        )

    @property
    def replicates(self) -> int:
        """Seeds per cell."""
        return self.design.replicates

    def runs(self) -> list[RunConfig]:
        """Every run, cell by cell, replicates innermost."""
        return [run for condition in self.conditions for run in condition.seeds(self.replicates)]
