"""The paper's four: exactly who sees what, and how many calls it takes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from support.teams import WORK

import unscripted as un
from unscripted.model.plugins.discovery import discover
from unscripted.model.record import State
from unscripted.testing import ArbitraryMind, Case, Scripted, Witness, networks, seeds

few = settings(max_examples=60, deadline=None)


minds = st.sampled_from(
    [ArbitraryMind(), ArbitraryMind(0.3), ArbitraryMind(0.0, 0.0), ArbitraryMind(0.0, 0.9)]
)


def protocol(name):
    return discover("protocols")[name]


def seen_authors(record, member, round_):
    turn = next(t for t in record.by_id[member].turns if t.round == round_)
    return [record.log[i].author for a, b in turn.seen for i in range(a, b)]


def worked(record, members):
    return {m for m in members if record.by_id[m].state is State.CONTRIBUTED}


@few
@given(networks(), seeds(), minds)
def test_sequential_sees_working_predecessors(network, seed, mind):
    case = Case(protocol("sequential"), network[1], network[0], seed, 2, mind)
    org, records = case.play()
    for record in records:
        assert len(record.rounds) == case.n_agents
        for k in range(case.n_agents):
            expected = worked(record, range(k)) & set(org.network.G.neighbors(k))
            seen = seen_authors(record, k, k)
            assert len(seen) == len(set(seen))
            assert set(seen) == expected


@few
@given(networks(), seeds(), minds)
def test_shared_and_silent_see_nothing(network, seed, mind):
    for name in ("shared", "silent"):
        _, records = Case(protocol(name), network[1], network[0], seed, 3, mind).play()
        for record in records:
            assert len(record.rounds) == 1
            assert all(t.seen == () for m in record.members for t in m.turns)
            if name == "silent":
                assert all(t.recalled == () for m in record.members for t in m.turns)


@few
@given(networks(), seeds())
def test_shared_recalls_neighbours_roles(network, seed):
    case = Case(protocol("shared"), network[1], network[0], seed, 3, ArbitraryMind())
    org, records = case.play()
    memory = list(org.memory)
    for record in records:
        for m in record.members:
            audible = {m.member, *org.network.G.neighbors(m.member)}
            recalled = {i for a, b in m.turns[0].recalled for i in range(a, b)}
            expected = {n.id for n in memory if n.tick < record.tick and n.author in audible}
            assert recalled == expected


@few
@given(networks(), seeds(), minds)
def test_broadcast_sees_intentions_alone(network, seed, mind):
    case = Case(protocol("broadcast"), network[1], network[0], seed, 2, mind)
    org, records = case.play()
    for record in records:
        assert [r.act for r in record.rounds] == [un.Act.INTEND, un.Act.CONTRIBUTE]
        announced = {m.author for m in record.log if isinstance(m.content, un.Intention)}
        for m in record.members:
            assert m.turns[0].seen == ()
            expected = announced & set(org.network.G.neighbors(m.member))
            assert set(seen_authors(record, m.member, 1)) == expected


@few
@given(networks(), seeds(), minds)
def test_coordinated_members_see_assignments_alone(network, seed, mind):
    witness = Witness(mind)
    case = Case(protocol("coordinator"), network[1], network[0], seed, 2, witness)
    org, records = case.play()
    working = [o for o in witness.shown if o.act is un.Act.CONTRIBUTE]
    for observation in working:
        assert isinstance(observation.assignment, un.Assignment)
        assert observation.assignment.member == observation.member
        given_to = [m.to for m in (*observation.messages, *observation.own) if m.to is not None]
        assert given_to.count(observation.member) == 1
        if observation.member != 0:
            assert [m.content for m in observation.messages] == [observation.assignment]
            assert org.network.G.has_edge(0, observation.member)
    for record in records:
        plan = record.by_id[0].turns[0].reply
        assigned = {a.member for a in plan.assignments} if isinstance(plan, un.Plan) else set()
        for m in record.members[1:]:
            assert (m.state is State.EXCLUDED) == (m.member not in assigned)


@few
@given(st.integers(1, 40), seeds())
def test_calls_match_the_papers_table(n, seed):
    willing = ArbitraryMind(abstaining=0.0)
    expected = {
        "sequential": n, "broadcast": 2 * n, "shared": n, "silent": n, "fixed-roles": n,
        "random": n, "solo": n,
    }  # fmt: skip
    rounds = {"sequential": n, "broadcast": 2, "shared": 1, "silent": 1, "solo": n}
    for name, calls in expected.items():
        org, (record, *_) = Case(protocol(name), n, "complete", seed, 1, willing).play()
        assert org.measures["calls"] == calls, name
        assert len(record.rounds) == rounds.get(name, n), name
    everyone = Scripted(
        [un.Contribution("worker", "done")],
        plans=[lambda o: un.Plan(tuple(un.Assignment(m, "worker") for m in o.roster))],
    )
    org, (record, *_) = Case(protocol("coordinator"), n, "complete", seed, 1, everyone).play()
    assert sum(len(m.turns) for m in record.members) == n + 1
    assert [len(r.actors) for r in record.rounds] == [1, n]


def what_was_decided(record):
    """A record without the shape of its rounds: what each member saw, answered and became."""
    return [
        (m.member, m.state, [(t.act, t.reply, t.usage, t.seen) for t in m.turns])
        for m in record.members
    ]


@few
@given(st.integers(1, 20), seeds(), st.booleans())
def test_sequential_without_messages_is_silent(n, seed, synthetic):
    import networkx as nx

    import unscripted as un

    mind = "synthetic/medium" if synthetic else ArbitraryMind(0.1)
    common = {"n_agents": n, "model": mind, "rng": seed, "tasks": "generated", "level": "L3"}
    alone = un.build(protocol="sequential", topology=lambda n, seed: nx.empty_graph(n), **common)
    silent = un.build(protocol="silent", topology="complete", **common)
    for a, b in zip(alone.run(2), silent.run(2), strict=True):
        assert what_was_decided(a) == what_was_decided(b)
        assert a.verdict == b.verdict


def test_broadcast_survives_worded_topics():
    minds = [Scripted([WORK], intentions=[un.Intention("networker", ("networking",))])]
    minds += list(un.build(n_agents=3).setup.minds)
    org = un.build(protocol="broadcast", n_agents=4, model=minds, rng=0)
    org.step()
    assert org.measures["failure_rate"] == 0
