"""The kernel as a state machine: step, add, remove, rewire, snapshot, restore, in any order."""

from __future__ import annotations

import pickle

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

import unscripted as un
from unscripted.model.discovery import discover
from unscripted.model.organization import Organization
from unscripted.testing import Arbitrary, seeds

MAX_MEMBERS = 12
NAMES = sorted(discover("protocols"))


class OrganizationMachine(RuleBasedStateMachine):
    """Keeps a plain model of the team beside the organization and compares them throughout."""

    @initialize(
        seed=seeds(),
        n=st.integers(1, 8),
        protocol=st.sampled_from(NAMES),
        topology=st.sampled_from(["complete", "ring", "star", "erdos-renyi"]),
    )
    def begin(self, seed, n, protocol, topology):
        self.org = un.build(
            protocol=protocol, n_agents=n, model=Arbitrary(0.1), topology=topology,
            tasks="generated", judge="none", rng=seed,
        )  # fmt: skip
        self.members = set(range(n))
        self.edges = {frozenset(e) for e in self.org.network.G.edges}
        self.next = n
        self.ticks = 0
        self.saved = None

    @rule()
    def step(self):
        before = [r.to_json() for r in self.org.records]
        self.org.step()
        self.ticks += 1
        assert [r.to_json() for r in self.org.records[:-1]] == before

    @precondition(lambda self: len(self.members) < MAX_MEMBERS)
    @rule(data=st.data())
    def add(self, data):
        links = data.draw(st.sets(st.sampled_from(sorted(self.members))))
        added = self.org.add_member(Arbitrary(0.1), sorted(links))
        assert added == self.next, "ids are never used twice"
        self.members.add(added)
        self.edges |= {frozenset((added, other)) for other in links}
        self.next += 1

    @precondition(lambda self: len(self.members) > 1)
    @rule(data=st.data())
    def remove(self, data):
        gone = data.draw(st.sampled_from(sorted(self.members)))
        self.org.remove_member(gone)
        self.members.discard(gone)
        self.edges = {e for e in self.edges if gone not in e}

    @precondition(lambda self: len(self.members) > 1)
    @rule(data=st.data())
    def rewire(self, data):
        cut = data.draw(st.sets(st.sampled_from(sorted(map(sorted, self.edges)) or [None]).map(
            lambda e: None if e is None else tuple(e)
        ), max_size=2)) - {None}  # fmt: skip
        pairs = st.tuples(*[st.sampled_from(sorted(self.members))] * 2)
        made = data.draw(st.sets(pairs.filter(lambda p: p[0] != p[1]), max_size=2))
        self.org.rewire(cut=sorted(cut), made=sorted(made))
        self.edges -= {frozenset(e) for e in cut}
        self.edges |= {frozenset(e) for e in made}

    @rule()
    def snapshot(self):
        self.saved = (
            pickle.dumps(self.org.snapshot()), set(self.members), set(self.edges), self.next,
            self.ticks,
        )  # fmt: skip

    @precondition(lambda self: self.saved is not None)
    @rule()
    def restore(self):
        blob, self.members, self.edges, self.next, self.ticks = (
            self.saved[0], *(set(x) for x in self.saved[1:3]), *self.saved[3:],
        )  # fmt: skip
        self.org = Organization.restore(pickle.loads(blob))

    @rule()
    def a_restored_twin_goes_on_alike(self):
        twin = Organization.restore(self.org.snapshot())
        twin.step()
        self.org.step()
        self.ticks += 1
        assert twin.records[-1].to_json() == self.org.records[-1].to_json()
        assert twin.measures == self.org.measures
        assert twin.steps == self.org.steps or self.org.steps == self.org.tick

    @invariant()
    def the_team_is_what_was_done_to_it(self):
        if not hasattr(self, "org"):
            return
        org = self.org
        assert set(org.members) == self.members == set(org.network.G)
        assert {a.member for a in org.agents} == self.members
        assert {frozenset(e) for e in org.network.G.edges} == self.edges
        for member, agent in org.members.items():
            assert agent.cell.coordinate == member
            assert set(agent.cell.connections) == set(org.network.G.neighbors(member))

    @invariant()
    def every_tick_left_one_record_and_one_row(self):
        if not hasattr(self, "org"):
            return
        assert self.org.tick == len(self.org.records) == self.ticks
        assert all(len(v) == self.ticks for v in self.org.datacollector.model_vars.values())
        for t, record in enumerate(self.org.records):
            assert record.tick == t
            assert not record.error


TestOrganization = OrganizationMachine.TestCase
TestOrganization.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
