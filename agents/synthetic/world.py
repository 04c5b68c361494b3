"""The synthetic world: what stands in for reading a brief and for doing the work.

Synthetic minds can't read. The world holds each task's rubric and offers them two things only:
to *perceive* the task (they get noisy, partial impressions) and to *attempt* a requirement (they
get a piece of work of some quality). A mind never holds a rubric.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from ...model.mind import World
from ...model.tasks.task import Task

SCENES_KEPT = 64


@dataclass(frozen=True, slots=True)
class Spot:
    """One requirement as the world lays it out.

    Attributes:
        id: The requirement's id.
        domain: Its domain.
        difficulty: 0 to 1.
        needs: Indices of the spots whose results it needs.
        conflicts: Indices of the spots it must be reconciled with.
        hidden: Whether the brief leaves it to be inferred.
        salience: 1 (the brief opens with it) to 0 (it comes last): what everybody sees first.
    """

    id: str
    domain: str
    difficulty: float
    needs: tuple[int, ...]
    conflicts: tuple[int, ...]
    hidden: bool
    salience: float


@dataclass(frozen=True)
class Scene:
    """A task laid out.

    Attributes:
        spots: In the order of the rubric.
        index: Spot index by requirement id.
        domains: Domains in order of first appearance.
    """

    spots: tuple[Spot, ...]
    index: dict[str, int]
    domains: tuple[str, ...]


class SyntheticWorld(World):
    """Lays out the tasks of a run; keeps the last few."""

    def __init__(self) -> None:
        self._scenes: OrderedDict[str, tuple[Task, Scene]] = OrderedDict()

    def open(self, task: Task) -> None:
        """Lay out a task before anyone decides on it."""
        known = self._scenes.get(task.id)
        if known is None or known[0] is not task:
            self._scenes[task.id] = (task, lay_out(task))
        self._scenes.move_to_end(task.id)
        while len(self._scenes) > SCENES_KEPT:
            self._scenes.popitem(last=False)

    def scene(self, task_id: str) -> Scene:
        """The scene of an opened task.

        Raises:
            LookupError: It was never opened; give the organization this world.
        """
        try:
            return self._scenes[task_id][1]
        except KeyError:
            raise LookupError(f"task {task_id} was never opened in this world") from None


def lay_out(task: Task) -> Scene:
    """A task's scene. Conflicts named on one side hold on both."""
    index = {r.id: i for i, r in enumerate(task.rubric)}
    conflicts: dict[int, set[int]] = {i: set() for i in index.values()}
    for r in task.rubric:
        for other in r.conflicts_with:
            conflicts[index[r.id]].add(index[other])
            conflicts[index[other]].add(index[r.id])
    last = max(1, len(task.rubric) - 1)
    spots = tuple(
        Spot(
            r.id,
            r.domain,
            r.difficulty,
            tuple(index[d] for d in r.depends_on),
            tuple(sorted(conflicts[i])),
            r.hidden,
            1 - i / last,
        )
        for i, r in enumerate(task.rubric)
    )
    return Scene(spots, index, task.domains)
