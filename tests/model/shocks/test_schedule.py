"""When shocks happen: once, in order, in their range, and the twin is the same until then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shocked import EVERY_KIND, few, kinds, many, organization
from support.teams import edges, texts

import unscripted as un
from unscripted.model.organization import BaseOrganization
from unscripted.model.randomness import Streams
from unscripted.model.shocks.catalogue import SHOCKS
from unscripted.model.shocks.membership import RemoveMembers
from unscripted.model.shocks.schedule import Scheduled
from unscripted.model.shocks.shock import Shock
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
    assert texts(BaseOrganization.restore(org.snapshot()).records) == texts(org.records)


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
