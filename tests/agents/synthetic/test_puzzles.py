"""Synthetic minds on code-scored tasks: faculties decide, families are never looked up."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import pytest

import unscripted as un
from unscripted.model.plugins.discovery import discover

WHOLE = "synthetic/custom?reasoning=1&self_reflection=1&instruction_following=1"


def scores(model, tasks="hidden-profile", protocol="dialogue:rounds=2", ticks=12, **options):
    org = un.build(protocol=protocol, n_agents=4, model=model, tasks=tasks, rng=1, **options)
    return [r.verdict.score for r in org.run(ticks)]


def mean(values):
    return math.fsum(values) / len(values)


@pytest.mark.parametrize(
    "tasks", ["hidden-profile", "shards:kind=sum", "agentsnet:problem=coloring"]
)
def test_faculties_decide(tasks):
    weak, strong, whole = (
        mean(scores(m, tasks)) for m in ("synthetic/weak", "synthetic/strong", WHOLE)
    )
    assert weak < strong <= whole + 0.1
    assert whole > 0.8


def test_nobody_knows_without_being_told():
    assert set(scores(WHOLE, protocol="silent")) == {0.0}
    assert set(scores(WHOLE, topology="star", protocol="dialogue:rounds=1")) <= {0.0, 0.25}


def test_the_same_seed_plays_the_same():
    assert scores("synthetic/medium", ticks=3) == scores("synthetic/medium", ticks=3)


def test_no_family_is_looked_up():
    here = Path(un.__file__).parent / "agents"
    names = {*discover("tasks"), *(n.replace("-", "_") for n in discover("tasks"))}
    for path in (here / "synthetic" / "puzzles.py", here / "puzzle_world.py"):
        words = {
            node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant)
        }  # fmt: skip
        assert not words & names


def test_what_is_said_costs():
    org = un.build(protocol="dialogue", n_agents=4, tasks="shards", rng=0)
    (record,) = org.run(1)
    assert record.totals.tokens > 1000
    assert record.totals.cost_usd > 0
    assert record.totals.calls >= 20
