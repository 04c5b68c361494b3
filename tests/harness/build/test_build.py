"""`un.build` takes names or objects in every place, and refuses the rest in one line."""

from __future__ import annotations

import inspect

import mesa
import networkx as nx
import numpy as np
import pytest
from support.own import Constant, Lenient, Relay

import unscripted as un
from unscripted.model.errors import UnknownNameError, UsageError
from unscripted.model.tasks.files import CORPUS, corpus
from unscripted.model.tasks.stream import CycledTasks, TaskStream
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.config.run import RunConfig


class OneTask(TaskStream):
    """The same task for ever."""

    domains = corpus()[0].domains
    level = corpus()[0].level

    def task(self, tick):
        return corpus()[0]


def played(ticks=1, **arguments):
    return un.build(**{"n_agents": 3, "rng": 5, **arguments}).run(ticks)


def texts(**arguments):
    return [r.to_json() for r in played(2, **arguments)]


def test_defaults_are_those_documented():
    defaults = {n: p.default for n, p in inspect.signature(un.build).parameters.items()}
    expected = {
        "protocol": "sequential", "n_agents": 8, "model": "synthetic/strong", "judge": None,
        "topology": "complete", "level": None, "tasks": "corpus", "memory": "team",
        "skills": "auto", "timeout_s": 120.0, "concurrency": 64, "rng": None,
    }  # fmt: skip
    assert expected.items() <= defaults.items()
    org = un.build(rng=0)
    assert isinstance(org, mesa.Model)
    assert isinstance(org, un.Organization)
    assert len(org.members) == 8
    (record,) = org.run(1)
    assert (record.protocol, record.level) == ("sequential", "L3")
    assert {m.mind for m in record.members} == {"synthetic/strong"}
    assert nx.utils.graphs_equal(nx.Graph(org.network.G.edges), nx.complete_graph(8))


def test_the_contracts_example_works():
    org = un.build(
        protocol="sequential", n_agents=8, model="synthetic/strong",
        topology="watts-strogatz", level="L3", rng=0,
    )  # fmt: skip
    org.step()
    frame = org.datacollector.get_model_vars_dataframe()
    assert len(frame) == 1
    for name in ("role_stability", "abstention_rate", "hierarchy_depth", "quality"):
        assert name in frame
    assert org.network.G.number_of_edges() == 16


def test_a_protocol_may_be_an_object():
    from unscripted.protocols.silent import Silent

    assert texts(protocol="silent") == texts(protocol=Silent()) != texts(protocol="sequential")
    (record,) = played(protocol=Relay())
    assert record.protocol == "relay-of-the-test:most=99"
    assert [r.actors for r in record.rounds] == [(2,), (1,), (0,)]


def test_minds_may_be_objects():
    (record,) = played(model=Constant("critic"))
    assert [m.role for m in record.members] == ["critic"] * 3
    (record,) = played(model=[Constant(r) for r in ("critic", "writer", "editor")])
    assert [m.role for m in record.members] == ["critic", "writer", "editor"]


def test_mixed_teams_keep_their_order():
    (record,) = played(model="synthetic/strong*2 + synthetic/weak*3", n_agents=5)
    assert [m.mind for m in record.members] == ["synthetic/strong"] * 2 + ["synthetic/weak"] * 3


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("synthetic/strong*2+synthetic/weak*2", "names 4 members for n_agents=3"),
        ("synthetic/strong*2+synthetic/nobody*1", "synthetic/nobody"),
        ("nobody*3", "model='nobody' is not known"),
        ([Constant("a"), Constant("b")], "2 minds for n_agents=3"),
        ([Constant("a"), Constant("b"), "synthetic/weak"], "is not a Mind"),
        (5, "is not a Mind"),
        (Constant, "is not a Mind"),
    ],
)
def test_an_impossible_team_is_refused(model, said):
    with pytest.raises(UsageError) as caught:
        un.build(model=model, n_agents=3)
    assert said in str(caught.value)
    assert "model" in str(caught.value)


