"""Generated tasks have the statistics of the corpus, and say that they are generated."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from support.task_files import (
    BY_LEVEL,
    SMALLEST,
    all_one_domain,
    assert_of_its_level,
    entry,
    no_dependencies,
    write,
)

from unscripted.model.tasks import generator
from unscripted.model.tasks.files import corpus, load_tasks
from unscripted.model.tasks.generator import GeneratedTasks
from unscripted.model.tasks.levels import broken_level_rule
from unscripted.model.tasks.task import LEVELS, Requirement, Task

SEED = 5


@cache
def generated(level: str) -> list[Task]:
    stream = GeneratedTasks(level, SEED)
    return [stream.task(tick) for tick in range(200)]


@pytest.mark.parametrize("level", LEVELS)
def test_generated_tasks_fit_their_level(level):
    for task in generated(level):
        assert task.level == level
        assert broken_level_rule(task) is None
        assert_of_its_level(task)


@pytest.mark.parametrize("level", LEVELS)
def test_seed_and_tick_decide(level):
    ticks = (7, 0, 199, 7)
    again = GeneratedTasks(level, SEED)
    assert [again.task(t) for t in ticks] == [generated(level)[t] for t in ticks]
    other = GeneratedTasks(level, SEED + 1)
    assert [other.task(t).rubric for t in ticks] != [generated(level)[t].rubric for t in ticks]
    assert len({t.rubric for t in generated(level)}) == 200


@pytest.mark.parametrize("level", LEVELS)
def test_ids_and_domains(level):
    ids = {t.id for t in generated(level)}
    assert len(ids) == 200
    assert all(level.lower() in i for i in ids)
    stream = GeneratedTasks(level, SEED)
    assert stream.level == level
    assert set(stream.domains) == {d for t in corpus() for d in t.domains}
    assert {d for t in generated(level) for d in t.domains} <= set(stream.domains)


@pytest.mark.parametrize("level", LEVELS)
def test_brief_states_what_is_open(level):
    for task in generated(level)[:50]:
        stated = {int(i) for i in re.findall(r"^- Part (\d+), ", task.brief.text, re.MULTILINE)}
        assert stated == {i for i, r in enumerate(task.rubric, 1) if not r.hidden}
        assert "was generated" in task.brief.text


@pytest.mark.parametrize("level", LEVELS)
def test_generated_task_passes_the_loader(tmp_path, level):
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
def test_statistics_match_the_corpus(level, statistic):
    compute, tolerance = STATISTICS[statistic]
    assert compute(generated(level)) == pytest.approx(compute(BY_LEVEL[level]), abs=tolerance)


def test_level_four_needs_conflicts():
    task = BY_LEVEL["L4"][0]
    calm = replace(task, rubric=tuple(replace(r, conflicts_with=()) for r in task.rubric))
    assert broken_level_rule(calm) is not None


@pytest.mark.parametrize("level", ["L2", "L3", "L4"])
def test_level_rules_hold_against_draws(tmp_path, monkeypatch, level):
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


@pytest.mark.parametrize("level", LEVELS)
def test_fresh_corpora_are_samples(level):
    first, second = generator.fresh_corpus(level, 0), generator.fresh_corpus(level, 1)
    assert first == generator.fresh_corpus(level, 0)
    assert len(first) == len({t.id for t in (*first, *second)}) / 2 == generator.FRESH
    for task in first:
        assert broken_level_rule(task) is None
        assert_of_its_level(task)
    assert not {t.rubric for t in first} & {t.rubric for t in second}
    assert not {t.rubric for t in first} & {t.rubric for t in corpus()}
