"""The tasks that come with the package, and what a level asks of a task."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from support.task_files import (
    BY_LEVEL,
    SMALLEST,
    Edit,
    all_one_domain,
    assert_of_its_level,
    depth_of,
    entry,
    line_of,
    no_dependencies,
    refusal,
    write,
)

from unscripted.model.tasks.files import CORPUS, corpus, load_tasks, schema
from unscripted.model.tasks.levels import SIZES, broken_level_rule, chain_length
from unscripted.model.tasks.task import Requirement


def test_ten_tasks_of_each_level():
    assert len(corpus()) >= 40
    assert all(len(tasks) >= 10 for tasks in BY_LEVEL.values())


def test_twelve_domains_at_least():
    assert len({d for t in corpus() for d in t.domains}) >= 12


def test_ids_are_ordered_and_unique():
    ids = [t.id for t in corpus()]
    assert ids == sorted(set(ids))


def test_every_file_is_loaded():
    written = [
        entry["id"]
        for file in CORPUS.glob("*.yaml")
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["tasks"]
    ]
    assert sorted(written) == [t.id for t in corpus()]


@pytest.mark.parametrize("task", corpus(), ids=lambda t: t.id)
def test_tasks_fit_their_level(task):
    assert_of_its_level(task)
    assert broken_level_rule(task) is None
    assert task.brief.text == task.brief.text.strip()
    assert 150 <= len(task.brief.text.split()) <= 600
    assert 250 <= task.brief.tokens <= 1000
    assert "\n" not in task.brief.title
    assert len({r.text for r in task.rubric}) == len(task.rubric)
    assert chain_length(task.rubric) == depth_of(task)


def test_briefs_and_titles_differ():
    for values in ([t.brief.text for t in corpus()], [t.brief.title for t in corpus()]):
        assert len(set(values)) == len(values)


def test_briefs_hide_hidden_requirements():
    for task in corpus():
        for r in task.rubric:
            assert not (r.hidden and r.text in task.brief.text), (task.id, r.id)


def test_schema_is_valid():
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())


def only_within_domains(task: dict[str, Any]) -> None:
    no_dependencies(task)
    task["requirements"][2]["depends_on"] = ["r0"]


def two_domains(task: dict[str, Any]) -> None:
    for i, r in enumerate(task["requirements"]):
        r["domain"] = ("law", "audit")[i % 2]


def short_chains(task: dict[str, Any]) -> None:
    no_dependencies(task)
    task["requirements"][1]["depends_on"] = ["r0"]
    task["requirements"][3]["depends_on"] = ["r0"]


def mark(i: int, **fields: Any) -> Edit:
    return lambda task: task["requirements"][i].update(fields)


def strip(field: str) -> Edit:
    return lambda task: [r.pop(field, None) for r in task["requirements"]]


LEVEL_RULES = [
    ("L1", 6, None, "has 6 requirements; use 3 to 5"),
    ("L2", 4, None, "has 4 requirements; use 5 to 10"),
    ("L2", 11, None, "has 11 requirements; use 5 to 10"),
    ("L3", 9, None, "has 9 requirements; use 10 to 20"),
    ("L4", 9, None, "has 9 requirements; use 10 to 20"),
    ("L1", 3, mark(1, domain="audit"), "has 2 domains; use 1"),
    ("L2", 5, all_one_domain, "has 1 domains; use 2"),
    ("L2", 5, mark(0, domain="it"), "has 3 domains; use 2"),
    ("L3", 10, two_domains, "has 2 domains; use 3 or more"),
    ("L4", 10, two_domains, "has 2 domains; use 3 or more"),
    ("L1", 3, mark(1, depends_on=["r0"]), "has dependencies; remove them"),
    ("L2", 5, no_dependencies, "no dependency across its two domains"),
    ("L2", 5, only_within_domains, "no dependency across its two domains"),
    ("L3", 10, no_dependencies, "no chain of 3 dependent requirements"),
    ("L3", 10, short_chains, "no chain of 3 dependent requirements"),
    ("L4", 10, short_chains, "no chain of 3 dependent requirements"),
    ("L4", 10, strip("hidden"), "needs conflicts and hidden requirements"),
    ("L4", 10, strip("conflicts_with"), "needs conflicts and hidden requirements"),
    *(
        (level, SMALLEST[level], mark(0, **fields), "has conflicts or hidden requirements")
        for level in ("L1", "L2", "L3")
        for fields in ({"hidden": True}, {"conflicts_with": ["r2"]})
    ),
]


@pytest.mark.parametrize(("level", "n", "edit", "rule"), LEVEL_RULES)
def test_broken_level_rule_is_named(tmp_path, level, n, edit, rule):
    task = entry(level, n)
    if edit is not None:
        edit(task)
    path = write(tmp_path / "bad.yaml", task)
    line, field, said = refusal(path)
    assert (line, field) == (line_of(path, f"level: {level}"), "tasks[0].level")
    assert said.startswith(f"{level}: ")
    assert rule in said


@pytest.mark.parametrize(("level", "n"), [(k, n) for k, ends in SIZES.items() for n in ends])
def test_smallest_and_largest_are_accepted(tmp_path, level, n):
    (task,) = load_tasks(write(tmp_path / "a.yaml", entry(level, n)))
    assert len(task.rubric) == n


def test_chain_length_finds_circles():
    def rubric(**needs: tuple[str, ...]) -> list[Requirement]:
        return [Requirement(k, k, "law", 0.5, depends_on=v) for k, v in needs.items()]

    assert chain_length(rubric(a=(), b=())) == 1
    assert chain_length(rubric(a=(), b=("a",), c=("a", "b"), d=("a",))) == 3
    assert chain_length(rubric(a=("c",), b=("a",), c=("b",))) is None
