"""What Mesa's users expect of a model, its agents, its space and its collector."""

from __future__ import annotations

import inspect

import mesa

import unscripted as un
from unscripted.model.metrics.catalogue import of_ticks
from unscripted.model.record import State


def test_members_are_mesa_agents():
    import mesa
    from mesa.discrete_space import Network

    org = un.build(n_agents=6, topology="ring", rng=1)
    assert isinstance(org, mesa.Model)
    assert isinstance(org.network, Network)
    assert len(org.agents) == 6
    neighbours = {a.member for cell in org.members[0].cell.neighborhood for a in cell.agents}
    assert neighbours == {1, 5}
    org.rewire(cut=[(0, 1)], made=[(0, 3)])
    assert set(org.members[0].cell.connections) == {3, 5}


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
