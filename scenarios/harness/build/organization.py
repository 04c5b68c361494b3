"""From names to an organization: the one place where minds, protocols and networks meet."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from ....agents.llm.models import parse_model, presets
from ....agents.llm.settings import Calls
from ....model.governance.constitution import Constitution
from ....model.plugins.discovery import discover, named
from ....model.engine.driver import Limits
from ....model.errors import UnknownNameError, UsageError
from ....model.tasks.generator import GeneratedTasks
from ....model.experience.skills import Growth
from ....model.setup import Ingredients
from ....model.judge import Judge
from ....model.experience.memory import Memory
from ....model.mind import Mind
from ....model.observation import Charter
from ....model.organization import Organization
from ....model.protocol import Protocol
from ....model.randomness import Purpose, Streams, seed_from
from ....model.shocks import Scheduled
from ....model.tasks.stream import CycledTasks, TaskStream
from ....model.tasks.task import LEVELS
from ....model.tasks.files import corpus, load_tasks
from ....model.networks.building import Topology, build_topology, parse_options
from ....model.governance.trial import Tuning
from ..specs.circumstances import (
    constitution_for,
    parse_memory,
    parse_shocks,
    parse_skills,
    parse_tuning,
)

if TYPE_CHECKING:  # pydantic and what else real models need is loaded for real models only
    from ....agents.llm.service import Service

DEFAULT_LEVEL = "L3"
MOST_AGENTS = 100_000
DEFAULT_JUDGES = ("gpt-5.4", "gpt-4o", "claude-sonnet-4.6")
"""The paper's final and pilot judge, and one more; the first that isn't in the team judges it."""
_COUNT = re.compile(r"[0-9]{1,9}")


def build(
    protocol: str | Protocol = "sequential",
    n_agents: int = 8,
    model: str | Mind | Sequence[Mind] = "synthetic/strong",
    topology: Topology | nx.Graph[Any] = "complete",
    level: str | None = None,
    tasks: str | Path | TaskStream = "corpus",
    judge: str | Judge | None = None,
    mission: str | None = None,
    memory: str | Memory = "team",
    skills: str | Growth | None = "auto",
    shocks: str | Sequence[Scheduled] = "",
    tune: str | Tuning | None = None,
    constitution: Constitution | None = None,
    timeout_s: float = 120.0,
    concurrency: int = 64,
    calls: Calls | Service | None = None,
    run: str | None = None,
    rng: int | None = None,
) -> Organization:
    """An organization from names, or from objects of your own in their place.

    Args:
        protocol: A name, with options after a colon, or a `Protocol`.
        n_agents: Members in the team, 1 or more.
        model: `synthetic/name`, any LiteLLM id, a mixed team `"a*6+b*2"`, a `Mind`, or one `Mind`
            per member.
        topology: A name with options, a file, a function `(n, seed) -> Graph`, or a graph.
        level: L1 to L4. None means L3, or every level where `tasks` names a file.
        tasks: `corpus`, `generated`, a task file or folder, or a `TaskStream`.
        judge: A judge's name with options, model ids, `none`, or a `Judge`. None means `rubric`
            for synthetic teams, and another model than the team's for real ones.
        mission: What the organization is for; None leaves the default.
        memory: What of earlier tasks members may read where it is open to them: `off`, `own` or
            `team`, with `horizon`, `decay` and `always` after a colon, or a `Memory`.
        skills: `fixed`, `growing` with options, `auto` (growing where the protocol says so), or a
            `Growth`; None keeps them fixed.
        shocks: What happens and when, as `remove:k=2@6;regulation@8-10`, or `Scheduled` shocks.
        tune: A trial of a protocol's parameter on the run's own ticks, as `batch=1/4`.
        constitution: What the organization may change about itself; None refuses all but `tune`.
        timeout_s: Deadline of one decision in seconds, for minds that are not instant.
        concurrency: Decisions in flight at once, at most.
        calls: How real models are called; or the `Service` that calls them.
        run: Names this organization among several that share a service; None counts them.
        rng: Seed, a whole number of 0 or more; None draws a fresh one.

    Returns:
        A `mesa.Model`; `step()` plays one tick.

    Raises:
        UsageError: An argument breaks a rule; the text says which and what to do.
    """
    n_agents = _team_size(n_agents)
    seed = seed_from(rng)
    limits = Limits(timeout_s, concurrency)
    service = _Lazy(calls, limits)
    run = service.next_run() if run is None else run
    minds = _minds(model, n_agents, service, run)
    graph_seed = Streams(seed).integer(Purpose.TOPOLOGY) % 2**32
    coordination = make_protocol(protocol)
    tuning = parse_tuning(tune) if isinstance(tune, str) else tune
    ingredients = Ingredients(
        minds=minds,
        graph=build_topology(_as_topology(topology), n_agents, graph_seed),
        protocol=coordination,
        stream=_stream(tasks, level, seed),
        judge=_judge(judge, model, service, run),
        charter=Charter() if mission is None else Charter(mission),
        memory=parse_memory(memory) if isinstance(memory, str) else memory,
        growth=parse_skills(skills, coordination) if isinstance(skills, str) else skills,
        shocks=parse_shocks(shocks, partial(_one_mind, service, run))
        if isinstance(shocks, str)
        else tuple(shocks),
        constitution=constitution if constitution is not None else constitution_for(tuning),
        tuning=tuning,
        limits=limits,
    )
    return Organization(ingredients, rng=seed)


def _team_size(n_agents: Any) -> int:
    """A whole number of 1 or more; 8.0 will do, as tables of parameters hold floats."""
    whole = isinstance(n_agents, Real) and not isinstance(n_agents, bool)
    if not whole or not math.isfinite(n_agents) or n_agents % 1 or n_agents < 1:
        raise UsageError(f"n_agents={n_agents!r} is not a team size; use a whole number from 1")
    if n_agents > MOST_AGENTS:
        raise UsageError(f"n_agents={n_agents!r} is too large; use at most {MOST_AGENTS}")
    return int(n_agents)


def _as_topology(topology: Topology | nx.Graph[Any]) -> Topology:
    """A graph as a function, copied: the organization changes its own and not the caller's."""
    if not isinstance(topology, nx.Graph):
        if not (isinstance(topology, str | Path) or callable(topology)):
            raise UsageError(f"topology={topology!r} is none; use a name, file, function or graph")
        return topology
    given = topology

    def graph(n_agents: int, seed: int) -> nx.Graph[Any]:
        return given.copy()

    return graph


