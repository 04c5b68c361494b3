"""What advice is asked for: arms, tasks, and when it may stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from ....model.errors import UnknownNameError, UsageError
from ..specs.minds import parse_team
from ..specs.tasks import is_scored
from .catalogue import OPTIONS, VARYING
from .checks import label_of
from .groups import Advising
from .reading import checked
from .run import RunConfig

ALONE = "solo"
ARMS = ("protocol", "agents", "topology", "model")
"""The factors that make an arm; several levels are tasks of every arm."""


@dataclass(frozen=True)
class LeftOut:
    """An arm that can't be played.

    Attributes:
        arm: Its factors, as rows say them.
        reason: Why, in one line.
    """

    arm: Mapping[str, Any]
    reason: str


@dataclass(frozen=True)
class AdviceConfig:
    """Arms that are raced on the same tasks; `solo` is always among them, once for each model.

    Attributes:
        base: Everything that doesn't vary; its seed is the first.
        factors: Values by option, for those of `VARYING` that have several.
        design: When it may stop.
        unplayable: Arms that turned out not to be playable, by their place in `arms_asked`, and
            why. It follows from the rest.
    """

    base: RunConfig
    factors: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    design: Advising = field(default_factory=Advising)
    unplayable: Mapping[int, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Check what is asked for.

        Raises:
            UsageError: An empty or repeated value, nothing to compare, or nothing that grades.
        """
        factors = {name: self._factor(name, values) for name, values in self.factors.items()}
        object.__setattr__(self, "factors", factors)
        if not self.teams:
            reason = next((x.reason for x in self.left_out), "give a protocol beside solo")
            none = f"no arm but {ALONE}" if self.arms else "no arm"
            raise UsageError(f"{none} can be played: {reason}")
        self._check_outcome()

    @staticmethod
    def _factor(name: str, values: Sequence[Any]) -> tuple[Any, ...]:
        if name not in VARYING:
            raise UsageError(f"{name} doesn't vary between arms; lists: {', '.join(VARYING)}")
        found = tuple(checked(OPTIONS[name][1], value) for value in values)
        labels = [label_of(value) for value in found]
        if not labels:
            raise UsageError(f"{name} is empty; give at least one")
        if twice := [label for label in labels if labels.count(label) > 1]:
            raise UsageError(f"{name} names {twice[0]!r} twice; give each once")
        return found

    def _check_outcome(self) -> None:
        tasks = self.base.tasks
        graded = is_scored(tasks.source) or not (
            tasks.judge == "none" or (tasks.judge is None and self._ungraded)
        )
        if not graded:
            raise UsageError(
                "advice needs an outcome, and nothing grades these tasks; use --judge MODEL, or "
                "tasks that code scores, as --tasks hidden-profile"
            )

    @property
    def _ungraded(self) -> bool:
        return any(arm.called and not arm.judges for arm in self.arms)

    def values(self, name: str) -> tuple[Any, ...]:
        """The values of a factor; the base's where it doesn't vary.

        Args:
            name: One of `VARYING`.
        """
        place, named = OPTIONS[name]
        return tuple(self.factors.get(name, (getattr(getattr(self.base, place), named.field),)))

    @cached_property
    def asked(self) -> tuple[dict[str, Any], ...]:
        """The factors of every arm as asked for: every combination of a team, then each solo.

        Who is alone has no network, and as many turns as the largest team has members.
        """
        lists = {name: self.values(name) for name in ARMS}
        teams = [p for p in lists["protocol"] if not is_alone(p)]
        alone = [p for p in lists["protocol"] if is_alone(p)] or [ALONE]
        networks = lists["topology"]
        first = next((t for t in networks if t == "complete"), networks[0])
        cells = [*product(teams, lists["agents"], networks, lists["model"])]
        cells += [
            (protocol, self._most(model), first, model)
            for protocol, model in product(alone, lists["model"])
        ]
        return tuple(dict(zip(ARMS, cell, strict=True)) for cell in cells)

    def _most(self, model: Any) -> int:
        """Members of the largest team of a model; a mixed one has its own number of them."""
        sizes = sorted(self.values("agents"), reverse=True)
        for size in sizes if isinstance(model, str) else ():
            try:
                parse_team(model, size)
            except UsageError:
                continue
            return int(size)
        return int(sizes[0])

    @cached_property
    def _tried(self) -> tuple[RunConfig | str, ...]:
        """Of each arm its run, or why there is none."""
        found: list[RunConfig | str] = []
        for place, cell in enumerate(self.asked):
            if place in self.unplayable:
                found.append(self.unplayable[place])
                continue
            try:
                found.append(self._run(cell))
            except UnknownNameError:
                raise  # a slip of the pen, and not what can't be played
            except UsageError as error:
                found.append(str(error))
        return tuple(found)

    def _run(self, cell: Mapping[str, Any]) -> RunConfig:
        run = self.base.replace(**cell)
        if run.keeps_answers or run.calls.budget_usd is None:
            return run
        return run.replace(budget=None)  # modelled money has one budget for all, and no run its own

    @property
    def places(self) -> tuple[int, ...]:
        """The places in `asked` of the arms that can be played."""
        return tuple(k for k, run in enumerate(self._tried) if not isinstance(run, str))

    @cached_property
    def arms(self) -> tuple[RunConfig, ...]:
        """The arms that can be played, each at the first level and seed."""
        return tuple(run for run in self._tried if not isinstance(run, str))

    @property
    def teams(self) -> tuple[RunConfig, ...]:
        """The arms that are not solo."""
        return tuple(run for run in self.arms if not is_alone(run.team.protocol))

    @property
    def left_out(self) -> list[LeftOut]:
        """The arms that can't be played."""
        return [
            LeftOut({n: v if n == "agents" else label_of(v) for n, v in cell.items()}, reason)
            for cell, reason in zip(self.asked, self._tried, strict=True)
            if isinstance(reason, str)
        ]

    @cached_property
    def conditions(self) -> tuple[RunConfig, ...]:
        """What is played: every arm at every level, with the first seed."""
        return tuple(run for arm in self.arms for run in self.levels_of(arm))

    def levels_of(self, arm: RunConfig) -> list[RunConfig]:
        """An arm at each level; its outcome is the mean over them.

        Args:
            arm: With any seed.
        """
        return [arm.replace(level=level) for level in self.values("level")]

    @property
    def replicates(self) -> int:
        """Seeds per arm, at most."""
        return self.design.replicates

    def runs(self) -> list[RunConfig]:
        """Every run that may be needed."""
        return [run for condition in self.conditions for run in condition.seeds(self.replicates)]


def is_alone(protocol: Any) -> bool:
    """Whether a protocol plays one member for the team.

    Args:
        protocol: As users type it, or an object.
    """
    return label_of(protocol).partition(":")[0] == ALONE
