"""Runs that broke, were cut short, are missing or came to nothing are said in one line."""

from __future__ import annotations

import warnings

import pytest

import unscripted as un
from unscripted.scenarios.harness.exits import Exit
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.results.shortfall import shortfall

SMALL = {"agents": 3, "ticks": 2}
WHOLE = RunResult({"delivered": 1.0, "failure_rate": 0.2})


class Broken(un.Protocol):
    """Breaks before anybody is asked."""

    name = "broken"

    def rounds(self, team):
        """Ask nobody."""
        raise ValueError("no rounds today")
        yield


@pytest.fixture(autouse=True)
def alone(here, monkeypatch):
    """No worker processes."""
    monkeypatch.setattr("os.cpu_count", lambda: 1)


@pytest.fixture
def one_breaks(monkeypatch):
    """Every run of solo breaks."""
    from unscripted.scenarios.harness.runs import sweep

    played = sweep.run_one

    def play(config, replicate, service=None):
        if config.team.labels["protocol"] == "solo":
            return RunResult(error="OSError: disk full")
        return played(config, replicate, service)

    monkeypatch.setattr(sweep, "run_one", play)


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([WHOLE, WHOLE], ""),
        ([WHOLE, RunResult(error="E: x")], "1 of 2 runs broke, first 1: E: x"),
        ([RunResult(stopped="refused"), WHOLE], "1 of 2 runs stopped, first 0: refused"),
        ([WHOLE], "1 of 2 runs are missing"),
        ([WHOLE, RunResult({}, stopped="budget", out_of_budget=True)],
         "1 of 2 runs stopped at the budget of each"),
        ([RunResult({"delivered": 0.0, "failure_rate": 1.0}), WHOLE],
         "in 1 of 2 runs nothing was delivered and decisions failed, first in 0"),
        ([RunResult({"delivered": 0.0, "failure_rate": 0.0}), WHOLE], ""),
    ],
)  # fmt: skip
def test_each_shortfall_has_its_words(results, said):
    assert shortfall({str(k): r for k, r in enumerate(results)}, 2) == said


def test_a_comparison_warns_of_broken_runs(one_breaks):
    with pytest.warns(RuntimeWarning, match=r"^2 of 4 runs broke, first solo.*disk full$") as told:
        found = un.compare(protocol=["solo", "silent"], replicates=2, **SMALL)
    assert (found.ending, len(told)) == (Exit.FAILURES, 1)
    assert told[0].filename == __file__
    assert found.trouble in repr(found) == str(found).splitlines()[0]


def test_a_protocol_that_breaks_is_named():
    with pytest.warns(RuntimeWarning, match="in 2 of 4 runs nothing was delivered"):
        found = un.compare(protocol=[Broken(), "silent"], replicates=2, **SMALL)
    assert found.trouble in repr(found)
    with pytest.warns(RuntimeWarning, match="broke in 2 of 2 ticks, first protocol broken: Value"):
        run = un.run(protocol=Broken(), **SMALL)
    assert "no rounds today" in repr(run)


def test_advice_warns_of_broken_arms(one_breaks):
    with pytest.warns(RuntimeWarning, match=r"1 of \d arms broke, first solo.*disk full"):
        found = un.advise(protocol=["silent", "shared"], replicates=5, **SMALL)
    assert found.trouble in repr(found)


def test_what_is_whole_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = (
            un.run(**SMALL),
            un.compare(protocol=["solo", "silent"], replicates=2, **SMALL),
            un.advise(protocol="silent", replicates=5, **SMALL),
        )
    assert [value.trouble for value in values] == ["", "", ""]


def test_a_folder_says_what_is_missing(one_breaks):
    with pytest.warns(RuntimeWarning):
        un.compare(protocol=["solo", "silent"], replicates=2, out="kept", **SMALL)
    assert "interrupted; 2 of 4 runs are missing" in repr(un.load("kept"))
