"""Objects of a user's file that can't be what an option asks for: each line has its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

THINGS = """
import typing
import unscripted as un

class HalfMind(un.Mind):
    name = "half"
class HalfProtocol(un.Protocol):
    name = "half"
class HalfJudge(un.Judge):
    name = "half"
class HalfFamily(un.TaskFamily):
    name = "half"
class Typed(typing.Protocol):
    def decide(self, observation): ...
class Empty:
    pass
class Bare:
    def __init__(self): pass
class Needs(un.Mind):
    name = "needs"
    def __init__(self, size): pass
    def decide(self, observation): ...
class Fails(un.Protocol):
    name = "fails"
    def __init__(self): raise KeyError("x")
    def rounds(self, team): yield
class Made:
    def __init__(self, n, seed): pass
def no_arguments(): ...
def raises(n, seed): raise KeyError("x")
def nothing(n, seed): ...
number = 5
"""
CASES = [
    ("model", "HalfMind", "is abstract: it lacks decide, which a Mind has; define it"),
    ("protocol", "HalfProtocol", "is abstract: it lacks rounds, which a Protocol has; define it"),
    ("judge", "HalfJudge", "is abstract: it lacks appraise, which a Judge has; define it"),
    ("tasks", "HalfFamily", "it lacks infer, lay_out, score, which a TaskFamily has; define them"),
    ("model", "HalfProtocol", "is not a Mind; subclass unscripted.Mind"),
    ("model", "Typed", "is not a Mind; subclass unscripted.Mind"),
    ("model", "Empty", "is not a Mind; subclass unscripted.Mind"),
    ("model", "Needs", "missing 1 required positional argument: 'size'; mend it, or set what it"),
    ("model", "number", "is not a Mind; subclass unscripted.Mind"),
    ("protocol", "Fails", "KeyError: 'x'; mend it"),
    ("protocol", "Typed", "is not a Protocol; subclass unscripted.Protocol"),
    ("topology", "Empty", "takes no arguments; give a function (n, seed) -> networkx.Graph"),
    ("topology", "Bare", "were given; give a function (n, seed) -> networkx.Graph"),
    ("topology", "Made", "returned Made; return a networkx.Graph"),
    ("topology", "HalfProtocol", "is no function of (n, seed); give one that makes a Graph"),
    ("topology", "no_arguments", "were given; give a function (n, seed) -> networkx.Graph"),
    ("topology", "raises", "KeyError: 'x'; give a function (n, seed) -> networkx.Graph"),
    ("topology", "nothing", "returned NoneType; return a networkx.Graph"),
    ("topology", "number", "is no function of (n, seed); give one that makes a Graph"),
]


@pytest.fixture
def things(here):
    """The file."""
    Path("things.py").write_text(THINGS)


@pytest.mark.parametrize(("option", "name", "said"), CASES)
def test_options_say_what_to_give(things, call, option, name, said):
    found = call("run", "--agents", 2, "--ticks", 1, f"--{option}", f"things.py:{name}")
    (line,) = found.err.splitlines()
    assert (found.code, found.out) == (2, "")
    assert line.startswith(f"unscripted: {option}=things.py:{name}")
    assert said in line


@pytest.mark.parametrize("name", ["HalfMind", "Typed", "Needs", "Fails", "Empty", "number"])
def test_checks_say_what_to_give(things, call, name):
    found = call("check", f"things.py:{name}")
    (line,) = found.err.splitlines()
    assert found.code == 2
    assert ";" in line
