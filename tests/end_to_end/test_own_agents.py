"""A function by its path, as a user has it: played, kept, stopped, resumed and replayed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.commands import command

import unscripted as un

AGENT = '''
"""An agent that counts how often it is called."""
from pathlib import Path
import unscripted as un

LOG = Path(__file__).with_name("calls.log")

def counting(observation):
    with LOG.open("a") as log:
        log.write("x")
    if observation.member == 2:
        raise RuntimeError("no tool")
    if observation.member == 1:
        return '{"decision": "contribute", "role": "reader", "work": "a sum", "builds_on": [0]}'
    return un.Answer(un.Contribution("adder", "7"), un.Usage(1, 10, 5, 0.01, 0.5))

class Agent:
    def __init__(self, *, times: int = 1):
        self.times = times

    async def __call__(self, observation):
        with LOG.open("a") as log:
            log.write("x")
        return un.Contribution("reader", "work " * self.times)

INSTANCE = Agent(times=2)
NUMBER = 7
'''


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agent.py").write_text(AGENT, encoding="utf-8")
    return tmp_path


def called(home: Path) -> int:
    log = home / "calls.log"
    return len(log.read_text()) if log.exists() else 0


def test_a_run_is_kept_and_replayed(home):
    given = ("--model", "agent.py:counting", "--agents", 4, "--judge", "none", "--out", "kept")
    body = command("run", *given, "--ticks", 2, "--json").body
    assert called(home) == 8
    assert body["runs"][0]["failure_rate"] == 0.25
    assert body["runs"][0]["cost_usd"] is None  # two of them say nothing of it
    (home / "agent.py").write_text(AGENT + "\n# edited\n", encoding="utf-8")
    assert command("replay", "kept").out == "2 ticks replayed, all equal\n"
    (home / "agent.py").write_text(AGENT, encoding="utf-8")
    command("run", *given, "--ticks", 3, "--json")
    assert called(home) == 12


@pytest.mark.parametrize("name", ["Agent", "Agent:times=3", "INSTANCE", "counting"])
def test_whatever_can_be_called(home, name):
    model = f"agent.py:{name}"
    row = command("run", "--model", model, "--agents", 2, "--ticks", 1, "--json").body["runs"][0]
    assert row["model"] == model


def test_a_comparison_is_replayed(home):
    command(
        "compare", "--model", "agent.py:counting", "--protocol", "sequential,broadcast",
        "--agents", 2, "--ticks", 1, "--replicates", 2, "--judge", "none", "--out", "kept",
        "--json",
    )  # fmt: skip
    before = called(home)
    assert command("replay", "kept").out == "4 runs replayed, all equal\n"
    assert called(home) == before > 0


def test_a_mixed_team(home):
    model = "agent.py:counting*2+synthetic/strong*2"
    body = command("run", "--model", model, "--agents", 4, "--ticks", 1, "--json").body
    assert body["synthetic"]
    assert called(home) == 2


def test_money_is_never_far_over(home):
    found = command(
        "run", "--model", "agent.py:counting", "--agents", 4, "--ticks", 9, "--judge", "none",
        "--budget", 0.02, "--out", "kept", "--json",
    )  # fmt: skip
    assert found.code == 4
    assert "US dollars are spent" in found.err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NUMBER", "is not a Mind"),
        ("nothing", "has no nothing"),
        ("counting:a=1", "option 'a=1' is not known"),
        ("Agent:b=1", "option 'b=1' is not known"),
    ],
)
def test_what_is_none(home, name, words):
    found = command("run", "--model", f"agent.py:{name}", "--ticks", 1)
    assert found.code == 2
    assert words in found.err
    assert found.err.count("\n") == 1


def test_what_was_shown_is_kept(home):
    import sqlite3
    import zlib

    given = ("--model", "agent.py:counting", "--agents", 2, "--judge", "none", "--out", "kept")
    command("run", *given, "--ticks", 1, "--json")
    with sqlite3.connect("kept/journal.sqlite") as db:
        row = db.execute("SELECT request, text FROM calls WHERE who = 'member 1'").fetchone()
    asked = json.loads(zlib.decompress(row[0]))
    shown = json.loads(asked[1][0][1])
    assert asked[0] == "agent.py:counting"
    assert [m["content"]["work"] for m in shown["messages"]] == ["7"]
    assert json.loads(row[1])["role"] == "reader"


@pytest.mark.parametrize(
    "asked", [("run",), ("compare", "--protocol", "silent,shared"), ("advise",)]
)
def test_folders_outlive_their_files(home, asked):
    (home / "mine.py").write_text(
        "import unscripted as un\n\nclass Mine(un.Mind):\n    def decide(self, observation):\n"
        '        return un.Contribution("adder", "7")\n'
    )
    model = ("--model", "mine.py:Mine", "--agents", 2, "--ticks", 1, "--tasks", "hidden-profile")
    several = () if asked == ("run",) else ("--replicates", 3)
    assert command(*asked, *model, *several, "--out", "kept").code in (0, 4)
    told = str(un.load(home / "kept"))
    (home / "mine.py").unlink()
    for reading in ("replay", "report", "show", "cite"):
        said = command(reading, "kept")
        assert said.code == 0, f"{reading}: {said.err}"
    if asked != ("run",):
        assert str(un.load(home / "kept")) == told
