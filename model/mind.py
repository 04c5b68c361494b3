"""The seam between a member and whatever thinks for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import ClassVar

from .decision import Answer, Reply
from .observation import Observation
from .plugins.tags import PluginTag, tagged
from .tasks.task import Task


class World(ABC):
    """Stands in for reality where minds can't read: shown each task before anyone decides."""

    @abstractmethod
    def open(self, task: Task) -> None:
        """Take in the task about to be worked on, rubric included.

        Args:
            task: Brief and rubric.
        """


class Mind(ABC):
    """Turns an observation into a decision.

    A mind holds no state between decisions: what it should remember reaches it through the
    observation, and its randomness comes from `observation.seed`. Then a run replays exactly,
    whatever the order in which minds answer. One mind may serve many members.

    `decide` may be a coroutine function: many decisions are then in flight at once. A plain
    `decide` runs in a thread of its own, under the deadline, unless the class says it is
    `instant`: it never blocks, and is called in place.
    """

    instant: ClassVar[bool] = False
    paced: ClassVar[bool] = False
    """True for a mind that keeps its own deadline and its own limit of calls in flight: waiting
    for a turn or after a refusal then holds no slot. Its `decide` is a coroutine function."""
    name: str = "mind"
    """Shown in tables and records; a model's id for models."""
    synthetic: bool = True
    """False only where a real model's answers are returned."""
    world: World | None = None
    """What a mind that can't read lives in; the organization opens every task in it first."""

    def rejoin(self) -> None:  # noqa: B027  most minds have nothing to do
        """Get ready for a new tick, after a `Halt` too; called before anyone decides."""

    @abstractmethod
    def decide(self, observation: Observation) -> Answer | Reply | Awaitable[Answer | Reply]:
        """Decide once.

        Args:
            observation: All the mind may know.

        Returns:
            A reply that fits `observation.act`, alone or in an `Answer` with its usage. An
            exception, a missed deadline or any other value makes the member `failed`.
        """


MindFamily = Callable[[str], Mind]
"""Makes the mind of a model from what follows the family's name and a slash."""


def mind_family(name: str) -> Callable[[MindFamily], MindFamily]:
    """Mark a function as the maker of all minds whose model id starts with `name/`.

    Args:
        name: What users type before the slash; kebab-case.
    """
    return tagged(PluginTag("minds", name))
