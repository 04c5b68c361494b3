"""A stream of code-scored tasks: a new one for each tick, made for the network as it then is."""

from __future__ import annotations

import networkx as nx

from ..randomness import Purpose, Streams
from ..tasks.stream import TaskStream
from ..tasks.task import Task
from .family import SCORED, TaskFamily, ring


class FamilyTasks(TaskStream):
    """Tasks of one family.

    Args:
        family: Makes them.
        seed: Of the run.
    """

    def __init__(self, family: TaskFamily, seed: int) -> None:
        self.family = family
        self.domains = (family.name,)
        self.level = SCORED
        self.__name__ = family.label
        self._streams = Streams(seed)

    def task(self, tick: int) -> Task:
        """The task of a tick on the smallest ring that will do; teams get `task_on`.

        Args:
            tick: From 0.
        """
        return self.task_on(tick, ring(self.family.fewest))

    def task_on(self, tick: int, graph: nx.Graph[int]) -> Task:
        """The task of a tick, made for a network.

        Args:
            tick: From 0.
            graph: As it is now.

        Raises:
            UsageError: There is no such task for this network.
        """
        seed = self._streams.integer(Purpose.TASKS, tick) % 2**53
        return self.family.make(seed=seed, graph=graph.copy(as_view=True))
