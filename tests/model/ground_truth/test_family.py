"""Families by name, their options, the networks they refuse, and between what scores lie."""

from __future__ import annotations

import copy
import pickle

import networkx as nx
import pytest

import unscripted as un
from unscripted import UsageError
from unscripted.model.families.agentsnet import AgentsNet, published_rounds
from unscripted.model.families.hidden_profile import HiddenProfile
from unscripted.model.ground_truth.family import ring
from unscripted.model.ground_truth.stream import FamilyTasks


@pytest.mark.parametrize(
    ("spec", "label"),
    [
        ("hidden-profile", "hidden-profile"),
        ("shards:kind=max", "shards"),
        ("shards:kind=xor,credit=partial", "shards:kind=xor,credit=partial"),
        ("agentsnet:problem=coloring,scoring=compat", "agentsnet:scoring=compat,problem=coloring"),
        ("philosophers:steps=9,order=serial", "philosophers:steps=9,order=serial"),
    ],
)
def test_specs_name_families(spec, label):
    family = un.task_family(spec)
    assert set(family.label.split(":")[-1].split(",")) == set(label.split(":")[-1].split(","))
    assert un.task_family(family) is family
    assert un.task_family(family.label).label == family.label


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("shard", "did you mean shards"),
        ("shards:kind=mx", "kind='mx' is not known; did you mean max"),
        ("shards:kind=sort,rule=last", "known: each"),
        ("shards:credit=some", "known: exact, partial"),
        ("hidden-profile:options=2", "outside 3 to 8"),
        ("hidden-profile:profile=half", "known: full, hidden"),
        ("agentsnet:scoring=fair", "known: compat, strict"),
        ("philosophers:order=random", "known: serial, simultaneous"),
        ("philosophers:meals=2", "option 'meals=2' is not known"),
    ],
)
def test_wrong_specs_say_what_is_known(spec, said):
    with pytest.raises(UsageError, match=said.replace("(", r"\(")):
        un.task_family(spec)


@pytest.mark.parametrize(
    ("spec", "graph", "said"),
    [
        ("hidden-profile", nx.path_graph(1), "can't be made for 1 members; use --agents 2"),
        ("philosophers", nx.path_graph(1), "use --agents 2 or more"),
        ("agentsnet", nx.empty_graph(3), "needs a connected network"),
        ("agentsnet", nx.path_graph(3, create_using=nx.DiGraph), "carry both ways"),
    ],
)
def test_networks_without_a_task_are_refused(spec, graph, said):
    with pytest.raises(UsageError, match=said):
        un.task_family(spec).make(graph=graph)


def test_bounds_have_their_formulas():
    leader = AgentsNet(problem="leader")
    for n, floor in ((4, 0.42), (8, 0.39), (16, 0.38)):
        assert leader.floor(n) == pytest.approx(floor, abs=0.005)
    assert un.task_family("shards:kind=vote").floor(4) == 0.25
    assert un.task_family("hidden-profile").floor(4) == pytest.approx(1 / 3)
    for spec in ("shards:kind=sort", "agentsnet:problem=matching", "philosophers"):
        family = un.task_family(spec)
        assert 0 <= family.floor(5) <= family.own(5) <= family.ceiling(5) == 1


def test_published_rounds_grow_with_teams():
    found = [published_rounds("coloring", nx.cycle_graph(n)) for n in (4, 8, 16, 20)]
    assert found == [4, 5, 6, 21]
    assert published_rounds("leader", nx.cycle_graph(8)) == 9


def test_streams_make_a_task_each_tick():
    stream = FamilyTasks(un.task_family("shards"), 7)
    graph = ring(4)
    tasks = [stream.task_on(t, graph) for t in range(3)]
    assert len({t.id for t in tasks}) == 3
    assert stream.task_on(1, graph).layout == tasks[1].layout
    assert stream.task(0).members == (0,)
    assert (stream.level, stream.domains) == ("scored", ("shards",))


def test_copies_of_teams_go_on():
    org = un.build(protocol="dialogue", n_agents=4, tasks="hidden-profile", rng=0)
    org.run(1)
    twins = [copy.deepcopy(org), pickle.loads(pickle.dumps(org)), org.restore(org.snapshot())]
    org.step()
    for twin in twins:
        twin.step()
        assert twin.records[-1].to_json() == org.records[-1].to_json()


@pytest.mark.parametrize("n", [-1, 0, 2.5, "a"])
@pytest.mark.parametrize("bound", ["floor", "own", "ceiling"])
def test_bounds_need_a_team_size(n, bound):
    with pytest.raises(UsageError, match=f"n={n!r} is not a team size; use a whole number from 1"):
        getattr(HiddenProfile(), bound)(n)
