"""What an organization is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import networkx as nx

from .driver import Limits
from .errors import UsageError
from .judge import Judge
from .metrics import Scales
from .mind import Mind
from .observation import Charter
from .protocol import Protocol
from .stream import TaskStream


@dataclass(frozen=True)
class Ingredients:
    """What an organization is made of.

    Attributes:
        minds: One per member, in order of ids; one mind may serve many. At least one.
        graph: The interaction network, nodes 0 to len(minds) - 1. Handed over, not copied.
        protocol: Who acts when and may see what.
        stream: Where tasks come from.
        judge: Grades the work; None leaves quality unmeasured.
        charter: Mission and values.
        scales: Weights of the objective and references of the balance index.
        limits: Deadline and concurrency for minds that are not instant.
        memory_ticks: How many past ticks organizational memory reaches back.
    """

    minds: Sequence[Mind]
    graph: nx.Graph[int]
    protocol: Protocol
    stream: TaskStream
    judge: Judge | None = None
    charter: Charter = field(default_factory=Charter)
    scales: Scales = field(default_factory=Scales)
    limits: Limits = field(default_factory=Limits)
    memory_ticks: int = 8

    def __post_init__(self) -> None:
        n = len(self.minds)
        if n < 1:
            raise UsageError("minds=[] is empty; give at least one mind")
        if set(self.graph) != set(range(n)):
            raise UsageError(
                f"graph has {len(self.graph)} nodes for n_agents={n}; use nodes 0 to {n - 1}"
            )
        if self.memory_ticks < 0:
            raise UsageError(f"memory_ticks={self.memory_ticks} is below 0; use 0 or more")