def make_protocol(protocol: str | Protocol) -> Protocol:
    """A protocol from `name` or `name:option=value,…`.

    Raises:
        UsageError: An unknown name, option or value.
    """
    if isinstance(protocol, Protocol):
        return protocol
    if not isinstance(protocol, str):
        made_of = "call it: a class is no" if isinstance(protocol, type) else "use a name or a"
        raise UsageError(f"protocol={protocol!r} is neither; {made_of} Protocol instance")
    name, _, options = protocol.partition(":")
    kind = named("protocols", "protocol", name)
    given = parse_options(f"protocol={name}", options, kind.__init__)
    try:
        made: Protocol = kind(**given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"protocol={protocol}: {error}") from None
    return made


def check_judge(judge: str | None, calls: Calls) -> None:
    """Refuse a judge that can't be made.

    Raises:
        UsageError: An unknown name or option.
    """
    if judge is None or judge == "none":
        return
    if is_judge_family(judge):
        make_judge(judge)
    judge_models(judge, (), calls)


def is_judge_family(judge: str) -> bool:
    """Whether a judge's name is a plug-in's, not a model's."""
    return judge.partition(":")[0] in discover("judges")


def judge_models(judge: str | None, team: Sequence[str], calls: Calls) -> tuple[str, ...]:
    """The models that judge a team, where models do.

    Where nothing is said, a team of real models is judged by another model than its own: the
    paper's final judge, or its pilot judge. Behind an address of one's own no other is known.

    Raises:
        UsageError: An unknown name or option.
    """
    if judge is not None:
        if judge == "none" or is_judge_family(judge):
            return ()
        models = tuple(filter(None, (part.strip() for part in judge.split(","))))
        for model in models:
            bare = model.partition("?")[0]
            if "/" not in bare and bare not in presets():
                known = [*discover("judges"), "none", *presets(), "provider/model"]
                raise UnknownNameError("judge", judge, known)
            parse_model(model, calls)
        if len(set(models)) < len(models):
            raise UsageError(f"judge={judge!r} names a judge twice; name each once")
        return models
    real = [parse_model(m, calls) for m in team if not is_family(m)]
    if not real:
        return ()
    if calls.api_base is not None:
        return (real[0].name,)
    acting = {m.model for m in real}
    return (next(j for j in DEFAULT_JUDGES if parse_model(j, calls).model not in acting),)


def make_judge(judge: str | Judge | None) -> Judge | None:
    """A judge that asks no model: from `family:options`; the rubric judge where nothing is said.

    Raises:
        UsageError: An unknown name or option.
    """
    if judge is None or isinstance(judge, Judge):
        return named("judges", "judge", "rubric")("") if judge is None else judge
    if not isinstance(judge, str):
        raise UsageError(f"judge={judge!r} is neither; use a name or a Judge instance")
    if judge == "none":
        return None
    name, _, options = judge.partition(":")
    known = discover("judges")
    if name not in known:
        raise UnknownNameError("judge", judge, [*known, "none"])
    made: Judge = known[name](options)
    return made


def _judge(
    judge: str | Judge | None, model: str | Mind | Sequence[Mind], service: _Lazy, run: str
) -> Judge | None:
    if judge is None or isinstance(judge, str):
        team = _ids(model)
        models = judge_models(judge, team, service.calls)
        if models:
            return service.made.judge(models, run)
    return make_judge(judge)


