"""Teams and judges from what users type."""

from __future__ import annotations

from pathlib import Path

import pytest

import unscripted as un
from unscripted.model.errors import UnknownNameError, UsageError
from unscripted.scenarios.harness.specs.judges import (
    asks_no_model,
    check_judge,
    judge_models,
    make_judge,
)
from unscripted.scenarios.harness.specs.minds import check_model, is_called, own_mind, parse_team

CALLS = un.Calls()


@pytest.mark.parametrize(
    ("model", "n", "team"),
    [
        ("a/b", 3, [("a/b", 3)]),
        ("a/b+c", 3, None),
        ("a*2+b*1", 3, [("a", 2), ("b", 1)]),
        (" a * 2 + b*1 ", 3, [("a", 2), ("b", 1)]),
        ("a/b*c*2+d*1", 3, [("a/b*c", 2), ("d", 1)]),
        ("c++.py:Mine", 3, [("c++.py:Mine", 3)]),
        ("own.py:Mine*1+a/b*2", 3, [("own.py:Mine", 1), ("a/b", 2)]),
    ],
)
def test_teams_come_apart(model, n, team):
    if team is None:
        with pytest.raises(UsageError):
            parse_team(model, n)
    else:
        assert list(parse_team(model, n)) == team


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("a*2+b*2", "names 4 members for n_agents=3; use --agents 4 or other counts"),
        ("a*2+b", "part 'b' is not `name*count`; use a team like 'a*6+b*2'"),
        ("a*two+b*1", "is not `name*count`"),
        ("a*-1+b*4", "is not `name*count`"),
        ("a*3+", "is not `name*count`"),
        ("*3", "is not `name*count`"),
        ("a*²+b*1", "is not `name*count`"),
        ("a*" + "9" * 5000, "is not `name*count`"),
    ],
)
def test_a_malformed_team_is_refused(model, said):
    with pytest.raises(UsageError) as caught:
        parse_team(model, 3)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("model", "called"),
    [
        ("synthetic/strong", False),
        ("synthetic/anything", False),
        ("openai/gpt-4.1-mini", True),
        ("openai/gpt-5?temperature=0.2", True),
        ("gpt-4o", True),
        ("ollama/llama3.2:8b", True),
        ("own.py:Mine", False),
        ("mine:Mine", False),
    ],
)
def test_only_foreign_ids_are_called(model, called):
    assert is_called(model) is called


def test_a_mind_has_its_name():
    assert own_mind("synthetic/weak").name == "synthetic/weak"
    with pytest.raises(UnknownNameError, match=r"did you mean synthetic/weak\?"):
        own_mind("synthetic/waek")
    with pytest.raises(UnknownNameError, match="provider/model"):
        check_model("llama3:latest", CALLS)
    with pytest.raises(UnknownNameError):
        check_model("nobody", CALLS)


@pytest.mark.parametrize("judge", ["none", "rubric", "rubric:gpt-4o", "own.py:Mine", "mine:Mine"])
def test_some_judges_ask_no_model(judge):
    assert asks_no_model(judge)
    assert judge_models(judge, ["openai/a"], CALLS) == ()


def test_other_judges_are_models():
    assert not asks_no_model("openai/a,own.py:Mine")
    assert judge_models("openai/a, gpt-4o ,", [], CALLS) == ("openai/a", "gpt-4o")
    assert judge_models("openai/a?temperature=0", [], CALLS) == ("openai/a?temperature=0",)


def test_the_default_judge_is_another():
    assert judge_models(None, ["openai/gpt-4.1-mini"], CALLS) == ("gpt-5.4",)
    assert judge_models(None, ["gpt-5.4"], CALLS) == ("gpt-4o",)
    assert judge_models(None, ["openai/gpt-5.4", "gpt-4o"], CALLS) == ("claude-sonnet-4.6",)
    assert judge_models(None, ["synthetic/strong", "own.py:Mine"], CALLS) == ()
    behind = un.Calls(api_base="http://127.0.0.1:1/v1")
    assert judge_models(None, ["openai/a", "openai/b"], behind) == ("openai/a",)


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        ("harsh", "judge='harsh' is not known"),
        ("openai/a,harsh", "judge='openai/a,harsh' is not known"),
        ("gpt-4o,gpt-4o", "names a judge twice; name each once"),
        ("rubric:harsh", "rubric"),
    ],
)
def test_a_wrong_judge_is_refused(judge, said):
    with pytest.raises(UsageError) as caught:
        check_judge(judge, CALLS)
    assert said in str(caught.value)
    check_judge(None, CALLS)


def test_judges_are_made():
    assert make_judge(None).name == make_judge("rubric").name
    assert make_judge("none") is None
    given = make_judge("rubric:gpt-4o")
    assert make_judge(given) is given


def test_ones_own_judge_is_made_anew(here):
    Path("own.py").write_text(
        "import unscripted as un\nclass Mine(un.Judge):\n    def appraise(self, s): ...\n"
    )
    assert make_judge("own.py:Mine") is not make_judge("own.py:Mine"), "it may hold state"
