"""Labels come from the catalogue; a user's measure finds its place."""

from __future__ import annotations

import pytest

from unscripted.model.metrics.catalogue import BUILT_IN, find
from unscripted.model.metrics.measure import Measure
from unscripted.scenarios.harness.results.labels import (
    described,
    heading,
    of_compare_table,
    of_run_table,
    spared_first,
    undiscounted,
)

OWN = Measure("loners", lambda records, scales: 1.0, "loners", "share of members", short="alone")


@pytest.mark.parametrize(
    ("measure", "label", "scale"),
    [
        ("quality", "quality Q", "0.25 to 1"),
        ("role_stability", "role stability", "share of members"),
        ("unique_roles", "unique roles", "roles"),
        ("wall_s", "execution time T", "s per task"),
        ("judge_alpha", "agreement of the judges", "Krippendorff's alpha"),
        ("words of one's own", "words of one's own", ""),
        (OWN, "loners", "share of members"),
    ],
)
def test_a_measure_is_described_once(measure, label, scale):
    assert described(measure) == (label, scale)


@pytest.mark.parametrize(
    ("measure", "said"),
    [("quality", "quality Q"), ("wall_s", "T (s)"), ("tokens", "tokens"),
     ("cost_usd", "USD billed"),
     ("cost_usd_uncached", "USD uncached"),
     ("calls", "model calls"), ("abstention_rate", "abstention"), ("batch", "batch")],
)  # fmt: skip
def test_headings(measure, said):
    assert heading(measure) == said


def test_a_runs_table():
    shown = [m.name for m in of_run_table()]
    assert shown == [
        "quality", "mission_relevance", "role_stability", "unique_role_share", "role_gini",
        "participation", "abstention_rate", "exclusion_rate", "failure_rate", "hierarchy_depth",
        "spectral_gap", "risk", "wall_s", "tokens", "tokens_cached", "cost_usd",
        "cost_usd_uncached", "delivered", "balance",
    ]  # fmt: skip
    assert [m.name for m in of_run_table({"loners": OWN})] == [*shown, "loners"]


def test_a_comparisons_table():
    shown = of_compare_table({"loners": OWN})
    assert [m.short for m in shown] == [
        "Q", "M", "abstained", "excluded", "depth", "risk", "T (s)", "tokens", "USD billed",
        "USD uncached", "delivered", "B", "alone",
    ]  # fmt: skip
    spared = spared_first(shown)
    assert spared[:2] == ["loners", "balance"]
    assert spared[-1] == "cost_usd"
    assert sorted([*spared, "quality"]) == sorted(m.name for m in shown)


def test_equal_prices_stand_once():
    shown = of_compare_table()
    same, other = ({"cost_usd": 1.0, "cost_usd_uncached": full} for full in (1.0, 2.0))
    names = [m.name for m in undiscounted(shown, [same, same])]
    assert "cost_usd_uncached" not in names
    assert len(names) == len(shown) - 1
    assert undiscounted(shown, [same, other]) == shown


def test_everything_is_said_of_every_measure():
    for m in BUILT_IN:
        assert m.label, m.name
        assert m.about.endswith("."), m.name
        assert m.scale or m.name == "objective", m.name
        assert m.low is None or m.high is None or m.low < m.high
    assert find("role_stability").scale == "share of members"
