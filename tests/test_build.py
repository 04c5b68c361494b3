"""`un.build` takes names or objects in every place, and the package costs nothing to import."""

from __future__ import annotations

import inspect
import subprocess
import sys

import mesa
import networkx as nx
import numpy as np
import pytest

import unscripted as un
from unscripted.model.errors import UnknownNameError, UsageError
from unscripted.model.tasks.files import CORPUS, corpus
from unscripted.model.tasks.stream import CycledTasks, TaskStream
from unscripted.scenarios.harness.build.organization import parse_team


class Relay(un.Protocol):
    name = "relay-of-the-test"

    def rounds(self, team):
        for member in reversed(team.members):
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())


class Constant(un.Mind):
    instant = True

    def __init__(self, role):
        self.name = f"constant/{role}"
        self.role = role

    def decide(self, observation):
        return un.Contribution(self.role, "some work")


class Lenient(un.Judge):
    instant = True
    name = "lenient"

    def appraise(self, submission):
        return un.Verdict(4.0, 4.0, 4.0, 4.0, 2.0)


class OneTask(TaskStream):
    domains = corpus()[0].domains
    level = corpus()[0].level

    def task(self, tick):
        return corpus()[0]


def records(**arguments):
    return [r.to_json() for r in un.build(**{"n_agents": 3, "rng": 5, **arguments}).run(2)]


def test_the_defaults_are_those_of_the_contract():
    defaults = {n: p.default for n, p in inspect.signature(un.build).parameters.items()}
    expected = {
        "protocol": "sequential", "n_agents": 8, "model": "synthetic/strong",
        "topology": "complete", "level": None, "rng": None,
    }  # fmt: skip
    assert expected.items() <= defaults.items()
    org = un.build(rng=0)
    assert isinstance(org, mesa.Model)
    assert isinstance(org, un.BaseOrganization)
    assert len(org.members) == 8
    org.step()
    (record,) = org.records
    assert (record.protocol, record.level) == ("sequential", "L3")
    assert {m.mind for m in record.members} == {"synthetic/strong"}
    assert nx.utils.graphs_equal(nx.Graph(org.network.G.edges), nx.complete_graph(8))


def test_the_example_of_the_contract_works():
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


def test_a_protocol_may_be_a_name_or_an_instance():
    from unscripted.protocols.silent import Silent

    assert records(protocol="silent") == records(protocol=Silent())
    assert records(protocol="silent") != records(protocol="sequential")
    org = un.build(protocol=Relay(), n_agents=3, rng=0)
    org.step()
    assert org.records[0].protocol == "relay-of-the-test"
    assert [r.actors for r in org.records[0].rounds] == [(2,), (1,), (0,)]


def test_a_model_may_be_a_name_a_mind_or_a_mind_for_each_member():
    one = Constant("critic")
    org = un.build(model=one, n_agents=3, rng=0)
    org.step()
    assert [m.role for m in org.records[0].members] == ["critic"] * 3
    many = [Constant(r) for r in ("critic", "writer", "editor")]
    org = un.build(model=many, n_agents=3, rng=0)
    org.step()
    assert [m.role for m in org.records[0].members] == ["critic", "writer", "editor"]


def test_a_mixed_team_seats_its_minds_in_the_order_written():
    org = un.build(model="synthetic/strong*2 + synthetic/weak*3", n_agents=5, rng=0)
    org.step()
    minds = [m.mind for m in org.records[0].members]
    assert minds == ["synthetic/strong"] * 2 + ["synthetic/weak"] * 3


def test_a_mixed_team_may_name_a_model_whose_id_has_a_star():
    assert parse_team("a/b*c*2+d*1", 3) == [("a/b*c", 2), ("d", 1)]
    assert parse_team("a/b", 3) == [("a/b", 3)]


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("synthetic/strong*2+synthetic/weak*2", "names 4 members for n_agents=3"),
        ("synthetic/strong*2+synthetic/weak", "'synthetic/weak' is not `name*count`"),
        ("synthetic/strong*two+synthetic/weak*1", "is not `name*count`"),
        ("synthetic/strong*-1+synthetic/weak*4", "is not `name*count`"),
        ("synthetic/strong*3+", "is not `name*count`"),
        ("*3", "is not `name*count`"),
        ("synthetic/strong*²+synthetic/weak*1", "is not `name*count`"),
        ("synthetic/strong*" + "9" * 5000, "is not `name*count`"),
        ("synthetic/strong*2+synthetic/nobody*1", "synthetic/nobody"),
        ("nobody*3", "model='nobody' is not known"),
        ([Constant("a"), Constant("b")], "2 minds for n_agents=3"),
        ([Constant("a"), Constant("b"), "synthetic/weak"], "is not a Mind"),
        (5, "is not a Mind"),
        (Constant, "is not a Mind"),
    ],
)
def test_a_team_that_can_not_be_is_refused(model, said):
    with pytest.raises(UsageError) as caught:
        un.build(model=model, n_agents=3)
    assert said in str(caught.value)
    assert "model" in str(caught.value)


