"""A run's configuration: groups of options by the names users type, checked when it is made."""

from __future__ import annotations

import pytest
from support.own import Constant, Lenient

from unscripted.agents.llm.settings import Calls
from unscripted.model.errors import UnknownNameError, UsageError
from unscripted.scenarios.harness.config.catalogue import OPTIONS
from unscripted.scenarios.harness.config.groups import Tasks, Team
from unscripted.scenarios.harness.config.run import RunConfig

REAL = "openai/gpt-4.1-mini"


@pytest.fixture(autouse=True)
def without_key(monkeypatch):
    """No key of the user's."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def test_options_reach_their_groups():
    config = RunConfig.of(protocol="silent", shock="cut@1", budget=2, timeout=5, tasks="generated")
    assert config.team == Team(protocol="silent")
    assert config.tasks == Tasks(source="generated", shocks="cut@1")
    assert config.calls == Calls(budget_usd=2.0, timeout_s=5.0)
    assert config.options["budget"] == 2.0
    assert list(config.options) == list(OPTIONS)


def test_only_changes_count_as_changed():
    assert RunConfig().changed == {}
    assert RunConfig.of(agents=8, seed=3).changed == {"seed": 3}


def test_unchanged_groups_are_shared():
    config = RunConfig()
    other = config.replace(seed=1, ticks=2)
    assert other.team is config.team
    assert other.calls is config.calls
    assert (other.tasks.seed, other.tasks.ticks) == (1, 2)
    assert config.replace() is config


def test_unknown_options_are_suggested():
    with pytest.raises(UnknownNameError, match=r"option='agent' is not known; did you mean agents"):
        RunConfig.of(agent=3)


def test_replicates_count_from_the_seed():
    config = RunConfig.of(seed=5, ticks=2)
    assert [r.tasks.seed for r in config.seeds(3)] == [5, 6, 7]
    assert {r.tasks.ticks for r in config.seeds(3)} == {2}


def test_who_acts_and_judges():
    config = RunConfig.of(
        model=f"{REAL}*2+synthetic/weak*6", shock="newcomers:model=openai/x@1", judge="gpt-4o"
    )
    assert config.acting == (REAL, "synthetic/weak", "openai/x")
    assert config.judges == ("gpt-4o",)
    assert config.called == (REAL, "openai/x", "gpt-4o")
    assert RunConfig().called == RunConfig().judges == ()
    assert RunConfig.of(model=REAL).judges == ("gpt-5.4",)
    assert RunConfig.of(model=REAL, judge=Lenient()).judges == ()
    assert RunConfig.of(model=Constant("a"), judge="gpt-4o").called == ("gpt-4o",)


@pytest.mark.parametrize(
    ("model", "synthetic"),
    [
        ("synthetic/weak", True),
        (REAL, False),
        (f"{REAL}*2+synthetic/weak*6", True),
        (Constant("a"), False),
        ([Constant("a")] * 8, False),
    ],
)
def test_synthetic_is_any_synthetic_mind(model, synthetic):
    assert RunConfig.of(model=model).synthetic is synthetic


def test_minds_are_counted_once():
    one, two = Constant("a"), Constant("b")
    team = RunConfig.of(model=[one, two, one], agents=3).team
    assert team.given_minds == (one, two)
    assert team.model == (one, two, one), "a tuple, so that runs are told apart"
    assert team.labels["model"] == "constant/a + constant/b"
    assert (team.models, RunConfig().team.models) == ((), ("synthetic/strong",))


def test_without_effect_is_noted():
    config = RunConfig.of(
        api_base="http://localhost:1", temperature=0.5, rpm=1, tpm=2, price="1,2", concurrency=3
    )
    why = "has no effect: synthetic/strong is synthetic"
    assert config.notes() == [
        f"api_base=http://localhost:1 {why}", f"temperature=0.5 {why}", f"rpm=1.0 {why}",
        f"tpm=2.0 {why}", f"price=1,2 {why}",
    ]  # fmt: skip
    own = RunConfig.of(model=Constant("a"), temperature=1)
    assert own.notes() == [
        "temperature=1.0 has no effect: constant/a is not called over a network"
    ]  # fmt: skip
    assert RunConfig().notes() == []
    local = RunConfig.of(model="local/smollm2-135m")
    assert local.notes() == [
        "local models have no judge unless --judge names one; quality stays unmeasured"
    ]
    assert local.replace(tasks="hidden-profile").notes() == [], "code scores these"


def test_foreign_addresses_get_keys_noted(monkeypatch):
    behind = RunConfig.of(model=REAL, judge="none", api_base="http://127.0.0.1:1/v1")
    assert behind.notes() == []
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    said = "OPENAI_API_KEY is sent to http://127.0.0.1:1/v1; unset it if that is not yours"
    assert behind.notes() == [said]
    assert RunConfig.of(model=REAL, judge="none").notes() == []


def test_odd_judges_are_noted():
    own = RunConfig.of(model="gpt-4.1-mini", judge=REAL)
    assert own.notes() == [
        f"judge={REAL} also acts in the team: models favour their own work; "
        "use --judge with another model"
    ]
    blind = RunConfig.of(model=REAL, judge="rubric:gpt-4o")
    assert blind.notes() == [
        "judge=rubric:gpt-4o reads synthetic work only; quality stays unmeasured"
    ]
    mixed = RunConfig.of(model=f"{REAL}*1+synthetic/weak*7", judge="none")
    assert mixed.notes() == ["synthetic and real minds can't make sense of each other's work"]
    assert RunConfig.of(model=REAL).notes() == []


@pytest.mark.parametrize(
    "options",
    [
        {"ticks": 0},
        {"seed": -1},
        {"agents": 0},
        {"level": "L0"},
        {"judge": "nobody"},
        {"model": "nobody"},
        {"model": "openai/x?seed=1"},
        {"shock": "newcomers:model=nobody@1"},
        {"max_tokens": 63},
    ],
)
def test_a_broken_rule_is_refused(options):
    with pytest.raises(UsageError):
        RunConfig.of(**options)


def test_bounds_are_allowed():
    config = RunConfig.of(ticks=1, seed=0, agents=1, max_tokens=64, level="L4", shock="cut@0")
    assert config.tasks.labels == {"tasks": "corpus", "judge": None}
