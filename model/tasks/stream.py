"""Where tasks come from: one for each tick, the same for the same seed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import networkx as nx

from ..errors import UsageError
from ..randomness import Purpose, Streams
from .task import Task


class TaskStream(ABC):
    """An endless, reproducible series of tasks.

    Attributes:
        domains: Every domain its tasks may touch; known before any task is seen.
        level: The level of its tasks, or `mixed`.
    """

    domains: tuple[str, ...]
    level: str

    @abstractmethod
    def task(self, tick: int) -> Task:
        """The task of a tick, counted from 0; the same whenever it is asked.

        Args:
            tick: From 0.
        """

    def task_on(self, tick: int, graph: nx.Graph[int]) -> Task:
        """The task of a tick for a team on a network; most streams make no difference.

        Args:
            tick: From 0.
            graph: As it is now; nodes are the members.
        """
        del graph
        return self.task(tick)


class CycledTasks(TaskStream):
    """A fixed set of tasks in an order drawn by seed, each once before any comes again.

    Args:
        tasks: At least one.
        seed: Draws the order of every pass.
    """

    def __init__(self, tasks: Sequence[Task], seed: int) -> None:
        if not tasks:
            raise UsageError("tasks=[] is empty; give at least one task")
        self.tasks = tuple(tasks)
        self._streams = Streams(seed)
        self._drawn: tuple[int, list[int]] = (-1, [])  # the last pass asked for, and its order
        self.domains = tuple(sorted({d for t in tasks for d in t.domains}))
        levels = {t.level for t in tasks}
        self.level = levels.pop() if len(levels) == 1 else "mixed"

    def task(self, tick: int) -> Task:
        """The task of a tick; ticks 0 to len(tasks) - 1 see each task once.

        Args:
            tick: From 0.
        """
        pass_, place = divmod(tick, len(self.tasks))
        if self._drawn[0] != pass_:
            drawn = self._streams.generator(Purpose.TASKS, pass_).permutation(len(self.tasks))
            self._drawn = (pass_, drawn.tolist())
        return self.tasks[self._drawn[1][place]]
