"""A run that holds few of its records is the run that holds them all."""

from __future__ import annotations

import copy
import inspect
import pickle

import mesa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import CHECK
from support.teams import texts

import unscripted as un
from unscripted.model.errors import UsageError
from unscripted.model.metrics.measure import Measure

TICKS = 9
KINDS = {
    "sequential": {},
    "shared": {"memory": "team:horizon=2,decay=0.2"},
    "spectral-hierarchy": {},
    "clonal": {},
    "broadcast": {"memory": "own:horizon=3,always=true"},
    "coordinator": {"shocks": "remove:k=1@3;newcomers@5", "skills": "growing"},
    "batched-sequential": {"tune": "batch=1/2"},
}


def pair(protocol, keep, **given):
    made = {"protocol": protocol, "n_agents": 5, "rng": 3, **KINDS.get(protocol, {}), **given}
    return un.build(**made), un.build(**made, keep=keep)


def assert_same(whole, bounded):
    assert texts(whole.records) == texts(bounded.records)
    assert whole.measured == bounded.measured
    assert list(whole.memory) == list(bounded.memory)
    one, other = whole.datacollector, bounded.datacollector
    assert one.model_vars == other.model_vars
    assert one.get_agent_vars_dataframe().equals(other.get_agent_vars_dataframe())


@pytest.mark.parametrize("protocol", sorted(KINDS))
@pytest.mark.parametrize("keep", [1, 3])
def test_results_are_equal(protocol, keep):
    whole, bounded = pair(protocol, keep)
    whole.run(TICKS)
    bounded.run(TICKS)
    assert_same(whole, bounded)
    assert len(bounded.records._kept._held) == keep


COPIES = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda org: pickle.loads(pickle.dumps(org)),
    "restore": lambda org: un.BaseOrganization.restore(org.snapshot()),
    "restore a pickle": lambda org: un.BaseOrganization.restore(
        pickle.loads(pickle.dumps(org.snapshot()))
    ),
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_copies_go_on_alike(copied):
    whole, bounded = pair("shared", 2)
    whole.run(TICKS)
    bounded.run(4)
    moment = bounded.snapshot()
    twin = copied(bounded)
    bounded.run(TICKS - 4)
    twin.run(TICKS - 4)
    assert_same(whole, bounded)
    assert_same(whole, twin)
    assert un.BaseOrganization.restore(moment).tick == 4


@pytest.fixture(scope="module")
def runs():
    """The same run, held whole, and held to some ticks."""
    made = {"protocol": "solo", "n_agents": 1, "rng": 0}
    found = {keep: un.build(**made, keep=keep) for keep in (None, 1, 2, 4)}
    return {keep: org.run(TICKS) for keep, org in found.items()}


@CHECK
@given(st.sampled_from([1, 2, 4]), st.slices(TICKS))
def test_slices_are_the_lists(runs, keep, part):
    whole, bounded = runs[None], runs[keep]
    assert whole == bounded
    assert bounded[part] == whole[part]
    assert whole[part] == bounded[part]
    assert list(reversed(bounded[part])) == whole[part][::-1]
    assert bounded[part][1:] == whole[part][1:]
    assert (whole[0] in bounded[part]) == (whole[0] in whole[part])
    assert bounded != whole[1:]


def test_a_slice_stays_as_it_was():
    bounded = un.build(n_agents=3, rng=0, keep=1)
    first, live = bounded.run(2), bounded.records
    bounded.run(3)
    assert [r.tick for r in first] == [0, 1]
    assert [r.tick for r in live] == [0, 1, 2, 3, 4]
    with pytest.raises(IndexError, match="index=5 is outside 5 records"):
        live[5]


def first_tick(records, scales):
    return records[0].totals.tokens + len(records[-3:]) + len(records)


def test_own_measures_see_the_past():
    own = {"first_tick": Measure("first_tick", first_tick, "first tick")}
    whole, bounded = pair("sequential", 1, measures=own)
    whole.run(6)
    bounded.run(6)
    assert_same(whole, bounded)


def test_a_step_that_raised_plays_again():
    broken = [True]

    def breaks(record):
        if record.tick == 3 and broken:
            broken.clear()
            raise ValueError("once")
        return 1.0

    bounded = un.build(n_agents=3, rng=0, keep=1, measures={"breaks": breaks})
    with pytest.raises(UsageError, match="once"):
        bounded.run(6)
    assert [r.tick for r in bounded.records] == [0, 1, 2]
    bounded.run(3)
    assert texts(bounded.records) == texts(un.build(n_agents=3, rng=0).run(6))


def test_views_of_memory_stay():
    from unscripted.testing import Witness

    org = un.build("shared", 4, rng=0, keep=1, memory="team:horizon=1")
    witness = Witness(org.setup.minds[0])
    watched = un.build("shared", 4, witness, rng=0, keep=1, memory="team:horizon=1")
    watched.run(8)
    whole = un.build("shared", 4, Witness(org.setup.minds[0]), rng=0, memory="team:horizon=1")
    whole.run(8)
    seen = [[list(o.memory) for o in w.shown] for w in (witness, whole.setup.minds[0])]
    assert seen[0] == seen[1]
    assert any(seen[0])


@pytest.mark.parametrize("keep", [0, -1, 2.5, "3", True])
def test_a_senseless_keep_is_refused(keep):
    with pytest.raises(UsageError, match="holds no tick; use 1 or more, or None"):
        un.build(keep=keep)


def test_mesa_batches_run():
    seeds, given = {"rng": [0]}, {}
    if "rng" not in inspect.signature(mesa.batch_run).parameters:
        seeds, given = {}, {"rng": 0}
    rows = [
        mesa.batch_run(
            un.build, {"n_agents": 3, "keep": keep, **given}, number_processes=1, max_steps=6,
            data_collection_period=1, display_progress=False, **seeds,
        )
        for keep in (None, 2)
    ]  # fmt: skip
    assert [{k: v for k, v in row.items() if k != "keep"} for row in rows[0]] == [
        {k: v for k, v in row.items() if k != "keep"} for row in rows[1]
    ]
