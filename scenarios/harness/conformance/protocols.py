"""What every protocol owes its users, as checks that run on any of them.

Each check takes a `Case`, plays it, and raises AssertionError with what it saw. The built-in
protocols and a user's own run the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import networkx as nx

from ....agents.test_doubles import ArbitraryMind, DelayedMind
from ....model.decision import (
    Abstention,
    Act,
    Answer,
    Contribution,
    Failure,
    Intention,
    Plan,
    Reply,
)
from ....model.messages import ids_in
from ....model.metrics import MEASURES, measure
from ....model.metrics.structure import hierarchy_depth
from ....model.mind import Mind
from ....model.observation import Observation
from ....model.organization import Organization
from ....model.record import State, TickRecord
from .strategies import Case

Check = Callable[[Case], None]

RANGES: dict[str, tuple[float, float]] = {
    "role_stability": (0, 1),
    "quality": (0.25, 1),
    "mission_relevance": (0.25, 1),
    "unique_role_share": (0, 1),
    "role_gini": (0, 1),
    "role_entropy": (0, 1),
    "participation": (0, 1),
    "abstention_rate": (0, 1),
    "exclusion_rate": (0, 1),
    "failure_rate": (0, 1),
    "unique_roles": (1, 40),
    "hierarchy_depth": (0, 41),
    "spectral_gap": (0, 41),
    "rounds": (0, inf),
    "calls": (0, inf),
    "tokens": (0, inf),
    "cost_usd": (0, inf),
    "wall_s": (0, inf),
    "risk": (0, 1),
    "objective": (-inf, inf),
    "balance": (0, 1),
}


class Witness(Mind):
    """Passes on another mind's decisions and keeps what it was shown."""

    instant = True

    def __init__(self, mind: Mind) -> None:
        self.mind = mind
        self.name = mind.name
        self.world = mind.world
        self.shown: list[Observation] = []

    def decide(self, observation: Observation) -> Any:
        """Keep the observation, then decide."""
        self.shown.append(observation)
        return self.mind.decide(observation)


def one_state(case: Case) -> None:
    """Every member ends a tick in exactly one state, and the protocol itself does not break."""
    _, records = case.play()
    for record in records:
        assert not record.error, record.error
        assert [m.member for m in record.members] == list(range(case.n_agents))
        for m in record.members:
            words = [t.reply for t in m.turns if t.act is not Act.AMEND]
            last = words[-1] if words else None
            if any(isinstance(t.reply, Contribution) for t in m.turns):
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
    """
    witness = Witness(case.mind)
    org, records = case.play(mind=witness)
    graph = org.network.G
    shown = iter(witness.shown)
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
    """Work builds only on work its author saw; nobody builds in a circle; depth is bounded."""
    _, records = case.play()
    for record in records:
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
    """One tick takes no more decisions than `max_calls` promises."""
    _, records = case.play()
    most = case.make().max_calls(case.n_agents)
    for record in records:
        made = sum(len(m.turns) for m in record.members)
        assert made <= most, f"{made} decisions, max_calls({case.n_agents}) = {most}"


def reproducibility(case: Case) -> None:
    """The same seed gives the same record, byte for byte, in whatever order minds answer."""
    first = [r.to_json() for r in case.play()[1]]
    assert [r.to_json() for r in case.play()[1]] == first, "a second organization differs"
    assert [r.to_json() for r in case.play(mind=DelayedMind(case.mind))[1]] == first, (
        "answers that arrive in another order change the record"
    )
    protocol = case.make()
    again = [case.play(make=lambda: protocol)[1] for _ in range(2)]
    assert [r.to_json() for r in again[1]] == first, "the protocol keeps state between runs"


def independent_streams(case: Case) -> None:
    """One more member changes nobody else's draws."""
    seen: list[dict[tuple[int, int, int], int]] = []
    for n in (case.n_agents, case.n_agents + 1):
        witness = Witness(case.mind)
        case.play(mind=witness, n_agents=n, topology="complete", directed=False)
        turns: dict[tuple[int, int], int] = {}
        seeds: dict[tuple[int, int, int], int] = {}
        for o in witness.shown:
            turn = turns.get((o.tick, o.member), 0)
            turns[o.tick, o.member] = turn + 1
            seeds[o.tick, o.member, turn] = o.seed
        seen.append(seeds)
    smaller, larger = seen
    shared = smaller.keys() & larger.keys()
    assert all(smaller[k] == larger[k] for k in shared)
    assert len(set(larger.values())) == len(larger), "two decisions share a seed"


