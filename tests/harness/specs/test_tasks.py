"""Tasks by what users type: written ones, fresh ones like them, and what is neither."""

from __future__ import annotations

import pytest

import unscripted as un
from unscripted.scenarios.harness.specs.tasks import is_scored, make_stream


def ids(tasks, seed, level="L2"):
    stream = make_stream(tasks, level, seed)
    return [stream.task(t).id for t in range(10)]


def test_fresh_tasks_differ_by_seed():
    assert not set(ids("corpus:fresh", 0)) & set(ids("corpus:fresh", 1))
    assert ids("corpus:fresh", 3) == ids("generated", 3)


def test_a_fresh_corpus_serves_every_seed():
    assert set(ids("corpus:fresh=4", 0)) == set(ids("corpus:fresh=4", 1))
    assert ids("corpus:fresh=4", 0) != ids("corpus:fresh=4", 1), "in an order of the seed's own"
    assert not set(ids("corpus:fresh=4", 0)) & set(ids("corpus:fresh=5", 0))
    assert not set(ids("corpus:fresh=4", 0, "L3")) & set(ids("corpus:fresh=4", 0, "L2"))


@pytest.mark.parametrize(
    "wrong", ["corpus:fresh=", "corpus:fresh=x", "corpus:old", "corpus:fresh=-1"]
)
def test_what_is_not_fresh_is_refused(wrong):
    with pytest.raises(un.UsageError, match="tasks="):
        make_stream(wrong, None, 0)


def test_fresh_tasks_are_judged():
    assert not is_scored("corpus:fresh")
    assert not is_scored("corpus:fresh=2")
    run = un.run(tasks="corpus:fresh=2", agents=3, ticks=2, level="L1")
    assert run.row["tasks"] == "corpus:fresh=2"
    assert run.row["quality"] is not None
    assert {r.task_id.split("-")[0] for r in run.records} == {"fresh"}
