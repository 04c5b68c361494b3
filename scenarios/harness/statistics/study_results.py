"""What the runs of a scenario gave: rows of runs and of ticks, by label, factor and seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..results.factors import named
from ..results.rows import Row
from .crossed import Crossed
from .samples import Sample

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StudyResults:
    """What the runs of a scenario gave.

    Attributes:
        rows: One per run: labels of its cell, factors, and each measure's mean over its ticks.
        tick_rows: One per tick, with the labels, factors and seed of its run.
        synthetic: Whether synthetic minds made any of it; then figures say so.
        member_rows: For each run, one row per member and tick, as `agent_rows` makes them.
        ruling_rows: One per ruling, with the labels, factors and seed of its run.
    """

    rows: Sequence[Row]
    tick_rows: Sequence[Row] = ()
    synthetic: bool = True
    member_rows: Sequence[Sequence[Row]] = ()
    ruling_rows: Sequence[Row] = ()

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame(list(self.rows))

    @cached_property
    def ticks(self) -> pd.DataFrame:
        """The rows of ticks as a table."""
        import pandas as pd

        return pd.DataFrame(list(self.tick_rows))

    def of(self, **wanted: object) -> list[Row]:
        """Rows of runs whose labels and factors have these values."""
        return _where(self.rows, wanted)

    def ticks_of(self, **wanted: object) -> list[Row]:
        """Rows of ticks whose labels, factors and `tick` have these values."""
        return _where(self.tick_rows, wanted)

    def rulings_of(self, **wanted: object) -> list[Row]:
        """Rows of rulings whose labels, factors and own columns have these values."""
        return _where(self.ruling_rows, wanted)

    def teams_of(self, **wanted: object) -> Iterator[tuple[Row, Sequence[Row]]]:
        """Rows of runs with these values, each with its rows of members on single ticks."""
        for row, members in zip(self.rows, self.member_rows, strict=False):
            if all(row[k] == v for k, v in wanted.items()):
                yield row, members

    def members_of(self, **wanted: object) -> Iterator[Row]:
        """Rows of members on single ticks, of runs whose labels and factors have these values."""
        for _, members in self.teams_of(**wanted):
            yield from members

    def sample(self, measure: str, **wanted: object) -> Sample:
        """A measure by seed, over the runs with these values.

        Args:
            measure: A column of the rows.
            wanted: Labels and factors.
        """
        return Sample.of(self.of(**wanted), measure)

    def crossed(self, measure: str, **wanted: object) -> Crossed:
        """A measure by seed and task, over the ticks of runs with these values.

        Args:
            measure: A column of the rows of ticks.
            wanted: Labels and factors.
        """
        return Crossed.of(self.ticks_of(**wanted), measure)

    def values(self, name: str) -> list[Any]:
        """The values of a label or factor, each once, in the order of the cells.

        Args:
            name: Of a column.
        """
        return list(dict.fromkeys(row[name] for row in self.rows))

    def constant(self, *names: str) -> str:
        """The labels and factors that don't vary, in words for a figure's second line."""
        one = {n: self.values(n)[0] for n in names if len(self.values(n)) == 1}
        return named(one.keys(), one.values())


def _where(rows: Sequence[Row], wanted: Mapping[str, object]) -> list[Row]:
    return [r for r in rows if all(r[k] == v for k, v in wanted.items())]
