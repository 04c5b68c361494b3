"""Words of advice: arms, chances and tables that a reader can't misread."""

from __future__ import annotations

import pytest

from unscripted.scenarios.harness.advice.words import (
    Voice,
    arms_table,
    chance,
    dollars,
    outcome,
    several,
)

ARM = {
    "protocol": "sequential", "agents": 3, "topology": "complete", "model": "m", "mean": 0.6,
    "low": 0.5, "high": 0.7, "tasks": 4, "p_best": 0.0004, "p_close": 0.5, "calls": 3.0,
    "cost_usd": 0.0027, "outcome_per_usd": 222.2,
}  # fmt: skip


def test_arms_are_named_once():
    assert Voice(models=False).arm(ARM) == "sequential with 3 agents"
    assert Voice(models=False).arm({**ARM, "agents": 1}) == "sequential with 1 agent"
    assert Voice().arm({**ARM, "topology": "ring"}) == "sequential with 3 agents on ring (m)"
    assert Voice().arm({**ARM, "protocol": "solo"}) == "solo (m)"


def test_tiny_outcomes_stay_plain():
    assert outcome(6.3e-4, (-2e-4, 0.2)) == "0.001 [0.000, 0.200]"


def test_chances_are_never_certain():
    assert chance(1.0) == "more than 99.9 %"
    assert chance(0.0) == "less than 0.1 %"
    assert chance(0.92) == "92 %"


def test_small_dollars_are_not_nothing():
    assert [dollars(x) for x in (None, 0.0, 0.0054, 2.346)] == ["–", "0.00", "0.0054", "2.35"]


def test_long_lists_say_how_many_more():
    assert several(["a", "b", "c"], 2) == "a; b; 1 more"


@pytest.mark.parametrize(
    ("voice", "arms", "shown"),
    [
        (Voice(models=False), [ARM], {"protocol", "agents", "calls", "USD"}),
        (Voice(models=True), [ARM], {"model"}),
        (Voice(per_dollar=True), [ARM], {"per $"}),
        (Voice(models=False), [ARM, {**ARM, "topology": "ring"}], {"network"}),
    ],
)
def test_tables_show_what_differs(voice, arms, shown):
    head, rows = arms_table(arms, "score", voice)
    assert shown <= set(head)
    assert ("model" in head) == voice.models
    assert ("USD" in head) != ("per $" in head)
    assert ("network" in head) == (len(arms) > 1)
    assert all(len(row) == len(head) for row in rows)
    assert rows[0][head.index("best")] == "0.00"


def test_margins_are_shares_of_dollars():
    assert Voice(margin=0.05).close == "0.05"
    dear = Voice(margin=0.05, per_dollar=True)
    assert dear.close == "5 %"
    assert dear.difference(0.1, (-0.02, 0.2)) == "10 % [-2 %, 20 %] of the best outcome per dollar"