def test_networks_come_in_four_ways(tmp_path):
    ring = nx.cycle_graph(5)
    nx.write_graphml(ring, tmp_path / "ring.graphml")
    nx.write_edgelist(ring, tmp_path / "ring.edgelist")
    asked = []

    def mine(n, seed):
        asked.append((n, seed))
        return nx.cycle_graph(n)

    options = ("ring", ring, mine, tmp_path / "ring.graphml", str(tmp_path / "ring.edgelist"))
    built = [un.build(topology=t, n_agents=5, rng=3).network.G for t in options]
    edges = [sorted(tuple(sorted(e)) for e in g.edges) for g in built]
    assert edges == [[(0, 1), (0, 4), (1, 2), (2, 3), (3, 4)]] * 5
    ((n, seed),) = asked
    assert n == 5
    assert 0 <= seed < 2**32


def test_the_seed_draws_the_network():
    def edges(seed):
        return set(un.build(topology="erdos-renyi:p=0.3", n_agents=12, rng=seed).network.G.edges)

    assert edges(1) == edges(1) != edges(2)


def test_tasks_come_in_four_ways():
    assert all(r.task_id.startswith("l1-") for r in played(2, tasks=CORPUS, level="L1"))
    (record,) = played(tasks=min(CORPUS.glob("l2-*.yaml")))
    assert record.level == "L2"
    assert texts(tasks="generated") == texts(tasks="generated") != texts(tasks="corpus")
    assert {r.task_id for r in played(3, tasks=OneTask())} == {corpus()[0].id}
    l1 = [t for t in corpus() if t.level == "L1"]
    assert len({r.task_id for r in played(len(l1), tasks=CycledTasks(l1, 0))}) == len(l1)


@pytest.mark.parametrize("level", ["L1", "L2", "L3", "L4"])
def test_a_level_chooses_tasks(level):
    for tasks in ("corpus", "generated"):
        assert [r.level for r in played(2, level=level, tasks=tasks)] == [level] * 2


def test_a_judge_may_be_an_object():
    def grades(judge):
        return [r.verdict.accuracy for r in played(2, judge=judge)]

    assert grades(None) == grades("rubric") == grades("rubric:gpt-5.4")
    assert grades("rubric:gpt-4o") != grades("rubric")
    assert grades("none") == [None, None]
    assert grades(Lenient()) == [4.0, 4.0]


def test_the_mission_reaches_the_judge():
    org = un.build(n_agents=1, mission="Save the bees.", rng=0)
    assert org.setup.charter.mission == "Save the bees."
    assert un.build(n_agents=1).setup.charter.mission != "Save the bees."


@pytest.mark.parametrize("seed_type", [int, np.int64, np.uint32, np.int8])
def test_whole_numbers_are_seeds(seed_type):
    org = un.build(n_agents=3, rng=seed_type(5))
    assert type(org.seed) is int
    assert [r.to_json() for r in org.run(2)] == texts()


def test_without_a_seed_all_differ():
    assert len({un.build(n_agents=1, rng=None).seed for _ in range(5)}) == 5
    again = un.build(n_agents=3, rng=None)
    assert [r.to_json() for r in again.run(2)] == texts(rng=again.seed)


