"""What a user may set, in groups: the team, its tasks, how models are called, how a command runs.

Each field is an option: the command line, configuration files and signatures are derived from it.
How models are called is `unscripted.Calls`, beside what calls them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ....model.errors import UnknownNameError, UsageError
from ....model.options import option
from ....model.tasks.task import LEVELS

if TYPE_CHECKING:  # help shows these options without loading what they stand for
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import networkx as nx

    from ....model.judge import Judge
    from ....model.mind import Mind
    from ....model.protocol import Protocol
    from ....model.tasks.stream import TaskStream

ADVISED: dict[str, Any] = {
    "protocol": ("sequential", "coordinator", "broadcast", "shared", "fixed-roles"),
    "agents": (4, 8),
    "ticks": 4,
}
"""What advice races where nothing is said; `solo` joins always."""


@dataclass(frozen=True, kw_only=True)
class Team:
    """Who works, how they are connected and coordinated, and what they keep.

    In Python, `protocol`, `model` and `topology` may also be objects, as `unscripted.build` takes
    them.
    """

    protocol: str | Protocol = option(
        "sequential",
        "Coordination protocol, options after a colon; or FILE.py:Class.",
        "NAME",
        varies=True,
    )
    agents: int = option(8, "Members of the team.", "N", varies=True)
    model: str | Mind | Sequence[Mind] = option(
        "synthetic/strong",
        "synthetic/NAME, any LiteLLM id (openai/gpt-4.1-mini, ollama/llama3.2), FILE.py:Class, or "
        "a mixed team 'a*2+b*6'; 'ID?temperature=0.2' sets options of one model.",
        "ID",
        varies=True,
    )
    topology: str | Path | nx.Graph[Any] | Callable[[int, int], Any] = option(
        "complete",
        "Network: a name (watts-strogatz:k=4,p=0.1), a GraphML or edge-list file, or "
        "FILE.py:function.",
        "NAME",
        varies=True,
    )
    memory: str = option(
        "team",
        "What of earlier tasks may be read where it is open: off, own or "
        "team[:horizon=8,decay=0.1,always=true].",
        "SCOPE",
    )
    skills: str = option(
        "auto",
        "fixed, growing[:rate=0.3,forgetting=0.05] with practice, or auto (as the protocol says).",
        "WORD",
    )
    tune: str = option(
        "",
        "Let the team try values of a protocol's parameter on its own tasks, as batch=1/4.",
        "NAME=A/B",
    )
    parameters: str = option(
        "fitted",
        "Of synthetic minds and their judge: fitted, or ensemble: the run with seed r has the r-th "
        "of the sets that fit the published figures equally well.",
        "WORD",
    )

    def __post_init__(self) -> None:
        if self.agents < 1:
            raise UsageError(f"agents={self.agents} is below 1; use 1 or more")
        from ..specs.fitting import check_parameters
        from .checks import check_objects, check_team

        check_objects(self.model, self.topology)
        if isinstance(self.model, list):  # runs are told apart by their configurations
            object.__setattr__(self, "model", tuple(self.model))
        check_team(
            self.protocol, self.models, memory=self.memory, skills=self.skills, tune=self.tune
        )
        check_parameters(self.parameters)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The ids of the team's models, each once; none of minds that were given ready-made."""
        from ..specs.minds import parse_team

        if not isinstance(self.model, str):
            return ()
        return tuple(dict.fromkeys(part.model for part in parse_team(self.model, self.agents)))

    @cached_property
    def given_minds(self) -> tuple[Mind, ...]:
        """Minds that were given ready-made, each once."""
        from ....model.mind import Mind

        if isinstance(self.model, str):
            return ()
        return tuple(dict.fromkeys((self.model,) if isinstance(self.model, Mind) else self.model))

    @property
    def labels(self) -> dict[str, str | int]:
        """What rows say of it: protocol, topology, model and agents as texts and a number."""
        from .checks import label_of

        return {
            "protocol": label_of(self.protocol),
            "topology": label_of(self.topology),
            "model": label_of(self.model),
            "agents": self.agents,
        }


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """What is worked on, for how long, what happens meanwhile, and who grades it."""

    source: str | Path | TaskStream = option(
        "corpus",
        "'corpus', 'corpus:fresh' (new ones like it for every seed; '=N': ten of them for all), "
        "'generated', a YAML task file or folder, or tasks that code scores: "
        "hidden-profile, shards:kind=max, agentsnet:problem=coloring, philosophers.",
        "NAME",
        name="tasks",
    )
    level: str | None = option(
        None, "Task level L1 to L4; L3, or all of a task file.", "L", varies=True
    )
    ticks: int = option(12, "Tasks to work on, one per tick.", "T")
    seed: int = option(0, "Seed of everything random.", "S")
    judge: str | Judge | None = option(
        None,
        "rubric[:gpt-4o|:gpt-5.4][,noise=SD] for synthetic work, one or more model ids, "
        "FILE.py:Class, or none.",
        "NAME",
    )
    shocks: str = option(
        "",
        "What happens and when: remove:k=2@6, remove-hub@6-8 (drawn by seed), substitute, "
        "newcomers, cut, rewire, mission, priorities, regulation; several joined by ';'.",
        "KIND@TICK",
        name="shock",
    )

    def __post_init__(self) -> None:
        if self.ticks < 1:
            raise UsageError(f"ticks={self.ticks} is below 1; use 1 or more")
        if self.seed < 0:
            raise UsageError(f"seed={self.seed} is below 0; use 0 or more")
        if self.level is not None and self.level not in LEVELS:
            raise UnknownNameError("level", self.level, LEVELS)
        if self.source != "corpus":
            from .checks import check_tasks

            check_tasks(self.source, self.level)
        if self.shocks:
            from .checks import check_shocks

            check_shocks(self.shocks, self.ticks)

    @property
    def labels(self) -> dict[str, str | None]:
        """What a file says of it where objects may stand: tasks and judge as texts."""
        from .checks import label_of

        judge = self.judge
        name = judge if judge is None or isinstance(judge, str) else type(judge).__name__
        return {"tasks": label_of(self.source), "judge": name}

    @property
    def models(self) -> tuple[str, ...]:
        """The ids of models that shocks bring in, each once."""
        from ..specs.shocks import shock_models

        return shock_models(self.shocks)

    @property
    def brings_synthetic_minds(self) -> bool:
        """Whether a shock substitutes minds without saying whose."""
        from ..specs.shocks import needs_model

        return needs_model(self.shocks)


