"""A run's configuration: what the user asked for, resolved, validated and comparable.

Two runs with equal configurations are the same run; a run folder holds exactly one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .... import __version__
from ....agents.llm.models import parse_model
from ....agents.llm.settings import Calls
from ....model.engine.driver import Limits
from ....model.errors import UnknownNameError, UsageError
from ....model.governance.rules import with_parameter
from ....model.judge import Judge
from ....model.mind import Mind
from ....model.organization import BaseOrganization
from ....model.tasks.task import LEVELS
from ..build.organization import (
    build,
    check_judge,
    check_model,
    family_mind,
    is_family,
    judge_models,
    make_protocol,
    parse_team,
)
from ..specs.circumstances import (
    needs_model,
    parse_memory,
    parse_shocks,
    parse_skills,
    parse_tuning,
    shock_models,
)

if TYPE_CHECKING:
    from ....agents.llm.service import Service


@dataclass(frozen=True)
class RunConfig:
    """One organization for some ticks, as `unscripted run` takes it.

    Attributes mirror the command's options; see `unscripted run --help`.
    """

    protocol: str = "sequential"
    agents: int = 8
    model: str = "synthetic/strong"
    topology: str = "complete"
    level: str | None = None
    ticks: int = 12
    seed: int = 0
    tasks: str = "corpus"
    judge: str | None = None
    api_base: str | None = None
    budget: float | None = None
    concurrency: int = 64
    temperature: float | None = None
    timeout: float = 120.0
    max_tokens: int = 2048
    context_tokens: int = 16_000
    rpm: float | None = None
    tpm: float | None = None
    price: str | None = None
    memory: str = "team"
    skills: str = "auto"
    shocks: str = ""
    tune: str = ""

    def __post_init__(self) -> None:
        """Check every rule that needs no file and no network to be built.

        Raises:
            UsageError: The first broken one.
        """
        if self.agents < 1:
            raise UsageError(f"agents={self.agents} is below 1; use 1 or more")
        if self.ticks < 1:
            raise UsageError(f"ticks={self.ticks} is below 1; use 1 or more")
        if self.seed < 0:
            raise UsageError(f"seed={self.seed} is below 0; use 0 or more")
        if self.level is not None and self.level not in LEVELS:
            raise UnknownNameError("level", self.level, LEVELS)
        Limits(self.timeout, self.concurrency)
        calls = self.calls
        protocol = make_protocol(self.protocol)
        parse_memory(self.memory)
        parse_skills(self.skills, protocol)
        for scheduled in parse_shocks(self.shocks):
            if scheduled.last >= self.ticks:
                raise UsageError(
                    f"shock={scheduled.shock.name}@{scheduled.last} never strikes in "
                    f"ticks={self.ticks}; use a tick below {self.ticks}"
                )
        if needs_model(self.shocks) and not all(map(is_family, self.models)):
            raise UsageError(
                f"shock={self.shocks!r} would put synthetic minds into a team of real models; "
                "use substitute:model=ID"
            )
        if (tuning := parse_tuning(self.tune)) is not None:
            for value in tuning.values:
                with_parameter(protocol, tuning.parameter, value)
        check_judge(self.judge, calls)
        for model in (*self.models, *shock_models(self.shocks)):
            check_model(model, calls)

    @property
    def calls(self) -> Calls:
        """How models are called."""
        return Calls(
            api_base=self.api_base,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            context_tokens=self.context_tokens,
            rpm=self.rpm,
            tpm=self.tpm,
            budget_usd=self.budget,
            price=self.price,
        )

    @property
    def models(self) -> list[str]:
        """The model ids of the team, each once."""
        return list(dict.fromkeys(model for model, _ in parse_team(self.model, self.agents)))

    @property
    def called(self) -> list[str]:
        """The ids of all models that are called over a network, judges included, each once."""
        judges = judge_models(self.judge, self.models, self.calls)
        acting = (*self.models, *shock_models(self.shocks))
        return list(dict.fromkeys(m for m in (*acting, *judges) if not is_family(m)))

    def organization(
        self,
        service: Service | None = None,
        run: str = "",
        *,
        minds: Sequence[Mind] | None = None,
        judge: str | Judge | None = None,
    ) -> BaseOrganization:
        """Build it.

        Args:
            service: Calls models, where there are any; None makes one that keeps nothing.
            run: Names this run within a comparison.
            minds: In place of the configured models.
            judge: In place of the configured judge.

        Raises:
            UsageError: The network doesn't fit the team, or a file is wrong.
        """
        return build(
            protocol=self.protocol,
            n_agents=self.agents,
            model=self.model if minds is None else minds,
            topology=self.topology,
            level=self.level,
            tasks=self.tasks,
            judge=self.judge if judge is None else judge,
            memory=self.memory,
            skills=self.skills,
            shocks=self.shocks,
            tune=self.tune,
            timeout_s=self.timeout,
            concurrency=self.concurrency,
            calls=service if service is not None else self.calls,
            run=run,
            rng=self.seed,
        )

    @property
    def synthetic(self) -> bool:
        """Whether any mind is synthetic; then every output says so."""
        acting = (*self.models, *shock_models(self.shocks))
        return any(is_family(m) and family_mind(m).synthetic for m in acting)

    def notes(self) -> list[str]:
        """What the user asked for and won't get, in one line each."""
        if self.called:
            return [*self._notes_on_keys(), *self._notes_on_judges(), *self._notes_on_minds()]
        idle = {n: getattr(self, n) for n in ("api_base", "temperature", "rpm", "tpm", "price")}
        return [
            f"{name}={value} has no effect: {self.model} is synthetic"
            for name, value in idle.items()
            if value is not None
        ]

    def _notes_on_keys(self) -> list[str]:
        """Which key leaves for an address that isn't its provider's."""
        if not os.environ.get("OPENAI_API_KEY"):
            return []
        called = [parse_model(m, self.calls) for m in self.called]
        bases = [m.calls.api_base for m in called if m.model.startswith("openai/")]
        return [
            f"OPENAI_API_KEY is sent to {address}; unset it if that is not yours"
            for address in dict.fromkeys(filter(None, bases))
        ]

    def _notes_on_minds(self) -> list[str]:
        """What synthetic and real work can't do for each other."""
        acting = list(dict.fromkeys((*self.models, *shock_models(self.shocks))))
        real = [m for m in acting if not is_family(m)]
        said = []
        if real and len(real) < len(acting):
            said.append("synthetic and real minds can't make sense of each other's work")
        if real and self.judge is not None and self.judge.partition(":")[0] == "rubric":
            said.append(f"judge={self.judge} reads synthetic work only; quality stays unmeasured")
        return said

    def _notes_on_judges(self) -> list[str]:
        """Which judge grades its own work."""
        team = {parse_model(m, self.calls).model for m in self.models if not is_family(m)}
        return [
            f"judge={judge} also acts in the team: models favour their own work; "
            "use --judge with another model"
            for judge in judge_models(self.judge, self.models, self.calls)
            if parse_model(judge, self.calls).model in team
        ]


