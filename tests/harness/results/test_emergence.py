"""Emergence against null models, as a table and in sentences."""

from __future__ import annotations

import numpy as np
import pytest

import unscripted as un
from unscripted.model.metrics.emergence import MEANING, NullTest, emergence
from unscripted.model.metrics.structure import hierarchy_depth
from unscripted.scenarios.harness.report.run_page import run_page
from unscripted.scenarios.harness.results.emergence import (
    HEAD,
    LABELS,
    emergence_lines,
    emergence_table,
)

NAMES = NullTest("unique_names", "titles", 12.0, 20.0, 2.0, -4.0, 0.002, 0.01, 999)
ROLES = NullTest("unique_roles", "", 7.0)
STABLE = NullTest("role_stability", "members", 0.8, 0.5, 0.1, 3.0, 0.004, 0.02, 999)
DEEP = NullTest("hierarchy_depth", "random-role team", 1.2, 1.9, 0.3, -2.3, 0.03, 0.049, 999)
CHANCE = NullTest("specialization", "members", 0.4, 0.39, 0.1, 0.1, 0.9, 0.9, 999)


@pytest.mark.parametrize("protocol", ["sequential", "broadcast", "clonal", "solo", "silent"])
def test_every_run_has_rows(protocol):
    run = un.run(protocol=protocol, agents=5, ticks=3, seed=2)
    rows = emergence(run.records, draws=19)
    depth = next(r for r in rows if r.measure == "hierarchy_depth")
    assert depth.value == pytest.approx(np.mean([hierarchy_depth(r) for r in run.records]))
    assert {r.measure for r in rows} <= set(MEANING) == set(LABELS)
    assert all(r.p is None or 0 < r.p <= r.p_holm <= 1 for r in rows)
    assert {r["sided"] for r in run.body()["emergence"]} == {"two"}
    page = run_page(run, {}).html()
    assert "Names, roles and chains against lotteries" in page
    assert "Emergence against the same minds, deafened" in page


def test_a_line_per_test():
    lines = emergence_table([NAMES, ROLES])
    assert {len(line) for line in lines} == {len(HEAD)}
    assert lines[0][:4] == ["names of roles", "titles", "12.0", "20.0"]
    assert lines[0][4:] == ["2.000", "-4.0", "0.002", "0.01"]
    assert lines[1] == ["roles, paraphrases as one", "–", "7.000", "–", "–", "–", "–", "–"]


def test_sentences_say_what_is_beyond_chance():
    assert emergence_lines([NAMES, ROLES, STABLE, DEEP, CHANCE]) == [
        "12 names of roles are 7 roles once paraphrases are one; fewer than titles by lot would "
        "make of them (20.0)",
        "beyond chance (999 draws, Holm's correction over 4 tests): names of roles is lower than "
        "with titles; role stability is higher than with members; hierarchy depth is lower than "
        "with a random-role team",
    ]


def test_chance_is_called_chance():
    usual = NullTest("unique_names", "titles", 12.0, 12.5, 2.0, -0.2, 0.8, 0.9, 99)
    assert emergence_lines([usual, ROLES]) == [
        "12 names of roles are 7 roles once paraphrases are one; not to be told from what titles "
        "by lot would make of them (12.5)",
        "beyond chance (99 draws, Holm's correction over 1 tests): nothing",
    ]
    more = NullTest("unique_names", "titles", 15.0, 12.5, 2.0, 2.2, 0.01, 0.049, 99)
    assert "; more than titles by lot" in emergence_lines([more, ROLES])[0]
    edge = NullTest("unique_names", "titles", 15.0, 12.5, 2.0, 2.2, 0.01, 0.05, 99)
    assert "nothing" in emergence_lines([edge, ROLES])[1]
    assert emergence_lines([]) == emergence_lines([ROLES]) == []
