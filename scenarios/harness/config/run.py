"""One organization for some ticks, as `unscripted run` takes it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....agents.llm.models import parse_model
from ....agents.llm.settings import Calls
from ....model.errors import UnknownNameError, UsageError
from ..specs.judges import check_judge, judge_models
from ..specs.minds import check_model, is_called, keeps_answers, own_mind
from ..specs.tasks import is_scored
from .catalogue import OPTIONS
from .groups import Tasks, Team
from .reading import checked


@dataclass(frozen=True)
class RunConfig:
    """What is played: two runs with equal configurations are the same run.

    Attributes:
        team: Who works, and how they are coordinated.
        tasks: What is worked on, and what happens meanwhile.
        calls: How models are called.
    """

    team: Team = field(default_factory=Team)
    tasks: Tasks = field(default_factory=Tasks)
    calls: Calls = field(default_factory=Calls)

    @classmethod
    def of(cls, **options: Any) -> RunConfig:
        """From options by the names users type; what is left out keeps its default.

        Args:
            **options: As in `OPTIONS`.

        Raises:
            UsageError: An unknown option, or a value that breaks a rule.
        """
        return cls().replace(**options)

    def replace(self, **options: Any) -> RunConfig:
        """The same with other values; groups that stay the same are shared, not made anew.

        Args:
            **options: As in `OPTIONS`.

        Raises:
            UsageError: An unknown option, or a value that breaks a rule.
        """
        changed: dict[str, dict[str, Any]] = {}
        for name, value in options.items():
            if name not in OPTIONS:
                raise UnknownNameError("option", name, OPTIONS)
            place, named = OPTIONS[name]
            changed.setdefault(place, {})[named.field] = checked(named, value)
        groups = {
            place: dataclasses.replace(getattr(self, place), **values)
            for place, values in changed.items()
        }
        return dataclasses.replace(self, **groups) if groups else self

    def __post_init__(self) -> None:
        """Check what no group can check alone; nothing is read but the files of plug-ins.

        Raises:
            UsageError: The first broken rule.
        """
        if isinstance(self.tasks.judge, str):
            check_judge(self.tasks.judge, self.calls)
        if self.tasks.brings_synthetic_minds and any(map(is_called, self.team.models)):
            raise UsageError(
                f"shock={self.tasks.shocks!r} would put synthetic minds into a team of real "
                "models; use substitute:model=ID"
            )
        for model in self.acting:
            if is_called(model) or model not in self.team.models:
                check_model(model, self.calls)

    def seeds(self, replicates: int) -> Iterator[RunConfig]:
        """The replicates of this run: its seed, its seed + 1, …

        Args:
            replicates: How many.
        """
        for r in range(replicates):
            yield self.replace(seed=self.tasks.seed + r)

    @property
    def options(self) -> dict[str, Any]:
        """Every option by the name users type."""
        return {
            name: getattr(getattr(self, place), named.field)
            for name, (place, named) in OPTIONS.items()
        }

    @property
    def changed(self) -> dict[str, Any]:
        """The options that are not at their default."""
        return {n: v for n, v in self.options.items() if v != OPTIONS[n][1].default}

    @property
    def acting(self) -> tuple[str, ...]:
        """The ids of models that decide, those that shocks bring in included, each once."""
        return tuple(dict.fromkeys((*self.team.models, *self.tasks.models)))

    @property
    def judges(self) -> tuple[str, ...]:
        """The ids of models that judge; none where a plug-in or nobody does."""
        judge = self.tasks.judge
        if judge is not None and not isinstance(judge, str):
            return ()
        if judge is None and is_scored(self.tasks.source):
            return ()
        return judge_models(judge, self.team.models, self.calls)

    @property
    def called(self) -> tuple[str, ...]:
        """The ids of all models that are called over a network, judges included, each once."""
        return tuple(dict.fromkeys(m for m in (*self.acting, *self.judges) if is_called(m)))

    @property
    def keeps_answers(self) -> bool:
        """Whether a journal keeps what minds answer: called models, and functions of a user's."""
        own = (own_mind(m) for m in self.acting if not is_called(m))
        return bool(self.called) or keeps_answers((*own, *self.team.given_minds))

    @property
    def synthetic(self) -> bool:
        """Whether any mind is synthetic; then every output says so."""
        own = (own_mind(m).synthetic for m in self.acting if not is_called(m))
        return any(own) or any(mind.synthetic for mind in self.team.given_minds)

    def notes(self) -> list[str]:
        """What the user asked for and won't get, in one line each."""
        if self.called:
            return [*self._notes_on_keys(), *self._notes_on_judges(), *self._notes_on_minds()]
        idle = ("api_base", "temperature", "rpm", "tpm", "price")
        model = self.team.labels["model"]
        why = "is synthetic" if self.synthetic else "is not called over a network"
        said: Mapping[str, Any] = {name: getattr(self.calls, name) for name in idle}
        return [
            f"{name}={value} has no effect: {model} {why}"
            for name, value in said.items()
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
        real = [m for m in self.acting if is_called(m)]
        said = []
        if real and len(real) < len(self.acting):
            said.append("synthetic and real minds can't make sense of each other's work")
        judge = self.tasks.judge
        if real and isinstance(judge, str) and judge.partition(":")[0] == "rubric":
            said.append(f"judge={judge} reads synthetic work only; quality stays unmeasured")
        return said

    def _notes_on_judges(self) -> list[str]:
        """Which judge grades its own work."""
        team = {parse_model(m, self.calls).model for m in self.team.models if is_called(m)}
        ungraded = self.tasks.judge is None and not self.judges
        if team and ungraded and not is_scored(self.tasks.source):
            return ["local models have no judge unless --judge names one; quality stays unmeasured"]
        return [
            f"judge={judge} also acts in the team: models favour their own work; "
            "use --judge with another model"
            for judge in self.judges
            if parse_model(judge, self.calls).model in team
        ]
