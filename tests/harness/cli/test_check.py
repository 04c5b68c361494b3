"""`unscripted check` runs the suite of whatever a class is, and names the rules it breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from unscripted.testing import PROTOCOL_CHECKS


@pytest.fixture
def write(here):
    """Writes a file of one's own."""

    def to(text):
        Path("own.py").write_text("import unscripted as un\n" + text)
        return "own.py"

    return to


def broken_in(said):
    return {line.split()[1] for line in said.out.splitlines() if line.startswith("BROKEN")}


def test_a_built_in_passes(call):
    said = call("check", "unscripted.protocols.silent:Silent", "--examples", 4)
    assert said.code == 0
    assert broken_in(said) == set()
    n = len(PROTOCOL_CHECKS)
    assert f"{n} of {n} checks passed, 4 cases each" in said.out


CHEAT = """
class Cheat(un.Protocol):
    name = "cheat"
    calls = 0
    def rounds(self, team):
        Cheat.calls += 1
        for member in team.members[Cheat.calls % 2:]:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())
    def max_calls(self, n_members):
        return 1
"""


def test_broken_rules_are_named(call, write):
    said = call("check", f"{write(CHEAT)}:Cheat", "--examples", 6)
    assert said.code == 1
    assert {"reproducibility", "calls"} <= broken_in(said)
    assert "max_calls(" in said.out
    assert "Case(cheat" in said.out
    held = len(PROTOCOL_CHECKS) - len(broken_in(said))
    assert f"{held} of {len(PROTOCOL_CHECKS)} checks passed" in said.out


SEAMS = """
class Calm(un.Mind):
    instant = True
    def decide(self, observation):
        return un.Abstention("not mine")

class Moody(un.Mind):
    instant = True
    def decide(self, observation):
        raise RuntimeError("no mood")

class Fair(un.Judge):
    instant = True
    def appraise(self, submission):
        return un.Verdict(2.0, 2.0, 2.0, 2.0, 2.0)

class Harsh(un.Judge):
    instant = True
    def appraise(self, submission):
        return un.Verdict(0.0, 9.0, 2.0, 2.0, 2.0)
"""


@pytest.mark.parametrize(("name", "code"), [("Calm", 0), ("Moody", 1), ("Fair", 0), ("Harsh", 1)])
def test_minds_and_judges_have_suites(call, write, name, code):
    said = call("check", f"{write(SEAMS)}:{name}", "--examples", 2)
    assert said.code == code, said.out
    assert bool(broken_in(said)) is bool(code)


def test_checks_are_json_too(call, write):
    said = call("check", f"{write(SEAMS)}:Harsh", "--examples", 2, "--json")
    assert said.code == 1
    assert said.body["target"] == "own.py:Harsh"
    assert {True, False} >= {c["passed"] for c in said.body["checks"]} >= {False}
    assert "checks passed" in said.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import nothing_of_the_kind", "nothing_of_the_kind"),
        ("un.nothing", "fails to import"),
        ("def Mine(:", "line 2: "),
        ("Mine = 5", "is no plug-in; subclass one of unscripted.Protocol, unscripted.Mind"),
        ("class Mine: pass", "is no plug-in"),
        ("class Mine(un.Protocol): pass", "lacks rounds, which a Protocol has; define it"),
        ("class Mine(un.Mind):\n    def decide(self, o): ...\n"
         "    def __init__(self): raise ValueError('no\\nway')", "ValueError: no\\nway"),
    ],
)  # fmt: skip
def test_what_is_no_plug_in(call, write, text, words):
    said = call("check", f"{write(text)}:Mine")
    assert said.code == 2
    assert words in said.err
    assert said.err.count("\n") == 1


TOPOLOGIES = """
import networkx as nx
import random

def regular(n, seed):
    return nx.random_regular_graph(3, n, seed=seed)

def named(n, rng=None):
    return nx.relabel_nodes(nx.path_graph(n), "member {}".format)

def short(n, seed):
    return nx.path_graph(n - 1)

def looped(n, seed):
    return nx.Graph([(i, i) for i in range(n)])

def moody(n, seed):
    return nx.gnp_random_graph(n, 0.5, seed=random.randrange(10**9))

def none(n, seed):
    return None

def single(n):
    return nx.path_graph(n)
"""
BREAKS = {
    "regular": set(), "named": set(), "short": {"topology_sizes"}, "looped": {"topology_links"},
    "moody": {"topology_repeats"}, "none": {"topology_sizes"},
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_topologies_have_a_suite(call, write, name):
    said = call("check", f"{write(TOPOLOGIES)}:{name}", "--examples", 20)
    assert said.code == bool(BREAKS[name]), said.err
    assert broken_in(said) >= BREAKS[name]
    assert bool(broken_in(said)) is bool(BREAKS[name])


def test_other_functions_are_no_plug_in(call, write):
    said = call("check", f"{write(TOPOLOGIES)}:single")
    assert said.code == 2
    assert "or give a function (n, seed) that makes a network" in said.err


def test_a_file_needs_a_class(call, write):
    said = call("check", write(TOPOLOGIES))
    assert said.code == 2
    assert "target='own.py' names no class in the file; use own.py:Class" in said.err
