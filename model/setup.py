"""What an organization is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import networkx as nx

from .engine.driver import Limits
from .errors import UsageError
from .experience.memory import Memory
from .experience.skills import Growth
from .governance.constitution import Constitution
from .governance.trial import Tuning
from .judge import Judge
from .metrics.scales import Scales
from .mind import Mind
from .observation import Charter
from .protocol import Protocol
from .shocks import Scheduled
from .tasks.stream import TaskStream


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
        memory: What of the past members may read, where it is open to them.
        growth: How skills grow with practice; None where they don't.
        shocks: What happens to the organization, and when.
        constitution: What it may change about itself.
        tuning: A trial of a protocol's parameter, from the first tick on.
    """

    minds: Sequence[Mind]
    graph: nx.Graph[int]
    protocol: Protocol
    stream: TaskStream
    judge: Judge | None = None
    charter: Charter = field(default_factory=Charter)
    scales: Scales = field(default_factory=Scales)
    limits: Limits = field(default_factory=Limits)
    memory: Memory = field(default_factory=Memory)
    growth: Growth | None = None
    shocks: tuple[Scheduled, ...] = ()
    constitution: Constitution = field(default_factory=Constitution)
    tuning: Tuning | None = None

    def __post_init__(self) -> None:
        n = len(self.minds)
        if n < 1:
            raise UsageError("minds=[] is empty; give at least one mind")
        if set(self.graph) != set(range(n)):
            raise UsageError(
                f"graph has {len(self.graph)} nodes for n_agents={n}; use nodes 0 to {n - 1}"
            )
