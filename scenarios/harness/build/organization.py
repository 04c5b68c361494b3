"""From names to an organization: the one place where minds, protocols and networks meet."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from ....agents.callable_mind import CallableMind
from ....agents.llm.settings import Calls
from ....model.engine.driver import Limits
from ....model.errors import UsageError
from ....model.experience.memory import Memory
from ....model.experience.skills import Growth
from ....model.governance.constitution import Constitution
from ....model.governance.trial import Tuning
from ....model.ground_truth.family import TaskFamily
from ....model.ground_truth.stream import FamilyTasks
from ....model.judge import Judge
from ....model.metrics.measure import Measure
from ....model.metrics.scales import Scales
from ....model.mind import Mind
from ....model.networks.building import Topology, build_topology
from ....model.observation import Charter
from ....model.organization import BaseOrganization
from ....model.protocol import Protocol
from ....model.randomness import Purpose, Streams, seed_from
from ....model.record import TickRecord
from ....model.setup import Setup
from ....model.shocks.schedule import Scheduled
from ....model.tasks.stream import TaskStream
from ..specs.experience import parse_memory, parse_skills
from ..specs.fitting import parse_parameters
from ..specs.judges import NONE, judge_models, make_judge
from ..specs.minds import given_minds, is_called, own_mind, parse_team
from ..specs.protocols import make_protocol
from ..specs.shocks import parse_shocks
from ..specs.tasks import is_scored, make_stream
from ..specs.topologies import as_topology
from ..specs.tuning import constitution_for, parse_tuning
from .arguments import check_kinds

if TYPE_CHECKING:  # pydantic and what else real models need is loaded for real models only
    from ....agents.llm.service import Service

MOST_AGENTS = 100_000


class Organization(BaseOrganization):
    """A team of agents on a network, from names or from objects of your own in their place.

    A `mesa.Model`: `step()` plays one tick. It can be subclassed, and Mesa's SolaraViz can reset it
    with the same keywords.

    Args:
        protocol: A name, with options after a colon, `FILE.py:Class`, or a `Protocol`.
        n_agents: Members in the team, 1 or more.
        model: `synthetic/name`, any LiteLLM id, `FILE.py:Class`, a mixed team `"a*6+b*2"`, a
            `Mind`, or one `Mind` per member.
        topology: A name with options, a file, a function `(n, seed) -> Graph`, or a graph.
        level: L1 to L4. None means L3, or every level where `tasks` names a file.
        tasks: `corpus`, `generated`, a task file or folder, a family of code-scored tasks with
            options (`shards:kind=max`), a `TaskFamily`, or a `TaskStream`.
        judge: A judge's name with options, model ids, `none`, or a `Judge`. None means `rubric`
            for synthetic teams, another model than the team's for real ones, and none where code
            scores the tasks.
        mission: What the organization is for; None leaves the default.
        memory: What of earlier tasks members may read where it is open to them: `off`, `own` or
            `team`, with `horizon`, `decay` and `always` after a colon, or a `Memory`.
        skills: `fixed`, `growing` with options, `auto` (growing where the protocol says so), or a
            `Growth`; None keeps them fixed.
        shocks: What happens and when, as `remove:k=2@6;regulation@8-10`, or `Scheduled` shocks.
        tune: A trial of a protocol's parameter on the run's own ticks, as `batch=1/4`.
        parameters: Of synthetic minds and their judge: `fitted`, or `ensemble`, with which `rng`
            chooses one of the sets that fit the published figures equally well.
        constitution: What the organization may change about itself; None refuses all but `tune`.
        scales: Weights of the objective and references of the balance index; None for the usual.
        measures: Your own beside those of the catalogue, by name: a `Measure`, or a function of a
            tick's record; the DataCollector reports them every tick.
        agent_reporters: Your own columns of the agent-level data: by name, an attribute of the
            member or a function of it.
        keep: Ticks whose records are held in memory, for runs longer than that: earlier ones are
            read back from a temporary file, and nothing else changes. None holds all.
        timeout_s: Deadline of one decision in seconds, for minds that are not instant.
        concurrency: Decisions in flight at once, at most.
        calls: How real models are called; or the `Service` that calls them.
        run: Names this organization among several that share a service; None counts them.
        rng: Seed, a whole number of 0 or more; None draws a fresh one.

    Raises:
        UsageError: An argument breaks a rule; the text says which and what to do.
    """

    def __init__(
        self,
        protocol: str | Protocol = "sequential",
        n_agents: int = 8,
        model: str | Mind | Sequence[Mind] = "synthetic/strong",
        topology: Topology | nx.Graph[Any] = "complete",
        level: str | None = None,
        tasks: str | Path | TaskFamily | TaskStream = "corpus",
        judge: str | Judge | None = None,
        mission: str | None = None,
        memory: str | Memory = "team",
        skills: str | Growth | None = "auto",
        shocks: str | Sequence[Scheduled] = "",
        tune: str | Tuning | None = None,
        parameters: str = "fitted",
        constitution: Constitution | None = None,
        scales: Scales | None = None,
        measures: Mapping[str, Measure | Callable[[TickRecord], float | None]] | None = None,
        agent_reporters: Mapping[str, str | Callable[[Any], Any]] | None = None,
        keep: int | None = None,
        timeout_s: float = 120.0,
        concurrency: int = 64,
        calls: Calls | Service | None = None,
        run: str | None = None,
        rng: int | None = None,
    ) -> None:
        check_kinds(locals())
        n_agents = _team_size(n_agents)
        seed = seed_from(rng)
        limits = Limits(timeout_s, concurrency)
        service = _Lazy(calls, limits)
        run = service.next_run() if run is None else run
        team = [p.model for p in parse_team(model, n_agents)] if isinstance(model, str) else []
        fitting = parse_parameters(parameters, seed)
        minds = [fitting.mind(mind) for mind in _minds(model, n_agents, service, run)]
        graph_seed = Streams(seed).integer(Purpose.TOPOLOGY) % 2**32
        coordination = make_protocol(protocol)
        if isinstance(tasks, TaskFamily):
            tasks = FamilyTasks(tasks, seed)
        if judge is None and is_scored(tasks):
            judge = NONE
        tuning = parse_tuning(tune) if isinstance(tune, str) else tune
        setup = Setup(
            minds=minds,
            graph=build_topology(as_topology(topology), n_agents, graph_seed),
            protocol=coordination,
            stream=make_stream(tasks, level, seed),
            judge=fitting.judge(_judge(judge, team, service, run)),
            charter=Charter() if mission is None else Charter(mission),
            memory=parse_memory(memory) if isinstance(memory, str) else memory,
            growth=parse_skills(skills, coordination) if isinstance(skills, str) else skills,
            shocks=parse_shocks(shocks, lambda m: fitting.mind(_one_mind(service, run, m)))
            if isinstance(shocks, str)
            else tuple(shocks),
            constitution=constitution if constitution is not None else constitution_for(tuning),
            tuning=tuning,
            limits=limits,
            scales=scales if scales is not None else Scales(),
            measures=measures if measures is not None else {},
            agent_reporters=agent_reporters if agent_reporters is not None else {},
            keep=keep,
        )
        super().__init__(setup, rng=seed)
        if is_scored(setup.stream):
            self.task_at(0)  # a family that can't be made for this network says so at once


build = Organization
"""The same, under the name of what it does."""


def _team_size(n_agents: Any) -> int:
    """A whole number of 1 or more; 8.0 will do, as tables of parameters hold floats."""
    whole = isinstance(n_agents, Real) and not isinstance(n_agents, bool)
    if not whole or not math.isfinite(n_agents) or n_agents % 1 or n_agents < 1:
        raise UsageError(f"n_agents={n_agents!r} is not a team size; use a whole number from 1")
    if n_agents > MOST_AGENTS:
        raise UsageError(f"n_agents={n_agents!r} is too large; use at most {MOST_AGENTS}")
    return int(n_agents)


def _judge(
    judge: str | Judge | None, team: Sequence[str], service: _Lazy, run: str
) -> Judge | None:
    if judge is None or isinstance(judge, str):
        models = judge_models(judge, team, service.calls)
        if models:
            return service.made.judge(models, run)
    return make_judge(judge)


def _one_mind(service: _Lazy, run: str, model: str) -> Mind:
    if is_called(model):
        return service.made.mind(model, run)
    return service.kept(own_mind(model), run)


class _Lazy:
    """A service that is made when the first called model is met."""

    def __init__(self, calls: Calls | Service | None, limits: Limits) -> None:
        self._service: Service | None = None
        if calls is None or isinstance(calls, Calls):
            given = calls if calls is not None else Calls()
            self.calls = replace(given, timeout_s=limits.deadline_s, concurrency=limits.concurrency)
            return
        from ....agents.llm.service import Service

        if not isinstance(calls, Service):
            raise UsageError(f"calls={calls!r} is neither; use Calls(…) or a Service")
        self._service = calls
        self.calls = calls.client.calls

    def next_run(self) -> str:
        """A name for one more organization: a service's first is 0, then 1; alone it needs none."""
        return "" if self._service is None else self._service.next_run()

    def kept(self, mind: Mind, run: str) -> Mind:
        """A mind with its answers in the journal, where it has one and they are to be kept."""
        if self._service is None or not isinstance(mind, CallableMind):
            return mind
        from ....agents.journaled_mind import JournaledMind

        return JournaledMind(mind, self._service.client, run)

    @property
    def made(self) -> Service:
        """The service."""
        from ....agents.llm.service import Service

        if self._service is None:
            self._service = Service(self.calls)
        return self._service


def _minds(
    model: str | Mind | Sequence[Mind], n_agents: int, service: _Lazy, run: str
) -> list[Mind]:
    if isinstance(model, str):
        made = {name: _one_mind(service, run, name) for name, _ in parse_team(model, n_agents)}
        return [made[name] for name, k in parse_team(model, n_agents) for _ in range(k)]
    minds = [model] * n_agents if isinstance(model, Mind) else given_minds(model)
    if len(minds) != n_agents:
        raise UsageError(
            f"model has {len(minds)} minds for n_agents={n_agents}; give one mind for each member"
        )
    return [service.kept(mind, run) for mind in minds]
