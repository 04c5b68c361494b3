"""Task files: what is read, and what is refused with file, line and field."""

from __future__ import annotations

import re

import pytest
from support.task_files import (
    BRIEF,
    SMALLEST,
    Edit,
    assert_of_its_level,
    entry,
    line_of,
    refusal,
    write,
)

import unscripted as un
from unscripted.model.errors import TaskFileError
from unscripted.model.tasks.files import CORPUS, load_tasks
from unscripted.model.tasks.task import LEVELS, Brief, Requirement


@pytest.mark.parametrize("level", LEVELS)
def test_valid_file_is_read(tmp_path, level):
    n = SMALLEST[level]
    (task,) = load_tasks(write(tmp_path / "a.yaml", entry(level, n)))
    assert_of_its_level(task)
    assert task.brief == Brief("some-task", "Advice to a council", BRIEF.strip(), level)
    assert task.rubric[0] == Requirement("r0", "Settles point 0 of the request", "law", 0.5)
    if level == "L4":
        assert task.rubric[3].conflicts_with == ("r4",)
        assert [r.id for r in task.rubric if r.hidden] == ["r5"]


def test_folders_are_read_in_order(tmp_path):
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
def test_broken_yaml_names_its_line(tmp_path, text, line):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(TaskFileError) as caught:
        load_tasks(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert "use YAML" in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_empty_file_says_how_to_start(tmp_path, text):
    path = tmp_path / "empty.yaml"
    path.write_text(text)
    line, field, rule = refusal(path)
    assert (line, field) == (1, "file")
    assert "`schema: 1`" in rule


def test_binary_file_is_refused(tmp_path):
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TaskFileError, match=r"bytes\.yaml:1: can't be read"):
        load_tasks(path)


def test_missing_paths_are_refused(tmp_path):
    with pytest.raises(un.UsageError, match="nowhere is not a file or folder"):
        load_tasks(tmp_path / "nowhere")
    with pytest.raises(un.UsageError, match=re.escape(f"{tmp_path} holds no .yaml file")):
        load_tasks(tmp_path)


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
def test_wrong_field_names_its_line(tmp_path, what):
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
def test_wrong_shape_names_its_line(tmp_path, text, line, field, rule):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    found = refusal(path)
    assert found[:2] == (line, field)
    assert rule in found[2]


def test_later_tasks_are_named(tmp_path):
    second = entry(task_id="other-task")
    second["requirements"][0]["difficulty"] = 2
    path = write(tmp_path / "bad.yaml", entry(), second)
    line, field, _ = refusal(path)
    assert field == "tasks[1].requirements[0].difficulty"
    assert line == line_of(path, "difficulty: 2")


def test_circles_are_refused(tmp_path):
    task = entry("L3", 10)
    task["requirements"][0]["depends_on"] = ["r2"]  # r2 needs r1, and r1 needs r0
    path = write(tmp_path / "bad.yaml", task)
    line, field, rule = refusal(path)
    assert (line, field) == (line_of(path, "- id: r0"), "tasks[0].requirements")
    assert "circle in some-task" in rule


@pytest.mark.parametrize("same_file", [True, False])
def test_repeated_ids_name_both_files(tmp_path, same_file):
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


def test_repeated_key_is_refused(tmp_path):
    file = tmp_path / "twice.yaml"
    file.write_text("schema: 1\ntasks: []\nschema: 1\n", encoding="utf-8")
    with pytest.raises(TaskFileError, match="schema: 'schema' stands here twice"):
        load_tasks(file)


def test_impossible_date_is_one_line(tmp_path):
    file = tmp_path / "date.yaml"
    file.write_text("schema: 1\ntasks:\n- title: 2026-13-45\n", encoding="utf-8")
    with pytest.raises(TaskFileError, match=r"date\.yaml"):
        load_tasks(file)


def test_difficulty_nan_is_refused(tmp_path):
    text = (CORPUS / "l1-locker-api-security-review.yaml").read_text(encoding="utf-8")
    changed = re.sub(r"difficulty: [0-9.]+", "difficulty: .nan", text, count=1)
    file = tmp_path / "nan.yaml"
    file.write_text(changed, encoding="utf-8")
    with pytest.raises(TaskFileError, match=r"difficulty: nan is not 0 to 1"):
        load_tasks(file)
