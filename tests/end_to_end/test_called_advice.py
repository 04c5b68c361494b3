"""Advice on called models over loopback: one budget for all arms, resumed, replayed, paid once."""

from __future__ import annotations

import json

import pytest
from support.called import MODEL, agents_requests
from support.commands import command

import unscripted as un
from unscripted.agents.callable_mind import CallableMind

FEW = ("--protocol", "shared,silent", "--agents", 3, "--ticks", 1, "--replicates", 4)


def asked(server, path, *more):
    return (
        "advise", "--model", MODEL, "--api-base", server.api_base, *FEW, "--tasks",
        "hidden-profile", "--out", path, "--json", "--max-tokens", 400, *more,
    )  # fmt: skip


def test_one_budget_for_all_arms(loopback, tmp_path):
    server = loopback()
    asked_now = asked(server, tmp_path / "a", "--price", "1,5", "--budget", 0.03)
    said = command(*asked_now)
    assert said.code == 4, said.err
    body = said.body
    assert body["answer"] == "undecided"
    assert "budget=0.03" in body["sentences"][0]
    assert 0 < body["spent_usd"] + body["held_usd"] <= 0.03
    before = server.requests
    more = command(*asked(server, tmp_path / "a", "--price", "1,5", "--budget", 5))
    assert more.code == 0, more.err
    assert server.requests > before
    assert more.body["spent_usd"] <= 5
    paid = server.requests
    again = command(*asked(server, tmp_path / "a", "--price", "1,5", "--budget", 5))
    assert again.body["arms"] == more.body["arms"]
    assert server.requests == paid, "a race that is over asks nobody, not even who is there"
    assert command("replay", tmp_path / "a").code == 0


@pytest.mark.parametrize("most", [1, 20, 40])
def test_calls_are_capped_exactly(loopback, tmp_path, most):
    server = loopback()
    capped = asked(server, tmp_path / "a", "--price", "1,5", "--max-calls", most)
    said = command(*capped)
    assert said.code == 4
    assert said.body["calls"] == most == len(agents_requests(server))
    assert f"max_calls={most}: {most} are made" in said.body["sentences"][0]
    if said.body["arms"]:
        loaded = un.load(tmp_path / "a")
        assert loaded.sentences == said.body["sentences"], "it says why it ended"
        assert loaded.body()["calls"] == most
    again = command(*capped)
    assert again.code == 4
    assert len(agents_requests(server)) == most, "nothing is paid twice, nothing more is made"


def test_capped_advice_goes_on(loopback, tmp_path):
    server = loopback()
    capped = asked(server, tmp_path / "a", "--price", "1,5", "--max-calls")
    assert command(*capped, 33).code == 4
    more = command(*capped, 1000)
    assert more.code == 0, more.err
    whole = command(*asked(loopback(), tmp_path / "b", "--price", "1,5"))
    assert more.body["arms"] == whole.body["arms"]
    assert more.body["calls"] == len(agents_requests(server))
    assert command("replay", tmp_path / "a").code == 0


def test_enough_calls_are_enough(loopback, tmp_path):
    needed = command(*asked(loopback(), tmp_path / "a", "--price", "1,5")).body["calls"]
    said = command(*asked(loopback(), tmp_path / "b", "--price", "1,5", "--max-calls", needed))
    assert (said.code, said.body["calls"]) == (0, needed)


def test_unpriced_models_weigh_no_dollars(loopback, tmp_path):
    server = loopback()
    said = command(*asked(server, tmp_path / "a", "--per-dollar", "--price", "0,0"))
    assert said.code == 2
    assert "use --price" in said.err
    assert not agents_requests(server), "what can't be weighed isn't paid"


@pytest.mark.parametrize("most", [6, 10, 14, 19, 23, 28])
def test_cut_races_are_read_as_told(loopback, tmp_path, most):
    server = loopback()
    said = command(*asked(server, tmp_path / "a", "--price", "1,5", "--max-calls", most)).body
    if not (tmp_path / "a" / "runs.csv").exists():
        return  # nothing came to its end, so that there is nothing to read
    read = un.load(tmp_path / "a").body()
    for part in ("answer", "choice", "p_best", "arms", "sentences", "calls", "cost_usd"):
        assert read[part] == said[part], part
    if len(said["arms"]) < 3:
        assert said["choice"] is said["p_best"] is None, "nothing is best among unmeasured ones"
        assert {arm["p_best"] for arm in said["arms"]} <= {None}
        drawn = un.load(tmp_path / "a").plot()
        assert "not compared" in {text.get_text() for text in drawn.axes[1].texts}


