"""Measures of code-scored tasks: what was scored, answered, and how far parts travelled."""

from __future__ import annotations

from dataclasses import replace

import pytest

import unscripted as un
from unscripted import Contribution, Saying
from unscripted.model.metrics.scored import (
    answered,
    outcome,
    parts_reached,
    reach_by_round,
    reach_of_parts,
)
from unscripted.testing import Scripted


def relays(topology, rounds, n=4, tasks="shards:kind=xor", model="reference/relay"):
    org = un.build(
        protocol=f"dialogue:rounds={rounds}", n_agents=n, model=model, topology=topology,
        tasks=tasks, rng=0,
    )  # fmt: skip
    org.run(1)
    return org


def test_scores_are_spoken_of_first():
    assert outcome([None, 0.0]) == "score"
    assert outcome([None, None]) == outcome([]) == "quality"


def test_parts_travel_a_link_a_round():
    (record,) = relays("chain", 2).records
    assert [round(x, 3) for x in reach_by_round(record)] == [0, 0.5, 0.833, 0.833]
    assert {m: s[-1] for m, s in reach_of_parts(record).items()} == {
        0: pytest.approx(2 / 3), 1: 1, 2: 1, 3: pytest.approx(2 / 3),
    }  # fmt: skip


def test_a_models_words_tell_parts():
    tells = Scripted(
        [Contribution("role", "done")],
        sayings=[lambda seen: Saying(f"As I see it: {seen.private.text} That is all.")],
    )
    sums = Scripted([Contribution("role", "done")], sayings=[Saying("my largest is 12")])
    (record,) = relays("complete", 1, model=[tells, tells, sums, sums]).records
    assert {m: s[-1] for m, s in reach_of_parts(record).items()} == {0: 1, 1: 1, 2: 0, 3: 0}


def test_other_tasks_have_no_reach():
    (record,) = un.build(n_agents=2, rng=0).run(1)
    assert (reach_by_round(record), parts_reached(record), answered(record)) == ([], None, None)
    (alone,) = relays("complete", 1, n=1).records
    assert (reach_by_round(alone), answered(alone)) == ([], 1.0)
    (moved,) = relays("ring", 1, tasks="philosophers:steps=2").records
    assert answered(moved) is None
    assert replace(moved, ground_truth=None).verdict.score is not None


def test_columns_stand_in_every_row():
    org = relays("ring", 2, tasks="hidden-profile")
    row = org.datacollector.get_model_vars_dataframe().iloc[-1]
    assert (row["score"], row["score_ceiling"], row["answered"], row["parts_reached"]) == (
        1,
        1,
        1,
        1,
    )
    assert row["score_floor"] == row["score_own"] == pytest.approx(1 / 3)
    assert row["quality"] is None or row["quality"] != row["quality"]
