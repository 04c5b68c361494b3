"""The seam of code-scored tasks: a family makes tasks from a seed and a network, and scores them.

    class Loudest(TaskFamily):
        name = "loudest"
        def lay_out(self, draw, graph): ...     # parts, forms of answers, what is true
        def infer(self, task, member, known): ...  # what follows from some facts
        def score(self, task, answers): ...     # pure

How to write one is in docs/code-scored-tasks.md.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, ClassVar

import networkx as nx

from ..errors import UnknownNameError, UsageError, whole
from ..plugins.discovery import find, instance
from ..tasks.task import Brief, Task
from .arguments import check_network, check_task, checking, checking_task
from .environment import Environment
from .forms import AnswerForm
from .scoring import Answers, Bounds, Score, mean
from .values import Known, Private, Value

SCORED = "scored"
"""The level of every code-scored task, where others have L1 to L4."""
SCORINGS = ("strict", "compat")
"""As is right, or as the original program scores, faults included."""
SAMPLES = 48
"""Tasks over which an expected score is averaged where no formula gives it."""
MOST_STATED = 10_000
"""Members of the largest ring for which an expected score is stated."""
ENOUGH = 2048
"""Members of all those tasks together, at most; so large teams don't wait for their bounds."""


@dataclass(frozen=True)
class Layout:
    """What a family makes of a seed and a network.

    Attributes:
        title: One line.
        text: What everybody is told.
        parts: What each member alone is told.
        forms: What each may answer; none where the task is moved through.
        public: What follows from the text, for `infer`.
        truth: What only the scorer may read.
    """

    title: str
    text: str
    parts: Mapping[int, Private]
    forms: Mapping[int, AnswerForm]
    public: Any = None
    truth: Any = None


@dataclass(frozen=True)
class ScoredTask(Task):
    """A task whose answers code checks. Its rubric is empty.

    Attributes:
        family: Scores it.
        graph: The network it was made for; nodes are the members.
        layout: Parts, forms of answers, what is public and what is true.
        seed: Decides what chance decides in scoring.
    """

    family: TaskFamily = field(kw_only=True, repr=False)
    graph: nx.Graph[int] = field(kw_only=True, repr=False)
    layout: Layout = field(kw_only=True, repr=False)
    seed: int = field(kw_only=True)

    @property
    def members(self) -> tuple[int, ...]:
        """Who takes part, ascending."""
        return tuple(sorted(self.graph))

    @property
    def everything(self) -> Known:
        """All private parts pooled."""
        return {k: v for part in self.layout.parts.values() for k, v in part.known.items()}

    @property
    def public(self) -> Any:
        """What follows from the text that everybody reads."""
        return self.layout.public

    @property
    def truth(self) -> Any:
        """What only the scorer may read."""
        return self.layout.truth