def test_whole_sizes_are_taken():
    for size in (np.int64(3), 3.0, np.float64(3)):
        assert len(un.build(n_agents=size).members) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n_agents": 0}, "n_agents=0"),
        ({"n_agents": -2}, "n_agents=-2"),
        ({"n_agents": 2.5}, "n_agents=2.5"),
        ({"n_agents": True}, "n_agents=True"),
        ({"n_agents": None}, "n_agents=None"),
        ({"n_agents": "x"}, "n_agents='x'"),
        ({"n_agents": float("nan")}, "n_agents=nan"),
        ({"n_agents": float("inf")}, "n_agents=inf"),
        ({"n_agents": 100_001}, "n_agents=100001 is too large; use at most 100000"),
        ({"rng": -1}, "rng=-1"),
        ({"rng": 1.0}, "rng=1.0"),
        ({"rng": True}, "rng=True"),
        ({"rng": "0"}, "rng='0'"),
        ({"protocol": 5}, "protocol=5"),
        ({"protocol": Relay}, "instance"),
        ({"protocol": "silent:loud=1"}, "loud=1"),
        ({"judge": 5}, "judge=5"),
        ({"judge": Lenient}, "instance"),
        ({"judge": "rubric:noise=much"}, "noise='much'"),
        ({"topology": 5}, "topology=5"),
        ({"topology": nx.path_graph(3)}, "3 nodes for n_agents=8"),
        ({"topology": lambda n, seed: n}, "returned int"),
        ({"topology": "karate-club"}, "34"),
        ({"tasks": "nowhere.yaml"}, "nowhere.yaml"),
        ({"tasks": 5}, "tasks=5"),
        ({"level": 5}, "level='5'"),
        ({"calls": 5}, "calls=5 is neither"),
        ({"timeout_s": 0}, "timeout=0"),
        ({"concurrency": 0}, "concurrency=0"),
    ],
)
def test_a_broken_rule_is_one_line(arguments, said):
    with pytest.raises(UsageError) as caught:
        un.build(**arguments)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"protocol": "sequentail"}, "did you mean sequential?"),
        ({"topology": "watts-strogats"}, "did you mean watts-strogatz?"),
        ({"model": "synthetic/stronk"}, "did you mean synthetic/strong?"),
        ({"level": "L5"}, "known: L1, L2, L3, L4"),
        ({"judge": "rubrik"}, "did you mean rubric?"),
    ],
)
def test_a_misspelt_name_is_suggested(arguments, hint):
    with pytest.raises(UnknownNameError) as caught:
        un.build(**arguments)
    assert hint in str(caught.value)
    assert repr(next(iter(arguments.values()))) in str(caught.value)


def test_a_misspelt_argument_is_refused():
    with pytest.raises(TypeError, match="protocl"):
        un.build(protocl="silent")


def test_a_configuration_builds_the_same():
    options = {
        "protocol": "batched-sequential", "n_agents": 4, "model": "synthetic/weak",
        "topology": "erdos-renyi:p=0.7", "level": "L2", "tasks": "generated",
        "judge": "rubric:gpt-4o", "memory": "own:always=true", "skills": "growing",
        "shocks": "remove@1", "tune": "batch=1/2", "timeout_s": 9.0, "concurrency": 3,
    }  # fmt: skip
    names = {"n_agents": "agents", "shocks": "shock", "timeout_s": "timeout"}
    config = RunConfig.of(**{names.get(k, k): v for k, v in options.items()}, seed=7)
    org = organization_of(config)
    built = un.build(**options, rng=7)
    assert [r.to_json() for r in org.run(2)] == [r.to_json() for r in built.run(2)]
    assert org.setup.limits == built.setup.limits
    assert org.setup.tuning == built.setup.tuning
    stand_in = organization_of(config, minds=[Constant("x")] * 4, judge="none")
    (record,) = stand_in.run(1)
    assert {m.role for m in record.members} == {"x"}
    assert record.verdict.accuracy is None


OWN = [
    ({"measures": 5}, r"measures=5 is no mapping; use \{name: function\}"),
    ({"measures": {5: len}}, r"measures\[5\]: 5 is no name; use text"),
    ({"agent_reporters": 5}, r"agent_reporters=5 is no mapping; use"),
    ({"agent_reporters": {"x": 5}}, r"agent_reporters\['x'\]=5 is neither; use an attribute's"),
    ({"agent_reporters": {"x": "nope"}}, r"\['x'\]='nope': members have no such attribute; use"),
]


@pytest.mark.parametrize(("arguments", "said"), OWN)
def test_own_columns_are_checked(arguments, said):
    with pytest.raises(UsageError, match=said):
        un.build(n_agents=2, rng=0, **arguments)


def test_a_reporter_that_raises_is_named():
    org = un.build(n_agents=2, rng=0, agent_reporters={"x": lambda member: 1 / 0})
    with pytest.raises(
        UsageError, match=r"\['x'\] raised ZeroDivisionError: .*; give None"
    ) as found:
        org.step()
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("path", [None, 5])
def test_load_needs_a_path(path):
    with pytest.raises(UsageError, match=f"path={path} is no path; give the folder of a run"):
        un.load(path)
