"""Shocks to what is asked: mission, priorities, regulation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.shocked import few, organization

import unscripted as un
from unscripted.model.judge import Judge
from unscripted.testing import seeds


class Notebook(Judge):
    """Keeps the task and the mission of every tick; grades nothing."""

    instant = True
    name = "notebook"

    def __init__(self):
        self.tasks = {}
        self.missions = {}

    def appraise(self, submission):
        self.tasks[submission.tick] = submission.task
        self.missions[submission.tick] = submission.mission
        return un.Verdict(reason="kept")


def test_mission_changes_for_all():
    book = Notebook()
    org = organization(3, "mission:text=Be quick above all@2", judge=book)
    old = org.charter.mission
    org.run(4)
    assert book.missions == {0: old, 1: old, 2: "Be quick above all", 3: "Be quick above all"}


@given(seeds(), st.integers(1, 4), st.integers(0, 3))
@few
def test_regulation_adds_one_requirement(seed, times, at):
    book, plain = Notebook(), Notebook()
    schedule = ";".join([f"regulation:difficulty=0.7@{at}"] * times)
    organization(2, schedule, seed=seed, judge=book).run(5)
    organization(2, "", seed=seed, judge=plain).run(5)
    for tick, task in book.tasks.items():
        as_it_was = plain.tasks[tick]
        if tick < at:
            assert task == as_it_was
            continue
        assert task.rubric[: -times or None] == as_it_was.rubric
        added = task.rubric[len(as_it_was.rubric) :]
        assert len(added) == times
        assert len({r.id for r in task.rubric}) == len(task.rubric)
        assert all(r.mandatory and not r.hidden and r.domain == "audit" for r in added)
        assert {r.difficulty for r in added} == {0.7}
        assert task.brief.text.startswith(as_it_was.brief.text.rstrip())
        assert task.brief.text.count("A new regulation applies") == times
        assert task.id == as_it_was.id


@given(seeds(), st.booleans())
@few
def test_priorities_reorder_and_bind(seed, named):
    book, plain = Notebook(), Notebook()
    organization(2, "", seed=seed, judge=plain).run(3)
    last = plain.tasks[2].domains[-1]
    schedule = f"priorities:domain={last}@1" if named else "priorities@1"
    organization(2, schedule, seed=seed, judge=book).run(3)
    assert book.tasks[0] == plain.tasks[0]
    for tick in (1, 2):
        task, as_it_was = book.tasks[tick], plain.tasks[tick]
        first = last if named else as_it_was.domains[-1]
        if first not in as_it_was.domains:
            assert task == as_it_was
            continue
        assert task.domains == (first, *(d for d in as_it_was.domains if d != first))
        assert {r.id for r in task.rubric} == {r.id for r in as_it_was.rubric}
        by_id = {r.id: r for r in as_it_was.rubric}
        for r in task.rubric:
            assert r.mandatory == (r.domain == first or by_id[r.id].mandatory)
        for domain in task.domains:
            order = [r.id for r in as_it_was.rubric if r.domain == domain]
            assert [r.id for r in task.rubric if r.domain == domain] == order
        assert f"what concerns {first} comes first" in task.brief.text
    assert book.tasks[2].domains[0] == last
