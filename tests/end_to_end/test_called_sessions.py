"""A command's folder and its calls: nothing is left, sent or paid before the user agrees."""

from __future__ import annotations

import pytest
from loopback_server.server import Faults
from support.called import KEY, MODEL, config
from support.commands import command

import unscripted as un
from unscripted.agents.llm.billing.tokens import Tokens
from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.build.from_config import organization_of
from unscripted.scenarios.harness.config.comparison import ComparisonConfig
from unscripted.scenarios.harness.config.groups import Design, Execution
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.exits import DeclinedError, Exit
from unscripted.scenarios.harness.runs.play import play
from unscripted.scenarios.harness.runs.reporter import Reporter
from unscripted.scenarios.harness.runs.session import Session, folder_path
from unscripted.scenarios.harness.runs.single import play_single


class Listening(Reporter):
    """Keeps what it hears, and agrees or not."""

    def __init__(self, agrees=True):
        self.said, self.asked, self.expected, self.agrees = [], [], [], agrees

    def note(self, text):
        self.said.append(text)

    def expect(self, expected, spent_usd):
        self.expected.append((expected, spent_usd))

    def confirm(self, question):
        self.asked.append(question)
        return self.agrees


def test_a_new_folder_waits_for_consent(loopback, tmp_path):
    server, path, listening = loopback(), tmp_path / "run", Listening()
    made = config(server)
    with Session(made, path, listening) as session:
        assert session.folder is None
        assert not path.exists()
        assert server.requests == 1, "the probe"
        assert listening.said == [f"asking {MODEL} …"]
        assert session.agree([(made, 2)], yes=False) == listening.expected[0][0].calls
        assert session.folder is not None
        assert listening.asked == ["Go on?"]
        spent = session.service.client.budget.spent_usd
        assert spent > 0
        assert session.service.client.journal.spent_usd() == pytest.approx(spent)
    assert (path / "config.json").exists()
    assert not (path / ".lock").exists()
    with Session(made, path, listening) as session:
        assert session.folder is not None
        assert session.service.client.budget.spent_usd == pytest.approx(spent)
        session.agree([(made, 2)], yes=True)
    assert [spent_usd for _, spent_usd in listening.expected] == [0.0, pytest.approx(spent)]
    assert listening.asked == ["Go on?"], "who says yes isn't asked"
    assert server.requests == 1, "a model is probed once for a folder"


@pytest.mark.parametrize("asked", [("run",), ("compare", "--protocol", "shared,silent")])
def test_finished_folders_ask_nobody(loopback, tmp_path, asked):
    server = loopback()
    words = (
        *asked, "--model", MODEL, "--api-base", server.api_base, "--agents", 2, "--ticks", 1,
        "--tasks", "hidden-profile", "--out", tmp_path / "a", "--yes", "--json",
    )  # fmt: skip
    first = command(*words)
    assert first.code == 0, first.err
    before = server.requests
    again = command(*words)
    assert again.code == 0, again.err
    assert server.requests == before
    assert "asking" not in again.err
    assert again.body["summary"] == first.body["summary"]


def test_who_declines_leaves_nothing(loopback, tmp_path):
    made = config(loopback())
    with (
        pytest.raises(DeclinedError, match="not started; nothing was played"),
        Session(made, tmp_path / "run", Listening(agrees=False)) as session,
    ):
        session.agree([(made, 2)], yes=False)
    assert not (tmp_path / "run").exists()


def test_what_is_free_is_not_asked(loopback, tmp_path):
    listening = Listening(agrees=False)
    made = config(loopback(), price="0,0")
    with Session(made, tmp_path / "run", listening) as session:
        assert session.agree([(made, 2)], yes=False) > 0
    unpriced = config(loopback(), model="openai/mine")
    with (
        Session(unpriced, tmp_path / "other", listening) as session,
        pytest.raises(DeclinedError),
    ):
        session.agree([(unpriced, 2)], yes=False)
    assert listening.asked == ["Go on?"]


def test_nothing_left_asks_nothing(loopback, tmp_path):
    listening = Listening()
    with Session(config(loopback()), tmp_path / "run", listening) as session:
        assert session.agree([], yes=False) == 0
        assert session.folder is not None
    assert listening.expected == listening.asked == []


def test_a_budget_below_one_call(loopback, tmp_path):
    server = loopback()
    made = config(server, budget=0.0011)
    with Session(made, tmp_path / "run", Listening()) as session:
        assert session.agree([(made, 2)], yes=True) == 0
        played = play(made, session.folder, org=organization_of(made, session.service))
    assert played.ending is Exit.BUDGET
    assert "budget=0.0011: 0.0000 US dollars are spent and the next call may cost" in played.cause
    assert played.records == []
    assert server.requests == 0, "not even the probe"


def test_missing_capabilities_are_said(loopback, tmp_path):
    server = loopback(faults=Faults(no_json_schema=True, no_temperature=True))
    listening = Listening()
    with Session(config(server), tmp_path / "run", listening):
        assert any(s.startswith(f"note: {MODEL} takes no JSON schema") for s in listening.said)
        told = f"note: {MODEL} takes no temperature (it runs at its own): "
        assert any(s.startswith(told) for s in listening.said)