@dataclass(frozen=True, kw_only=True)
class Execution:
    """How a command keeps and shows what it does; none of it changes a result."""

    out: Path | None = option(
        None, "Folder for results; continues what is there. Default under runs/.", "DIR"
    )
    json: bool = option(False, "One JSON object on standard output, all else on standard error.")
    yes: bool = option(False, "Don't ask before a paid run starts.")
    dry_run: bool = option(False, "Say what it would take and could show, and stop; needs no key.")
    executor: str = option(
        "processes",
        "Where runs are played that call no models: processes[:N], or ray[:ADDRESS].",
        "NAME",
    )
    max_failures: int | None = option(None, "Exit 3 if more decisions failed than this.", "N")

    def __post_init__(self) -> None:
        if self.executor != "processes":
            from .checks import check_executor

            check_executor(self.executor)
        if self.max_failures is not None and self.max_failures < 0:
            raise UsageError(f"max_failures={self.max_failures} is below 0; use 0 or more")


@dataclass(frozen=True, kw_only=True)
class Design:
    """How cells of a comparison are replicated and made comparable."""

    replicates: int = option(10, "Seeds per cell: SEED, SEED+1, …", "R")
    match: str | None = option(
        None,
        "Give every protocol the same calls, tokens or usd per task, by team size: the cheapest's "
        "at --agents, or a protocol's: calls:sequential. Rows say the size played.",
        "WHAT",
    )

    def __post_init__(self) -> None:
        if self.replicates < 1:
            raise UsageError(f"replicates={self.replicates} is below 1; use 1 or more")


@dataclass(frozen=True, kw_only=True)
class Advising:
    """When advice may stop, and what it weighs. None of it changes what a run gives."""

    margin: float = option(
        0.02, "Differences of quality or score up to this don't matter.", "X", free=True
    )
    confidence: float = option(
        0.95, "How sure it must be that the choice is within the margin.", "P", free=True
    )
    per_dollar: bool = option(
        False, "Weigh outcome per dollar; the margin is then a share of it.", "", free=True
    )
    max_calls: int | None = option(
        None, "Stop before the teams make more calls than this.", "N", free=True
    )
    replicates: int = option(100, "Seeds per arm, at most: SEED, SEED+1, …", "R")

    def __post_init__(self) -> None:
        if not 0 < self.margin < 1:
            raise UsageError(f"margin={self.margin} is not between 0 and 1; use e.g. 0.02")
        if not 0.5 < self.confidence < 1:
            raise UsageError(
                f"confidence={self.confidence} is not between 0.5 and 1; use e.g. 0.95"
            )
        if self.max_calls is not None and self.max_calls < 1:
            raise UsageError(f"max_calls={self.max_calls} is below 1; use 1 or more")
        if self.replicates < 1:
            raise UsageError(f"replicates={self.replicates} is below 1; use 1 or more")
