"""A judge that fails is named in one sentence, on every page and in every text."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

import unscripted as un
from unscripted.scenarios.harness.api.replay import replay
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.report.publish import publish
from unscripted.scenarios.harness.results.judging import judging_lines, judging_of

JUDGE = '''
import unscripted as un

class Tired(un.Judge):
    """Grades two tasks of three."""
    name = "tired"
    def appraise(self, submission):
        if submission.tick % 3 == 2:
            return un.Verdict(reason="no answer: asleep")
        return un.Verdict(3, 3, 3, 3, 3)
'''
SAID = "the judge failed on {} of {} tasks (33 %); quality rests on the other {}"
SMALL = ("--agents", 2, "--ticks", 3, "--judge", "tired.py:Tired")


@pytest.fixture(autouse=True)
def judge(here, monkeypatch):
    """A judge that fails at times, and no worker processes."""
    Path("tired.py").write_text(JUDGE)
    monkeypatch.setattr("os.cpu_count", lambda: 1)


def said_of(call, *command):
    """What a command says on both streams, in one line."""
    said = call(*command)
    assert said.code == 0, said.err
    return " ".join((said.out + said.err).split())


def page(folder):
    """The words of a page."""
    return unescape(Path(folder, "report.html").read_text())


COMMANDS = {
    "run": (("run", *SMALL), SAID.format(1, 3, 2)),
    "compare": (("compare", "--protocol", "solo,silent", "--replicates", 2, *SMALL),
                SAID.format(4, 12, 8)),
    "scenario": (("scenario", "team_scaling", "--agents", "2,3", "--replicates", 1, "--protocol",
                  "silent,solo", *SMALL[2:]), " (33 %); quality rests on the other "),
    "advise": (("advise", "--protocol", "silent", "--replicates", 3, *SMALL),
               " (33 %); quality rests on the other "),
}  # fmt: skip


@pytest.mark.parametrize(("command", "line"), COMMANDS.values(), ids=COMMANDS)
def test_every_page_names_it(call, command, line):
    assert line in said_of(call, *command, "--out", "mine")
    assert line in page("mine")
    assert line in said_of(call, "show", "mine")
    assert line in said_of(call, "replay", "mine")
    assert line in said_of(call, "report", "mine") or line in page("mine")


def test_values_and_json_name_it(call):
    body = call("run", *SMALL, "--json", "--out", "mine").body
    assert body["judging"] == [SAID.format(1, 3, 2) + " (first: no answer: asleep)"]
    assert json.loads(json.dumps(replay(Path("mine")).body()))["judging"] == body["judging"]
    run = un.load("mine")
    assert run.judging[0] in repr(run)
    with pytest.warns(RuntimeWarning, match="the judge failed on 4 of 12"):
        un.compare(protocol=["solo", "silent"], replicates=2, agents=2, ticks=3,
                   judge="tired.py:Tired")  # fmt: skip


@pytest.mark.parametrize(
    ("options", "missing", "said"),
    [
        ({}, 0, False), ({}, 1, False), ({}, 2, True), ({"judge": "none"}, 10, False),
        ({}, 10, False), ({"judge": "rubric"}, 10, True), ({"tasks": "hidden-profile"}, 10, False),
    ],
)  # fmt: skip
def test_a_share_of_missing_grades_fails(options, missing, said):
    ticks = [{"quality": None if k < missing else 0.5} for k in range(10)]
    assert bool(judging_lines([(RunConfig.of(**options), ticks)])) is said


class Panel(un.Judge):
    """Two judges, of which the second never answers."""

    name = "panel"

    def appraise(self, submission):
        """Grades by one alone."""
        from unscripted.model.judge import Vote

        votes = (Vote("a", (3.0,) * 5, ""), Vote("b", (None,) * 5, "no answer: not today"))
        return un.Verdict(3, 3, 3, 3, 3, votes=votes)


def test_judges_of_a_panel_are_named():
    with pytest.warns(RuntimeWarning, match="judge b failed"):
        run = un.run(agents=2, ticks=2, judge=Panel())
    (line,) = run.judging
    assert line.startswith("judge b failed on 2 of 2 tasks (100 %)")
    assert line.endswith("quality rests on the other judges (first: no answer: not today)")
    assert judging_of(run.config, run.records) == run.judging


def test_publishing_again_names_it(call):
    call("run", *SMALL, "--out", "mine")
    Path("mine/report.html").unlink()
    publish(un.load("mine"))
    assert SAID.format(1, 3, 2) in page("mine")
