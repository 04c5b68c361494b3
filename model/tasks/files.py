"""Reads task files, and says exactly where one is wrong: every file, line, field and rule at once.

The schema is published with the package as `model/tasks/corpus/schema.json`; what a schema can't
say (known ids, no cycles, what a level means) is checked here.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import Fault, TaskFileError, UsageError
from .levels import broken_level_rule, chain_length
from .task import Brief, Requirement, Task
from .yaml_source import Place, YamlSource

CORPUS = Path(__file__).parent / "corpus"


@cache
def schema() -> dict[str, Any]:
    """The published JSON schema of task files."""
    loaded: dict[str, Any] = json.loads((CORPUS / "schema.json").read_text(encoding="utf-8"))
    return loaded


@cache
def corpus() -> tuple[Task, ...]:
    """The tasks that come with the package, ordered by id."""
    return load_tasks(CORPUS)


def load_tasks(path: Path) -> tuple[Task, ...]:
    """The tasks of a YAML file, or of every `.yaml` and `.yml` file of a folder.

    Args:
        path: Of the file or folder.

    Raises:
        TaskFileError: Something is wrong; it holds every fault, with file, line and field.
        UsageError: There is no such file, or nothing in it.
    """
    tasks, faults = read_tasks(path)
    if faults:
        raise TaskFileError(faults)
    return tasks


def read_tasks(path: Path) -> tuple[tuple[Task, ...], list[Fault]]:
    """The tasks of a file or folder, and everything that is wrong in it.

    Args:
        path: Of the file or folder.

    Raises:
        UsageError: There is no such file, or nothing in it.
    """
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml"))
    elif path.is_file():
        files = [path]
    else:
        raise UsageError(f"tasks={path} is not a file or folder; give a YAML task file")
    if not files:
        raise UsageError(f"tasks={path} holds no .yaml file; put at least one in it")
    reading = _Reading()
    for file in files:
        reading.read(file)
    return tuple(sorted(reading.tasks, key=lambda t: t.id)), reading.faults


class _Reading:
    """The files of one folder as they are read.

    Attributes:
        tasks: Those that are right.
        faults: What is wrong, in order of files and lines.
    """

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.faults: list[Fault] = []
        self._seen: dict[str, Path] = {}

    def read(self, file: Path) -> None:
        """Read one file.

        Args:
            file: Its path.
        """
        source = YamlSource(file)
        data = source.load()
        if data is not None:
            misspelt = self._against_schema(source, data)
            if not misspelt:
                for k, entry in enumerate(data["tasks"]):
                    self._task(source, k, entry)
        self.faults += sorted(source.faults, key=lambda fault: fault.line)

    def _against_schema(self, source: YamlSource, data: Any) -> bool:
        """Check what a schema can say; whether anything was wrong."""
        from jsonschema import Draft202012Validator  # slow to import, and only files need it

        errors = list(Draft202012Validator(schema()).iter_errors(data))
        misspelt = [e for e in errors if e.validator == "additionalProperties"]
        for error in misspelt or errors:  # a misspelt key explains the missing one
            source.fault(_where(error), error.message[:200])
        return bool(errors)

    def _task(self, source: YamlSource, k: int, entry: dict[str, Any]) -> None:
        """Check what only code can say about a task."""
        before = len(source.faults)
        task = _made(entry)
        if task.id in self._seen:
            source.fault(("tasks", k, "id"), f"{task.id!r} is already in {self._seen[task.id]}")
        self._seen[task.id] = source.file
        _check_references(source, k, task)
        if len(source.faults) == before:
            at: Place = ("tasks", k, "requirements")
            if chain_length(task.rubric) is None:
                said = f"depends_on goes in a circle in {task.id}; break the circle"
                source.fault(at, said)
            elif rule := broken_level_rule(task):
                source.fault(("tasks", k, "level"), f"{task.level}: {rule}")
        if len(source.faults) == before:
            self.tasks.append(task)


def _where(error: Any) -> Place:
    """The path of a schema error, down to the key where an unknown key is the error."""
    path = list(error.absolute_path)
    if error.validator == "additionalProperties":
        unknown = [k for k in error.instance if k not in error.schema["properties"]]
        path.append(str(unknown[0]))
    return tuple(path)


def _made(entry: dict[str, Any]) -> Task:
    brief = Brief(entry["id"], entry["title"], entry["brief"].strip(), entry["level"])
    rubric = tuple(
        Requirement(
            id=r["id"],
            text=r["text"],
            domain=r["domain"],
            difficulty=float(r["difficulty"]),
            depends_on=tuple(r.get("depends_on", ())),
            conflicts_with=tuple(r.get("conflicts_with", ())),
            hidden=r.get("hidden", False),
            mandatory=r.get("mandatory", False),
        )
        for r in entry["requirements"]
    )
    return Task(brief, rubric)


def _check_references(source: YamlSource, k: int, task: Task) -> None:
    known: set[str] = set()
    for i, r in enumerate(task.rubric):
        at = ("tasks", k, "requirements", i)
        if not 0 <= r.difficulty <= 1:  # NaN passes the schema
            source.fault((*at, "difficulty"), f"{r.difficulty} is not 0 to 1")
        if r.id in known:
            source.fault((*at, "id"), f"{r.id!r} is used twice in {task.id}")
        known.add(r.id)
    for i, r in enumerate(task.rubric):
        for field in ("depends_on", "conflicts_with"):
            for other in getattr(r, field):
                if other not in known or other == r.id:
                    where = ("tasks", k, "requirements", i, field)
                    source.fault(where, f"{other!r} is not another requirement of {task.id}")
