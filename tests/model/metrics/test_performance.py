"""Quality, time, cost, risk and the two sums, by hand; undefined is None, never 0."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest
from support.records import FULL, graded, measure, record_of, story, with_roles, work

import unscripted as un
from unscripted.model.judge import CRITERIA
from unscripted.model.metrics import performance as outcome
from unscripted.model.metrics.scales import Scales
from unscripted.model.record import RoundRecord, Turn


def test_time_sums_slowest_of_rounds():
    def turn(round_: int, latency_s: float) -> Turn:
        return Turn(round_, un.Act.CONTRIBUTE, work(), un.Usage(latency_s=latency_s))

    record = record_of(
        {0: [turn(0, 1.0), turn(1, 5.0)], 1: [turn(0, 3.0), turn(1, 0.5)]},
        [RoundRecord(un.Act.CONTRIBUTE, (0, 1))] * 2,
    )
    assert outcome.wall_s(record) == 8.0


def test_default_scales_by_hand():
    record = graded(4.0, un.Usage(cost_usd=0.25, latency_s=120.0), violations=0.5)
    values = measure(record)
    assert values["objective"] == pytest.approx(1.0 + 0.5 - 0.12 - 0.125 - 0.25)
    assert values["balance"] == pytest.approx(0.25 + 0.20 + 0.10 + 0.10 + 0.075)


def test_balance_runs_from_zero_to_one():
    best = graded(4.0, un.Usage(cost_usd=0.0))
    worst = graded(1.0, un.Usage(cost_usd=1e12, latency_s=1e12), violations=1.0)
    assert measure(best)["balance"] == pytest.approx(1.0)
    assert measure(worst)["balance"] == pytest.approx(0.0, abs=1e-9)


def test_judging_costs_the_team_nothing():
    judge = un.Usage(5, 1000, 1000, 9.0, 60.0)
    record = graded(4.0, un.Usage(1, 10, 5, 0.5, 2.0))
    record = replace(record, verdict=replace(record.verdict, usage=judge))
    values = measure(record)
    assert [values[k] for k in ("calls", "tokens", "cost_usd", "wall_s")] == [1, 15, 0.5, 2.0]


@pytest.mark.parametrize("name", [f.name for f in fields(Scales)])
@pytest.mark.parametrize("value", [-0.1, math.nan])
def test_negative_scales_are_refused(name, value):
    with pytest.raises(un.UsageError, match=f"{name}={value}"):
        Scales(**{name: value})


@pytest.mark.parametrize("name", ["time_ref_s", "cost_ref_usd"])
def test_zero_references_are_refused(name):
    with pytest.raises(un.UsageError, match=f"{name}=0"):
        Scales(**{name: 0})


NOBODY = record_of({0: [], 1: []}, [])


OF_SCORE = (
    "score", "score_floor", "score_own", "score_ceiling", "answered", "parts_reached",
)  # fmt: skip
UNDEFINED = [
    *((name, replace(FULL, verdict=un.Verdict())) for name in ("quality", "mission_relevance")),
    *(
        ("quality", replace(FULL, verdict=replace(FULL.verdict, **{criterion: None})))
        for criterion in CRITERIA[:4]
    ),
    ("mission_relevance", replace(FULL, verdict=replace(FULL.verdict, mission_relevance=None))),
    *(
        (name, story({0: un.Abstention("no"), 1: un.Failure("error", "x")}))
        for name in (
            "unique_roles",
            "unique_role_share",
            "role_gini",
            "role_entropy",
        )
    ),
    *((name, with_roles("alone")) for name in ("role_entropy", "spectral_gap", "role_stability")),
    ("cost_usd", graded(3.0, un.Usage())),
    ("cost_usd", NOBODY),
    ("risk", NOBODY),
    *(
        (total, record)
        for total in ("objective", "balance")
        for record in (
            replace(FULL, verdict=replace(FULL.verdict, accuracy=None)),
            replace(FULL, verdict=replace(FULL.verdict, mission_relevance=None)),
            graded(3.0, un.Usage()),
        )
    ),
]


@pytest.mark.parametrize(("name", "record"), UNDEFINED, ids=[name for name, _ in UNDEFINED])
def test_undefined_is_none(name, record):
    assert measure(record)[name] is None


def test_first_tick_has_no_stability():
    pair = {0: work("a"), 1: work("b")}
    usage = un.Usage(cost_usd=0.0, tokens_cached=0)
    record = story(pair)
    priced = tuple(replace(m, turns=(replace(m.turns[0], usage=usage),)) for m in record.members)
    record = replace(record, members=priced, verdict=un.Verdict(*[1.0] * 5, violations=0.0))
    undefined = [name for name, value in measure(record).items() if value is None]
    assert [name for name in undefined if name not in OF_SCORE] == ["role_stability"]


def test_unknown_price_makes_cost_unknown():
    turns = [Turn(0, un.Act.CONTRIBUTE, work(), un.Usage(cost_usd=p)) for p in (0.1, None)]
    record = record_of(
        dict(enumerate([[t] for t in turns])), [RoundRecord(un.Act.CONTRIBUTE, (0, 1))]
    )
    assert outcome.cost_usd(record) is None


def test_risk_uses_known_parts():
    failed = story({0: un.Failure("error", "x"), 1: work()})
    assert outcome.risk(failed) == 0.5
    assert outcome.risk(replace(failed, verdict=un.Verdict(violations=0.5))) == 0.75
    assert outcome.risk(replace(NOBODY, verdict=un.Verdict(violations=0.5))) == 0.5
    assert outcome.risk(story({0: work()})) == 0.0
