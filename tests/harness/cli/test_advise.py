"""`unscripted advise`: one object, one page, one folder that grows; and what can't be played."""

from __future__ import annotations

import json

import pytest
from support.commands import command

import unscripted as un
from unscripted.scenarios.harness.advice import playing
from unscripted.scenarios.harness.advice.advice import Advice
from unscripted.scenarios.harness.exits import Exit

QUICK = ("--protocol", "sequential,silent", "--agents", 3, "--ticks", 1, "--replicates", 8)


@pytest.fixture(scope="module")
def advised(tmp_path_factory):
    """One piece of advice in a folder; look, don't touch."""
    path = tmp_path_factory.mktemp("advice") / "a"
    return command("advise", *QUICK, "--out", path, "--json"), path


def test_the_object_is_as_promised(advised):
    said, _ = advised
    assert said.code == 0, said.err
    body = said.body
    promised = {
        "version", "synthetic", "answer", "choice", "p_best", "tied", "calls", "cost_usd", "arms"
    }  # fmt: skip
    assert promised <= body.keys()
    assert (body["version"], body["synthetic"]) == (1, True)
    assert body["answer"] in ("use", "tie", "undecided")
    assert body["choice"].keys() == {"protocol", "agents", "topology", "model"}
    assert [arm["protocol"] for arm in body["arms"]].count("solo") == 1
    for arm in body["arms"]:
        assert arm["low"] <= arm["mean"] <= arm["high"]
        assert 0 <= arm["p_best"] <= 1
    assert sum(arm["p_best"] for arm in body["arms"]) == pytest.approx(1)
    assert body["calls"] == sum(round(arm["calls"] * arm["tasks"]) for arm in body["arms"])


def test_the_page_says_the_answer(advised):
    _, path = advised
    page = (path / "report.html").read_text()
    assert "Which team to use" in page
    assert "Synthetic minds" in page
    assert (path / "figures" / "advice.png").stat().st_size > 10_000
    assert json.loads((path / "advice.json").read_text())["version"] == 1


def test_a_folder_gives_it_again(advised):
    said, path = advised
    found = un.load(path)
    assert isinstance(found, Advice)
    assert found.body()["arms"] == said.body["arms"]
    assert found.body()["answer"] == said.body["answer"]
    assert command("replay", path).code == 0
    assert command("report", path).code == 0


def test_the_same_command_plays_nothing(advised, monkeypatch):
    said, path = advised
    played = []
    monkeypatch.setattr(
        "unscripted.scenarios.harness.runs.sweep.run_one", lambda *job: played.append(job)
    )
    again = command("advise", *QUICK, "--out", path, "--json")
    assert again.body == said.body
    assert not played


def test_python_says_the_same(advised):
    found = un.advise(
        protocol=["sequential", "silent"], agents=3, ticks=1, replicates=8
    )  # fmt: skip
    assert found.body() == advised[0].body
    assert found.table.columns[0] == "protocol"
    assert "use" in str(found) or "tie" in str(found) or "undecided" in str(found)


def test_a_folder_grows(here):
    one = ("advise", "--agents", 3, "--ticks", 1, "--out", "a")
    first = command(*one, "--protocol", "silent", "--replicates", 3, "--confidence", 0.9999)
    assert first.code == 0, first.err
    more = command(*one, "--protocol", "silent,shared", "--replicates", 8)
    assert more.code == 0, more.err
    other = command(*one, "--protocol", "silent,shared", "--replicates", 8, "--seed", 3)
    assert other.code == 2
    assert "holds a run with" in other.err


def test_modelled_money_is_not_overspent(here):
    said = command("advise", *QUICK, "--budget", 0.1, "--out", "a", "--json")
    assert said.code == 4
    assert 0 < said.body["cost_usd"] <= 0.1
    more = command("advise", *QUICK, "--budget", 9, "--out", "a", "--json")
    assert more.code == 0
    assert more.body == command("advise", *QUICK, "--json").body


def test_calls_are_capped(here):
    needed = command("advise", *QUICK, "--json").body["calls"]
    assert command("advise", *QUICK, "--max-calls", needed, "--json").code == 0
    said = command("advise", *QUICK, "--max-calls", needed - 1, "--json")
    assert said.code == 4
    assert 0 < said.body["calls"] < needed


def test_the_unplayable_is_left_out(here):
    said = command(
        "advise", *QUICK, "--topology", "watts-strogatz:k=9,complete", "--json", "--out", "a"
    )
    assert said.code == 0, said.err
    assert {x["topology"] for x in said.body["left_out"]} == {"watts-strogatz:k=9"}
    assert all("k=9" in x["reason"] for x in said.body["left_out"])
    assert {arm["topology"] for arm in said.body["arms"]} == {"complete"}


def test_several_levels_are_tasks(here):
    said = command("advise", *QUICK, "--level", "L1,L4", "--json")
    assert said.code == 0
    assert len(said.body["arms"]) == 3
    assert all(arm["tasks"] % 2 == 0 for arm in said.body["arms"])


def test_freedom_is_weighed():
    found = un.advise(protocol=["sequential", "fixed-roles"], agents=4, ticks=2, replicates=10)
    freedom = next(g for g in found.gains if g.what == "freedom")
    assert freedom.against["protocol"] == "fixed-roles"
    assert freedom.answer in ("yes", "no", "unclear")
    assert any("choosing roles itself" in line for line in found.sentences)


