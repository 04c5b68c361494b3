"""What an organization is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx

from .engine.driver import Limits
from .errors import UsageError
from .experience.memory import Memory
from .experience.skills import Growth
from .governance.constitution import Constitution
from .governance.trial import Tuning
from .judge import Judge
from .metrics.catalogue import of_ticks
from .metrics.measure import Measure, as_measures
from .metrics.scales import Scales
from .mind import Mind
from .observation import Charter
from .protocol import Protocol
from .record import TickRecord
from .shocks.schedule import Scheduled
from .tasks.stream import TaskStream

AGENT_REPORTERS = {
    "member": "member",
    "state": "state",
    "role": "role",
    "builds_on": "builds_on",
    "confidence": "confidence",
    # Not the model's names: Mesa's batch_run puts both levels into one row.
    "member_calls": "calls",
    "member_tokens": "tokens",
    "member_cost_usd": "cost_usd",
    "member_latency_s": "latency_s",
}
"""Columns of the agent-level data, and the attribute of `Member` each is read from."""


@dataclass(frozen=True)
class Setup:
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
        measures: One's own beside those of the catalogue, by name: a `Measure`, or a function of a
            tick's record. They are held as `Measure`.
        agent_reporters: One's own columns of the agent-level data: by name, an attribute of
            `Member` or a function of it.
        keep: Ticks whose records are held in memory, 1 or more; earlier ones are read back from a
            temporary file. None holds all.

    Raises:
        UsageError: No minds, another graph than theirs, a name that is taken, or no such number.
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
    measures: Mapping[str, Measure | Callable[[TickRecord], float | None]] = field(
        default_factory=dict
    )
    agent_reporters: Mapping[str, str | Callable[[Any], Any]] = field(default_factory=dict)
    keep: int | None = None

    def __post_init__(self) -> None:
        n = len(self.minds)
        if n < 1:
            raise UsageError("minds=[] is empty; give at least one mind")
        if set(self.graph) != set(range(n)):
            raise UsageError(
                f"graph has {len(self.graph)} nodes for n_agents={n}; use nodes 0 to {n - 1}"
            )
        keep = self.keep
        if keep is not None and (type(keep) is not int or keep < 1):
            raise UsageError(f"keep={keep!r} holds no tick; use 1 or more, or None for all of them")
        object.__setattr__(self, "measures", as_measures(self.measures))
        if not isinstance(self.agent_reporters, Mapping):
            given = self.agent_reporters
            raise UsageError(f"agent_reporters={given!r} is no mapping; use {{name: function}}")
        taken = {*AGENT_REPORTERS, *of_ticks(self.own_measures)} & {*self.agent_reporters}
        if taken:
            raise UsageError(f"agent_reporters={sorted(taken)} are taken; use other names")

    @property
    def own_measures(self) -> dict[str, Measure]:
        """One's own measures by name."""
        return {name: m for name, m in self.measures.items() if isinstance(m, Measure)}
