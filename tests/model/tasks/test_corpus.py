"""The tasks that come with the package are what their level says."""

from __future__ import annotations

import pytest
import yaml
from support.task_files import BY_LEVEL, assert_of_its_level, depth_of

from unscripted.model.tasks.files import CORPUS, broken_level_rule, chain_length, corpus, schema


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