def _one_mind(service: _Lazy, run: str, model: str) -> Mind:
    return family_mind(model) if is_family(model) else service.made.mind(model, run)


def _ids(model: str | Mind | Sequence[Mind]) -> list[str]:
    """The ids of a team's models; none of minds that were given ready-made."""
    if isinstance(model, str):
        return [part.strip().rpartition("*")[0] or part.strip() for part in model.split("+")]
    return []


def parse_team(model: str, n_agents: int) -> list[tuple[str, int]]:
    """Models and how many members have each, from `a`, or `a*6+b*2`.

    Raises:
        UsageError: A malformed part, or counts that don't add up to the team.
    """
    if "*" not in model and "+" not in model:
        return [(model, n_agents)]
    team: list[tuple[str, int]] = []
    for part in model.split("+"):
        name, star, count = part.strip().rpartition("*")
        if not star or not _COUNT.fullmatch(count.strip()) or not name.strip():
            raise UsageError(
                f"model={model!r}: part {part!r} is not `name*count`; use a team like 'a*6+b*2'"
            )
        team.append((name.strip(), int(count)))
    total = sum(count for _, count in team)
    if total != n_agents:
        raise UsageError(
            f"model={model!r} names {total} members for n_agents={n_agents}; "
            f"use --agents {total} or other counts"
        )
    return team


def is_family(model: str) -> bool:
    """Whether a model id is of a family that is installed as a plug-in, as `synthetic/…` is."""
    family, slash, _ = model.partition("/")
    return bool(slash) and family in discover("minds")


def family_mind(model: str) -> Mind:
    """The mind of a model id `family/name`.

    Raises:
        UnknownNameError: There is no such model in the family.
    """
    family, _, name = model.partition("/")
    made: Mind = discover("minds")[family](name)
    return made


def check_model(model: str, calls: Calls) -> None:
    """Refuse a model that can't be made; whether its provider exists is found out later.

    Raises:
        UsageError: An unknown name or option.
    """
    if is_family(model):
        family_mind(model)
    else:
        parse_model(model, calls)


class _Lazy:
    """A service that is made when the first real model is met."""

    def __init__(self, calls: Calls | Service | None, limits: Limits) -> None:
        self._limits = limits
        self._service: Service | None = None
        if calls is None or isinstance(calls, Calls):
            self.calls = calls if calls is not None else Calls()
            return
        from ....agents.llm.service import Service

        if not isinstance(calls, Service):
            raise UsageError(f"calls={calls!r} is neither; use Calls(…) or a Service")
        self._service = calls
        self.calls = calls.client.calls

    def next_run(self) -> str:
        """A name for one more organization: a service's first is 0, then 1; alone it needs none."""
        return "" if self._service is None else self._service.next_run()

    @property
    def made(self) -> Service:
        """The service."""
        from ....agents.llm.service import Service

        if self._service is None:
            self._service = Service(self.calls, limits=self._limits)
        return self._service


def _minds(
    model: str | Mind | Sequence[Mind], n_agents: int, service: _Lazy, run: str
) -> list[Mind]:
    if isinstance(model, str):
        made = {name: _one_mind(service, run, name) for name, _ in parse_team(model, n_agents)}
        return [made[name] for name, k in parse_team(model, n_agents) for _ in range(k)]
    minds = [model] * n_agents if isinstance(model, Mind) else _given_minds(model)
    if len(minds) != n_agents:
        raise UsageError(
            f"model has {len(minds)} minds for n_agents={n_agents}; give one mind for each member"
        )
    return minds


def _given_minds(model: Sequence[Mind]) -> list[Mind]:
    given = list(model) if isinstance(model, Iterable) else [model]
    for mind in given:
        if not isinstance(mind, Mind):
            raise UsageError(f"model={mind!r} is not a Mind; use a name, a Mind or a list of Minds")
    return given


def _stream(tasks: str | Path | TaskStream, level: str | None, seed: int) -> TaskStream:
    if isinstance(tasks, TaskStream):
        return tasks
    if level is not None and level not in LEVELS:
        raise UnknownNameError("level", str(level), LEVELS)
    if not isinstance(tasks, str | Path):
        raise UsageError(f"tasks={tasks!r} is none; use 'corpus', 'generated', a file or a stream")
    sources: dict[str, Callable[[], TaskStream]] = {
        "corpus": lambda: _of_level(corpus(), level or DEFAULT_LEVEL, seed, "corpus"),
        "generated": lambda: GeneratedTasks(level or DEFAULT_LEVEL, seed),
    }
    if str(tasks) in sources:
        return sources[str(tasks)]()
    return _of_level(load_tasks(Path(tasks)), level, seed, str(tasks))


def _of_level(tasks: Sequence[Any], level: str | None, seed: int, source: str) -> TaskStream:
    chosen = [t for t in tasks if level in (None, t.level)]
    if not chosen:
        there = ", ".join(sorted({t.level for t in tasks}))
        raise UsageError(f"tasks={source} has no task of level={level}; levels there: {there}")
    return CycledTasks(chosen, seed)
