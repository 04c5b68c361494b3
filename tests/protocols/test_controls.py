"""Controls: fixed and random roles, and one member alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import State
from unscripted.testing import ArbitraryMind, Case, Scripted, Witness, seeds

few = settings(max_examples=60, deadline=None)


def protocol(name):
    return discover("protocols")[name]


@few
@given(st.integers(2, 20), seeds())
def test_fixed_roles_stay_random_change(n, seed):
    witness = Witness(ArbitraryMind())
    Case(protocol("fixed-roles"), n, "complete", seed, 3, witness).play()
    given_roles = {}
    for o in witness.shown:
        given_roles.setdefault(o.member, set()).add(o.assignment.role)
    assert all(len(roles) == 1 for roles in given_roles.values())
    drawn = Witness(ArbitraryMind())
    Case(protocol("random"), n, "complete", seed, 3, drawn).play()
    by_tick = {}
    for o in drawn.shown:
        by_tick.setdefault(o.tick, []).append(o.assignment.role)
    assert len({tuple(roles) for roles in by_tick.values()}) > 1


@few
@given(st.integers(1, 20), seeds())
def test_fixed_roles_come_from_the_stream(n, seed):
    witness = Witness(ArbitraryMind())
    org, _ = Case(protocol("fixed-roles"), n, "complete", seed, 1, witness).play()
    domains = org.setup.stream.domains
    for o in witness.shown:
        assert o.assignment.focus == (domains[o.member % len(domains)],)


@few
@given(st.integers(2, 20), seeds())
def test_solo_sees_its_own_work(n, seed):
    witness = Witness(ArbitraryMind(abstaining=0.0))
    _, (record, *_) = Case(protocol("solo"), n, "complete", seed, 1, witness).play()
    assert {o.member for o in witness.shown} == {0}
    assert [len(o.own) for o in witness.shown] == list(range(n))
    assert all(len(o.messages) == 0 for o in witness.shown)
    assert all(m.state is State.EXCLUDED for m in record.members[1:])


def test_solo_stops_when_done():
    mind = Scripted([lambda o: un.Contribution("all", "w") if len(o.own) < 2 else _declines()])
    _, (record, *_) = Case(protocol("solo"), 9, "complete", 0, 1, mind).play()
    assert len(record.rounds) == 3
    assert record.by_id[0].state is State.CONTRIBUTED


def _declines():
    from unscripted import Abstention

    return Abstention("done")
