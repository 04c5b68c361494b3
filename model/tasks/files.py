"""Reads task files, and says exactly where one is wrong: file, line, field, rule.

The schema is published with the package as `model/tasks/corpus/schema.json`; what a schema can't
say (known ids, no cycles, what a level means) is checked here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import TaskFileError, UsageError
from .task import Brief, Requirement, Task

CORPUS = Path(__file__).parent / "corpus"
DOMAINS = {"L1": "1", "L2": "2", "L3": "3 or more", "L4": "3 or more"}
SIZES = {"L1": (3, 5), "L2": (5, 10), "L3": (10, 20), "L4": (10, 20)}
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        TaskFileError: The first thing that is wrong, with file, line and field.
        UsageError: There is no such file, or nothing in it.
    """
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml"))
    elif path.is_file():
        files = [path]
    else:
        raise UsageError(f"tasks={path} is not a file or folder; give a YAML task file")
    seen: dict[str, Path] = {}
    tasks: list[Task] = []
    for file in files:
        tasks.extend(_load_file(file, seen))
    if not tasks:
        raise UsageError(f"tasks={path} holds no .yaml file; put at least one in it")
    return tuple(sorted(tasks, key=lambda t: t.id))


@dataclass(frozen=True)
class _Source:
    """A parsed file with the way back from a field to its line."""

    file: Path
    root: yaml.Node

    def error(self, path: Sequence[str | int], rule: str) -> TaskFileError:
        field = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
        line = self._line(path)
        return TaskFileError(f"{self.file}:{line}: {field or 'file'}: {rule}", line)

    def _line(self, path: Sequence[str | int]) -> int:
        node = self.root
        for step in path:
            inner: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                inner = next((v for k, v in node.value if k.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                inner = node.value[step]
            if inner is None:
                break
            node = inner
        return int(node.start_mark.line) + 1


def _load_file(file: Path, seen: dict[str, Path]) -> Iterator[Task]:
    try:
        text = file.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=_FAST)
        data = yaml.load(text, Loader=_FAST)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        problem = getattr(error, "problem", None) or "is not YAML"
        raise TaskFileError(f"{file}:{line}: {problem}; use YAML") from None
    except (OSError, ValueError) as error:
        raise TaskFileError(f"{file}: can't be read: {error}") from None
    if root is None:
        raise TaskFileError(f"{file}:1: file: is empty; start with `schema: 1` and `tasks:`")
    source = _Source(file, root)
    _check_keys(source, root, ())
    _check_schema(source, data)
    for k, entry in enumerate(data["tasks"]):
        task = _task(entry)
        if task.id in seen:
            raise source.error(("tasks", k, "id"), f"{task.id!r} is already in {seen[task.id]}")
        seen[task.id] = file
        _check_references(source, k, task)
        _check_cycles(source, k, task)
        _check_level(source, k, task)
        yield task


def _check_schema(source: _Source, data: Any) -> None:
    from jsonschema import Draft202012Validator  # slow to import, and only files need it

    errors = list(Draft202012Validator(schema()).iter_errors(data))
    misspelt = [e for e in errors if e.validator == "additionalProperties"]  # explains the missing
    found = [source.error(_where(e), e.message[:200]) for e in misspelt or errors]
    if found:
        raise min(found, key=lambda error: error.line)


def _where(error: Any) -> list[str | int]:
    """The path of a schema error, down to the key where an unknown key is the error."""
    path = list(error.absolute_path)
    if error.validator == "additionalProperties":
        unknown = [k for k in error.instance if k not in error.schema["properties"]]
        path.append(str(unknown[0]))
    return path


def _check_keys(source: _Source, node: yaml.Node, path: tuple[str | int, ...]) -> None:
    """YAML takes the last of two equal keys in silence; a task file may not have them."""
    if isinstance(node, yaml.SequenceNode):
        for i, inner in enumerate(node.value):
            _check_keys(source, inner, (*path, i))
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, inner in node.value:
            if key.value in seen:
                raise source.error((*path, key.value), f"{key.value!r} stands here twice")
            seen.add(key.value)
            _check_keys(source, inner, (*path, key.value))


def _task(entry: dict[str, Any]) -> Task:
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


def _check_references(source: _Source, k: int, task: Task) -> None:
    known: set[str] = set()
    for i, r in enumerate(task.rubric):
        at = ("tasks", k, "requirements", i)
        if not 0 <= r.difficulty <= 1:  # NaN passes the schema
            raise source.error((*at, "difficulty"), f"{r.difficulty} is not 0 to 1")
        if r.id in known:
            raise source.error((*at, "id"), f"{r.id!r} is used twice in {task.id}")
        known.add(r.id)
    for i, r in enumerate(task.rubric):
        for field in ("depends_on", "conflicts_with"):
            for other in getattr(r, field):
                if other not in known or other == r.id:
                    where = ("tasks", k, "requirements", i, field)
                    raise source.error(where, f"{other!r} is not another requirement of {task.id}")


def _check_cycles(source: _Source, k: int, task: Task) -> None:
    if chain_length(task.rubric) is None:
        at = ("tasks", k, "requirements")
        raise source.error(at, f"depends_on goes in a circle in {task.id}; break the circle")


def chain_length(rubric: Sequence[Requirement]) -> int | None:
    """Requirements in the longest chain of dependencies; None where they go in a circle.

    Args:
        rubric: Of a task; its references are known.
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph((d, r.id) for r in rubric for d in r.depends_on)
    if not nx.is_directed_acyclic_graph(graph):
        return None
    return len(nx.dag_longest_path(graph)) or 1


def _check_level(source: _Source, k: int, task: Task) -> None:
    rule = broken_level_rule(task)
    if rule:
        raise source.error(("tasks", k, "level"), f"{task.level}: {rule}")


def broken_level_rule(task: Task) -> str | None:
    """What keeps a task from being of its level; None where nothing does.

    Args:
        task: With known references and no circle.
    """
    rubric, level = task.rubric, task.level
    n, n_domains = len(rubric), len(task.domains)
    low, high = SIZES[level]
    depends = any(r.depends_on for r in rubric)
    conflicts = sum(len(r.conflicts_with) for r in rubric)
    hidden = sum(r.hidden for r in rubric)
    domain = {r.id: r.domain for r in rubric}
    crossing = any(domain[d] != r.domain for r in rubric for d in r.depends_on)
    if not low <= n <= high:
        return f"has {n} requirements; use {low} to {high}"
    wanted = {"L1": n_domains == 1, "L2": n_domains == 2}.get(level, n_domains >= 3)
    if not wanted:
        return f"has {n_domains} domains; use {DOMAINS[level]}"
    if level == "L1" and depends:
        return "has dependencies; remove them or use L2 or above"
    if level == "L2" and not crossing:
        return "has no dependency across its two domains; add one or use L1"
    if level in ("L3", "L4") and (chain_length(rubric) or 0) < 3:
        return "has no chain of 3 dependent requirements; add one or use L2"
    if level == "L4" and (conflicts == 0 or hidden == 0):
        return "needs conflicts and hidden requirements; add both or use L3"
    if level != "L4" and (conflicts or hidden):
        return "has conflicts or hidden requirements; remove them or use L4"
    return None
