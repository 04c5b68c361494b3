"""Floors of AgentsNet's problems: equal to all guesses played out, at any size and in any order."""

from __future__ import annotations

import math
import random
from itertools import product

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unscripted.model.families.agentsnet import LARGE, AgentsNet
from unscripted.model.families.agentsnet_chance import MOST_COUNTED, _weight, floor_of
from unscripted.model.families.agentsnet_problems import PROBLEMS, colours
from unscripted.model.ground_truth.family import ring

FAMILIES = [(p, s) for p in PROBLEMS for s in ("strict", "compat")]
NETWORKS = {
    "pair": ring(2), "ring": ring(5), "star": nx.star_graph(4), "complete": nx.complete_graph(4),
    "grid": nx.convert_node_labels_to_integers(nx.grid_2d_graph(2, 3)),
    "kite": nx.lollipop_graph(3, 2),
}  # fmt: skip
SAMPLED = {("vertex-cover", "compat"): 0.025, ("coloring", "strict"): 0.006}
"""Three standard errors, as the functions state them."""


def best_guess(family, graph):
    """Every combination of answers played out; and each constant."""
    tasks = [family.make(seed=s, graph=graph) for s in range(64 if family._problem.bits else 1)]
    members, forms = tasks[0].members, tasks[0].layout.forms
    options = [getattr(forms[m], "options", (True, False)) for m in members]

    def worth(answers):
        answered = dict(zip(members, answers, strict=True))
        return math.fsum(family.score(t, answered).score for t in tasks) / len(tasks)

    chance = math.fsum(map(worth, product(*options))) / math.prod(map(len, options))
    same = set.intersection(*map(set, options))
    constants = [] if family._problem.bits else [worth([c] * len(members)) for c in same]
    n = len(graph)
    lot = [(1 - 1 / n) ** (n - 1)] if family.problem == "leader" else []
    return max(chance, *constants, *lot, 0.0)


@pytest.mark.parametrize("graph", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize(("problem", "scoring"), FAMILIES)
def test_floors_are_the_best_guesses(problem, scoring, graph):
    family = AgentsNet(problem=problem, scoring=scoring)
    found = family.bounds(graph).floor
    if problem == "consensus":  # either bit is the majority's in half of all tasks
        assert found == (0.5 if scoring == "strict" else 1.0)
        assert best_guess(family, graph) <= found
        return
    near = SAMPLED.get((problem, scoring), 1e-12)
    assert found == pytest.approx(best_guess(family, graph), abs=near)


@pytest.mark.parametrize(("problem", "scoring"), FAMILIES)
def test_floors_at_large_sizes(problem, scoring):
    family = AgentsNet(problem=problem, scoring=scoring)
    known = {
        "consensus": {"strict": 0.5, "compat": 1.0},
        "leader": dict.fromkeys(("strict", "compat"), math.exp(-1)),
        "matching": dict.fromkeys(("strict", "compat"), 10 / 27),
        "coloring": {"strict": 0.0, "compat": 2 / 3},
        "vertex-cover": {"strict": 0.0, "compat": 0.75},
    }
    assert family.floor(500) == pytest.approx(known[problem][scoring], abs=6e-4)


@pytest.mark.parametrize("n", [MOST_COUNTED, MOST_COUNTED + 1])
def test_rare_covers_are_next_to_none(n):
    tree = nx.random_labeled_tree(n, seed=1)
    assert floor_of("vertex-cover", tree, strict=True) < 1e-4


def test_a_large_floor_forgets_other_networks():
    family = AgentsNet(problem="coloring", scoring="compat")
    star = nx.star_graph(LARGE)
    assert family.bounds(star).floor == pytest.approx(1 - 1 / (LARGE + 1))
    assert family.floor(LARGE + 1) == pytest.approx(2 / 3)


@given(n=st.integers(4, 24), p=st.floats(0.2, 0.9), seed=st.integers(0, 99))
def test_colourings_keep_their_stated_error(n, p, seed):
    graph = nx.erdos_renyi_graph(n, p, seed=seed)
    graph.add_edges_from(nx.path_graph(n).edges)
    before = [[o for o in graph[m] if o < m] for m in graph]
    draw = random.Random(seed)
    weights = [_weight(before, colours(graph), draw) for _ in range(60)]
    mean = math.fsum(weights) / len(weights)
    spread = math.sqrt(math.fsum((w - mean) ** 2 for w in weights) / (len(weights) - 1))
    assert spread / math.sqrt(max(16, 8192 // n)) < 0.002


@pytest.mark.parametrize("n", [2, 3, 17, 60])
def test_floors_repeat_and_are_chances(n):
    for problem, scoring in FAMILIES:
        family = AgentsNet(problem=problem, scoring=scoring)
        assert 0 <= family.floor(n) == AgentsNet(problem=problem, scoring=scoring).floor(n) <= 1