def test_cut_runs_cost_what_they_cost(loopback, tmp_path):
    server = loopback()
    said = command(*asked(server, tmp_path / "a", "--price", "1,5", "--max-calls", 10)).body
    assert said["calls"] == 10
    assert said["cost_usd"] == pytest.approx(said["spent_usd"], rel=0.2), "all but the probe"
    assert said["cost_usd"] > 0


def test_a_lower_cap_keeps_results(loopback, tmp_path):
    server = loopback()
    whole = command(*asked(server, tmp_path / "a", "--price", "1,5")).body
    less = command(*asked(server, tmp_path / "a", "--price", "1,5", "--max-calls", 3))
    assert less.code == 0, less.err
    assert less.body["sentences"] == whole["sentences"]


def test_different_judges_are_said(loopback, tmp_path):
    server = loopback()
    both = f"{MODEL},openai/other"
    words = (
        "--model", both, "--api-base", server.api_base, "--protocol", "silent", "--agents", 2,
        "--ticks", 1, "--replicates", 2, "--price", "1,5", "--json",
    )  # fmt: skip
    raced = command("advise", *words, "--out", tmp_path / "a")
    assert "graded by different ones" in " ".join(raced.body["sentences"])
    compared = command("compare", *words, "--yes", "--out", tmp_path / "b")
    assert "graded by different ones" in compared.err + json.dumps(compared.body)
    named = command("advise", *words, "--judge", MODEL, "--out", tmp_path / "c")
    assert "graded by different ones" not in " ".join(named.body["sentences"])


def test_failing_minds_are_not_advised(here):
    def fail(observation):
        raise ValueError("no")

    found = un.advise(
        model=CallableMind(fail), protocol=["shared"], agents=2, ticks=1, replicates=3,
        tasks="hidden-profile",
    )  # fmt: skip
    assert (found.answer, found.choice.arm, int(found.ending)) == ("undecided", None, 3)
    assert found.sentences[0] == "undecided: every decision failed"


def test_functions_of_users_are_advised(here):
    mind = CallableMind(lambda observation: "I add a thermometer to each room.")
    found = un.advise(
        model=mind, protocol=["shared"], agents=2, ticks=1, replicates=3, tasks="hidden-profile",
    )  # fmt: skip
    assert found.outcome == "score"
    assert {arm["protocol"] for arm in found.arms} == {"shared", "solo"}
    json.dumps(found.body())


def test_ungraded_tasks_are_refused(loopback, tmp_path):
    server = loopback()
    said = command(
        "advise", "--model", MODEL, "--api-base", server.api_base, *FEW, "--judge", "none"
    )
    assert said.code == 2
    assert "nothing grades these tasks" in said.err
    assert not server.requests


@pytest.mark.parametrize("missing", ["shared:nonsense=3"])
def test_slips_of_the_pen_are_refused(missing):
    said = command("advise", "--protocol", missing, "--out", "x")
    assert said.code == 2


@pytest.mark.parametrize("most", [130, 150])
def test_mixed_teams_count_once(loopback, tmp_path, most):
    server = loopback()
    mixed = f"{MODEL}*1+synthetic/strong*7"
    said = command(
        "advise", "--model", mixed, "--api-base", server.api_base, "--protocol", "shared,silent",
        "--agents", 8, "--ticks", 1, "--replicates", 4, "--tasks", "hidden-profile", "--price",
        "1,5", "--max-calls", most, "--out", tmp_path / "a", "--json",
    )  # fmt: skip
    assert said.code == 4
    made = int(said.body["sentences"][0].partition(f"max_calls={most}: ")[2].split(" are made")[0])
    assert made == said.body["calls"] <= most
    assert 0 < len(agents_requests(server)) < made, "synthetic minds' calls count as well"
