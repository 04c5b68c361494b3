"""When shocks happen: once, in order, in their range; the twin is the same until then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shocked import EVERY_KIND, few, kinds, many, organization
from support.teams import edges, texts

import unscripted as un
from unscripted.model.randomness import Streams
from unscripted.model.shocks.catalogue import SHOCKS
from unscripted.model.shocks.membership import RemoveMembers
from unscripted.model.shocks.schedule import Scheduled
from unscripted.model.shocks.shock import Shock
from unscripted.scenarios.harness.specs.shocks import parse_shocks
from unscripted.testing import seeds


def test_no_kind_is_left_out():
    assert set(EVERY_KIND) == set(SHOCKS)


@given(seeds(), st.integers(0, 30), st.integers(0, 30), st.integers(0, 3))
@many
def test_drawn_tick_is_in_range(seed, first, more, place):
    scheduled = Scheduled(RemoveMembers(), first, first + more)
    tick = scheduled.tick(Streams(seed), place)
    assert first <= tick <= first + more
    assert tick == scheduled.tick(Streams(seed), place)


def test_every_tick_can_be_drawn():
    scheduled = Scheduled(RemoveMembers(), 3, 6)
    drawn = [(scheduled.tick(Streams(s), 0), scheduled.tick(Streams(s), 1)) for s in range(200)]
    assert {a for a, _ in drawn} == {b for _, b in drawn} == {3, 4, 5, 6}
    assert {a == b for a, b in drawn} == {True, False}


@given(seeds())
@few
def test_shock_happens_once(seed):
    org = organization(5, "remove@1-4", seed=seed)
    org.run(7)
    (tick,) = [r.tick for r in org.records if r.shocks]
    assert 1 <= tick <= 4
    assert [len(r.members) for r in org.records] == [5] * tick + [4] * (7 - tick)


def test_shocks_happen_in_order():
    org = organization(3, "newcomers:k=2@1;remove:k=9@1;remove@1", protocol="sequential")
    org.run(2)
    joined, left, none = org.records[1].shocks
    assert joined.startswith("members 3, 4 joined")
    assert left.endswith("left")
    assert none == "nobody left: a team keeps one member"
    assert len(org.records[1].members) == 1


@given(seeds())
@few
def test_later_shocks_move_no_draw(seed):
    one = organization(8, "remove:k=3@1", seed=seed).run(4)
    two = organization(8, "remove:k=3@1;cut@3;newcomers@3", seed=seed).run(4)
    assert texts(one[:3]) == texts(two[:3])
    assert two[3].shocks


@kinds
@given(data=st.data(), seed=seeds(), at=st.integers(0, 3), n=st.integers(1, 9))
@few
def test_twin_equals_run_until_shock(kind, data, seed, at, n):
    protocol = data.draw(
        st.sampled_from(["sequential", "coordinator", "broadcast", "shared", "spectral-hierarchy"])
    )
    made = {"protocol": protocol, "model": "synthetic/strong", "seed": seed, "topology": "star"}
    shaken = organization(n, f"{EVERY_KIND[kind]}@{at}", **made).run(4)
    twin = organization(n, "", **made).run(4)
    assert texts(shaken[:at]) == texts(twin[:at])
    assert [bool(r.shocks) for r in shaken] == [t == at for t in range(4)]
    assert not any(r.shocks for r in twin)
    assert [r.task_id for r in shaken] == [r.task_id for r in twin]


class Stops(un.Mind):
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
                org = un.BaseOrganization.restore(org.snapshot())
    assert halts >= 3
    assert texts(org.records) == texts(whole.records)
    assert edges(org) == edges(whole)
    assert [len(r.shocks) for r in org.records] == [0, 0, 1, 0]


def test_own_shock_is_applied():
    class Silence(Shock):
        name = "silence"

        def apply(self, org, rng):
            links = list(org.network.G.edges)
            org.rewire(cut=links)
            return f"{len(links)} links gone"

    def made():
        return organization(4, [Scheduled(Silence(), 1, 1)])

    org = made()
    org.run(3)
    assert org.records[1].shocks == ("6 links gone",)
    assert not edges(org)
    assert texts(un.BaseOrganization.restore(org.snapshot()).records) == texts(org.records)


def test_halted_changes_restore_in_order():
    class Stops(un.Mind):
        instant = True
        name = "stops"

        def __init__(self):
            self.left = 1

        def decide(self, observation):
            if observation.tick == 1 and self.left:
                self.left -= 1
                raise un.Halt("budget", "enough for now")
            return un.Contribution("worker", "done")

    mind = Stops()
    org = un.build(
        protocol="silent", n_agents=6, model=mind, judge="none", shocks="remove:k=2@1", rng=3
    )
    org.step()
    with pytest.raises(un.Halt):
        org.step()
    gone = next(iter(org.members))
    org.remove_member(gone)
    org.step()
    again = un.BaseOrganization.restore(org.snapshot())
    assert [r.to_json() for r in again.records] == [r.to_json() for r in org.records]
    assert sorted(again.members) == sorted(org.members)
    assert len(org.members) == 3


def test_broken_shock_is_not_skipped():
    class Broken(Shock):
        name = "broken"

        def apply(self, org, rng):
            raise RuntimeError("this shock breaks")

    org = un.build(protocol="silent", shocks=[Scheduled(Broken(), 1, 1)], rng=0)
    org.step()
    for _ in range(2):
        with pytest.raises(RuntimeError):
            org.step()
    assert org.tick == 1
