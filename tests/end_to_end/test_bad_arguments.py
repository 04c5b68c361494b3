"""Public Python names given bad values: one clear line each time, and never a bare error."""

from __future__ import annotations

import math

import networkx as nx
import pytest

import unscripted as un
from unscripted import testing

ODD = [None, -1, 1.5, "", math.nan, math.inf, object(), [], "no such thing", "a\0b", b"x", len]
"""What a variable may hold by mistake."""
IDS = [
    "none", "below", "half", "empty", "nan", "inf", "object", "list", "text", "nul", "bytes", "len",
]  # fmt: skip
FAMILIES = ["agentsnet:problem=coloring", "shards:kind=max", "hidden-profile", "philosophers"]
odd = pytest.mark.parametrize("value", ODD, ids=IDS)


def refused(call, name=""):
    """Refuses in one line, which names the argument and says what to do; takes a while at most."""
    with pytest.raises(un.UsageError) as caught:
        call()
    said = str(caught.value)
    assert "\n" not in said
    assert name in said
    assert len(said) < 400


def taken(call):
    """Either works or refuses as it should."""
    try:
        call()
    except un.UsageError as error:
        assert "\n" not in str(error)  # noqa: PT017


@odd
@pytest.mark.parametrize("spec", FAMILIES)
def test_families_refuse_what_is_none(spec, value):
    family = un.task_family(spec)
    task = family.make(seed=0, graph=nx.path_graph(4))
    refused(lambda: family.make(seed=value, graph=nx.path_graph(4)), "seed=")
    refused(lambda: family.make(graph=value), "graph=")
    refused(lambda: family.bounds(value), "graph=")
    refused(lambda: family.score(value, {}), "task=")
    refused(lambda: family.solve(value), "task=")
    refused(lambda: family.score(task, value), "answers=")
    assert 0 <= family.score(task, {0: value}).score <= 1
    for expected in (family.floor, family.own, family.ceiling):
        refused(lambda expected=expected: expected(value), "n=")


@pytest.mark.parametrize("spec", FAMILIES)
def test_families_refuse_strangers(spec):
    family = un.task_family(spec)
    task = family.make(graph=nx.path_graph(4))
    other = "shards:kind=sum" if spec != "shards:kind=sum" else "hidden-profile"
    foreign = un.task_family(other).make(graph=nx.path_graph(4))
    refused(lambda: family.score(foreign, {}), "is one of")
    refused(lambda: family.solve(foreign), "is one of")
    refused(lambda: family.score(task, {9: 1}), "answers name 9, who is no member")
    for graph in (nx.Graph([("a", "b")]), nx.Graph([(-1, 0)]), nx.MultiGraph([(0, 1), (0, 1)])):
        refused(lambda graph=graph: family.make(graph=graph), "whole numbers of 0 or more")
    refused(lambda: family.floor(10**30), "too large")
    assert family.make(seed=10**400, graph=nx.path_graph(4)) is not None


def test_both_scorings_score_one_task():
    strict, compat = (un.task_family(f"{FAMILIES[0]},scoring={s}") for s in ("strict", "compat"))
    task = strict.make(graph=nx.path_graph(4))
    assert compat.score(task, compat.solve(task)).score == 1


class Careless(un.TaskFamily):
    """A user's own, which checks nothing."""

    name = "careless"

    def lay_out(self, draw, graph):
        """Nothing private."""
        return un.Layout("t", "t", {}, {})

    def infer(self, task, member, known):
        """Nothing."""
        return None, False

    def score(self, task, answers):
        """Fails on anything odd."""
        return un.Score(float(len(answers)) / len(task.members), dict.fromkeys(task.members, 0.0))


def test_own_families_are_checked_too():
    family = Careless()
    task = family.make(graph=nx.path_graph(2))
    assert family.score(task, {0: 1}).score == 0.5
    refused(lambda: family.score(task, {5: 1}), "who is no member")
    refused(lambda: family.score(None, {}), "task=None")


@odd
@pytest.mark.parametrize(
    "name",
    [
        "protocol", "n_agents", "model", "topology", "tasks", "memory", "shocks", "parameters",
        "timeout_s", "concurrency", "scales", "constitution", "measures", "agent_reporters",
        "skills", "tune", "mission", "run", "judge", "level", "calls", "rng",
    ],
)  # fmt: skip
def test_organizations_refuse_other_kinds(name, value):
    def play():
        un.build(**{"n_agents": 2, name: value}).run(1)

    allowed = {
        "memory": (), "shocks": ("", []), "parameters": (), "timeout_s": (1.5, math.inf),
        "concurrency": (), "scales": (None,), "constitution": (None,), "measures": (None,),
        "agent_reporters": (None,), "skills": (None,), "tune": (None, ""), "rng": (None,),
        "mission": (None, "no such thing", "a\0b"), "calls": (None,), "judge": (None,),
        "run": (None, "", "no such thing", "a\0b"), "level": (None,),
    }.get(name, ())  # fmt: skip
    if any(value is a or value == a for a in allowed):
        play()
    else:
        refused(play)


@odd
def test_calls_refuse_other_kinds(value):
    for name in ("max_tokens", "rpm", "tpm", "budget_usd", "temperature", "api_base", "timeout_s"):
        taken(lambda name=name: un.Calls(**{name: value}))
    for name in ("max_tokens", "context_tokens", "concurrency"):
        refused(lambda name=name: un.Calls(**{name: value}), name)


@odd
def test_methods_refuse_other_kinds(value):
    org = un.build(n_agents=3, rng=0)
    before = org.run(1)[-1].to_json()
    for call in (
        lambda: org.run(value), lambda: org.task_at(value), lambda: org.replay(value),
        lambda: org.restore(value), lambda: org.propose(value), lambda: org.restate(value),
        lambda: org.step_as_recorded(value), lambda: org.add_member(value),
        lambda: org.remove_member(value), lambda: org.substitute(0, value),
        lambda: un.TickRecord.from_json(value), lambda: un.load(value),
        lambda: un.task_family(value),
    ):  # fmt: skip
        refused(call)
    taken(lambda: org.rewire(value))
    taken(lambda: un.topology(value))
    taken(lambda: testing.check_protocol(value, examples=1))
    assert org.records[-1].to_json() == before
    org.step()


@odd
def test_runs_refuse_other_kinds(value):
    run = un.run(agents=2, ticks=1)
    for call in (
        lambda: run.plot(value), lambda: run.plot("team", value),
        lambda: run.transcript(tick=value), lambda: run.transcript(agent=value),
    ):  # fmt: skip
        taken(call)


def test_functions_that_fail_are_refused():
    refused(lambda: un.build(topology=len), "topology=len raised TypeError")
