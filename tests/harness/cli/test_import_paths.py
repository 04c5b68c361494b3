"""`FILE.py:Class` and `module:Class` stand wherever a name may: protocol, model, judge, network."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commands import SMALL

OWN = """
import networkx as nx
import unscripted as un

class Relay(un.Protocol):
    name = "relay-of-mine"
    def __init__(self, *, last=True):
        self.last = last
    def rounds(self, team):
        members = reversed(team.members) if self.last else team.members
        for member in members:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())

class Typist(un.Mind):
    name = "typist"
    instant = True
    synthetic = False
    def __init__(self, *, role="typist"):
        self.role = role
    def decide(self, observation):
        return un.Contribution(self.role, "some work")

class Grade(un.Judge):
    instant = True
    def __init__(self, *, grade=2.0):
        self.grade = grade
    def appraise(self, submission):
        return un.Verdict(*[self.grade] * 5)

def bow(n, seed, *, closed=False):
    return nx.cycle_graph(n) if closed else nx.path_graph(n)

def breaks(n, seed):
    raise KeyError("no\\nnetwork")

READY = un.testing.Scripted([un.Contribution("reader", "read")])
NOTHING = 5
"""


@pytest.fixture(autouse=True)
def own(here):
    """A file and a module of one's own in the working folder."""
    Path("own.py").write_text(OWN)


def row_of(said):
    assert said.code == 0, said.err
    return said.body["runs"][0]


@pytest.mark.parametrize("home", ["own.py", "own"])
@pytest.mark.parametrize(
    ("option", "name", "measure", "value"),
    [
        ("model", "Typist", "unique_roles", 1),
        ("model", "READY", "unique_roles", 1),
        ("judge", "Grade", "quality", 0.5),
        ("judge", "Grade:grade=4", "quality", 1.0),
    ],
)
def test_run_takes_import_paths(call, home, option, name, measure, value):
    said = call("run", *SMALL, f"--{option}", f"{home}:{name}", "--json")
    assert row_of(said)[measure] == value
    if option == "model":
        assert row_of(said)["model"] == f"{home}:{name}"


def test_protocol_and_network_take_options(call):
    options = ("run", "--agents", 3, "--ticks", 1, "--json", "--topology")
    row = row_of(call(*options, "own:bow:closed=true", "--protocol", "own.py:Relay:last=false"))
    assert row["protocol"] == "own.py:Relay:last=false"
    assert row["topology"] == "own:bow:closed=true"
    named = row_of(call(*options, "ring", "--protocol", "sequential"))
    same = [k for k in row if k not in ("protocol", "topology")]
    assert [row[k] for k in same] == [named[k] for k in same]


def test_real_minds_are_not_called_synthetic(call):
    said = call("run", *SMALL, "--model", "own.py:Typist", "--json", "--temperature", 1)
    assert said.body["synthetic"] is False
    assert "own.py:Typist is not called over a network" in said.err
    team = "own.py:Typist:role=a*1+synthetic/weak*2"
    mixed = call("run", *SMALL, "--model", team, "--json")
    assert mixed.body["synthetic"] is True


def test_compare_takes_import_paths(call):
    cells = ("--protocol", "own.py:Relay,silent", "--model", "own.py:Typist,own.py:READY")
    said = call("compare", *SMALL, *cells, "--replicates", 1, "--json")
    assert said.code == 0, said.err
    found = {(r["protocol"], r["model"]) for r in said.body["summary"]}
    assert len(found) == 4
    assert ("own.py:Relay", "own.py:READY") in found


def test_scenarios_take_import_paths(call):
    options = ("--agents", "2,3", "--ticks", 1, "--replicates", 2, "--json")
    said = call("scenario", "team_scaling", *options, "--protocol", "own.py:Relay,sequential",
                "--model", "own.py:Typist")  # fmt: skip
    assert said.code == 0, said.err
    assert {r["protocol"] for r in said.body["runs"]} == {"own.py:Relay", "sequential"}


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("protocol", "own.py:Nope", "own.py has no Nope; it defines Relay, Typist, Grade, bow"),
        ("protocol", "own.py:NOTHING", "is not a Protocol; subclass unscripted.Protocol"),
        ("protocol", "own.py:Typist", "is not a Protocol"),
        ("protocol", "own.py:Relay:first=1", "option 'first=1' is not known; options: last="),
        ("protocol", "own.py", "protocol='own.py' is not known"),
        ("protocol", "nope.py:Relay", "nope.py is not a file"),
        ("protocol", "nope:Relay", "protocol='nope' is not known"),
        ("model", "own.py:Relay", "is not a Mind; subclass unscripted.Mind"),
        ("model", "own.py:READY:role=x", "options: none"),
        ("model", "own.py:Typist:speed=1", "options: role="),
        ("model", "nope.py:Typist", "model=nope.py:Typist: nope.py is not a file"),
        ("model", "nope:Typist", "model='nope' is not known"),
        ("judge", "own:Relay", "is not a Judge; subclass unscripted.Judge"),
        ("judge", "own.py:Grade:grade=high", "grade='high' is not a valid float"),
        ("judge", "nope:Grade", "judge='nope:Grade' is not known"),
        ("topology", "own.py:NOTHING", "is no function of (n, seed)"),
        ("topology", "own.py:bow:open=1", "options: closed="),
        ("topology", "own.py:breaks", "topology=own.py:breaks: KeyError: 'no\\nnetwork'"),
        ("topology", "own.py:Typist", "topology=own.py:Typist"),
    ],
)
def test_a_wrong_path_is_one_line(call, option, text, words):
    for command in ("run", "compare", "scenario team_scaling"):
        if (command, option) == ("scenario team_scaling", "topology"):
            continue  # it has several sizes
        said = call(*command.split(), f"--{option}", text)
        assert (said.code, said.out) == (2, "")
        assert said.err.count("\n") == 1, said.err
        assert words in said.err
    assert {p.name for p in Path.cwd().iterdir()} <= {"own.py", "__pycache__"}


@pytest.mark.parametrize("option", ["protocol", "model", "judge", "topology"])
def test_a_file_that_breaks_says_why(call, option):
    for text, words in [
        ("x = 1\nclass Mine(:\n", "line 2: invalid syntax; mend the file"),
        ("1 / 0", "fails to import: ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(3)", "fails to import: SystemExit: 3"),
    ]:
        Path("broken.py").write_text(text)
        said = call("run", f"--{option}", "broken.py:Mine")
        assert said.code == 2
        assert said.err.count("\n") == 1
        assert f"{option}=broken.py:Mine" in said.err
        assert words in said.err


def test_an_edited_file_is_another_input(call, undrawn):
    arguments = ("run", *SMALL, "--protocol", "own.py:Relay", "--out", "mine")
    assert call(*arguments).code == 0
    assert call("replay", "mine").code == 0
    Path("own.py").write_text(OWN + "\n# edited\n")
    said = call(*arguments)
    assert said.code == 2
    assert "inputs.own.py.sha256=" in said.err
