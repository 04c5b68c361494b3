"""Where tasks come from, by what users type: the corpus, generated ones, files, or a family.

A family makes tasks that code scores; it is found like any plug-in.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ....model.errors import UnknownNameError, UsageError
from ....model.ground_truth.family import SCORED, task_family
from ....model.ground_truth.stream import FamilyTasks
from ....model.plugins.discovery import discover
from ....model.plugins.loading import import_path
from ....model.relocation import located
from ....model.tasks.files import corpus, load_tasks
from ....model.tasks.generator import GeneratedTasks, fresh_corpus
from ....model.tasks.stream import CycledTasks, TaskStream
from ....model.tasks.task import LEVELS

DEFAULT_LEVEL = "L3"
BUILT_IN = ("corpus", "generated", "corpus:fresh")
_FRESH = re.compile(r"corpus:fresh(=(?P<draw>\d{1,9}))?")


def make_stream(tasks: str | Path | TaskStream, level: str | None, seed: int) -> TaskStream:
    """A stream of tasks.

    Args:
        tasks: `corpus`; `generated` or `corpus:fresh`, like the corpus's and new for every seed;
            `corpus:fresh=N`, ten such tasks, the same for every seed; a task file or a folder of
            them; a family of code-scored tasks with options; or a stream.
        level: L1 to L4; None for L3, or for all levels of a file. Families have none.
        seed: Of the run; decides the order.

    Raises:
        UsageError: Neither of these, or no task of that level.
    """
    if isinstance(tasks, TaskStream):
        return tasks
    if level is not None and level not in LEVELS:
        raise UnknownNameError("level", str(level), LEVELS)
    if not isinstance(tasks, str | Path):
        raise UsageError(f"tasks={tasks!r} is none; use 'corpus', 'generated', a file or a stream")
    sources: dict[str, Callable[[], TaskStream]] = {
        "corpus": lambda: _of_level(corpus(), level or DEFAULT_LEVEL, seed, "corpus"),
        "generated": lambda: GeneratedTasks(level or DEFAULT_LEVEL, seed),
    }
    if str(tasks) in sources:
        return sources[str(tasks)]()
    if fresh := _FRESH.fullmatch(str(tasks)):
        if fresh["draw"] is None:
            return sources["generated"]()
        return CycledTasks(fresh_corpus(level or DEFAULT_LEVEL, int(fresh["draw"])), seed)
    if names_family(tasks):
        if level is not None:
            raise UsageError(f"level={level}: tasks={tasks} have no levels; leave level out")
        return FamilyTasks(task_family(str(tasks)), seed)
    if not located(tasks).exists() and _meant(str(tasks)):
        raise UnknownNameError("tasks", str(tasks), (*BUILT_IN, *discover("tasks")))
    return _of_level(load_tasks(located(tasks)), level, seed, str(tasks))


def _meant(tasks: str) -> bool:
    """Whether a name that is no file looks like one of ours misspelt."""
    name, known = tasks.partition(":")[0], (*BUILT_IN, *discover("tasks"))
    return bool(":" in tasks or difflib.get_close_matches(name.casefold(), known, n=1))


def names_family(tasks: object) -> bool:
    """Whether what users type names a family of code-scored tasks.

    Args:
        tasks: Of any kind.
    """
    if not isinstance(tasks, str) or tasks in BUILT_IN or _FRESH.fullmatch(tasks):
        return False
    return tasks.partition(":")[0] in discover("tasks") or import_path(tasks) is not None


def is_scored(tasks: object) -> bool:
    """Whether code scores the tasks, so that no judge is needed.

    Args:
        tasks: As users type it, or a stream.
    """
    return names_family(tasks) or getattr(tasks, "level", "") == SCORED


def check_source(tasks: object) -> None:
    """Refuse a family that can't be made; files are read later.

    Args:
        tasks: As asked for.

    Raises:
        UsageError: An unknown option or value.
    """
    if names_family(tasks):
        task_family(str(tasks))


def _of_level(tasks: Sequence[Any], level: str | None, seed: int, source: str) -> TaskStream:
    chosen = [t for t in tasks if level in (None, t.level)]
    if not chosen:
        there = ", ".join(sorted({t.level for t in tasks}))
        raise UsageError(f"tasks={source} has no task of level={level}; levels there: {there}")
    return CycledTasks(chosen, seed)
