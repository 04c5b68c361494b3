"""Reality for minds that can't read, where code scores the task: facts, and what follows from them.

A mind hears facts in whatever text reached it, and asks the world what follows from those it holds
to be true. The world answers from the public part of the task alone, so a mind can be no wiser than
what it was told.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from ..model.ground_truth.family import ScoredTask
from ..model.ground_truth.values import Known, Value, facts_in
from ..model.messages import text_of
from ..model.mind import World
from ..model.observation import Observation
from ..model.tasks.task import Task

TASKS_KEPT = 64


class PuzzleWorld(World):
    """Keeps the last few code-scored tasks of a run."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[str, ScoredTask] = OrderedDict()

    def open(self, task: Task) -> None:
        """Make a task known before anyone decides on it; one that no code scores is passed over.

        Args:
            task: Another of the same id takes the place of one before.
        """
        if isinstance(task, ScoredTask):
            self._tasks[task.id] = task
            self._tasks.move_to_end(task.id)
            while len(self._tasks) > TASKS_KEPT:
                self._tasks.popitem(last=False)

    def holds(self, observation: Observation) -> bool:
        """Whether a decision is about a code-scored task that was opened.

        Args:
            observation: Of the decision.
        """
        return observation.brief.task_id in self._tasks

    def infer(self, observation: Observation, known: Known) -> tuple[Value | None, bool]:
        """What follows from facts for the member that decides, and whether it is sure.

        Args:
            observation: Of the decision.
            known: What it holds to be true.
        """
        task = self._tasks[observation.brief.task_id]
        return task.family.infer(task, observation.member, known)


def heard(observation: Observation) -> Known:
    """All facts that reached a member, whatever carried them; first-hand ones before others.

    Args:
        observation: All it may know.
    """
    found: dict[tuple[int, str], Value] = {}
    firm: set[tuple[int, str]] = set()
    for author, text in _texts(observation):
        for key, value in facts_in(text).items():
            if key[0] == author:
                firm.add(key)
            elif key in firm:
                continue
            found[key] = value
    if observation.private is not None:
        found.update(observation.private.known)
    return found


def sources(observation: Observation) -> tuple[int, ...]:
    """Authors of works of others that told facts, ascending.

    Args:
        observation: All a member may know.
    """
    return tuple(sorted({m.author for m in observation.messages if facts_in(text_of(m.content))}))


def _texts(observation: Observation) -> Iterator[tuple[int | None, str]]:
    for message in observation.own:
        yield message.author, text_of(message.content)
    for mark in observation.marks:
        yield None, mark.work
    if observation.assignment is not None:
        yield None, text_of(observation.assignment)
    for message in observation.messages:
        yield message.author, text_of(message.content)
