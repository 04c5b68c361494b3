"""Hidden profiles keep the rules of their design, by logic and for every team size."""

from __future__ import annotations

import itertools

import networkx as nx
import pytest

from unscripted.model.families.hidden_profile import HiddenProfile


def made(n=4, seed=0, **options):
    family = HiddenProfile(**options)
    return family, family.make(seed=seed, graph=nx.complete_graph(n))


def chosen(family, task, owners):
    known = {k: v for k, v in task.everything.items() if k[0] in owners}
    return family.infer(task, 0, known)[0]


def test_sixteen_fact_sets_of_four():
    """Decoy X falls by two facts, Y by two others: 12 sets choose X, 3 choose Y, one the truth."""
    family, task = made()
    x, y, truth = task.public[0]
    sets = [s for k in range(5) for s in itertools.combinations(range(4), k)]
    found = [chosen(family, task, s) for s in sets]
    assert [found.count(o) for o in (x, y, truth)] == [12, 3, 1]
    assert task.truth == truth == found[-1]


@pytest.mark.parametrize("n", [2, 3, 4, 5, 7, 30])
@pytest.mark.parametrize("options", [3, 4, 8])
def test_design_rules_hold(n, options):
    for seed in range(5):
        family, task = made(n, seed, options=options)
        decoy = chosen(family, task, ())
        assert decoy != task.truth
        assert {chosen(family, task, (m,)) for m in range(n)} == {decoy}
        assert chosen(family, task, range(n)) == task.truth
        for left_out in range(n):
            assert chosen(family, task, set(range(n)) - {left_out}) != task.truth


def test_truth_stands_anywhere_unless_compat():
    def last(scoring):
        tasks = [made(seed=s, scoring=scoring)[1] for s in range(300)]
        return sum(t.brief.title.endswith(t.truth) for t in tasks) / len(tasks)

    assert 0.25 < last("strict") < 0.42
    assert 0.62 < last("compat") < 0.82


def test_full_profiles_tell_everybody_all():
    family, task = made(profile="full")
    own = {m: family.infer(task, m, task.layout.parts[m].known)[0] for m in range(4)}
    assert set(own.values()) == {task.truth}
    assert family.bounds(task.graph).own == 1


@pytest.mark.parametrize(
    ("votes", "rule", "compat", "strict"),
    [
        ("AABA", "each", 0.75, 0.75),
        ("BAAB", "each", 0.5, 0.5),
        ("BAAB", "plurality", 0, None),
        ("AAB-", "plurality", 1, 1),
        ("a.AA", "each", 0.5, 1),
    ],
)
def test_votes_score_as_in_the_original(votes, rule, compat, strict):
    for scoring, wanted in (("compat", compat), ("strict", strict)):
        family, task = made(rule=rule, scoring=scoring)
        right, wrong = task.truth, task.public[0][0]
        said = {"A": right, "B": wrong, "a": right.lower(), ".": f"{right}.", "-": None}
        answers = dict(enumerate(said[v] for v in votes))
        if wanted is not None:
            assert family.score(task, answers).score == wanted