def test_a_topology_may_be_a_name_a_graph_a_function_or_a_file(tmp_path):
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
    assert asked[0][0] == 5
    assert isinstance(asked[0][1], int)


def test_a_random_network_is_drawn_from_the_seed():
    def edges(seed):
        org = un.build(topology="erdos-renyi:p=0.3", n_agents=12, rng=seed)
        return set(org.network.G.edges)

    assert edges(1) == edges(1)
    assert edges(1) != edges(2)


def test_tasks_may_be_a_source_a_file_a_folder_or_a_stream():
    folder = {r.split('"task_id":"')[1].split('"')[0] for r in records(tasks=CORPUS, level="L1")}
    assert all(t.startswith("l1-") for t in folder)
    file = min(CORPUS.glob("l2-*.yaml"))
    org = un.build(tasks=file, n_agents=2, rng=0)
    org.step()
    assert org.records[0].level == "L2"
    assert records(tasks="generated") == records(tasks="generated")
    assert records(tasks="generated") != records(tasks="corpus")
    org = un.build(tasks=OneTask(), n_agents=2, rng=0)
    assert {r.task_id for r in org.run(3)} == {corpus()[0].id}
    l1 = [t for t in corpus() if t.level == "L1"]
    org = un.build(tasks=CycledTasks(l1, 0), n_agents=2, rng=0)
    assert len({r.task_id for r in org.run(len(l1))}) == len(l1)


@pytest.mark.parametrize("level", ["L1", "L2", "L3", "L4"])
def test_a_level_chooses_the_tasks(level):
    for tasks in ("corpus", "generated"):
        org = un.build(level=level, tasks=tasks, n_agents=2, rng=0)
        assert [r.level for r in org.run(2)] == [level] * 2


def test_a_judge_may_be_a_name_none_or_an_instance():
    def qualities(judge):
        return [r.verdict.accuracy for r in un.build(judge=judge, n_agents=2, rng=0).run(2)]

    assert qualities(None) == qualities("rubric") == qualities("rubric:gpt-5.4")
    assert qualities("rubric:gpt-4o") != qualities("rubric")
    assert qualities("none") == [None, None]
    assert qualities(Lenient()) == [4.0, 4.0]


@pytest.mark.parametrize("seed_type", [int, np.int64, np.uint32, np.int8])
def test_any_whole_number_is_a_seed(seed_type):
    org = un.build(n_agents=3, rng=seed_type(7))
    assert type(org.seed) is int
    assert [r.to_json() for r in org.run(2)] == records(rng=7)


def test_without_a_seed_every_organization_is_another():
    seeds = {un.build(n_agents=1, rng=None).seed for _ in range(5)}
    assert len(seeds) == 5
    again = un.build(n_agents=3, rng=None)
    assert [r.to_json() for r in again.run(2)] == records(rng=again.seed)


def test_whole_team_sizes_of_other_types_are_taken():
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
        ({"topology": nx.path_graph(3)}, "3 nodes for n_agents=8"),
        ({"topology": lambda n, seed: n}, "returned int"),
        ({"topology": "karate-club"}, "34"),
        ({"topology": "watts-strogatz:k=four"}, "k='four'"),
        ({"topology": "watts-strogatz:q=4"}, "q=4"),
        ({"tasks": "nowhere.yaml"}, "nowhere.yaml"),
        ({"timeout_s": 0}, "timeout=0"),
        ({"concurrency": 0}, "concurrency=0"),
    ],
)
def test_a_broken_rule_is_a_usage_error_with_the_value(arguments, said):
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
def test_a_misspelt_name_lists_the_known_ones(arguments, hint):
    with pytest.raises(UnknownNameError) as caught:
        un.build(**arguments)
    assert hint in str(caught.value)
    assert repr(next(iter(arguments.values()))) in str(caught.value)


def test_a_misspelt_argument_is_not_swallowed():
    with pytest.raises(TypeError, match="protocl"):
        un.build(protocl="silent")


def test_importing_the_package_imports_nothing_heavy():
    heavy = ("mesa", "numpy", "networkx", "pandas", "scipy", "matplotlib", "typer", "rich", "yaml")
    code = f"import sys, unscripted; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_resolves_and_is_listed():
    assert len(set(un.__all__)) == len(un.__all__)
    assert dir(un) == sorted(un.__all__)
    for name in un.__all__:
        assert getattr(un, name) is not None
    for name in ("build", "Protocol", "Mind", "Judge", "testing"):
        assert name in un.__all__
    for name in un.testing.__all__:
        assert getattr(un.testing, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'biuld'"):
        _ = un.biuld
    assert not hasattr(un, "nothing_of_the_kind")