@dataclass(frozen=True)
class SweepConfig:
    """A full factorial of the lists given, as `unscripted compare` takes it.

    Attributes:
        base: Everything that doesn't vary; its seed is the first replicate's.
        protocols: One cell each, crossed with the other lists.
        agents: Team sizes.
        models: Model ids.
        topologies: Topology specs.
        levels: Levels; (None,) where the task source decides.
        replicates: Seeds per cell: base.seed, base.seed + 1, …
        match: What budgets are matched on, as `compare --match` takes it; None for nothing.
        sizes: With `match`, by cell: the `size` that is played, what it spent in the `pilot`, and
            the `budget` per task.
    """

    base: RunConfig
    protocols: tuple[str, ...]
    agents: tuple[int, ...]
    models: tuple[str, ...]
    topologies: tuple[str, ...]
    levels: tuple[str | None, ...]
    replicates: int = 10
    match: str | None = None
    sizes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for f in fields(self):
            if getattr(self, f.name) == ():
                raise UsageError(f"{f.name} is empty; give at least one")
        if self.replicates < 1:
            raise UsageError(f"replicates={self.replicates} is below 1; use 1 or more")
        self.runs()

    def runs(self) -> list[RunConfig]:
        """Every run, cell by cell, replicates innermost."""
        base = asdict(self.base)
        return [
            RunConfig(**{**base, **self._as_played(cell), "seed": self.base.seed + r})
            for cell in self.cells()
            for r in range(self.replicates)
        ]

    def cells(self) -> list[dict[str, Any]]:
        """The factors of every cell as asked for, in the order of the runs."""
        return [
            {"level": level, "topology": topology, "model": model, "agents": n, "protocol": p}
            for level in dict.fromkeys(self.levels)
            for topology in dict.fromkeys(self.topologies)
            for model in dict.fromkeys(self.models)
            for n in dict.fromkeys(self.agents)
            for p in dict.fromkeys(self.protocols)
        ]

    @staticmethod
    def cell_key(cell: Mapping[str, Any]) -> str:
        """Names a cell in `sizes`."""
        return "|".join(str(cell[f]) for f in ("protocol", "topology", "model", "agents", "level"))

    def _as_played(self, cell: dict[str, Any]) -> dict[str, Any]:
        """A cell with the size that matches its budget."""
        if not self.sizes:
            return cell
        try:
            return {**cell, "agents": int(self.sizes[self.cell_key(cell)]["size"])}
        except (KeyError, TypeError, ValueError):
            raise UsageError(f"sizes has no size for {self.cell_key(cell)}; match anew") from None


