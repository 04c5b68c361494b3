"""The kernel as a Hypothesis state machine: step, add, remove, rewire, copy, snapshot, restore.

from unscripted.testing import organization_machine
TestRelay = organization_machine(Relay).TestCase
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from ....agents.test_doubles import ArbitraryMind
from ....model.organization import BaseOrganization
from ....model.protocol import Protocol
from ..build.organization import build
from .strategies import seeds

MAX_MEMBERS = 12
MIND = ArbitraryMind(0.1)

Edge = frozenset[int]


class OrganizationMachine(RuleBasedStateMachine):
    """Keeps a plain model of the team beside the organization and compares them throughout."""

    make: Callable[[], Protocol]

    def __init__(self) -> None:
        super().__init__()
        self.org: BaseOrganization | None = None

    @property
    def playing(self) -> BaseOrganization:
        """The organization, once it has begun."""
        assert self.org is not None
        return self.org

    @initialize(
        seed=seeds(),
        n=st.integers(1, 8),
        topology=st.sampled_from(["complete", "ring", "star", "erdos-renyi"]),
    )
    def begin(self, seed: int, n: int, topology: str) -> None:
        """A fresh team.

        Args:
            seed: Of the run.
            n: Members, 1 to 8.
            topology: By name.
        """
        self.org = build(
            protocol=type(self).make(), n_agents=n, model=MIND, topology=topology,
            tasks="generated", judge="none", rng=seed,
        )  # fmt: skip
        self.members = set(range(n))
        self.edges: set[Edge] = {frozenset(e) for e in self.org.network.G.edges}
        self.next = n
        self.ticks = 0
        self.saved: tuple[bytes, set[int], set[Edge], int, int] | None = None

    @rule()
    def step(self) -> None:
        """Earlier records stay as they are."""
        before = [r.to_json() for r in self.playing.records]
        self.playing.step()
        self.ticks += 1
        assert [r.to_json() for r in self.playing.records[:-1]] == before

    @precondition(lambda self: len(self.members) < MAX_MEMBERS)
    @rule(data=st.data())
    def add(self, data: Any) -> None:
        """A newcomer gets an id that was never used.

        Args:
            data: Drawn by Hypothesis.
        """
        links = data.draw(st.sets(st.sampled_from(sorted(self.members))))
        added = self.playing.add_member(MIND, sorted(links))
        assert added == self.next, "ids are never used twice"
        self.members.add(added)
        self.edges |= {frozenset((added, other)) for other in links}
        self.next += 1

    @precondition(lambda self: len(self.members) > 1)
    @rule(data=st.data())
    def remove(self, data: Any) -> None:
        """A member goes, and its links with it.

        Args:
            data: Drawn by Hypothesis.
        """
        gone = data.draw(st.sampled_from(sorted(self.members)))
        self.playing.remove_member(gone)
        self.members.discard(gone)
        self.edges = {e for e in self.edges if gone not in e}

    @precondition(lambda self: len(self.members) > 1)
    @rule(data=st.data())
    def rewire(self, data: Any) -> None:
        """Links are cut and made.

        Args:
            data: Drawn by Hypothesis.
        """
        links = sorted(tuple(sorted(e)) for e in self.edges)
        cut = data.draw(st.sets(st.sampled_from(links), max_size=2)) if links else set()
        pairs = st.tuples(*[st.sampled_from(sorted(self.members))] * 2)
        made = data.draw(st.sets(pairs.filter(lambda p: p[0] != p[1]), max_size=2))
        self.playing.rewire(cut=sorted(cut), made=sorted(made))
        self.edges -= {frozenset(e) for e in cut}
        self.edges |= {frozenset(e) for e in made}

    @rule()
    def snapshot(self) -> None:
        """Keep this moment, pickled."""
        blob = pickle.dumps(self.playing.snapshot())
        self.saved = (blob, set(self.members), set(self.edges), self.next, self.ticks)

    @precondition(lambda self: self.saved is not None)
    @rule()
    def restore(self) -> None:
        """Come back to the kept moment."""
        assert self.saved is not None
        blob, members, edges, self.next, self.ticks = self.saved
        self.members, self.edges = set(members), set(edges)
        self.org = BaseOrganization.restore(pickle.loads(blob))

    @rule()
    def a_restored_twin_goes_on_alike(self) -> None:
        """Restoring loses nothing that matters later."""
        twin = BaseOrganization.restore(self.playing.snapshot())
        twin.step()
        self.playing.step()
        self.ticks += 1
        assert twin.records[-1].to_json() == self.playing.records[-1].to_json()
        assert twin.measures == self.playing.measures

    @rule(pickled=st.booleans())
    def a_copy_goes_on_alike(self, pickled: bool) -> None:
        """A copy is a team of its own, and plays what the original plays.

        Args:
            pickled: Or deep-copied.
        """
        org = self.playing
        twin = pickle.loads(pickle.dumps(org)) if pickled else copy.deepcopy(org)
        twin.step()
        assert org.tick == self.ticks, "a copy's step reaches the original"
        org.step()
        self.ticks += 1
        assert twin.records[-1].to_json() == org.records[-1].to_json()
        assert twin.datacollector.model_vars == org.datacollector.model_vars

    @invariant()
    def the_team_is_what_was_done_to_it(self) -> None:
        """Members, Mesa agents, cells and graph agree."""
        if self.org is None:
            return
        org = self.org
        assert set(org.members) == self.members == set(org.network.G)
        assert {a.member for a in org.agents} == self.members
        assert {frozenset(e) for e in org.network.G.edges} == self.edges
        for member, agent in org.members.items():
            assert agent.cell.coordinate == member
            assert set(agent.cell.connections) == set(org.network.G.neighbors(member))

    @invariant()
    def every_tick_left_one_record_and_one_row(self) -> None:
        """Nothing is lost and nothing is counted twice."""
        if self.org is None:
            return
        assert self.org.tick == len(self.org.records) == self.ticks
        assert all(len(v) == self.ticks for v in self.org.datacollector.model_vars.values())
        for t, record in enumerate(self.org.records):
            assert record.tick == t
            assert not record.error, record.error


def organization_machine(make: Callable[[], Protocol]) -> type[OrganizationMachine]:
    """The state machine for organizations under one protocol.

    Args:
        make: Makes the protocol, usually its class; the protocol must pickle.
    """
    return type("Machine", (OrganizationMachine,), {"make": staticmethod(make)})