def survival(case: Case) -> None:
    """Minds that only raise or answer nonsense fail; the tick completes and later ones run."""
    org, records = case.play(mind=ArbitraryMind(misbehaving=1.0))
    assert org.tick == case.ticks
    for record in records:
        assert not record.error, record.error
        assert all(m.state in (State.FAILED, State.EXCLUDED) for m in record.members)
        assert any(m.state is State.FAILED for m in record.members)


def totals(case: Case) -> None:
    """Totals equal the sums over members, and every measure stays in its range."""
    org, records = case.play()
    previous: TickRecord | None = None
    for record in records:
        values = measure(record, previous)
        previous = record
        assert set(values) == set(MEASURES)
        usages = [t.usage for m in record.members for t in m.turns]
        assert values["calls"] == sum(u.calls for u in usages)
        assert values["tokens"] == sum(u.tokens_in + u.tokens_out for u in usages)
        for name, (low, high) in RANGES.items():
            value = values[name]
            assert value is None or low - 1e-9 <= value <= high + 1e-9, f"{name}={value}"
    agents = list(org.members.values())
    assert sum(a.calls for a in agents) == org.measures["calls"]
    assert sum(a.tokens for a in agents) == org.measures["tokens"]


def resumption(case: Case) -> None:
    """A run restored after its first tick goes on as if it had never stopped."""
    org = case.organization()
    org.step()
    moment = org.snapshot()
    org.run(2)
    made_of = replace(moment.ingredients, protocol=case.make())
    again = Organization.restore(replace(moment, ingredients=made_of))
    again.run(2)
    for a, b in zip(org.records, again.records, strict=True):
        assert a.to_json() == b.to_json(), f"tick {a.tick} differs after restoring"


def turnover(case: Case) -> None:
    """It goes on after members have left and others have come: ids have gaps then."""
    org = case.organization()
    org.step()
    for leaving in sorted(org.members)[: case.n_agents // 2]:
        org.remove_member(leaving)
    newcomer = org.add_member(case.mind, list(org.members)[:2])
    org.run(2)
    for record in org.records[1:]:
        assert not record.error, record.error
        assert [m.member for m in record.members] == sorted(org.members)
        assert newcomer in record.by_id


class _Persona(Mind):
    """Decides by who it is and by what was said, blind to ids and to chance."""

    instant = True

    def __init__(self, persona: int) -> None:
        self.name = f"persona-{persona}"
        self.persona = persona

    def decide(self, observation: Observation) -> Answer | Reply:
        """A hash of itself and of the bag of messages it reads."""
        said = sorted(repr(getattr(m.content, "role", "")) for m in observation.messages)
        said += sorted(repr(getattr(m.content, "role", "")) for m in observation.memory)
        mixed = sum(map(len, said)) * 31 + sum(s.count("7") for s in said) * 7 + self.persona * 13
        role = f"role {mixed % 1009}"
        if observation.act is Act.INTEND:
            return Intention(role)
        if observation.act is Act.PLAN:
            return Plan(())
        return Contribution(role, f"work {mixed}")


def relabelling(case: Case) -> None:
    """Where a protocol says it is symmetric, relabelled members give the relabelled outcome."""
    if not case.make().symmetric:
        return
    n = case.n_agents
    shift = 1 + case.seed % max(1, n - 1)
    moved = [(i + shift) % n for i in range(n)]  # the persona of i sits at moved[i]
    minds: list[Mind] = [_Persona(i) for i in range(n)]
    seated: list[Mind] = [minds[moved.index(j)] for j in range(n)]
    outcomes = []
    for team in (minds, seated):
        org = _team(case, team)
        outcomes.append(org.run(case.ticks))
    for plain, relabelled in zip(*outcomes, strict=True):
        for i in range(n):
            a, b = plain.members[i], relabelled.members[moved[i]]
            assert (a.state, a.role, a.contributions) == (b.state, b.role, b.contributions)


def _team(case: Case, minds: list[Mind]) -> Organization:
    from ..build.organization import build

    return build(
        protocol=case.make(), n_agents=len(minds), model=minds, level=case.level,
        tasks="generated", judge="none", rng=case.seed,
    )  # fmt: skip


PROTOCOL_CHECKS: tuple[Check, ...] = (
    one_state,
    causality,
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


@dataclass(frozen=True)
class CheckResult:
    """How one check ended.

    Attributes:
        name: The check's.
        says: What it demands, in one line.
        failure: The smallest failing case and what was seen; empty where it passed.
    """

    name: str
    says: str
    failure: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing broke it."""
        return not self.failure