@dataclass(frozen=True)
class Cell:
    """One condition of a scenario: what is played, and what the scenario calls it.

    Attributes:
        config: The run; its seed is the first replicate's.
        labels: Columns that its rows get beside the factors of the run; every cell of a scenario
            has the same ones.
    """

    config: RunConfig
    labels: Mapping[str, str | int | float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyConfig:
    """The runs of a scenario: any list of cells, each played with the same seeds.

    Cells may hold equal runs under different labels; such a run is played once.

    Attributes:
        name: Of the scenario.
        cells: At least one.
        replicates: Seeds per cell: its seed, its seed + 1, …
    """

    name: str
    cells: tuple[Cell, ...]
    replicates: int = 10

    def __post_init__(self) -> None:
        if not self.cells:
            raise UsageError("cells is empty; give at least one")
        if self.replicates < 1:
            raise UsageError(f"replicates={self.replicates} is below 1; use 1 or more")
        ways = {(c.config.calls, c.config.concurrency, c.config.timeout) for c in self.cells}
        if len(ways) > 1:
            raise UsageError("cells differ in how models are called; use one way for all")
        if len({frozenset(c.labels) for c in self.cells}) > 1:
            raise UsageError("cells differ in the names of their labels; use the same in each")

    @property
    def base(self) -> RunConfig:
        """The first cell's; how models are called is the same in all."""
        return self.cells[0].config

    def seeds(self, cell: Cell) -> list[RunConfig]:
        """The runs of one cell."""
        return [replace(cell.config, seed=cell.config.seed + r) for r in range(self.replicates)]

    def runs(self) -> list[RunConfig]:
        """Every run, cell by cell, replicates innermost."""
        return [run for cell in self.cells for run in self.seeds(cell)]

    def body(self) -> dict[str, Any]:
        """As it stands in `config.json`: what all cells share, then each cell's own."""
        whole = [asdict(c.config) for c in self.cells]
        base = {k: v for k, v in whole[0].items() if all(w[k] == v for w in whole)}
        cells = {
            f"{i:04}": {**({"labels": dict(c.labels)} if c.labels else {}), **_beyond(w, base)}
            for i, (c, w) in enumerate(zip(self.cells, whole, strict=True))
        }
        return {"name": self.name, "replicates": self.replicates, "base": base, "cells": cells}


def _beyond(whole: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in whole.items() if k not in base}


Config = RunConfig | SweepConfig | StudyConfig

FREE = frozenset({"api_base", "budget", "concurrency", "rpm", "tpm"})
"""Options that can't change a result, so the same folder may be continued with another value."""


def to_json(config: Config) -> dict[str, Any]:
    """A configuration as it stands in `config.json`."""
    kind = {RunConfig: "run", SweepConfig: "compare", StudyConfig: "scenario"}[type(config)]
    given = config.body() if isinstance(config, StudyConfig) else asdict(config)
    body: dict[str, Any] = json.loads(json.dumps(given))
    if isinstance(config, SweepConfig) and config.match is None:
        del body["match"], body["sizes"]
    inputs = {name: _digest(name) for name in _files_of(config)}
    return {"version": 1, "unscripted": __version__, "kind": kind, **body, "inputs": inputs}


def _files_of(config: Config) -> list[str]:
    """The files and folders a configuration reads, as the user named them."""
    runs = [config] if isinstance(config, RunConfig) else config.runs()[:: config.replicates]
    named = dict.fromkeys([*(r.topology for r in runs), *(r.tasks for r in runs)])
    return [name for name in named if name not in ("corpus", "generated") and Path(name).exists()]


def _digest(name: str) -> str:
    """SHA-256 of a file, or of a folder's files in order, so that an edit is another input."""
    path = Path(name)
    files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()


def from_json(body: dict[str, Any]) -> RunConfig | SweepConfig:
    """The configuration of a `config.json`.

    Raises:
        UsageError: It is not one, or a scenario's, which only its script can read.
    """
    try:
        kind = body["kind"]
        if kind == "scenario":
            raise UsageError(
                f"the folder holds the scenario {body['name']}; to draw it anew use "
                f"`unscripted scenario {body['name']} --out DIR` with its options"
            )
        rest = {
            k: v for k, v in body.items() if k not in ("version", "unscripted", "kind", "inputs")
        }
        if kind == "run":
            return RunConfig(**rest)
        lists = {k: tuple(v) for k, v in rest.items() if isinstance(v, list)}
        return SweepConfig(**{**rest, **lists, "base": RunConfig(**rest["base"])})
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"config.json is not a run's configuration: {error}") from None


def default_folder(config: Config) -> Path:
    """Where a command without `--out` puts its files: the same for the same configuration."""
    same: Config
    if isinstance(config, RunConfig):
        same = _idle(config)
    elif isinstance(config, SweepConfig):
        same = replace(config, base=_idle(config.base))
    else:
        cells = tuple(replace(c, config=_idle(c.config)) for c in config.cells)
        same = replace(config, cells=cells)
    digest = hashlib.sha256(json.dumps(to_json(same), sort_keys=True).encode()).hexdigest()[:8]
    if isinstance(config, SweepConfig):
        return Path("runs") / f"compare-{digest}"
    if isinstance(config, StudyConfig):
        return Path("runs") / f"{config.name.replace('_', '-')}-{digest}"
    plain = re.sub(r"[^a-z0-9.]+", "-", f"{config.protocol}-{config.agents}-{config.model}".lower())
    return Path("runs") / f"{plain.strip('-')[:60]}-seed{config.seed}-{digest}"


def _idle(config: RunConfig) -> RunConfig:
    """Without what can't change a result."""
    return replace(config, budget=None, concurrency=64, rpm=None, tpm=None)
