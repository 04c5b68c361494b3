"""Switches that isolate a cause: what they change, and that nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import State
from unscripted.protocols.given_roles import UNRELATED, placebos
from unscripted.scenarios.harness.specs.protocols import make_protocol
from unscripted.testing import PROTOCOL_CHECKS, Case, Scripted, Witness, cases, seeds

few = settings(max_examples=20, deadline=None)
SWITCHED = (
    "coordinator:sees=work", "coordinator:order=phases", "coordinator:sees=work,order=phases",
    "sequential:order=random", "sequential:order=dependency", "sequential:roles=assigned",
    "sequential:order=random,roles=assigned", "sequential:order=dependency,roles=assigned",
    "fixed-roles:roles=task", "fixed-roles:roles=placebo",
)  # fmt: skip


def decided(record):
    """What members saw, answered and became, whatever the rounds."""
    return [(m.state, [(t.act, t.reply, t.seen, t.usage) for t in m.turns]) for m in record.members]


def qualities(protocol, **more):
    org = un.build(protocol=protocol, n_agents=6, rng=3, **more)
    org.run(4)
    return [r.verdict for r in org.records]


def phased(*phases):
    """Minds that plan with these phases for members 0, 1, 2…, and work."""
    parts = tuple(un.Assignment(m, f"role {m}", (), p) for m, p in enumerate(phases) if p)
    return Scripted([un.Contribution("worker", "done")], plans=[un.Plan(parts)])


def order_of(protocol, mind, n=4):
    witness = Witness(mind)
    Case(lambda: make_protocol(protocol), n, "complete", 0, 1, witness).play()
    return [(o.member, sorted(m.author for m in o.messages)) for o in witness.shown
            if o.act is un.Act.CONTRIBUTE], witness  # fmt: skip


@pytest.mark.parametrize("protocol", SWITCHED)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_switched_protocols_keep_the_rules(protocol, data):
    case = data.draw(cases(lambda: make_protocol(protocol), max_agents=8))
    for check in PROTOCOL_CHECKS:
        check(case)


@pytest.mark.parametrize("name", ["coordinator", "sequential", "fixed-roles"])
def test_defaults_name_no_switch(name):
    protocol = discover("protocols")[name]
    assert protocol().label == name
    spelled = f"{name}:" + ",".join(f"{k}={v[0]}" for k, v in protocol.choices.items())
    assert make_protocol(spelled).label == name


@pytest.mark.parametrize("protocol", SWITCHED)
def test_labels_are_what_users_type(protocol):
    assert make_protocol(protocol).label == protocol


@pytest.mark.parametrize("option", ["coordinator:sees", "sequential:roles", "fixed-roles:roles"])
def test_unknown_switches_are_refused(option):
    name, _, key = option.partition(":")
    with pytest.raises(un.UsageError, match=f"protocol={name}: {key} 'x' is not known|'x'"):
        make_protocol(f"{option}=x")


@few
@given(seeds())
def test_blind_phases_change_nothing(seed):
    common = {"n_agents": 7, "rng": seed, "tasks": "generated", "level": "L3"}
    plain, *others = (
        un.build(protocol=p, **common).run(2)
        for p in ("coordinator", "coordinator:order=phases", "coordinator:sees=work")
    )
    for other in others:
        assert [decided(r) for r in other] == [decided(r) for r in plain]
        assert [r.verdict for r in other] == [r.verdict for r in plain]


def test_phases_come_in_their_order():
    found, _ = order_of("coordinator:sees=work,order=phases", phased(7, 2, 2, 0))
    assert found == [(1, [0]), (2, [0]), (0, [1, 2])]
    blind, _ = order_of("coordinator:order=phases", phased(7, 2, 2, 0))
    assert blind == [(1, [0]), (2, [0]), (0, [])]


def test_assigned_members_see_earlier_work():
    found, witness = order_of("sequential:roles=assigned", phased(1, 0, 1, 1))
    assert found == [(0, []), (2, [0, 0]), (3, [0, 0, 2])]
    assert [o.assignment.role for o in witness.shown[1:]] == ["role 0", "role 2", "role 3"]
    for o in witness.shown[1:]:
        given_to = [m.to for m in o.messages if m.to is not None]
        assert given_to == [o.member] * (o.member != 0)


def test_free_members_are_shown_no_plan():
    found, witness = order_of("sequential:order=dependency", phased(3, 2, 1, 0))
    assert found == [(2, []), (1, [2]), (0, [1, 2]), (3, [0, 1, 2])]
    working = [o for o in witness.shown if o.act is un.Act.CONTRIBUTE]
    assert all(o.assignment is None for o in working)
    assert all(m.to is None for o in working for m in o.messages)


def test_without_a_plan_order_is_random():
    declines = Scripted(
        [un.Contribution("worker", "done")], plans=[un.Abstention("nothing to hand out")]
    )
    found, _ = order_of("sequential:order=dependency", declines, n=8)
    assert sorted(m for m, _ in found) == list(range(8))
    nobody, _ = order_of("sequential:roles=assigned", declines)
    assert nobody == []


@few
@given(seeds())
def test_random_order_is_an_order(seed):
    org = un.build(protocol="sequential:order=random", n_agents=6, rng=seed)
    orders = {tuple(r.actors[0] for r in record.rounds) for record in org.run(6)}
    assert all(sorted(order) == list(range(6)) for order in orders)
    assert len(orders) > 1


def test_excluded_are_those_unassigned():
    case = Case(lambda: make_protocol("sequential:roles=assigned"), 4, mind=phased(1, 0, 1, 0))
    _, (record, *_) = case.play()
    assert [m.state for m in record.members] == [
        State.CONTRIBUTED, State.EXCLUDED, State.CONTRIBUTED, State.EXCLUDED,
    ]  # fmt: skip


def test_task_roles_are_of_the_task():
    witness = Witness(Scripted([un.Contribution("worker", "done")]))
    org, _ = Case(
        lambda: make_protocol("fixed-roles:roles=task"), 9, "complete", 0, 3, witness, "L3"
    ).play()
    for tick in range(3):
        domains = org.setup.stream.task(tick).domains
        told = [o.assignment.focus[0] for o in witness.shown if o.tick == tick]
        assert told == [domains[m % len(domains)] for m in range(9)]


def test_placebos_are_alike_but_unrelated():
    org = un.build(protocol="fixed-roles:roles=placebo", n_agents=5, level="L3", rng=0)
    domains = org.setup.stream.domains
    given_trades = placebos(domains)
    assert not set(given_trades) & set(domains)
    assert len(set(given_trades)) == len(domains)
    assert all(abs(len(t) - len(d)) <= 3 for t, d in zip(given_trades, domains, strict=True))
    (record,) = org.run(1)
    roles = [t.assignment.role for m in record.members for t in m.turns]
    assert roles == [f"{t} specialist" for t in given_trades[:5]]


@few
@given(st.lists(st.sampled_from(UNRELATED), unique=True, max_size=30))
def test_placebos_are_never_domains(domains):
    assert not set(placebos(domains)) & set(domains)


def test_plans_gain_from_seen_work():
    """Visibility and order lift the plan; freedom alone, without either, does not."""

    def mean(protocol):
        found = qualities(protocol, level="L3", model="synthetic/strong")
        return sum(v.completeness for v in found) / len(found)

    assert mean("sequential:order=dependency,roles=assigned") > mean("coordinator")
    assert mean("coordinator:sees=work,order=phases") > mean("coordinator")
