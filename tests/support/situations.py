"""A small task, and synthetic minds before it, with every draw chosen."""

from __future__ import annotations

from typing import Any

from support.prompts import NOBODY, observation
from unscripted.agents.synthetic.competence import Competence
from unscripted.agents.synthetic.draws import Draws
from unscripted.agents.synthetic.faculties import Faculties
from unscripted.agents.synthetic.parameters import Parameters
from unscripted.agents.synthetic.perception import Percept
from unscripted.agents.synthetic.situation import Situation
from unscripted.agents.synthetic.world import view_of
from unscripted.model.decision import Contribution, WorkItem
from unscripted.model.messages import Log, View
from unscripted.model.tasks.task import Brief, Requirement, Task

BRIEF = Brief("t20", "A letter", "Translate the letter.", "L4")
TASK = Task(
    BRIEF,
    (
        Requirement("a", "A", "law", 0.2),
        Requirement("b", "B", "law", 0.4, depends_on=("a",)),
        Requirement("c", "C", "tax", 0.6, conflicts_with=("a",), hidden=True),
        Requirement("d", "D", "tax", 0.8, depends_on=("b", "c")),
        Requirement("e", "E", "law", 0.5),
    ),
)
"""Its id is one under which what is salient falls from a to e."""
VIEW = view_of(TASK)
N = len(TASK.rubric)
HALF = Faculties(0.5, 0.5, 0.5)
NONE, FULL = Faculties(0, 0, 0), Faculties(1, 1, 1)
P = Parameters()
"""What ships."""


def competence(faculties: Faculties = HALF, **changes: float) -> Competence:
    """A mind's; changes are named `group__parameter`."""
    named = {k.replace("__", "."): v for k, v in changes.items()}
    return Competence(faculties, Parameters().changed(named))


def draws(**fields: Any) -> Draws:
    """Draws of no consequence but for those given."""
    calm = {name: [0.5] * N for name in ("notice", "uptake", "slip")}
    calm |= {name: [0.0] * N for name in ("choice", "estimate", "work")}
    calm |= {"relay": [1.0] * N}
    rest = {"swing": 0.5, "title": 0.0, "yielding": 0.99, "errors": no_errors}
    return Draws(**{**calm, **rest, **fields})


def no_errors(n: int) -> list[float]:
    """Nothing is misjudged."""
    return [0.0] * n


def percept(**fields: Any) -> Percept:
    """A fresh mind that is aware of everything and has read nothing."""
    return Percept(**{"noticed": list(range(N)), **fields})


def situation(
    faculties: Faculties = HALF,
    *,
    seen: Percept | None = None,
    drawn: Draws | None = None,
    observed: dict[str, Any] | None = None,
    **changes: float,
) -> Situation:
    """A mind before the task; its observation has the fields given."""
    known = observation(**{"brief": BRIEF, **(observed or {})})
    able = competence(faculties, **changes)
    skills = [able.skill(r) for r in VIEW.requirements]
    return Situation(known, VIEW, seen or percept(), drawn or draws(), able, skills)


def works(*pieces: dict[str, float], authors: tuple[int, ...] = (3, 4, 5)) -> View:
    """Finished works, each of some qualities by requirement."""
    log = Log()
    for author, qualities in zip(authors, pieces, strict=False):
        items = tuple(WorkItem(name, q) for name, q in qualities.items())
        log.post(author, 0, 0, Contribution("law writer", "done", (), 0.5, items))
    return log.so_far()


__all__ = ["NOBODY"]