def test_a_price_for_nobody_is_refused(loopback, tmp_path):
    made = config(loopback(), price="openai/other=1,2")
    said = rf"price='openai/other=1,2': openai/other is not called; models: {MODEL}"
    with pytest.raises(UsageError, match=said), Session(made, tmp_path / "run", Listening()):
        pass
    assert not (tmp_path / "run").exists()
    fine = config(loopback(), price=f"{MODEL}=1,2", model=f"{MODEL}?temperature=0.1")
    with Session(fine, tmp_path / "run", Listening()):
        pass


def test_a_chosen_judge_is_explained(monkeypatch):
    def refused(self, models):
        raise UsageError(f"model={models[-1]!r} can't be used: no key")

    monkeypatch.setattr(un.Service, "probe", refused)
    said = {}
    for judge in (None, "gpt-4o"):
        made = RunConfig.of(model=MODEL, judge=judge)
        with pytest.raises(UsageError) as caught, Session(made, None, Listening()):
            pass
        said[judge] = str(caught.value)
    assert said == {
        None: "judge=gpt-5.4 (chosen because none was given): model='gpt-5.4' can't be used: "
        "no key; use --judge MODEL, or --judge none",
        "gpt-4o": "model='gpt-4o' can't be used: no key",
    }


def test_the_teams_model_is_no_judge(loopback):
    server = loopback(faults=Faults(auth="another"))
    with (
        pytest.raises(UsageError) as refused,
        Session(config(server, judge=None), None, Listening()),
    ):
        pass
    assert str(refused.value).startswith(f"model={MODEL!r} at {server.api_base} can't be used")
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("wrong", [{"topology": "karate-club"}, {"tasks": "nowhere.yaml"}])
def test_what_cannot_be_built_is_unpaid(loopback, tmp_path, wrong):
    server = loopback()
    base = config(server, agents=4)
    factors = {"topology": ("complete", "karate-club")} if "topology" in wrong else {}
    rest = {k: v for k, v in wrong.items() if k != "topology"}
    made = ComparisonConfig(base.replace(**rest), factors, Design(replicates=1))
    with pytest.raises(UsageError), Session(made, tmp_path / "run", Listening()):
        pass
    assert server.requests == 0
    assert not (tmp_path / "run").exists()


def test_shocks_and_a_trial_resume(loopback, tmp_path):
    server = loopback()
    made = config(
        server, protocol="batched-sequential", ticks=4, memory="team:always=true", tune="batch=1/2",
        shock="substitute:model=openai/gpt-4o@1;remove@2;newcomers@3;mission:text=Be brief.@3",
    )  # fmt: skip
    for ticks in (2, 4):  # the second session continues where the first one stopped
        with Session(made, tmp_path / "run", Listening()) as session:
            session.agree([(made, 4)], yes=True)
            org = organization_of(made, session.service)
            for record in list(session.folder.each_record()):
                org.replay(record)
            while org.tick < ticks:
                org.step()
                session.folder.keep_record(org.records[-1])
    records = org.records
    assert [len(r.shocks) for r in records] == [0, 1, 1, 2]
    assert {m.mind for m in records[1].members} == {MODEL, "openai/gpt-4o"}
    assert sum(r.totals.failures for r in records) == 0
    assert {r.protocol for r in records} == {
        "batched-sequential:batch=1", "batched-sequential:batch=2",
    }  # fmt: skip
    brief = [e for e in server.log if "Be brief." in e.prompt or "Be brief." in str(e.messages[0])]
    assert len(brief) == records[3].totals.calls


def test_what_is_paid_is_kept():
    real, mine = RunConfig.of(model="openai/a", judge="none"), RunConfig()
    assert folder_path(mine, Execution(json=True)) is None
    assert folder_path(mine, Execution()).parts[0] == "runs"
    assert folder_path(real, Execution(json=True)).parts[0] == "runs"
    judged = RunConfig.of(judge="gpt-4o")
    assert folder_path(judged, Execution(json=True)) is not None


def test_calls_stay_in_memory_without_folder(loopback):
    server = loopback()
    made = config(server, ticks=1)
    with Session(made, None, Listening()) as session:
        played = play_single(session, Execution(yes=True))
        assert session.folder is None
    assert (played.ending, len(played.records)) == (Exit.DONE, 1)


def test_a_preset_names_its_price_too():
    service = un.Service(un.Calls(price="gpt-4.1-mini=7,8"))
    assert service.client.price(MODEL).of(Tokens(1_000_000, 1_000_000)) == pytest.approx(15.0)


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


def test_a_scenario_asks_once(loopback, here):
    from support.commands import command

    server = loopback()
    options = [
        "scenario", "capability_threshold", "--model", MODEL, "--api-base", server.api_base,
        "--agents", 2, "--ticks", 1, "--replicates", 2, "--yes", "--out", "paid",
    ]  # fmt: skip
    said = command(*options)
    assert said.code == 0, said.err
    assert "forecast:" in said.err
    assert "can't be turned" in said.out
    assert "Synthetic minds" not in said.out
    asked = server.requests
    assert asked >= 2 * 2 * 2
    again = command(*options)
    assert (again.code, again.out) == (0, said.out)
    assert server.requests <= asked + 1, "at most the probe"
