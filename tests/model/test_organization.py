"""The organization under change: seeds, steps that raise, what a change may touch."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.teams import WORK, team, workers

import unscripted as un
from unscripted.testing import Scripted, seeds


@settings(max_examples=30, deadline=None)
@given(seeds(), st.integers(1, 12))
def test_newcomer_moves_no_other_draw(seed, n):
    small = un.build(protocol="silent", n_agents=n, rng=seed, tasks="generated").run(2)
    large = un.build(protocol="silent", n_agents=n + 1, rng=seed, tasks="generated").run(2)
    for a, b in zip(small, large, strict=True):
        assert a.members == b.members[:n]


def test_changes_leave_earlier_records():
    plain = un.build(rng=3, n_agents=5)
    changed = un.build(rng=3, n_agents=5)
    first = [r.to_json() for r in plain.run(2)]
    assert [r.to_json() for r in changed.run(2)] == first
    changed.remove_member(2)
    changed.add_member(Scripted([WORK]), neighbours=(0, 1))
    changed.step()
    assert [r.to_json() for r in changed.records[:2]] == first


def test_mailbox_keeps_what_arrived():
    org = workers(3, protocol="sequential")
    assert list(org.members[2].mailbox) == []
    org.step()
    assert [m.author for m in org.members[2].mailbox] == [0, 1]
    assert list(org.members[0].mailbox) == []


def test_global_random_state_is_untouched():
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    un.build(n_agents=30, topology="watts-strogatz", rng=1).run(2)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002


@pytest.mark.parametrize("rng", [-1, 1.5, "7", True])
def test_invalid_seeds_are_refused(rng):
    with pytest.raises(ValueError, match="is not a seed"):
        un.build(rng=rng)


def test_wrong_changes_name_the_mistake():
    org = un.build(n_agents=2, topology="chain", rng=1)
    with pytest.raises(ValueError, match="member=7 is not in the team"):
        org.remove_member(7)
    org.rewire(cut=[(0, 1)])
    with pytest.raises(ValueError, match="not links"):
        org.rewire(cut=[(0, 1)])
    with pytest.raises(ValueError, match="with itself"):
        org.rewire(made=[(1, 1)])
    org.remove_member(1)
    with pytest.raises(ValueError, match="the last one"):
        org.remove_member(0)


def test_raising_step_changes_nothing():
    from unscripted.model.tasks.files import corpus
    from unscripted.model.tasks.stream import TaskStream

    class Unlucky(TaskStream):
        domains = ("law",)
        level = "L1"
        failures = 1

        def task(self, tick):
            if tick == 1 and self.failures:
                self.failures -= 1
                raise KeyboardInterrupt
            return corpus()[0]

    org = team(Scripted([WORK]), tasks=Unlucky())
    org.step()
    with pytest.raises(KeyboardInterrupt):
        org.step()
    assert (org.tick, len(org.records), len(org.datacollector.model_vars["calls"])) == (1, 1, 1)
    org.step()
    org.step()
    assert (org.tick, len(org.records), len(org.datacollector.model_vars["calls"])) == (3, 3, 3)


def test_mission_reaches_every_mind():
    told = []
    team(Scripted([lambda o: told.append(o.charter.mission) or WORK]), mission="Feed us.").step()
    assert told == ["Feed us."]


def test_finished_organizations_leave_memory():
    import gc
    import weakref

    org = workers(3)
    org.step()
    assert [a.unique_id for a in org.members.values()] == [1, 2, 3]
    seen = weakref.ref(org)
    del org
    gc.collect()
    assert seen() is None
