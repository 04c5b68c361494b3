"""Right answers about split data, and how right others are: wholly, in part, as in the original."""

from __future__ import annotations

import networkx as nx
import pytest

from unscripted.model.errors import UsageError
from unscripted.model.families.shard_kinds import (
    KINDS,
    balanced,
    chain_hashes,
    components,
    page_rank,
    patterns,
    prefix_sums,
    sorted_blocks,
    trapped_water,
    winner,
    xor,
)
from unscripted.model.families.shard_scores import partly, same, same_text
from unscripted.model.families.shards import Shards

SEGMENTS = ((1, 1, 2), (3, 3, 3))


def test_answers_of_known_cases():
    blocks = tuple(f"Block_{i}_Data" for i in range(5))
    assert chain_hashes([blocks[:2], blocks[2:]]) == ((1107, 7), (1106, 4, 1107))
    assert patterns([("AABB",), ("CC",)]) == 1
    assert trapped_water([(3, 0), (2, 0, 4)]) == 7
    assert balanced([5, 4, 3, 3], 2) == (0.25, 8, 7)
    assert page_rank([(0, 1), (0, 2), (1, 2)], 3) == (0.05, 0.191667, 0.475)
    assert prefix_sums([(1, 2), (3, 4)]) == ((1, 3), (6, 10))
    assert sorted_blocks([(3, 1, 3), (3, 2, 1)]) == SEGMENTS
    assert xor([(5, 3), (6,)]) == 0
    assert winner([("A", "B"), ("B",)]) == "B"
    assert components([((0, 1),), ((1, 19), (0, 19))]) == 18


@pytest.mark.parametrize(
    ("level", "given", "true", "whole", "partial", "strict"),
    [
        (1, [9, "9", 8], [9, 9, 9], 2 / 3, 2 / 3, None),
        (1, [3.14, 3.142], [3.14, 3.14], 0.5, 1, None),
        (2, [(1, 3), (6, 7, 99)], [(1, 3), (6, 10)], 0.5, 0.75, 0.75),
        (3, list(SEGMENTS), list(SEGMENTS), 1, 0.5, 1),
        (3, [((1, 2), (3, 4)), 7], [((1, 2), (3, 4)), 7], 1, 1, 1),  # rows, not only numbers
    ],
)
def test_partial_scores_of_the_original(level, given, true, whole, partial, strict):
    pairs = list(zip(given, true, strict=True))
    assert sum(same_text(g, t) for g, t in pairs) / len(pairs) == pytest.approx(whole)
    if level == 1 and isinstance(given[1], str):
        pairs = [(int(g), t) for g, t in pairs]  # texts are read by their form before
    found = sum(partly(g, t, level, strict=False) for g, t in pairs) / len(pairs)
    assert found == pytest.approx(partial)
    if strict is not None:
        found = sum(partly(g, t, level, strict=True) for g, t in pairs) / len(pairs)
        assert found == pytest.approx(strict)


def test_numbers_are_right_up_to_rounding():
    assert same((0.1 + 0.2, 1), (0.3, 1.0))
    assert not same((0.3,), (0.3, 1.0))
    assert not same("9", 9)
    assert same_text("[1, 2]", (1, 2))
    assert not same_text("nine", 9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scoring", ["strict", "compat"])
def test_pooled_parts_give_the_answer(kind, scoring):
    family = Shards(kind=kind, scoring=scoring)
    for n in (1, 2, 5):
        task = family.make(seed=3, graph=nx.empty_graph([10 * i for i in range(n)]))
        answers = family.solve(task)
        assert family.score(task, answers).score == 1
        assert family.score(task, {m: a for m, a in answers.items() if m}).score == (n - 1) / n
        assert all(KINDS[kind].form(n).schema for _ in task.members)
        for member in task.members[:-1] if not KINDS[kind].upto else ():
            one_short = {k: v for k, v in task.everything.items() if k[0] != task.members[-1]}
            assert not family.infer(task, member, one_short)[1], "it can't be sure"


@pytest.mark.parametrize("kind", [name for name, k in KINDS.items() if k.size])
def test_smaller_parts_keep_the_question(kind):
    small, whole = Shards(kind=kind, size=2), Shards(kind=kind)
    assert small.label.endswith("size=2")
    assert "size" not in whole.label, "tasks of the original's size keep their names"
    graph = nx.empty_graph(3)
    task = small.make(seed=3, graph=graph)
    assert {len(v) for v in task.everything.values()} == {2}
    assert small.score(task, small.solve(task)).score == 1
    assert {len(v) for v in whole.make(seed=3, graph=graph).everything.values()} == {
        KINDS[kind].size
    }
    assert small.measure_bounds(graph).floor >= 0


def test_fewer_numbers_raise_no_floor():
    graph = nx.empty_graph(3)
    assert Shards(size=1).measure_bounds(graph).floor < Shards().measure_bounds(graph).floor


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kind": "sort", "size": 3}, "tasks=shards: size=3 is not for kind=sort; use it with max"),
        ({"size": 21}, r"size=21 is outside 0 \(the original's\) to 20 for kind=max"),
        ({"size": -1}, "size=-1 is outside 0"),
        ({"size": 2.0}, "size=2.0 is outside 0"),
    ],
)
def test_sizes_must_fit_a_kind(options, said):
    with pytest.raises(UsageError, match=said):
        Shards(**options)


def test_invented_parts_are_survived():
    family = Shards(kind="components")
    task = family.make(seed=0, graph=nx.empty_graph(3))
    for value in ("x", 7, ("a",), ((1,),), ()):
        answer, sure = family.infer(task, 0, {(0, "part"): value})
        assert not sure
        assert answer is None or isinstance(answer, int)
