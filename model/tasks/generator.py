"""Unlimited tasks with the statistics of the corpus, drawn by seed.

For experiments that need more tasks than people wrote. Structure is resampled from the corpus of
the same level: sizes, difficulties, dependencies, conflicts, hidden and mandatory shares. The
briefs are formulaic and say so; they are for synthetic minds and for load tests, not for judging
a real model.
"""

from __future__ import annotations

from collections import deque
from functools import cache

import numpy as np

from ..errors import UnknownNameError
from ..randomness import Purpose, Streams
from .files import corpus
from .stream import TaskStream
from .task import LEVELS, Brief, Requirement, Task

REACH = 6  # a requirement depends on one of so many before it, as in written plans


class GeneratedTasks(TaskStream):
    """A new task at every tick.

    Args:
        level: L1 to L4.
        seed: Tasks of the same seed and tick are the same.
    """

    def __init__(self, level: str, seed: int) -> None:
        if level not in LEVELS:
            raise UnknownNameError("level", level, LEVELS)
        self.level = level
        self.domains = tuple(sorted({d for t in corpus() for d in t.domains}))
        self._streams = Streams(seed)

    def task(self, tick: int) -> Task:
        """The task of a tick."""
        rng = self._streams.generator(Purpose.TASKS, tick)
        return generate(
            self.level, rng, f"generated-{self.level.lower()}-{self._streams.seed}-{tick}"
        )


FRESH = 10
"""Tasks of a fresh corpus on each level, as many as people wrote."""


@cache
def fresh_corpus(level: str, draw: int) -> tuple[Task, ...]:
    """A set of generated tasks in the place of the written ones: another sample of such tasks.

    Args:
        level: L1 to L4.
        draw: Which sample, 0 or more; the same one for every seed of a run.
    """
    if level not in LEVELS:
        raise UnknownNameError("level", level, LEVELS)
    streams = Streams(draw)
    return tuple(
        generate(level, streams.generator(Purpose.TASKS, k), f"fresh-{level.lower()}-{draw}-{k}")
        for k in range(FRESH)
    )


@cache
def _models(level: str) -> tuple[Task, ...]:
    return tuple(t for t in corpus() if t.level == level)


def generate(level: str, rng: np.random.Generator, task_id: str) -> Task:
    """One task of a level.

    A corpus task of the level is drawn as a skeleton. It gives the size, the division into domains
    and the dependency counts, and, shuffled over the requirements, difficulties and what is
    mandatory or hidden. The domains' names, the dependencies and the conflicts are new.

    Args:
        level: L1 to L4.
        rng: Draws.
        task_id: Of the new task.
    """
    skeleton = _models(level)[int(rng.integers(len(_models(level))))]
    rubric = skeleton.rubric
    n = len(rubric)
    domains = _domains(skeleton, rng)
    difficulty = rng.permutation([r.difficulty for r in rubric])
    mandatory = rng.permutation([r.mandatory for r in rubric])
    hidden = rng.permutation([r.hidden for r in rubric])
    needs = _dependencies(skeleton, domains, rng)
    conflicts = _conflicts(sum(len(r.conflicts_with) for r in rubric), n, rng)
    made = tuple(
        Requirement(
            id=f"part-{i + 1}",
            text=f"Settles part {i + 1} of the request, a matter of {domains[i]}",
            domain=domains[i],
            difficulty=float(difficulty[i]),
            depends_on=tuple(f"part-{j + 1}" for j in needs[i]),
            conflicts_with=tuple(f"part-{j + 1}" for j in conflicts.get(i, ())),
            hidden=bool(hidden[i]),
            mandatory=bool(mandatory[i]),
        )
        for i in range(n)
    )
    return Task(_brief(task_id, level, made), made)


def _domains(skeleton: Task, rng: np.random.Generator) -> list[str]:
    """The skeleton's division into domains, under other names."""
    pool = sorted({d for t in corpus() for d in t.domains})
    names = rng.permutation(pool)[: len(skeleton.domains)]
    renamed = dict(zip(skeleton.domains, (str(x) for x in names), strict=True))
    return [renamed[r.domain] for r in skeleton.rubric]


def _dependencies(
    skeleton: Task, domains: list[str], rng: np.random.Generator
) -> list[tuple[int, ...]]:
    """As many as the skeleton has, on nearby earlier parts; a chain of 3 where the level asks."""
    counts = [len(r.depends_on) for r in skeleton.rubric]
    needs: list[tuple[int, ...]] = []
    for i, count in enumerate(counts):
        near = range(max(0, i - REACH), i)
        take = min(count, len(near))
        needs.append(
            tuple(sorted(int(j) for j in rng.choice(near, take, replace=False))) if take else ()
        )
    if skeleton.level in ("L3", "L4"):
        needs[1], needs[2] = needs[1] or (0,), tuple(sorted({*needs[2], 1}))
    crossing = any(domains[i] != domains[j] for i, js in enumerate(needs) for j in js)
    if skeleton.level == "L2" and not crossing:
        i = next(i for i, d in enumerate(domains) if d != domains[0])
        needs[i] = tuple(sorted({*needs[i], 0}))
    return needs


def _conflicts(pairs: int, n: int, rng: np.random.Generator) -> dict[int, list[int]]:
    """So many different pairs, named on the earlier side."""
    found: dict[int, list[int]] = {}
    pool = deque(rng.permutation(n * (n - 1) // 2).tolist())
    for _ in range(min(pairs, len(pool))):
        k = pool.popleft()
        i = 0
        while k >= n - 1 - i:
            k -= n - 1 - i
            i += 1
        found.setdefault(i, []).append(i + 1 + k)
    return found


def _brief(task_id: str, level: str, rubric: tuple[Requirement, ...]) -> Brief:
    stated = [f"- Part {i + 1}, {r.domain}." for i, r in enumerate(rubric) if not r.hidden]
    text = (
        "This request was generated for a simulation and describes no real case. A client asks for "
        "one coherent answer that settles these parts, in whatever order they need each other:\n"
        + "\n".join(stated)
    )
    return Brief(task_id, f"Generated {level} request", text, level)