def test_tasks_that_tell_nothing_are_named():
    found = un.advise(
        protocol=["sequential"], agents=3, ticks=1, replicates=5, tasks="shards:kind=max",
        confidence=0.999,
    )  # fmt: skip
    named = found.telling_nothing
    assert set(named.values()) <= {"floor", "ceiling"}
    alone = {
        tick["task_id"]: tick["score"]
        for result in found.course.results.values()
        if result.row["protocol"] == "solo"
        for tick in result.ticks
    }
    flat = {task for task, score in alone.items() if score in (0.0, 1.0)}
    assert flat <= named.keys()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--margin", 0), "use e.g. 0.02"),
        (("--confidence", 1), "use e.g. 0.95"),
        (("--max-calls", 0), "use 1 or more"),
        (("--protocol", "solo"), "no arm but solo can be played"),
        (("--tasks", "empty.yaml"), "no arm can be played: empty.yaml"),
        (("--protocol", "sequentail"), "sequential"),
        (("--agents", "3,3"), "twice"),
        (("--judge", "none"), "nothing grades"),
    ],
)
def test_mistakes_are_one_line(here, options, words):
    (here / "empty.yaml").touch()
    said = command("advise", *options)
    assert said.code == 2
    assert words in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_too_few_seeds_are_said():
    one, three = (
        un.advise(protocol="sequential", agents=3, ticks=1, replicates=r, confidence=0.99999)
        for r in (1, 3)
    )
    assert one.answer == three.answer == "undecided"
    assert "it takes 3 seeds at least; use more --replicates" in one.sentences[0]
    assert "all 3 seeds are played; use more --replicates" in three.sentences[0]


def test_outcomes_stay_within_their_range():
    found = un.advise(
        protocol=["silent", "sequential"], agents=3, ticks=1, replicates=2, tasks="agentsnet",
    )  # fmt: skip
    for arm in found.arms:
        assert 0 <= arm["low"] <= arm["mean"] <= arm["high"] <= 1


def test_dollars_are_weighed_throughout():
    """The table, the chances, the gain and the sentence speak of the same thing."""
    found = un.advise(
        protocol="sequential", agents=2, ticks=1, replicates=4, per_dollar=True, margin=0.05,
        model=["synthetic/strong", "synthetic/weak"],
    )  # fmt: skip
    by_mean, by_dollar = (
        [(a["protocol"], a["model"]) for a in sorted(found.arms, key=lambda a: -a[by])]
        for by in ("mean", "outcome_per_usd")
    )
    assert by_mean[0][1] == "synthetic/strong"
    assert by_dollar[0][1] == "synthetic/weak" == found.arms[0]["model"]
    assert found.arms[0]["p_close"] == max(arm["p_close"] for arm in found.arms)
    assert "within 5 % of the best" in found.sentences[0]
    assert "of the best outcome per dollar" in found.gains[-1].line()


def test_failures_are_counted_and_named(here):
    (here / "mine.py").write_text(
        "import unscripted as un\n\n\nclass Boom(un.Mind):\n"
        '    """Can\'t."""\n\n    def decide(self, observation):\n        raise ValueError\n'
    )
    boom = ("--model", "mine.py:Boom", "--tasks", "hidden-profile")
    said = command("advise", *QUICK[:-1], 3, *boom, "--out", "a", "--json")
    assert said.code == 3, said.err
    (failed,) = (line for line in said.body["sentences"] if line.startswith("decisions that"))
    assert failed.count("(100 %)") == 3
    assert said.body["sentences"][0] == "undecided: every decision failed"
    assert said.body["choice"] is None
    assert un.load(here / "a").sentences == said.body["sentences"]


def test_functions_never_play_a_dry_run():
    with pytest.raises(un.UsageError, match="use the command with --dry-run"):
        un.advise(dry_run=True)


def test_every_form_says_synthetic(advised):
    found = un.load(advised[1])
    for text in (str(found), found._repr_html_()):
        assert "Synthetic minds" in text
        assert "solo" in text
    assert repr(found).startswith("<Advice: ")


def test_one_model_needs_no_name(advised):
    said, _ = advised
    assert not any("(synthetic/strong)" in line for line in said.body["sentences"])


def test_interruptions_say_what_is_kept(here, monkeypatch):
    def stop(*_):
        raise playing._OverError(Exit.INTERRUPTED, "interrupted")

    monkeypatch.setattr(playing, "_seed", stop)
    said = command("advise", *QUICK, "--out", "a", "--json")
    assert (said.code, said.out) == (130, "")
    assert "interrupted with 0 runs kept; the same command continues" in said.err


def test_mixed_teams_keep_their_solo(tmp_path):
    said = command(
        "advise", "--protocol", "silent", "--agents", "3,4", "--ticks", 1, "--replicates", 2,
        "--model", "synthetic/weak*2+synthetic/strong*1", "--json", "--out", tmp_path / "a",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert {(arm["protocol"], arm["agents"]) for arm in said.body["arms"]} == {
        ("silent", 3), ("solo", 3),
    }  # fmt: skip
    assert [(arm["protocol"], arm["agents"]) for arm in said.body["left_out"]] == [("silent", 4)]
