"""A copied, pickled or restored organization goes on exactly as the original, whatever was done."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.teams import edges, texts

import unscripted as un
from unscripted.model.observation import Charter
from unscripted.model.tasks.task import Task
from unscripted.testing import ArbitraryMind, DelayedMind, seeds

COPIES = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda org: pickle.loads(pickle.dumps(org)),
    "restore": lambda org: un.BaseOrganization.restore(org.snapshot()),
}
copies = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)

SHOCKS = (
    "remove@1-3;newcomers:k=2@2;rewire:share=0.5@3;substitute@4;cut@2-5;regulation@1;remove-hub@5;"
    "mission:text=Be quick above all@2;priorities@3"
)


def yes(amendment):
    return True


def shorter(task):
    return Task(task.brief, task.rubric[:1])


class Moody(un.BaseOrganization):
    """A user's own: an attribute, a reporter, and more in every step."""

    def __init__(self, setup, rng=None):
        super().__init__(setup, rng)
        self.morale = 0.0
        self.drawn = []

    def model_reporters(self):
        return {**super().model_reporters(), "morale": "morale"}

    def step(self):
        super().step()
        self.morale += self.measures["participation"]
        self.drawn.append(self.rng.random())


def organization(kind, seed, *, protocol="shared", topology="complete", tune=None):
    org = un.build(
        protocol, 5, DelayedMind(ArbitraryMind(), 0.0001) if kind == "called" else ArbitraryMind(),
        topology, tasks="generated", level="L2", judge="none", memory="team:horizon=4,decay=0.2",
        skills="growing", shocks=SHOCKS, tune=tune, rng=seed,
        constitution=None if tune else un.Constitution(approve=yes),
    )  # fmt: skip
    return Moody(org.setup, seed) if kind == "subclass" else org


CHANGES = {
    "step": lambda org: org.step(),
    "add": lambda org: org.add_member(ArbitraryMind(), list(org.members)[:2]),
    "remove": lambda org: list(org.members.values())[-1].remove() if len(org.members) > 1 else None,
    "rewire": lambda org: org.rewire(cut=list(org.network.G.edges)[:1]),
    "substitute": lambda org: setattr(next(iter(org.members.values())), "mind", ArbitraryMind(0.5)),
    "restate": lambda org: org.restate(Charter("Be quick.")),
    "change": lambda org: org.change_tasks(shorter),
    "propose": lambda org: org.propose(un.Amendment("standards", "Be brief.")),
    "weigh": lambda org: org.propose(un.Amendment("weights.quality", "2")),
}


def assert_alike(one, other):
    assert texts(one.records) == texts(other.records)
    assert one.measures == other.measures
    assert edges(one) == edges(other)
    assert one.charter == other.charter
    assert [(a.unique_id, a.practice) for a in one.members.values()] == [
        (a.unique_id, a.practice) for a in other.members.values()
    ]
    assert one.datacollector.model_vars == other.datacollector.model_vars
    assert [a.last for a in one.agents] == [a.last for a in other.agents]
    assert list(one.memory) == list(other.memory)
    agents = [o.datacollector.get_agent_vars_dataframe() for o in (one, other)]
    assert agents[0].equals(agents[1])


@given(
    st.sampled_from(["plain", "called", "subclass"]),
    seeds(),
    st.sampled_from(["complete", "ring", "star"]),
    st.lists(st.sampled_from(sorted(CHANGES)), max_size=9),
    st.sampled_from(sorted(COPIES)),
)
@settings(max_examples=60, deadline=None)
def test_a_copy_continues_equally(kind, seed, topology, changes, how):
    org = organization(kind, seed, topology=topology)
    for change in changes:
        CHANGES[change](org)
    twin = COPIES["pickle" if kind == "subclass" and how == "restore" else how](org)
    assert how == "restore" or type(twin) is type(org)
    before = texts(org.records)
    twin.run(3)
    assert texts(org.records) == before
    org.run(3)
    assert_alike(org, twin)
    if kind == "subclass":
        assert (org.morale, org.drawn) == (twin.morale, twin.drawn)


@copies
@pytest.mark.parametrize("stop", [0, 3, 9])
def test_a_trial_is_copied(copied, stop):
    org = organization("plain", 2, protocol="stigmergic", tune="group=1/3,measure=participation")
    org.run(stop)
    twin = copied(org)
    assert twin.trial_rule == org.trial_rule
    org.run(26)
    twin.run(26)
    assert_alike(org, twin)
    assert any(r.rulings for r in org.records)


@copies
def test_a_copied_team_still_hears(copied):
    org = un.build("sequential", 3, ArbitraryMind(0.0, 0.0), judge="none", rng=0)
    org.step()
    twin = copied(org)
    twin.step()
    assert [len(twin.members[m].mailbox) for m in range(3)] == [0, 1, 2]


@copies
def test_a_copy_shares_nothing_that_changes(copied):
    org = organization("plain", 1)
    org.step()
    twin = copied(org)
    assert twin.network is not org.network
    assert twin.space.G is twin.setup.graph is not org.setup.graph
    assert {a.model for a in twin.agents} == {twin}
    assert {a.cell.space for a in twin.agents} == {twin.network}
    twin.remove_member(min(twin.members))
    assert len(org.members) == len(org.agents) == len(org.network.G) == 5


@copies
def test_copies_of_called_teams_continue(copied, loopback):
    server = loopback()
    calls = un.Calls(api_base=server.api_base)
    org = un.build("sequential", 3, "openai/first", judge="none", calls=calls, rng=3)
    org.step()
    twin = copied(org)
    org.run(2)
    requests = len(server.log)
    twin.run(2)
    assert [r.task_id for r in org.records] == [r.task_id for r in twin.records]
    if copied is not COPIES["pickle"]:  # one journal: what the original asked is not asked again
        assert texts(org.records) == texts(twin.records)
        assert len(server.log) == requests
    assert {m.state for m in twin.records[-1].members} == {"contributed"}
