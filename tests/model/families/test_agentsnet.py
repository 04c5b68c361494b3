"""Scores of the five problems, as seen in the original program and as is right."""

from __future__ import annotations

import networkx as nx
import pytest

from unscripted.model.errors import UsageError
from unscripted.model.families.agentsnet import AgentsNet

PATH, RING, FULL = nx.path_graph(4), nx.cycle_graph(5), nx.complete_graph(4)
Y, N, O = True, False, "none"  # noqa: E741
CASES = [
    # problem, network, answers, compat, strict
    ("matching", PATH, [1, 0, 3, 2], 1, 1),
    ("matching", PATH, [O, 2, 1, O], 1, 1),
    ("matching", PATH, [1, 2, 1, O], 0.75, 0.75),
    ("matching", PATH, [O, O, 3, 2], 0.5, 0.5),
    ("matching", PATH, [O, O, O, O], 0, 0),
    ("matching", PATH, [O, None, None, O], 0.5, 0),
    ("matching", PATH, [3, 2, 1, O], 0.75, 1),  # a stranger's name is no answer
    ("vertex-cover", PATH, [N, Y, Y, N], 1, 1),
    ("vertex-cover", PATH, [Y, N, Y, N], 1, 1),
    ("vertex-cover", PATH, [Y, Y, Y, N], 1 / 3, 0),
    ("vertex-cover", PATH, [N, Y, N, N], 2 / 3, 0),
    ("vertex-cover", PATH, [Y, N, N, Y], 2 / 3, 0),
    ("vertex-cover", PATH, [Y, Y, Y, Y], 0, 0),
    ("vertex-cover", PATH, [N, N, N, N], 0, 0),  # the original divides by zero
    ("vertex-cover", PATH, [None, Y, Y, None], 1, 1),
    ("vertex-cover", FULL, [Y, Y, N, N], 5 / 6, 0),
    ("coloring", RING, [1, 2, 1, 2, 3], 1, 1),
    ("coloring", RING, [1, 2, 1, 2, 1], 0.8, 0),
    ("coloring", RING, [1, 2, None, 2, 3], 0, 0),
    ("coloring", RING, [1, 2, 9, 2, 3], 0, 0),
    ("leader", PATH, [Y, N, N, N], 1, 1),
    ("leader", PATH, [Y, Y, N, N], 0, 0),
    ("leader", PATH, [N, N, N, N], 0, 0),
    ("leader", PATH, [Y, N, None, N], 0, 0),
]


def scored(problem, graph, answers, scoring):
    family = AgentsNet(problem=problem, scoring=scoring)
    task = family.make(seed=0, graph=graph)
    return family.score(task, dict(enumerate(answers)))


@pytest.mark.parametrize(("problem", "graph", "answers", "compat", "strict"), CASES)
def test_scores_are_those_of_the_original(problem, graph, answers, compat, strict):
    assert scored(problem, graph, answers, "compat").score == pytest.approx(compat)
    found = scored(problem, graph, answers, "strict")
    assert found.score == pytest.approx(strict)
    assert set(found.by_member) == set(graph)


def test_silent_agreement_is_no_consensus():
    strict, compat = (AgentsNet(scoring=s) for s in ("strict", "compat"))
    won = []
    for seed in range(60):
        task = strict.make(seed=seed, graph=PATH)
        won.append(strict.score(task, dict.fromkeys(range(4), 0)).score)
        assert compat.score(task, dict.fromkeys(range(4), 0)).score == 1
        assert compat.score(task, {0: 0, 1: 0, 2: 1, 3: 0}).score == 0
        assert strict.score(task, strict.solve(task)).score == 1
        bits = [int(task.layout.parts[m].known[m, "bit"]) for m in range(4)]
        assert strict.solve(task)[0] == int(sum(bits) > 2)
    assert 0.25 < sum(won) / len(won) < 0.75


def test_parts_are_ones_own_links():
    task = AgentsNet(problem="coloring").make(seed=1, graph=RING)
    assert task.layout.parts[0].known == {(0, "links"): (1, 4)}
    assert "members 1, 4" in task.layout.parts[0].text
    assert "colours are 1 to 3" in task.brief.text
    assert task.layout.forms[0].schema == {"enum": [1, 2, 3]}


@pytest.mark.parametrize("answer", [[1], {"mate": 1}, True, 1.5])
def test_compat_matching_takes_any_answer(answer):
    family = AgentsNet(problem="matching", scoring="compat")
    task = family.make(seed=0, graph=PATH)
    assert family.score(task, {0: answer, 1: 0, 2: 3, 3: 2}).by_member == {0: 0, 1: 0, 2: 1, 3: 1}


@pytest.mark.parametrize("graph", [nx.Graph([("a", "b")]), nx.Graph([(0, 0), (0, 1)])])
def test_odd_nodes_are_refused(graph):
    with pytest.raises(UsageError, match="whole numbers"):
        AgentsNet().make(seed=0, graph=graph)
