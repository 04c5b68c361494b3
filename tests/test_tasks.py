"""The corpus, what is said about a wrong task file, and the streams tasks come from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.model.errors import TaskFileError, UsageError
from unscripted.model.tasks import generator
from unscripted.model.tasks.files import (
    CORPUS,
    SIZES,
    broken_level_rule,
    chain_length,
    corpus,
    load_tasks,
    schema,
)
from unscripted.model.tasks.generator import GeneratedTasks
from unscripted.model.tasks.stream import CycledTasks
from unscripted.model.tasks.task import LEVELS, Brief, Requirement, Task

BY_LEVEL = {level: [t for t in corpus() if t.level == level] for level in LEVELS}


# --- the corpus -----------------------------------------------------------------------------


def test_the_corpus_has_at_least_forty_tasks_ten_of_each_level():
    assert len(corpus()) >= 40
    assert all(len(tasks) >= 10 for tasks in BY_LEVEL.values())


def test_the_corpus_spans_at_least_twelve_domains():
    assert len({d for t in corpus() for d in t.domains}) >= 12


def test_the_corpus_is_ordered_by_id_and_no_id_comes_twice():
    ids = [t.id for t in corpus()]
    assert ids == sorted(set(ids))


def test_every_file_of_the_corpus_is_loaded():
    written = [
        entry["id"]
        for file in CORPUS.glob("*.yaml")
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["tasks"]
    ]
    assert sorted(written) == [t.id for t in corpus()]


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


@pytest.mark.parametrize("task", corpus(), ids=lambda t: t.id)
def test_a_task_of_the_corpus_is_what_its_level_says_and_long_enough_to_work_on(task):
    assert_of_its_level(task)
    assert broken_level_rule(task) is None
    assert task.brief.text == task.brief.text.strip()
    assert 150 <= len(task.brief.text.split()) <= 600
    assert 250 <= task.brief.tokens <= 1000
    assert "\n" not in task.brief.title
    assert len({r.text for r in task.rubric}) == len(task.rubric)
    assert chain_length(task.rubric) == depth_of(task)


def test_no_two_tasks_of_the_corpus_have_the_same_brief_or_title():
    for values in ([t.brief.text for t in corpus()], [t.brief.title for t in corpus()]):
        assert len(set(values)) == len(values)


def test_a_brief_does_not_quote_what_its_hidden_requirements_ask():
    for task in corpus():
        for r in task.rubric:
            assert not (r.hidden and r.text in task.brief.text), (task.id, r.id)


def test_the_schema_is_itself_valid():
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())


# --- wrong task files -----------------------------------------------------------------------

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


@pytest.mark.parametrize("level", LEVELS)
def test_a_valid_file_is_read_with_every_field_and_default(tmp_path, level):
    n = SMALLEST[level]
    (task,) = load_tasks(write(tmp_path / "a.yaml", entry(level, n)))
    assert_of_its_level(task)
    assert task.brief == Brief("some-task", "Advice to a council", BRIEF.strip(), level)
    assert task.rubric[0] == Requirement("r0", "Settles point 0 of the request", "law", 0.5)
    if level == "L4":
        assert task.rubric[3].conflicts_with == ("r4",)
        assert [r.id for r in task.rubric if r.hidden] == ["r5"]


def test_a_folder_is_read_as_all_its_yaml_files_in_order_of_id(tmp_path):
    write(tmp_path / "1.yaml", entry(task_id="zebra"))
    write(tmp_path / "2.yml", entry(task_id="ant"), entry(task_id="bee"))
    (tmp_path / "notes.txt").write_text("not a task")
    assert [t.id for t in load_tasks(tmp_path)] == ["ant", "bee", "zebra"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema: 1\ntasks: [\n", 3),
        ("schema: 1\n\ttasks: 3\n", 2),
        ("schema: 1\ntasks: 'open\n", 3),
        ("schema: 1\n---\nschema: 1\n", 2),
        ("schema: 1\ntasks: !!python/object:os.system\n  x: 1\n", 2),
    ],
)
def test_a_file_that_is_not_yaml_is_refused_with_the_line_where_it_breaks(tmp_path, text, line):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(TaskFileError) as caught:
        load_tasks(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert "use YAML" in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_is_refused_with_how_to_start_one(tmp_path, text):
    path = tmp_path / "empty.yaml"
    path.write_text(text)
    line, field, rule = refusal(path)
    assert (line, field) == (1, "file")
    assert "`schema: 1`" in rule


def test_a_file_that_is_not_text_is_refused_by_name(tmp_path):
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TaskFileError, match=r"bytes\.yaml: can't be read"):
        load_tasks(path)


def test_a_missing_path_and_a_folder_without_tasks_are_refused(tmp_path):
    with pytest.raises(UsageError, match="nowhere is not a file or folder"):
        load_tasks(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=re.escape(f"{tmp_path} holds no .yaml file")):
        load_tasks(tmp_path)


Edit = Callable[[dict[str, Any]], Any]
BROKEN: dict[str, tuple[Edit, str, str, str]] = {
    # name: the edit of a valid task, a text on the line meant, the field, part of the rule
    "unknown field of a task": (
        lambda t: t.update(colour="red"),
        "colour: red",
        "tasks[0].colour",
        "'colour' was unexpected",
    ),
    "unknown field of a requirement": (
        lambda t: t["requirements"][1].update(weight=2),
        "weight: 2",
        "tasks[0].requirements[1].weight",
        "'weight' was unexpected",
    ),
    "missing field of a task": (
        lambda t: t.pop("brief"),
        "- id: some-task",
        "tasks[0]",
        "'brief' is a required property",
    ),
    "missing field of a requirement": (
        lambda t: t["requirements"][2].pop("domain"),
        "- id: r2",
        "tasks[0].requirements[2]",
        "'domain' is a required property",
    ),
    "text for a number": (
        lambda t: t["requirements"][1].update(difficulty="hard"),
        "difficulty: hard",
        "tasks[0].requirements[1].difficulty",
        "'hard' is not of type 'number'",
    ),
    "number for a text": (
        lambda t: t.update(title=12),
        "title: 12",
        "tasks[0].title",
        "12 is not of type 'string'",
    ),
    "text for a list": (
        lambda t: t["requirements"][1].update(depends_on="r0"),
        "depends_on: r0",
        "tasks[0].requirements[1].depends_on",
        "'r0' is not of type 'array'",
    ),
    "text for yes or no": (
        lambda t: t["requirements"][0].update(mandatory="very"),
        "mandatory: very",
        "tasks[0].requirements[0].mandatory",
        "'very' is not of type 'boolean'",
    ),
    "difficulty above 1": (
        lambda t: t["requirements"][0].update(difficulty=1.5),
        "difficulty: 1.5",
        "tasks[0].requirements[0].difficulty",
        "1.5 is greater than the maximum of 1",
    ),
    "difficulty below 0": (
        lambda t: t["requirements"][0].update(difficulty=-0.5),
        "difficulty: -0.5",
        "tasks[0].requirements[0].difficulty",
        "-0.5 is less than the minimum of 0",
    ),
    "unknown level": (
        lambda t: t.update(level="L5"),
        "level: L5",
        "tasks[0].level",
        "'L5' is not one of",
    ),
    "brief too short": (
        lambda t: t.update(brief="Please help."),
        "brief: Please help.",
        "tasks[0].brief",
        "is too short",
    ),
    "id with capitals": (
        lambda t: t.update(id="Some Task"),
        "id: Some Task",
        "tasks[0].id",
        "does not match",
    ),
    "same dependency twice": (
        lambda t: t["requirements"][1].update(depends_on=["r0", "r0"]),
        "  - r0",
        "tasks[0].requirements[1].depends_on",
        "has non-unique elements",
    ),
    "two requirements with one id": (
        lambda t: t["requirements"][2].update(id="r1", text="Settles yet another point"),
        "- id: r1",
        "tasks[0].requirements[2].id",
        "'r1' is used twice in some-task",
    ),
    "dependency on nothing known": (
        lambda t: t["requirements"][1].update(depends_on=["r9"]),
        "- r9",
        "tasks[0].requirements[1].depends_on",
        "'r9' is not another requirement of some-task",
    ),
    "dependency on itself": (
        lambda t: t["requirements"][1].update(depends_on=["r1"]),
        "  - r1",
        "tasks[0].requirements[1].depends_on",
        "'r1' is not another requirement of some-task",
    ),
    "conflict with nothing known": (
        lambda t: t["requirements"][0].update(conflicts_with=["r9"]),
        "- r9",
        "tasks[0].requirements[0].conflicts_with",
        "'r9' is not another requirement of some-task",
    ),
}
SECOND = {"two requirements with one id"}  # the text stands on an earlier line, too


@pytest.mark.parametrize("what", BROKEN)
def test_a_wrong_field_is_refused_with_its_file_line_and_rule(tmp_path, what):
    edit, on_line, expected_field, expected_rule = BROKEN[what]
    task = entry()
    edit(task)
    path = write(tmp_path / "bad.yaml", task)
    line, field, rule = refusal(path)
    assert field == expected_field
    assert expected_rule in rule
    assert line == line_of(path, on_line, 2 if what in SECOND else 1)


@pytest.mark.parametrize(
    ("text", "line", "field", "rule"),
    [
        ("- one\n- two\n", 1, "file", "is not of type 'object'"),
        ("# a note\n\ntasks: []\n", 3, "file", "'schema' is a required property"),
        ("schema: 2\ntasks: [{}]\n", 1, "schema", "1 was expected"),
        ("schema: 1\n\ntasks: []\n", 3, "tasks", "non-empty"),
        ("schema: 1\ntasks:\n- just a text\n", 3, "tasks[0]", "is not of type 'object'"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused_with_line_and_field(
    tmp_path, text, line, field, rule
):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    found = refusal(path)
    assert found[:2] == (line, field)
    assert rule in found[2]


def test_an_error_in_a_later_task_names_that_task(tmp_path):
    second = entry(task_id="other-task")
    second["requirements"][0]["difficulty"] = 2
    path = write(tmp_path / "bad.yaml", entry(), second)
    line, field, _ = refusal(path)
    assert field == "tasks[1].requirements[0].difficulty"
    assert line == line_of(path, "difficulty: 2")


def test_dependencies_in_a_circle_are_refused(tmp_path):
    task = entry("L3", 10)
    task["requirements"][0]["depends_on"] = ["r2"]  # r2 needs r1, and r1 needs r0
    path = write(tmp_path / "bad.yaml", task)
    line, field, rule = refusal(path)
    assert (line, field) == (line_of(path, "- id: r0"), "tasks[0].requirements")
    assert "circle in some-task" in rule


@pytest.mark.parametrize("same_file", [True, False])
def test_a_task_id_used_twice_is_refused_with_both_files(tmp_path, same_file):
    first = tmp_path / "1.yaml"
    if same_file:
        write(first, entry(), entry())
    else:
        write(first, entry())
        write(tmp_path / "2.yaml", entry())
    with pytest.raises(TaskFileError, match="'some-task' is already in") as caught:
        load_tasks(tmp_path)
    assert str(first) in str(caught.value)
    assert str(caught.value).startswith(str(first if same_file else tmp_path / "2.yaml"))


def no_dependencies(task: dict[str, Any]) -> None:
    for r in task["requirements"]:
        r.pop("depends_on", None)


def all_one_domain(task: dict[str, Any]) -> None:
    for r in task["requirements"]:
        r["domain"] = "law"


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
def test_a_task_that_breaks_its_levels_rule_is_refused_at_its_level(tmp_path, level, n, edit, rule):
    task = entry(level, n)
    if edit is not None:
        edit(task)
    path = write(tmp_path / "bad.yaml", task)
    line, field, said = refusal(path)
    assert (line, field) == (line_of(path, f"level: {level}"), "tasks[0].level")
    assert said.startswith(f"{level}: ")
    assert rule in said


@pytest.mark.parametrize(("level", "n"), [(k, n) for k, ends in SIZES.items() for n in ends])
def test_the_smallest_and_the_largest_task_of_a_level_are_accepted(tmp_path, level, n):
    (task,) = load_tasks(write(tmp_path / "a.yaml", entry(level, n)))
    assert len(task.rubric) == n


def test_chain_length_counts_requirements_and_finds_circles():
    def rubric(**needs: tuple[str, ...]) -> list[Requirement]:
        return [Requirement(k, k, "law", 0.5, depends_on=v) for k, v in needs.items()]

    assert chain_length(rubric(a=(), b=())) == 1
    assert chain_length(rubric(a=(), b=("a",), c=("a", "b"), d=("a",))) == 3
    assert chain_length(rubric(a=("c",), b=("a",), c=("b",))) is None


# --- a fixed set of tasks, again and again --------------------------------------------------

SETS = st.lists(st.sampled_from(corpus()), min_size=1, max_size=12, unique_by=lambda t: t.id)


@settings(deadline=None, max_examples=80)
@given(tasks=SETS, seed=st.integers(0, 2**70), passes=st.integers(1, 4))
def test_every_pass_visits_each_task_once(tasks, seed, passes):
    stream = CycledTasks(tasks, seed)
    for k in range(passes):
        seen = Counter(stream.task(k * len(tasks) + i).id for i in range(len(tasks)))
        assert seen == Counter(t.id for t in tasks)


@settings(deadline=None, max_examples=80)
@given(tasks=SETS, seed=st.integers(0, 2**70), ticks=st.lists(st.integers(0, 60), max_size=20))
def test_the_task_of_a_tick_is_the_same_in_whatever_order_it_is_asked(tasks, seed, ticks):
    in_order = [CycledTasks(tasks, seed).task(t).id for t in range(61)]
    stream = CycledTasks(tasks, seed)
    assert [stream.task(t).id for t in ticks] == [in_order[t] for t in ticks]


def test_another_seed_and_another_pass_bring_another_order():
    def order(seed: int, start: int = 0) -> list[str]:
        stream = CycledTasks(corpus(), seed)
        return [stream.task(start + t).id for t in range(len(corpus()))]

    assert len({tuple(order(seed)) for seed in range(5)}) == 5
    assert order(0) != order(0, start=len(corpus()))


def test_a_stream_knows_its_domains_and_level_before_any_task():
    l1, l4 = BY_LEVEL["L1"], BY_LEVEL["L4"]
    assert CycledTasks(l1, 0).level == "L1"
    assert CycledTasks([*l1, *l4], 0).level == "mixed"
    assert set(CycledTasks(l4, 0).domains) == {d for t in l4 for d in t.domains}


def test_a_stream_of_no_tasks_is_refused():
    with pytest.raises(UsageError, match="at least one task"):
        CycledTasks([], 0)


# --- generated tasks ------------------------------------------------------------------------

SEED = 5


@cache
def generated(level: str) -> list[Task]:
    stream = GeneratedTasks(level, SEED)
    return [stream.task(tick) for tick in range(200)]


@pytest.mark.parametrize("level", LEVELS)
def test_two_hundred_generated_tasks_are_all_of_their_level(level):
    for task in generated(level):
        assert task.level == level
        assert broken_level_rule(task) is None
        assert_of_its_level(task)


@pytest.mark.parametrize("level", LEVELS)
def test_the_generated_task_of_a_tick_depends_on_seed_and_tick_alone(level):
    ticks = (7, 0, 199, 7)
    again = GeneratedTasks(level, SEED)
    assert [again.task(t) for t in ticks] == [generated(level)[t] for t in ticks]
    other = GeneratedTasks(level, SEED + 1)
    assert [other.task(t).rubric for t in ticks] != [generated(level)[t].rubric for t in ticks]
    assert len({t.rubric for t in generated(level)}) == 200


@pytest.mark.parametrize("level", LEVELS)
def test_generated_tasks_have_ids_of_their_own_and_known_domains(level):
    ids = {t.id for t in generated(level)}
    assert len(ids) == 200
    assert all(level.lower() in i for i in ids)
    stream = GeneratedTasks(level, SEED)
    assert stream.level == level
    assert set(stream.domains) == {d for t in corpus() for d in t.domains}
    assert {d for t in generated(level) for d in t.domains} <= set(stream.domains)


@pytest.mark.parametrize("level", LEVELS)
def test_a_generated_brief_states_what_is_not_hidden_and_says_that_it_is_generated(level):
    for task in generated(level)[:50]:
        stated = {int(i) for i in re.findall(r"^- Part (\d+), ", task.brief.text, re.MULTILINE)}
        assert stated == {i for i, r in enumerate(task.rubric, 1) if not r.hidden}
        assert "was generated" in task.brief.text


@pytest.mark.parametrize("level", LEVELS)
def test_a_generated_task_passes_the_loader_as_a_file(tmp_path, level):
    task = generated(level)[0]
    rubric = [
        {
            **{k: getattr(r, k) for k in ("id", "text", "domain", "difficulty")},
            **{k: list(getattr(r, k)) for k in ("depends_on", "conflicts_with")},
            **{k: getattr(r, k) for k in ("hidden", "mandatory")},
        }
        for r in task.rubric
    ]
    brief = {"title": task.brief.title, "level": level, "brief": task.brief.text}
    path = write(tmp_path / "a.yaml", {"id": task.id, **brief, "requirements": rubric})
    assert load_tasks(path) == (task,)


STATISTICS: dict[str, tuple[Callable[[list[Task]], float], float]] = {
    # how it is computed, and the difference allowed at 200 tasks
    "requirements per task": (lambda ts: float(np.mean([len(t.rubric) for t in ts])), 0.4),
    "difficulty": (lambda ts: mean_of(ts, lambda r: r.difficulty), 0.02),
    "dependencies per requirement": (lambda ts: mean_of(ts, lambda r: len(r.depends_on)), 0.1),
    "share hidden": (lambda ts: mean_of(ts, lambda r: r.hidden), 0.02),
    "share mandatory": (lambda ts: mean_of(ts, lambda r: r.mandatory), 0.02),
    "conflicts per requirement": (lambda ts: mean_of(ts, lambda r: len(r.conflicts_with)), 0.02),
    "domains per task": (lambda ts: float(np.mean([len(t.domains) for t in ts])), 0.3),
    "spread of difficulty": (
        lambda ts: float(np.std([r.difficulty for t in ts for r in t.rubric])),
        0.02,
    ),
}


def mean_of(tasks: list[Task], value: Callable[[Requirement], float]) -> float:
    return float(np.mean([value(r) for t in tasks for r in t.rubric]))


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("level", LEVELS)
def test_generated_tasks_have_the_statistics_of_the_corpus(level, statistic):
    compute, tolerance = STATISTICS[statistic]
    assert compute(generated(level)) == pytest.approx(compute(BY_LEVEL[level]), abs=tolerance)


def test_a_task_that_lost_its_conflicts_is_no_longer_of_level_four():
    task = BY_LEVEL["L4"][0]
    calm = replace(task, rubric=tuple(replace(r, conflicts_with=()) for r in task.rubric))
    assert broken_level_rule(calm) is not None


@pytest.mark.parametrize("level", ["L2", "L3", "L4"])
def test_a_level_rule_holds_even_where_the_drawn_links_would_break_it(tmp_path, monkeypatch, level):
    sparse = entry(level, SMALLEST[level])
    if level == "L2":
        all_one_domain(sparse)
        no_dependencies(sparse)
        sparse["requirements"][2]["domain"] = "audit"
        sparse["requirements"][4]["depends_on"] = ["r2"]
    skeletons = load_tasks(write(tmp_path / "a.yaml", sparse))
    monkeypatch.setattr(generator, "_models", lambda level: skeletons)
    for seed in range(100):
        task = generator.generate(level, np.random.default_rng(seed), "made")
        assert broken_level_rule(task) is None
        assert_of_its_level(task)


def test_a_key_that_stands_twice_is_refused_at_its_second_place(tmp_path):
    file = tmp_path / "twice.yaml"
    file.write_text("schema: 1\ntasks: []\nschema: 1\n", encoding="utf-8")
    with pytest.raises(TaskFileError, match="schema: 'schema' stands here twice"):
        load_tasks(file)


def test_a_value_that_yaml_takes_for_an_impossible_date_is_one_line(tmp_path):
    file = tmp_path / "date.yaml"
    file.write_text("schema: 1\ntasks:\n- title: 2026-13-45\n", encoding="utf-8")
    with pytest.raises(TaskFileError, match=r"date\.yaml"):
        load_tasks(file)


def test_a_difficulty_that_is_no_number_is_refused(tmp_path):
    text = (CORPUS / "l1-locker-api-security-review.yaml").read_text(encoding="utf-8")
    changed = re.sub(r"difficulty: [0-9.]+", "difficulty: .nan", text, count=1)
    file = tmp_path / "nan.yaml"
    file.write_text(changed, encoding="utf-8")
    with pytest.raises(TaskFileError, match=r"difficulty: nan is not 0 to 1"):
        load_tasks(file)
