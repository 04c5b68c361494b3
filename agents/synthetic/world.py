"""The synthetic world: what stands in for reading a brief and for doing the work.

Synthetic minds can't read. The world holds each task's rubric and offers them two things only:
to *perceive* the task (they get noisy, partial percepts) and to *attempt* a requirement (they get a
piece of work of some quality). A mind never holds a rubric.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container
from dataclasses import dataclass
from hashlib import blake2b

from ...model.mind import World
from ...model.tasks.task import Task
from ..puzzle_world import PuzzleWorld

TASKS_KEPT = 64


@dataclass(frozen=True, slots=True)
class RequirementView:
    """One requirement as the world shows it. Indices are those of its task's requirements.

    Attributes:
        id: The requirement's id.
        domain: Its domain.
        difficulty: 0 to 1.
        needs: Indices of the requirements whose results it needs.
        conflicts: Indices of the requirements it must be reconciled with.
        hidden: Whether the brief leaves it to be inferred.
        salience: 1 to 0: what everybody sees first.
    """

    id: str
    domain: str
    difficulty: float
    needs: tuple[int, ...]
    conflicts: tuple[int, ...]
    hidden: bool
    salience: float


@dataclass(frozen=True)
class TaskView:
    """A task as the world shows it.

    Attributes:
        requirements: The most salient first.
        index: Index of a requirement by its id.
        domains: Domains in order of first appearance among them.
    """

    requirements: tuple[RequirementView, ...]
    index: dict[str, int]
    domains: tuple[str, ...]

    def depth(self, i: int, among: Container[int]) -> int:
        """Longest chain of results that a requirement waits for, itself included; 1 or more.

        Args:
            i: Its index.
            among: Indices of the requirements that whoever asks knows of; others don't count.
        """
        needs = [j for j in self.requirements[i].needs if j in among]
        return 1 + max((self.depth(j, among) for j in needs), default=0)


class SyntheticWorld(World):
    """Shows the tasks of a run; keeps the last few."""

    def __init__(self) -> None:
        self._views: OrderedDict[str, tuple[Task, TaskView]] = OrderedDict()
        self.puzzles = PuzzleWorld()

    def open(self, task: Task) -> None:
        """Make a task known before anyone decides on it.

        Args:
            task: Another of the same id takes the place of one before.
        """
        self.puzzles.open(task)
        known = self._views.get(task.id)
        if known is None or known[0] is not task:
            self._views[task.id] = (task, view_of(task))
        self._views.move_to_end(task.id)
        while len(self._views) > TASKS_KEPT:
            self._views.popitem(last=False)

    def view(self, task_id: str) -> TaskView:
        """The view of an opened task.

        Args:
            task_id: Of one of the last 64.

        Raises:
            LookupError: It was never opened; give the organization this world.
        """
        try:
            return self._views[task_id][1]
        except KeyError:
            raise LookupError(f"task {task_id} was never opened in this world") from None


def view_of(task: Task) -> TaskView:
    """What the world shows of a task. Conflicts named on one side hold on both.

    What is salient is drawn by task and requirement. The order of a rubric says nothing: whoever
    wrote it put causes before consequences, which nobody who works on the task can read off it.

    Args:
        task: With its rubric.
    """
    rubric = sorted(task.rubric, key=lambda r: _drawn(task.id, r.id))
    index = {r.id: i for i, r in enumerate(rubric)}
    conflicts: dict[int, set[int]] = {i: set() for i in index.values()}
    for r in rubric:
        for other in r.conflicts_with:
            conflicts[index[r.id]].add(index[other])
            conflicts[index[other]].add(index[r.id])
    last = max(1, len(rubric) - 1)
    requirements = tuple(
        RequirementView(
            r.id,
            r.domain,
            r.difficulty,
            tuple(index[d] for d in r.depends_on),
            tuple(sorted(conflicts[i])),
            r.hidden,
            1 - i / last,
        )
        for i, r in enumerate(rubric)
    )
    return TaskView(requirements, index, tuple(dict.fromkeys(r.domain for r in rubric)))


def _drawn(task_id: str, requirement: str) -> tuple[bytes, str]:
    digest = blake2b(f"{task_id}\n{requirement}".encode(), digest_size=8).digest()
    return digest, requirement
