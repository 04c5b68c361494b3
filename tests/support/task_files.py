"""Task files with one thing changed, and what a task of a level is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from unscripted.model.errors import TaskFileError
from unscripted.model.tasks.files import corpus, load_tasks
from unscripted.model.tasks.task import LEVELS, Requirement, Task

BY_LEVEL = {level: [t for t in corpus() if t.level == level] for level in LEVELS}


def depth_of(task: Task) -> int:
    """Requirements in the longest chain of dependencies, by walking every one."""
    by_id = {r.id: r for r in task.rubric}

    def below(requirement: Requirement, above: frozenset[str]) -> int:
        assert requirement.id not in above, "a circle"
        chain = above | {requirement.id}
        return 1 + max((below(by_id[d], chain) for d in requirement.depends_on), default=0)

    return max(below(r, frozenset()) for r in task.rubric)


def assert_of_its_level(task: Task) -> None:
    """What the levels ask, written once more from their definitions."""
    rubric, domain = task.rubric, {r.id: r.domain for r in task.rubric}
    assert len(domain) == len(rubric)
    for r in rubric:
        assert 0 <= r.difficulty <= 1
        for others in (r.depends_on, r.conflicts_with):
            assert set(others) <= set(domain) - {r.id}
            assert len(set(others)) == len(others)
    n_domains = len(set(domain.values()))
    low, high = {"L1": (3, 5), "L2": (5, 10), "L3": (10, 20), "L4": (10, 20)}[task.level]
    assert low <= len(rubric) <= high
    depth = depth_of(task)
    crossing = any(domain[d] != r.domain for r in rubric for d in r.depends_on)
    conflicts, hidden = (any(getattr(r, k) for r in rubric) for k in ("conflicts_with", "hidden"))
    assert {
        "L1": n_domains == 1 and depth == 1,
        "L2": n_domains == 2 and crossing,
        "L3": n_domains >= 3 and depth >= 3,
        "L4": n_domains >= 3 and depth >= 3,
    }[task.level]
    assert (conflicts, hidden) == ((task.level == "L4"),) * 2


BRIEF = "A council asks for advice. " + "It gives facts, limits and a deliverable. " * 6


def requirement(i: int, **fields: Any) -> dict[str, Any]:
    text = f"Settles point {i} of the request"
    return {"id": f"r{i}", "text": text, "domain": "law", "difficulty": 0.5, **fields}


def entry(level: str = "L1", n: int = 3, task_id: str = "some-task") -> dict[str, Any]:
    """A valid task of a level as it stands in a file."""
    domains = {"L1": ["law"], "L2": ["law", "audit"]}.get(level, ["law", "audit", "it"])
    rubric = [requirement(i, domain=domains[i % len(domains)]) for i in range(n)]
    if level != "L1":
        rubric[1]["depends_on"] = ["r0"]
    if level in ("L3", "L4"):
        rubric[2]["depends_on"] = ["r1"]
    if level == "L4":
        rubric[3]["conflicts_with"] = ["r4"]
        rubric[5]["hidden"] = True
    return {
        "id": task_id,
        "title": "Advice to a council",
        "level": level,
        "brief": BRIEF,
        "requirements": rubric,
    }


SMALLEST = {"L1": 3, "L2": 5, "L3": 10, "L4": 10}


def write(path: Path, *entries: dict[str, Any], **more: Any) -> Path:
    body = {"schema": 1, "tasks": list(entries), **more}
    path.write_text(yaml.safe_dump(body, sort_keys=False, width=1000), encoding="utf-8")
    return path


def line_of(path: Path, text: str, nth: int = 1) -> int:
    """Number of the nth line that holds a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [i for i, line in enumerate(lines, 1) if text in line][nth - 1]


def refusal(path: Path) -> tuple[int, str, str]:
    """Line, field and rule of the error a file is refused with."""
    with pytest.raises(TaskFileError) as caught:
        load_tasks(path)
    found = re.fullmatch(re.escape(str(path)) + r":(\d+): ([^: ]+): (.+)", str(caught.value))
    assert found is not None, str(caught.value)
    return int(found[1]), found[2], found[3]


Edit = Callable[[dict[str, Any]], Any]


def no_dependencies(task: dict[str, Any]) -> None:
    for r in task["requirements"]:
        r.pop("depends_on", None)


def all_one_domain(task: dict[str, Any]) -> None:
    for r in task["requirements"]:
        r["domain"] = "law"
