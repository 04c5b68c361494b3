"""What a run of models will take is told before anything is paid, and nearly true."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.called import MODEL, config
from support.commands import free
from support.own import Constant

import unscripted as un
from unscripted.agents.llm.billing.price import Price
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.runs.forecast import bought, forecast
from unscripted.scenarios.harness.terminal.console import meter_line


@pytest.mark.parametrize(
    ("protocol", "calls"), [("sequential", 4), ("shared", 4), ("broadcast", 8), ("coordinator", 5)]
)
def test_a_forecast_counts_calls(loopback, protocol, calls):
    server = loopback()
    made = config(server, protocol=protocol, level="L3", judge="openai/one,openai/two")
    expected = forecast([(made, 3)], un.Service(made.calls))
    assert 3 * (calls + 2) * 0.7 <= expected.calls <= 3 * (calls + 2)
    assert server.requests == 0, "a forecast sends nothing"


def test_a_forecast_is_near(loopback):
    server = loopback()
    made = config(server, protocol="shared", level="L3", max_tokens=400)
    service = un.Service(made.calls)
    expected = forecast([(made, 2)], service)
    organization_of(made, service).run(2)
    meter = service.client.meter
    assert meter.answered == expected.calls
    assert 0.5 < meter.tokens_in / expected.tokens_in < 2.0
    assert expected.cost_usd == pytest.approx(
        Price(0.4e-6, 1.6e-6).of(Tokens(expected.tokens_in, expected.tokens_out)), rel=0.01
    )
    assert expected.largest_usd > expected.cost_usd / expected.calls
    line = meter_line(service.client)
    for part in ("in flight 0", "waiting 0", "answered 8", "retries 0", "429s 0.0 %", "$0.0"):
        assert part in line


def test_a_forecast_adds_up(loopback):
    made = config(loopback(), protocol="shared", max_tokens=400)
    service = un.Service(made.calls)
    one = forecast([(made, 1)], service)
    many = forecast([(made, 2), (made.replace(seed=1), 3)], service)
    assert many.calls == 5 * one.calls
    assert many.tokens_in == pytest.approx(5 * one.tokens_in, rel=0.1)
    assert many.tokens_out == pytest.approx(5 * one.tokens_out, rel=0.1)
    assert many.cost_usd == pytest.approx(5 * one.cost_usd, rel=0.1)
    assert many.time_s == pytest.approx(5 * one.time_s, rel=0.3)
    four = forecast([(made, 4)], service)
    assert forecast([(made, 4)], service, at_once=2).time_s == pytest.approx(four.time_s / 2)
    assert many.largest_usd >= one.largest_usd
    assert 1.0 < one.time_s < 10.0


@pytest.mark.parametrize(("left", "buys"), [
    (1.0, ""), (0.99, "the budget buys about 9 of 10 ticks"), (0.5, "about 5 of 10 ticks"),
    (0.0, "about 0 of 10 ticks"), (-1.0, "about 0 of 10 ticks"),
])  # fmt: skip
def test_a_budget_buys_ticks(left, buys):
    said = bought([(0, 10, 1.0)], left)
    assert said.endswith(buys)
    assert bool(said) is bool(buys)


@pytest.mark.parametrize(("left", "replicates", "runs"), [
    (8.9, 2, 5), (9.0, None, 0), (6.0, 2, 4), (5.9, 1, 3), (0.5, 0, 0), (1.0, 0, 1), (3.0, 1, 2),
])  # fmt: skip
def test_a_budget_buys_replicates(left, replicates, runs):
    costs = [(seed, 4, usd) for usd in (1.0, 2.0) for seed in range(3)]
    said = bought(costs, left)
    if replicates is None:
        assert said == ""
    else:
        assert f"about {replicates} of 3 replicates of every cell, {runs} of 6 runs; " in said


def test_a_budget_below_the_forecast(loopback):
    made = config(loopback(), protocol="shared", ticks=10)
    whole = forecast([(made, 10)], un.Service(made.calls)).cost_usd
    short = made.replace(budget=0.55 * whole)
    expected = forecast([(short, 10)], un.Service(short.calls))
    assert expected.buys == "the budget buys about 5 of 10 ticks"
    assert forecast([(short, 5)], un.Service(short.calls)).buys == ""
    unpriced = config(loopback(), model="openai/mine", budget=1e-9)
    assert forecast([(unpriced, 10)], un.Service(unpriced.calls)).buys == ""


def test_a_forecast_keeps_the_rate(loopback):
    made = config(loopback(), protocol="shared", rpm=6.0)
    expected = forecast([(made, 2)], un.Service(made.calls))
    assert expected.time_s == pytest.approx(60.0 * expected.calls / 6.0)
    slow = config(loopback(), protocol="shared", tpm=100.0)
    expected = forecast([(slow, 2)], un.Service(slow.calls))
    assert expected.time_s == pytest.approx(
        60.0 * (expected.tokens_in + expected.tokens_out) / 100.0
    )


def test_an_unknown_price_is_said(loopback):
    made = config(loopback(), model="openai/mine")
    expected = forecast([(made, 2)], un.Service(made.calls))
    assert expected.cost_usd is None
    assert "price unknown (no price for openai/mine)" in expected.line()
    mixed = config(loopback(), model=f"openai/mine*2+{MODEL}*2", budget=None)
    expected = forecast([(mixed, 2)], un.Service(mixed.calls))
    assert expected.cost_usd > 0
    assert expected.unpriced == ("openai/mine",)


def test_shocks_and_trials_are_left_out(loopback):
    made = config(
        loopback(), protocol="batched-sequential", ticks=4, tune="batch=1/2", seed=7,
        shock="remove@0;newcomers:k=9@1",
    )  # fmt: skip
    assert forecast([(made, 4)], un.Service(made.calls)).calls == 16


def test_own_minds_play_themselves(loopback):
    made = config(loopback(), model=Constant("a"), judge="openai/one", ticks=1)
    expected = forecast([(made, 3)], un.Service(made.calls))
    assert expected.calls == 3, "the judge's"
    mixed = config(loopback(), model=f"{MODEL}*1+synthetic/weak*3", protocol="shared")
    assert forecast([(mixed, 3)], un.Service(mixed.calls)).calls == 3


def test_synthetic_runs_load_no_litellm():
    code = (
        "import sys, unscripted as un; org = un.build(rng=0); org.step();"
        "un.run(agents=2, ticks=1);"
        "print([m for m in ('litellm', 'pydantic', 'openai', 'json_repair') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=free())
    assert done.stdout == "[]\n"
