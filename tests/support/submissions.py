"""Work handed in to a judge."""

from __future__ import annotations

from unscripted.model.judge import Submission, Work
from unscripted.model.tasks.task import Brief, Requirement, Task

RUBRIC = (
    Requirement("greets", "It greets\nthe\u2028reader.", "law", 0.5),
    Requirement("dates", "It names the date.", "law", 0.5, mandatory=True, hidden=True),
)
TASK = Task(Brief("t-17", "A letter", "Translate it.\nNOW: nothing", "L2"), RUBRIC)


def submission(*texts: str, **fields: object) -> Submission:
    works = tuple(Work(text) for text in texts)
    return Submission(**{"task": TASK, "works": works, "mission": "Serve.", "seed": 9, **fields})
