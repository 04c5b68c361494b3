"""Shocks and stops: restored, halted and continued runs apply each shock once."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shocked import EVERY_KIND, few, kinds, organization
from support.teams import edges, texts

import unscripted as un
from unscripted.model.errors import Halt
from unscripted.model.mind import Mind
from unscripted.model.organization import BaseOrganization
from unscripted.scenarios.harness.specs.circumstances import parse_shocks
from unscripted.testing import seeds


@kinds
@given(seed=seeds(), stop=st.integers(0, 5), protocol=st.sampled_from(["shared", "ripple"]))
@few
def test_restored_run_goes_on(kind, seed, stop, protocol):
    def made():
        return organization(
            5, f"{EVERY_KIND[kind]}@2;regulation@1-4", "erdos-renyi", seed=seed, protocol=protocol,
            model="synthetic/strong",
        )  # fmt: skip

    whole, stopped = made(), made()
    whole.run(5)
    stopped.run(stop)
    restored = BaseOrganization.restore(pickle.loads(pickle.dumps(stopped.snapshot())))
    assert texts(restored.records) == texts(whole.records[:stop])
    restored.run(5 - stop)
    assert texts(restored.records) == texts(whole.records)
    assert restored.measures == whole.measures
    assert edges(restored) == edges(whole)
    assert restored.charter == whole.charter


class Stops(Mind):
    """Halts the run the first time it is asked at a tick; works otherwise."""

    instant = True
    name = "stops"

    def __init__(self, at):
        self.at = at
        self.halted = False

    def decide(self, observation):
        if observation.tick == self.at and not self.halted:
            self.halted = True
            raise un.Halt("service", "a pause")
        return un.Contribution(f"worker {observation.seed % 3}", observation.charter.mission)


def halting(kind, at):
    # The stopping mind is the second of the team; who leaves or is replaced is drawn.
    shocks = f"{EVERY_KIND[kind]}@2" if kind != "substitute" else parse_shocks(
        f"{EVERY_KIND[kind]}@2", lambda model: Stops(-1)
    )  # fmt: skip
    minds = [Stops(-1), *(Stops(at) for _ in range(6))]
    return organization(7, shocks, "ring", model=minds, protocol="sequential", seed=4)


@kinds
@pytest.mark.parametrize("restored", [False, True])
def test_halt_applies_no_shock_twice(kind, restored):
    whole = halting(kind, -1)
    whole.run(4)
    org = halting(kind, 2)
    org.run(2)
    halts = 0
    while org.tick < 4:
        try:
            org.step()
        except un.Halt:
            halts += 1
            if restored:
                org = BaseOrganization.restore(org.snapshot())
    assert halts >= 3
    assert texts(org.records) == texts(whole.records)
    assert edges(org) == edges(whole)
    assert [len(r.shocks) for r in org.records] == [0, 0, 1, 0]


def test_halted_changes_restore_in_order():
    class Stops(Mind):
        instant = True
        name = "stops"

        def __init__(self):
            self.left = 1

        def decide(self, observation):
            if observation.tick == 1 and self.left:
                self.left -= 1
                raise Halt("budget", "enough for now")
            return un.Contribution("worker", "done")

    mind = Stops()
    org = un.build(
        protocol="silent", n_agents=6, model=mind, judge="none", shocks="remove:k=2@1", rng=3
    )
    org.step()
    with pytest.raises(Halt):
        org.step()
    gone = next(iter(org.members))
    org.remove_member(gone)
    org.step()
    again = BaseOrganization.restore(org.snapshot())
    assert [r.to_json() for r in again.records] == [r.to_json() for r in org.records]
    assert sorted(again.members) == sorted(org.members)
    assert len(org.members) == 3
