"""What Mesa's users expect of a model, its agents, its space and its collector."""

from __future__ import annotations

import inspect

import mesa
import pytest
from mesa.discrete_space import Network
from support.teams import WORKER

import unscripted as un
from unscripted.model.metrics.catalogue import of_ticks
from unscripted.model.record import State


class Moody(un.BaseOrganization):
    """A user's own, that fails once."""

    def __init__(self, setup, rng=None):
        super().__init__(setup, rng)
        self.morale = 0
        self.failing_at = None

    def model_reporters(self):
        return {**super().model_reporters(), "morale": "morale", "size": size}

    def step(self):
        super().step()
        self.morale += 2
        if self.tick == self.failing_at:
            raise KeyboardInterrupt


def size(org):
    return len(org.members)


def test_members_are_mesa_agents():
    org = un.build(n_agents=6, topology="ring", rng=1)
    assert isinstance(org, mesa.Model)
    assert org.space is org.network
    assert isinstance(org.space, Network)
    assert [a.unique_id for a in org.agents] == [1, 2, 3, 4, 5, 6]
    assert list(org.agents) == list(org.members.values())
    assert repr(org) == "<Organization: sequential, 6 members, tick 0, seed 1>"
    assert repr(org.space) == "<TeamNetwork: 6 seats, 6 links>"
    assert repr(org.members[2]) == "Member(2, 'synthetic/strong', not yet asked)"


def test_subclass_steps_and_reports():
    org = Moody(un.build(n_agents=2, rng=1).setup, 1)
    org.run(3)
    frame = org.datacollector.get_model_vars_dataframe()
    assert frame["morale"].tolist() == [2, 4, 6]
    assert frame["size"].tolist() == [2, 2, 2]
    assert repr(org).startswith("<Moody: sequential, 2 members, tick 3")


def test_subclass_may_raise_and_go_on():
    org = Moody(un.build(n_agents=2, rng=1).setup, 1)
    org.failing_at = 2
    org.step()
    with pytest.raises(KeyboardInterrupt):
        org.step()
    for _ in range(2):
        org.step()
    assert (org.tick, org.morale) == (4, 8)
    assert org.datacollector.model_vars["morale"] == [2, 4, 6, 8]


@pytest.mark.skipif(not hasattr(mesa.Model, "run_for"), reason="this Mesa has no run_for")
def test_run_for_stops_where_it_raised():
    org = Moody(un.build(n_agents=2, rng=1).setup, 1)
    org.failing_at = 2
    with pytest.raises(KeyboardInterrupt):
        org.run_for(5)
    assert org.tick == 2
    org.run_for(2)
    assert org.tick == 4


def test_removed_agents_leave_the_team():
    org = un.build(n_agents=4, topology="ring", rng=1)
    gone = org.members[1]
    gone.remove()
    gone.remove()
    assert sorted(org.members) == sorted(org.network.G) == [0, 2, 3]
    assert gone not in org.agents
    assert len(list(org.space)) == 3
    org.step()
    assert [m.member for m in org.records[0].members] == [0, 2, 3]
    newcomer = org.add_member(gone.mind, [0])
    assert org.members[newcomer].unique_id == 5


def test_last_member_stays():
    org = un.build(n_agents=3, rng=1)
    with pytest.raises(un.UsageError, match=r"use remove_member for each"):
        org.remove_all_agents()
    assert len(org.agents) == 3
    with pytest.raises(un.UsageError, match=r"remove_member\(2\): it is the last one"):
        org.agents.do("remove")
    assert [a.member for a in org.agents] == [2]


def test_setting_a_mind_substitutes_it():
    org = un.build(n_agents=3, rng=1)
    org.agents.select(lambda a: a.member < 2).set("mind", WORKER)
    org.step()
    assert [m.mind for m in org.records[0].members] == ["scripted"] * 2 + ["synthetic/strong"]
    again = un.BaseOrganization.restore(org.snapshot())
    assert [a.mind for a in again.members.values()] == [a.mind for a in org.members.values()]


def test_agents_of_other_kinds_fit_in():
    org = un.build(n_agents=2, rng=1)
    weather = mesa.Agent(org)
    org.step()
    assert weather.unique_id == 3
    frame = org.datacollector.get_agent_vars_dataframe()
    assert frame["state"].isna().tolist() == [False, False, True]


def test_measures_are_collected_every_tick():
    org = un.build(n_agents=4, rng=1)
    org.run(3)
    frame = org.datacollector.get_model_vars_dataframe()
    assert len(frame) == 3
    assert frame["quality"].iloc[-1] == org.measures["quality"]
    assert frame["role_stability"].isna().tolist() == [True, False, False]
    agents = org.datacollector.get_agent_vars_dataframe()
    assert len(agents) == 12
    assert set(agents["state"]) <= {s.value for s in State}


def test_collector_has_every_measure():
    org = un.build(n_agents=3, rng=0)
    org.run(3)
    frame = org.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == list(of_ticks())
    assert len(frame) == 3
    assert frame["quality"].between(0.25, 1).all()
    assert frame["quality"].iloc[-1] == org.measures["quality"]


def test_batch_run_plays_every_combination():
    parameters = {
        "protocol": ["sequential", "silent"],
        "n_agents": [2, 3],
        "model": "synthetic/weak",
    }
    seeds = {"rng": [0]} if "rng" in inspect.signature(mesa.batch_run).parameters else {}
    ticks = 2
    if not seeds:  # older Mesa: a seed is a parameter like the others, and one more step is played
        parameters["rng"] = [0]
        ticks = 3
    rows = mesa.batch_run(
        un.build, parameters=parameters, number_processes=1, max_steps=2,
        display_progress=False, **seeds,
    )  # fmt: skip
    assert {(r["protocol"], r["n_agents"]) for r in rows} == {
        (p, n) for p in ("sequential", "silent") for n in (2, 3)
    }
    assert len(rows) == 2 * (2 + 3)  # one per agent of each last tick
    for r in rows:
        assert set(of_ticks()) <= r.keys()
        assert r["Step"] == 2
        org = un.build(r["protocol"], r["n_agents"], r["model"], rng=0)
        org.run(ticks)
        assert r["quality"] == org.measures["quality"]


def test_mesas_loop_steps_the_model():
    org = un.build(n_agents=2, rng=0)
    while org.steps < 3:
        org.step()
    assert org.tick == 3
    assert len(org.agents) == 2
