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
        ("class Mine(un.Protocol): pass", "can't be made without arguments: TypeError"),
        ("class Mine(un.Mind):\n    def decide(self, o): ...\n"
         "    def __init__(self): raise ValueError('no\\nway')", "ValueError: no\\nway"),
    ],
)  # fmt: skip
def test_what_is_no_plug_in(call, write, text, words):
    said = call("check", f"{write(text)}:Mine")
    assert said.code == 2
    assert words in said.err
    assert said.err.count("\n") == 1
