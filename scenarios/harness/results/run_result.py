"""What is kept of one run of a comparison: rows, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .columns import Columns
from .rows import Row


@dataclass(frozen=True)
class RunResult:
    """A run reduced to rows.

    Attributes:
        row: Factors and each measure's mean over the ticks; None where the run broke or was cut
            short before its rows were made.
        ticks: One row per tick.
        agents: One row per member and tick.
        failures: Decisions that gave nothing usable.
        rulings: One row per ruling on a proposal, as `ruling_rows` makes them.
        error: What broke it; empty where nothing did.
        stopped: What cut it short; empty where nothing did. Such a run is not kept, so the same
            command plays it again.
        out_of_budget: Whether its own budget cut it short, and not a halt of all calls.
    """

    row: Row | None = None
    ticks: Sequence[Row] = ()
    agents: Sequence[Row] = ()
    failures: int = 0
    rulings: Sequence[Row] = ()
    error: str = ""
    stopped: str = ""
    out_of_budget: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "rulings", tuple(self.rulings))  # none is none, as list or tuple
        object.__setattr__(self, "agents", Columns.of(self.agents))

    @property
    def whole(self) -> bool:
        """Whether it was played to its end."""
        return self.row is not None and not self.stopped

    def body(self) -> dict[str, Any]:
        """A whole run as plain values."""
        return self._with(list(self.agents))

    def written(self) -> dict[str, Any]:
        """As the journal keeps a whole run: members' rows by column, a quarter of the size."""
        agents = self.agents
        return self._with(agents.packed() if isinstance(agents, Columns) else list(agents))

    def _with(self, agents: Any) -> dict[str, Any]:
        return {
            "row": self.row,
            "ticks": list(self.ticks),
            "agents": agents,
            "failures": self.failures,
            **({"rulings": list(self.rulings)} if self.rulings else {}),
        }

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> RunResult:
        """From what the journal keeps.

        Args:
            body: As `written` made it, or `body`, which was written before.
        """
        agents = body["agents"]
        return cls(
            body["row"],
            body["ticks"],
            Columns.unpacked(agents) if isinstance(agents, Mapping) else agents,
            body["failures"],
            body.get("rulings", ()),
        )
