"""What the command says and asks before it spends money."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace

import pytest
import typer
from loopback_server.server import Faults
from rich.console import Console

import unscripted as un
from unscripted.agents.llm.price import Price
from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.build.organization import judge_models
from unscripted.scenarios.harness.config.run import RunConfig, default_folder
from unscripted.scenarios.harness.exits import Exit
from unscripted.scenarios.harness.runs import serving
from unscripted.scenarios.harness.runs.folder import Folder
from unscripted.scenarios.harness.runs.forecast import forecast
from unscripted.scenarios.harness.runs.play import play
from unscripted.scenarios.harness.runs.serving import Desk, meter_line
from unscripted.scenarios.harness.terminal.screen import RunProgress

MODEL = "openai/gpt-4.1-mini"


def config(server, **rest):
    made = {
        "model": MODEL, "agents": 4, "ticks": 2, "judge": "none", "api_base": server.api_base,
        "timeout": 20.0, "max_tokens": 400, **rest,
    }  # fmt: skip
    return RunConfig(**made)


def console(*, terminal=False):
    return Console(file=io.StringIO(), force_terminal=terminal, width=120)


def said(console):
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("protocol", "calls"), [("sequential", 4), ("shared", 4), ("broadcast", 8), ("coordinator", 5)]
)
def test_a_forecast_counts_calls(loopback, protocol, calls):
    server = loopback()
    made = config(server, protocol=protocol, level="L3", judge="openai/one,openai/two")
    service = un.Service(made.calls)
    expected = forecast([(made, 3)], service)
    assert 3 * (calls + 2) * 0.7 <= expected.calls <= 3 * (calls + 2)
    assert server.requests == 0, "a forecast sends nothing"


def test_a_forecast_is_near(loopback):
    server = loopback()
    made = config(server, protocol="shared", level="L3")
    service = un.Service(made.calls)
    expected = forecast([(made, 2)], service)
    org = made.organization(service)
    org.run(2)
    meter = service.client.meter
    assert meter.answered == expected.calls
    assert 0.5 < meter.tokens_in / expected.tokens_in < 2.0
    assert expected.cost_usd == pytest.approx(
        Price(0.4e-6, 1.6e-6).of(expected.tokens_in, expected.tokens_out)
    )
    assert expected.largest_usd > expected.cost_usd / expected.calls


def test_shocks_and_a_trial_resume(loopback, tmp_path):
    server = loopback()
    made = config(
        server, protocol="batched-sequential", ticks=4, memory="team:always=true", tune="batch=1/2",
        shocks="substitute:model=openai/gpt-4o@1;remove@2;newcomers@3;mission:text=Be brief.@3",
    )  # fmt: skip
    assert forecast([(made, 4)], un.Service(made.calls)).calls == 16
    records = []
    for ticks in (2, 4):  # the second command continues where the first one stopped
        with Desk(made, tmp_path / "run", [made], console()) as desk:
            desk.consent([(made, 4)], yes=True)
            org = made.organization(desk.service)
            for record in desk.folder.records():
                org.replay(record)
            while org.tick < ticks:
                org.step()
                desk.folder.keep_record(org.records[-1])
            records = org.records
    assert [len(r.shocks) for r in records] == [0, 1, 1, 2]
    assert {m.mind for m in records[1].members} == {MODEL, "openai/gpt-4o"}
    assert sum(r.totals.failures for r in records) == 0
    assert {r.protocol for r in records} == {
        "batched-sequential:batch=1", "batched-sequential:batch=2",
    }  # fmt: skip
    brief = [e for e in server.log if "Be brief." in e.prompt or "Be brief." in str(e.messages[0])]
    assert len(brief) == records[3].totals.calls


def test_a_forecast_keeps_the_rate(loopback):
    made = config(loopback(), protocol="shared", rpm=6.0)
    expected = forecast([(made, 2)], un.Service(made.calls))
    assert expected.time_s == pytest.approx(60.0 * expected.calls / 6.0)
    assert "or so" in expected.line(None)


def test_an_unknown_price_is_said(loopback):
    made = config(loopback(), model="openai/mine")
    expected = forecast([(made, 2)], un.Service(made.calls))
    assert expected.cost_usd is None
    assert "price unknown (no price for openai/mine)" in expected.line(None)


def test_a_budget_below_one_call(loopback, tmp_path):
    server = loopback()
    made = config(server, budget=0.0011)
    with Desk(made, tmp_path / "run", [made], console()) as desk:
        assert desk.consent([(made, 2)], yes=True) == 0
        outcome = play(made, desk.folder, org=made.organization(desk.service))
    assert outcome.ending is Exit.BUDGET
    assert "is below what a single call may cost at worst" in outcome.cause
    assert outcome.records == []
    assert server.requests == 1, "the probe"


@pytest.mark.parametrize("agreed", [True, False])
def test_a_terminal_is_asked_first(loopback, tmp_path, monkeypatch, agreed):
    made = config(loopback())
    asked = []
    monkeypatch.setattr(serving.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(serving.typer, "confirm", lambda words, **_: asked.append(words) or agreed)
    errors = console(terminal=True)
    with Desk(made, tmp_path / "run", [made], errors) as desk:
        if agreed:
            assert desk.consent([(made, 2)], yes=False) > 0
        else:
            with pytest.raises(typer.Exit) as ended:
                desk.consent([(made, 2)], yes=False)
            assert ended.value.exit_code == 130
    assert asked == ["Go on?"]
    assert "forecast: " in said(errors)


def test_a_pipe_is_not_composed(loopback, tmp_path, monkeypatch):
    monkeypatch.setattr(serving.typer, "confirm", lambda *_, **__: pytest.fail("asked"))
    made = config(loopback())
    with Desk(made, tmp_path / "a", [made], console(terminal=True)) as desk:
        desk.consent([(made, 2)], yes=True)
    with Desk(made, tmp_path / "b", [made], console()) as desk:
        desk.consent([(made, 2)], yes=False)
    assert (tmp_path / "b" / "config.json").exists()


def test_missing_capabilities_are_said(loopback, tmp_path):
    server = loopback(faults=Faults(no_json_schema=True, no_temperature=True))
    made, errors = config(server), console()
    with Desk(made, tmp_path / "run", [made], errors):
        assert f"note: {MODEL} takes no JSON schema" in said(errors)
        assert f"note: {MODEL} takes no temperature (it runs at its own)" in said(errors)


def test_probes_are_kept_in_the_folder(loopback, tmp_path):
    server = loopback()
    made = config(server)
    with Desk(made, tmp_path / "run", [made], console()) as desk:
        desk.consent([(made, 2)], yes=True)
        spent = desk.service.client.budget.spent_usd
        assert spent > 0
        assert desk.service.client.journal.spent_usd() == pytest.approx(spent)
    with Desk(made, tmp_path / "run", [made], console()) as desk:
        assert desk.service.client.budget.spent_usd == pytest.approx(spent)
    assert server.requests == 1, "a model is probed once for a folder"


def test_a_price_for_nobody_is_refused(loopback, tmp_path):
    made = config(loopback(), price="openai/other=1,2")
    with (
        pytest.raises(UsageError, match=r"openai/other is not called; models: openai/gpt-4.1-mini"),
        Desk(made, tmp_path / "run", [made], console()),
    ):
        pass


def test_a_preset_names_its_price_too():
    service = un.Service(un.Calls(price="gpt-4.1-mini=7,8"))
    assert service.client.price(MODEL) == Price(7e-6, 8e-6)


def test_the_default_judge():
    calls = un.Calls()
    assert judge_models(None, ["openai/gpt-4.1-mini"], calls) == ("gpt-5.4",)
    assert judge_models(None, ["gpt-5.4"], calls) == ("gpt-4o",)
    assert judge_models(None, ["openai/gpt-5.4", "gpt-4o"], calls) == ("claude-sonnet-4.6",)
    assert judge_models(None, ["synthetic/strong"], calls) == ()
    assert judge_models("none", ["openai/a"], calls) == ()
    assert judge_models("rubric", ["openai/a"], calls) == ()
    assert judge_models("openai/a, openai/b", [], calls) == ("openai/a", "openai/b")
    behind = un.Calls(api_base="http://127.0.0.1:1/v1")
    assert judge_models(None, ["openai/a", "openai/b"], behind) == ("openai/a",)


def test_a_judge_has_its_own_temperature(loopback):
    server = loopback()
    org = un.build(
        n_agents=2, model=MODEL, judge="openai/cold,openai/warm?temperature=0.3", rng=0,
        calls=un.Calls(api_base=server.api_base, temperature=0.9),
    )  # fmt: skip
    org.step()
    found = {
        (e.body["model"], e.body["temperature"]) for e in server.log if e.body["max_tokens"] > 256
    }
    assert found == {("gpt-4.1-mini", 0.9), ("cold", 0.0), ("warm", 0.3)}


def test_notes_name_self_judging_and_keys(loopback):
    server = loopback()
    notes = config(server, judge=None).notes()
    assert any("also acts in the team" in n for n in notes)
    assert any(n.startswith(f"OPENAI_API_KEY is sent to {server.api_base}") for n in notes)
    assert config(server, judge="openai/other").notes()[1:] == []


def test_another_address_continues_a_folder(tmp_path):
    made = RunConfig(model="openai/a", judge="none", api_base="http://127.0.0.1:1/v1")
    moved = replace(made, api_base="http://127.0.0.1:2/v1")
    with Folder(tmp_path / "run", made):
        pass
    with Folder(tmp_path / "run", moved):
        assert default_folder(made) != default_folder(moved)


def test_the_live_view_shows_money(loopback):
    server = loopback()
    made = config(server, protocol="shared", budget=1.0)
    service = un.Service(made.calls)
    org = made.organization(service)
    out = console(terminal=True)
    progress = RunProgress(out, made.ticks, "a run")
    progress.calls(service, 8)
    with progress:
        progress(org)
        org.step()
        progress(org)
        line = meter_line(service.client)
    for part in ("in flight 0", "waiting 0", "answered 4", "retries 0", "429s 0.0 %", " of $1"):
        assert part in line
        assert part in said(out)


def test_synthetic_runs_load_no_litellm():
    code = (
        "import sys, unscripted as un; org = un.build(rng=0); org.step();"
        "print([m for m in ('litellm', 'pydantic', 'openai', 'json_repair') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
