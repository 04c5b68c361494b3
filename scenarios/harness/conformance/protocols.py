"""What every protocol owes its users, as checks that run on any of them.

Each check takes a `Case`, plays it, and raises AssertionError with what it saw. The built-in
protocols and a user's own run the same ones.
"""

from __future__ import annotations

import networkx as nx

from ....agents.test_doubles import ArbitraryMind
from ....model.decision import Abstention, Act, Contribution, Failure
from ....model.metrics.catalogue import measure_ticks, of_ticks
from ....model.metrics.structure import hierarchy_depth
from ....model.record import SPOKEN, State
from ....model.spans import ids_in
from .privacy import privacy
from .repeats import independent_streams, relabelling, reproducibility, resumption, turnover
from .result import Check
from .strategies import Case


def one_state(case: Case) -> None:
    """Every member ends a tick in exactly one state, and the protocol itself does not break.

    Args:
        case: The organization to play.
    """
    for record in case.played.records:
        assert not record.error, record.error
        assert [m.member for m in record.members] == list(range(case.n_agents))
        for m in record.members:
            words = [t.reply for t in m.turns if t.act not in (Act.AMEND, Act.ANSWER)]
            last = words[-1] if words else None
            if any(isinstance(t.reply, SPOKEN) for t in m.turns):
                expected = State.CONTRIBUTED
            elif isinstance(last, Failure):
                expected = State.FAILED
            elif isinstance(last, Abstention):
                expected = State.ABSTAINED
            else:
                expected = State.EXCLUDED
            assert m.state is expected, f"member {m.member} answered {last} and is {m.state}"


def causality(case: Case) -> None:
    """What a mind is shown was said earlier, by someone whom the network lets through, and the
    record says the same.

    Args:
        case: The organization to play.
    """
    org, records, observations = case.played
    graph, shown = org.network.G, iter(observations)
    for record in records:
        turns = {(t.round, m.member): t for m in record.members for t in m.turns}
        for index, played in enumerate(record.rounds):
            for actor in played.actors:
                observation, turn = next(shown), turns[index, actor]
                assert observation.member == actor
                assert observation.messages.spans == turn.seen
                assert observation.memory.spans == turn.recalled
                assert observation.marks == turn.marks
                for i in ids_in(turn.marks_from):
                    source = record.log[i]
                    assert source.round < index, "a mark is made of work that wasn't finished"
                    assert source.author == actor or graph.has_edge(source.author, actor)
                for message in observation.messages:
                    assert message.round < index, f"{actor} saw round {message.round} in {index}"
                    assert message.author != actor
                    assert graph.has_edge(message.author, actor)
                    assert message.to in (None, actor), f"{actor} read what was for {message.to}"
                for message in observation.own:
                    assert message.author == actor
                    assert message.round < index
                for note in observation.memory:
                    assert note.tick < record.tick
                    assert note.author == actor or graph.has_edge(note.author, actor)
    assert next(shown, None) is None, "a mind was asked and its turn is not in the record"


def building(case: Case) -> None:
    """Work builds only on work its author saw; nobody builds in a circle; depth is bounded.

    Args:
        case: The organization to play.
    """
    for record in case.played.records:
        works: nx.DiGraph[tuple[int, int]] = nx.DiGraph()
        log = record.log
        for m in record.members:
            for turn in m.turns:
                if isinstance(turn.reply, Contribution):
                    works.add_node((m.member, turn.round))
                    seen = {
                        log[i].author: log[i].round
                        for a, b in turn.seen
                        for i in range(a, b)
                        if isinstance(log[i].content, Contribution)
                    }
                    assert set(turn.reply.builds_on) <= set(seen)
                    works.add_edges_from(
                        ((m.member, turn.round), (a, seen[a])) for a in turn.reply.builds_on
                    )
        assert nx.is_directed_acyclic_graph(works)
        acting = {r for _, r in works}
        assert (1 if works else 0) <= hierarchy_depth(record) <= len(acting)


def calls(case: Case) -> None:
    """One tick takes no more decisions than `max_calls` promises.

    Args:
        case: The organization to play.
    """
    most = case.make().max_calls(case.n_agents)
    for record in case.played.records:
        made = sum(len(m.turns) for m in record.members)
        assert made <= most, f"{made} decisions, max_calls({case.n_agents}) = {most}"


def survival(case: Case) -> None:
    """Minds that only raise or answer nonsense fail; the tick completes and later ones run.

    Args:
        case: The organization to play.
    """
    org, records = case.play(mind=ArbitraryMind(misbehaving=1.0))
    assert org.tick == case.ticks
    for record in records:
        assert not record.error, record.error
        assert all(m.state in (State.FAILED, State.EXCLUDED) for m in record.members)
        assert any(m.state is State.FAILED for m in record.members)


def totals(case: Case) -> None:
    """Totals equal the sums over members, and every measure stays in its range.

    Args:
        case: The organization to play.
    """
    org, records = case.played.organization, case.played.records
    for values, record in zip(measure_ticks(records), records, strict=True):
        usages = [t.usage for m in record.members for t in m.turns]
        assert values["calls"] == sum(u.calls for u in usages)
        assert values["tokens"] == sum(u.tokens_in + u.tokens_out for u in usages)
        for name, measure in of_ticks().items():
            value = values[name]
            assert value is None or measure.holds(value), f"{name}={value}"
    agents = list(org.members.values())
    assert sum(a.calls for a in agents) == org.measures["calls"]
    assert sum(a.tokens for a in agents) == org.measures["tokens"]


PROTOCOL_CHECKS: tuple[Check, ...] = (
    one_state,
    causality,
    privacy,
    building,
    calls,
    reproducibility,
    independent_streams,
    survival,
    totals,
    resumption,
    turnover,
    relabelling,
)
"""Every check a protocol must pass."""
