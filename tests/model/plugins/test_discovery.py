"""Plug-ins are found by entry point or import path, the built-in ones through the same door."""

from __future__ import annotations

from pathlib import Path

import pytest

import unscripted as un
from unscripted.model.errors import PluginError, UnknownNameError, UsageError
from unscripted.model.plugins.discovery import Found, discover, find, instance, make, plugin_name

OWN = """
import unscripted as un

class Mine(un.Protocol):
    name = "mine"
    def __init__(self, *, k=1):
        if k < 0:
            raise ValueError("k is below 0")
        self.k = k
    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, team.members)

class Base(un.Protocol):
    "Sets no name of its own: a base for others."
    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, team.members)

class Half(un.Protocol):
    name = "half"

READY = Mine(k=3)

@un.topology("path-of-mine")
def path(n, seed):
    "A path."
"""


def test_the_built_ins_are_there():
    assert {"sequential", "silent", "solo"} <= discover("protocols").keys()
    assert {"complete", "karate-club"} <= discover("topologies").keys()
    assert "rubric" in discover("judges")
    assert "synthetic" in discover("minds")
    assert list(discover("protocols")) == sorted(discover("protocols"))
    assert discover("nothing") == {}


def test_modules_give_all_plug_ins(plugins):
    plugins(OWN, "[unscripted.protocols]\nx = of_a_test\n[unscripted.topologies]\nx = of_a_test\n")
    assert discover("protocols")["mine"].__name__ == "Mine"
    assert not {"half", "base"} & discover("protocols").keys()
    assert "path-of-mine" in discover("topologies")


def test_an_entry_point_may_name_one(plugins):
    plugins(OWN, "[unscripted.protocols]\nx = of_a_test:Mine\n")
    assert discover("protocols")["mine"].__module__ == "of_a_test"


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("protocols]\nx = of_a_test:Nope", "entry point x=of_a_test:Nope fails to load"),
        ("protocols]\nx = not_there", "No module named 'not_there'"),
        ("protocols]\nx = of_a_test:path", "is none of the protocols"),
        ("topologies]\nx = of_a_test:Mine", "is none of the topologies"),
    ],
)
def test_a_broken_entry_point_is_named(plugins, points, said):
    plugins(OWN, f"[unscripted.{points}\n")
    with pytest.raises(PluginError) as caught:
        discover(points.partition("]")[0])
    assert said in str(caught.value)


def test_a_name_is_taken_once(plugins):
    taken = OWN.replace('name = "mine"', 'name = "silent"')
    plugins(taken, "[unscripted.protocols]\nx = of_a_test\n")
    with pytest.raises(PluginError, match="protocols name 'silent' is taken"):
        discover("protocols")


def test_only_concrete_ones_are_plug_ins():
    class Named(un.Mind):
        name = "x"

        def decide(self, observation): ...

    assert plugin_name(Named, "minds") is None, "minds come from families"
    assert plugin_name(discover("protocols")["silent"], "protocols") == "silent"
    assert plugin_name(discover("protocols")["silent"], "topologies") is None
    assert plugin_name(un.Protocol, "protocols") is None
    assert plugin_name(5, "protocols") is None


def test_names_and_paths_are_found(here):
    Path("own.py").write_text(OWN)
    assert find("protocols", "protocol", "silent:x=1").options == "x=1"
    found = find("protocols", "protocol", "own.py:Mine:k=2")
    assert found[1:] == ("own.py:Mine", "k=2")
    assert found.plugin.name == "mine"


@pytest.mark.parametrize("text", ["sequentail", "sequentail:Options", "sequentail:k=1"])
def test_a_misspelt_name_is_suggested(text):
    with pytest.raises(UnknownNameError, match=r"did you mean sequential\?"):
        find("protocols", "protocol", text)


def test_a_wrong_package_is_no_misspelling():
    with pytest.raises(UsageError, match="No module named 'not_there'") as caught:
        find("protocols", "protocol", "not_there.at_all:Mine")
    assert not isinstance(caught.value, UnknownNameError)


def instance_of(text, base=un.Protocol):
    Path("own.py").write_text(OWN)
    return instance(find("protocols", "protocol", f"own.py:{text}"), "protocol", base)


def test_classes_are_made_with_options(here):
    assert instance_of("Mine").k == 1
    assert instance_of("Mine:k=7").k == 7
    assert instance_of("READY").k == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mine:q=7", "protocol=own.py:Mine: option 'q=7' is not known; options: k="),
        ("Mine:k=-1", "protocol=own.py:Mine: k is below 0"),
        ("READY:k=7", "options: none"),
        ("path", "is not a Protocol; subclass unscripted.Protocol"),
        ("Half", "abstract"),
    ],
)
def test_what_is_no_instance_is_said(here, text, said):
    with pytest.raises(UsageError) as caught:
        instance_of(text)
    assert said in str(caught.value)


def test_errors_of_makers_are_one_line():
    def broken():
        raise KeyError("x")

    def refuses():
        raise UsageError("as it is")

    found = Found(None, "mine:X", "")
    with pytest.raises(UsageError, match="thing=mine:X: KeyError: 'x'"):
        make(found, "thing", broken)
    with pytest.raises(UsageError, match=r"^as it is$"):
        make(found, "thing", refuses)
    assert make(found, "thing", lambda: 5) == 5