class TaskFamily(ABC):
    """Makes tasks with private parts, and scores their answers. Options are keyword-only.

    Args:
        scoring: `strict`, or `compat` to score as the original program does, faults included.

    Attributes:
        name: What users type; kebab-case.
        fewest: The smallest team it can be made for.

    Raises:
        UnknownNameError: Another scoring.
    """

    plugin_kind: ClassVar[str] = "tasks"
    name: ClassVar[str]
    fewest: ClassVar[int] = 1

    def __init__(self, *, scoring: str = "strict") -> None:
        if scoring not in SCORINGS:
            raise UnknownNameError(f"tasks={self.name}: scoring", scoring, SCORINGS)
        self.scoring = scoring
        self._bounds: dict[Any, Bounds] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Check what a scorer or a solver is given, whoever wrote it."""
        super().__init_subclass__(**options)
        if "score" in vars(cls):
            cls.score = checking(cls.score)  # type: ignore[assignment,method-assign]
        if "solve" in vars(cls):
            cls.solve = checking_task(cls.solve)  # type: ignore[assignment,method-assign]

    @abstractmethod
    def lay_out(self, draw: random.Random, graph: nx.Graph[int]) -> Layout:
        """Make a task's content.

        Args:
            draw: All chance comes from it.
            graph: The team's network; nodes are the members, any whole numbers.

        Raises:
            UsageError: There is no such task for this network.
        """

    @abstractmethod
    def infer(self, task: ScoredTask, member: int, known: Known) -> tuple[Value | None, bool]:
        """The best answer (or move) of a member that knows so much, and whether it is sure of it.

        Args:
            task: Of this family; only `task.public` may be read.
            member: Who answers.
            known: What it holds to be true; perhaps false, or too little.
        """

    @abstractmethod
    def score(self, task: ScoredTask, answers: Answers) -> Score:
        """Score answers; pure.

        Args:
            task: Of this family.
            answers: By member, in the order given; None, or a member left out, is no answer.
        """

    def environment(self, task: ScoredTask) -> Environment | None:
        """What is moved through instead of answered; None for most families.

        Args:
            task: Of this family.
        """
        return None

    def make(self, *, seed: int = 0, graph: nx.Graph[int]) -> ScoredTask:
        """A task; the same for the same seed and network.

        Args:
            seed: A whole number of 0 or more.
            graph: The team's network; nodes are the members.

        Raises:
            UsageError: No seed or network, or there is no such task for this network.
        """
        seed = whole("seed", seed)
        check_network(self.label, graph, self.fewest)
        layout = self.lay_out(random.Random(seed), graph)
        identity = blake2b(f"{self.label}:{seed}".encode(), digest_size=4).hexdigest()
        brief = Brief(f"{self.name}-{identity}", layout.title, layout.text, SCORED)
        return ScoredTask(brief, (), family=self, graph=graph, layout=layout, seed=seed)

    def solve(self, task: ScoredTask) -> dict[int, Value | None]:
        """Right answers by member, all parts pooled.

        Args:
            task: Of this family.
        """
        check_task(self, task)
        known = task.everything
        return {m: self.infer(task, m, known)[0] for m in task.members}

    def floor(self, n: int) -> float:
        """Expected score of the best constant answer, or of chance, on a ring of `n`.

        Args:
            n: Members, as many as the family takes or more.
        """
        return self.bounds(ring(n)).floor

    def own(self, n: int) -> float:
        """Expected score where members answer from their own parts alone, on a ring of `n`.

        Args:
            n: Members, as many as the family takes or more.
        """
        return self.bounds(ring(n)).own

    def ceiling(self, n: int) -> float:
        """Expected score with all parts pooled, on a ring of `n`.

        Args:
            n: Members, as many as the family takes or more.
        """
        return self.bounds(ring(n)).ceiling

    def bounds(self, graph: nx.Graph[int]) -> Bounds:
        """Floor, own part and ceiling on a network.

        Args:
            graph: Of the team.

        Raises:
            UsageError: It is no network of members.
        """
        check_network(self.label, graph, self.fewest)
        key = self.matters(graph)
        if key not in self._bounds:
            while len(self._bounds) >= SAMPLES:
                del self._bounds[next(iter(self._bounds))]
            self._bounds[key] = self.measure_bounds(graph)
        return self._bounds[key]

    def matters(self, graph: nx.Graph[int]) -> Any:
        """What of a network the bounds depend on: the team's size, unless a family says more.

        Args:
            graph: Of the team.
        """
        return len(graph)

    def measure_bounds(self, graph: nx.Graph[int]) -> Bounds:
        """Floor, own part and ceiling as means over tasks; a family with formulas overrides it.

        Args:
            graph: Of the team.
        """
        samples = max(4, min(SAMPLES, ENOUGH // len(graph)))
        tasks = [self.make(seed=s, graph=graph) for s in range(samples)]
        floor = self.chance(tasks)
        own = _mean(self.score(t, self._alone(t)).score for t in tasks)
        ceiling = _mean(self.score(t, self.solve(t)).score for t in tasks)
        return Bounds(floor, max(floor, own), ceiling)

    def chance(self, tasks: list[ScoredTask]) -> float:
        """The floor over some tasks: 0, unless a family has a constant or a chance that scores.

        Args:
            tasks: Of this family, on one network.
        """
        del tasks
        return 0.0

    def _alone(self, task: ScoredTask) -> dict[int, Value | None]:
        parts = task.layout.parts
        return {m: self.infer(task, m, parts[m].known)[0] for m in task.members}

    @property
    def label(self) -> str:
        """Name and options as users type them; options at their default are left out."""
        options = {k: v for k, v in vars(self).items() if not k.startswith("_")}
        defaults = getattr(type(self).__init__, "__kwdefaults__", None) or {}
        given = ",".join(f"{k}={v}" for k, v in options.items() if v != defaults.get(k))
        return f"{self.name}:{given}" if given else self.name


def ring(n: int) -> nx.Graph[int]:
    """The network on which expected scores are stated where only a size is given.

    Args:
        n: Members, 1 or more; two are linked once.
    """
    try:
        n = whole("n", n, 1)
    except UsageError:
        raise UsageError(f"n={n!r} is not a team size; use a whole number from 1") from None
    if n > MOST_STATED:
        raise UsageError(f"n={n} is too large for a stated score; use at most {MOST_STATED}")
    graph: nx.Graph[int] = nx.path_graph(n)
    if n > 2:
        graph.add_edge(n - 1, 0)
    return graph


def _mean(values: Any) -> float:
    return mean(dict(enumerate(values)))


def task_family(spec: str | TaskFamily) -> TaskFamily:
    """A family from `NAME:option=value,…`, `FILE.py:Class` or `module:Class`.

    Args:
        spec: As users type it, or one that is made already.

    Raises:
        UsageError: An unknown name, option or value, or no family.
    """
    if isinstance(spec, TaskFamily):
        return spec
    if not isinstance(spec, str):
        raise UsageError(f"tasks={spec!r} is no family; give a name, as 'shards:kind=max'")
    return instance(find("tasks", "tasks", spec), "tasks", TaskFamily)  # type: ignore[type-abstract]
