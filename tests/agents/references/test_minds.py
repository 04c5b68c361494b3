"""Scripted references: relays reach the ceiling when distances let them, and others as they are."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted import UsageError
from unscripted.agents.references.minds import opposite
from unscripted.model.metrics.scored import reach_by_round

FAMILIES = (
    "shards:kind=xor", "shards:kind=sort", "hidden-profile", "agentsnet:problem=coloring",
    "agentsnet:problem=consensus", "agentsnet:problem=leader",
)  # fmt: skip


@st.composite
def connected(draw, most=9):
    """Any connected network of 2 to `most` members."""
    n = draw(st.integers(2, most))
    graph = nx.empty_graph(n)
    graph.add_edges_from((i, draw(st.integers(0, i - 1))) for i in range(1, n))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    graph.add_edges_from((a, b) for a, b in draw(st.lists(pairs, max_size=n)) if a != b)
    return graph


def played(graph, spec, protocol, model="reference/relay", seed=0, **options):
    org = un.build(
        protocol=protocol, n_agents=len(graph), model=model, topology=graph, tasks=spec, rng=seed,
        **options,
    )  # fmt: skip
    (record,) = org.run(1)
    assert not record.error, record.error
    return record


@settings(max_examples=60, deadline=None)
@given(connected(), st.integers(1, 6), st.sampled_from(FAMILIES), st.integers(0, 99))
def test_relays_need_rounds_as_distances(graph, rounds, spec, seed):
    """A member is right if, and only if, nobody is farther from it than there are rounds.

    In a hidden profile a member is sure sooner where what it lacks could not change its choice, and
    it can't be: without any one part another option is best. (A vertex cover is left out: there no
    answer counts as no, which may happen to be right.)
    """
    record = played(graph, spec, f"dialogue:rounds={rounds}", seed=seed)
    far = nx.eccentricity(graph)
    given = {a.member: a.value for a in record.ground_truth.answers}
    assert {m for m, value in given.items() if value is not None} == {
        m for m in graph if far[m] <= rounds
    }
    full = record.ground_truth.bounds.ceiling
    assert (record.verdict.score == full) == (max(far.values()) <= rounds)
    assert reach_by_round(record)[-1] == pytest.approx(
        sum(
            sum(0 < d <= rounds for d in lengths.values())
            for _, lengths in nx.all_pairs_shortest_path_length(graph)
        )
        / (len(graph) * (len(graph) - 1))
    )


@settings(max_examples=15, deadline=None)
@given(connected(6), st.integers(0, 99))
def test_segments_need_earlier_parts_only(graph, seed):
    rounds = 2
    record = played(graph, "shards:kind=prefix", f"dialogue:rounds={rounds}", seed=seed)
    near = dict(nx.all_pairs_shortest_path_length(graph))
    wanted = {m for m in graph if all(near[m][e] <= rounds for e in range(m))}
    assert {a.member for a in record.ground_truth.answers if a.score == 1} == wanted


def test_serial_talk_runs_down_a_chain():
    chain = nx.path_graph(6)
    record = played(chain, "shards:kind=xor", "dialogue:rounds=1,order=serial")
    right = {a.member for a in record.ground_truth.answers if a.score == 1}
    assert right == {4, 5}, "one round carries everything up, and nothing but the last word down"


def test_the_others_are_what_they_are():
    graph = nx.complete_graph(4)

    def score(model, spec="hidden-profile"):
        return played(graph, spec, "dialogue:rounds=2", model).verdict.score

    assert score("reference/relay") == 1
    assert score("reference/silent") == 0
    team = "reference/relay*3+reference/{}*1"
    assert score(team.format("silent")) == 0, "one part is missing"
    assert score(team.format("free-rider")) == 0.25, "who only listens is right alone"
    assert score(team.format("liar")) == 0.25, "who lies knows better"
    assert score("reference/liar", "shards:kind=sum") == 0


def test_lies_keep_their_kind():
    assert [opposite(v) for v in (True, 0, 1, 7, "ab", (0, "x"))] == [
        False,
        1,
        0,
        8,
        "ba",
        (1, "x"),
    ]


def test_other_tasks_are_declined():
    org = un.build(protocol="broadcast", n_agents=3, model="reference/relay", rng=0)
    (record,) = org.run(1)
    assert {m.state for m in record.members} == {"abstained"}
    with pytest.raises(UsageError, match="did you mean reference/relay"):
        un.build(model="reference/relya", rng=0)
