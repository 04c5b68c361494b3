"""Signatures of `un.run` and `un.compare` are the fields of options; the package loads lazily."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from dataclasses import make_dataclass
from pathlib import Path

import pytest
from support.commands import free

import unscripted as un
from unscripted.agents.llm.settings import Calls
from unscripted.model.options import Named, Option, option, options_of
from unscripted.scenarios.harness.config.catalogue import COMPARED, VARYING
from unscripted.scenarios.harness.config.groups import Design, Execution, Tasks, Team

ASKED = {"json", "yes", "dry_run"}
"""What only a command asks."""


def parameters(function):
    return inspect.signature(function).parameters


RUN = (Team, Tasks, Calls, Execution)
COMPARE = (Team, Tasks, Calls, Design, Execution)


@pytest.mark.parametrize(("function", "groups"), [(un.run, RUN), (un.compare, COMPARE)])
def test_signatures_are_the_fields(function, groups):
    options = {o.name: o for group in groups for o in options_of(group) if o.name not in ASKED}
    found = parameters(function)
    assert list(found) == list(options)
    assert {p.kind for p in found.values()} == {inspect.Parameter.KEYWORD_ONLY}
    lists = VARYING if function is un.compare else ()
    for name, parameter in found.items():
        default = COMPARED if name == "protocol" and lists else options[name].default
        assert parameter.default == default
        kind = options[name].type
        assert parameter.annotation == (f"{kind} | Sequence[{kind}]" if name in lists else kind)


def test_every_field_is_an_option():
    for group in (Team, Tasks, Calls, Design, Execution):
        named = list(options_of(group))
        assert len(named) == len(group.__dataclass_fields__)
        for o in named:
            assert o.option.help.endswith(".") or o.option.help.endswith("…")
            assert bool(o.option.metavar) is (o.type != "bool"), o.name


def test_options_know_their_place():
    typed = ("typed", int, option(4, "A number.", "N"))
    named = ("named", "str | None", option(None, "A text.", "T", name="other", varies=True))
    Mine = make_dataclass("Mine", [("plain", int, 3), typed, named])
    assert list(options_of(Mine)) == [
        Named("typed", "typed", "int", 4, Option("A number.", "N")),
        Named("other", "named", "str | None", None, Option("A text.", "T", "other", varies=True)),
    ]


def test_importing_imports_nothing_heavy():
    heavy = ("mesa", "numpy", "networkx", "pandas", "scipy", "matplotlib", "rich", "yaml",
             "cyclopts")  # fmt: skip
    code = f"import sys, unscripted; print([m for m in {heavy} if m in sys.modules])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=free())
    assert done.stdout.strip() == "[]"


def test_every_public_name_resolves():
    assert len(set(un.__all__)) == len(un.__all__)
    assert dir(un) == sorted(un.__all__)
    for name in un.__all__:
        assert getattr(un, name) is not None
    for name in ("build", "Organization", "run", "compare", "load", "Protocol", "Mind", "Judge"):
        assert name in un.__all__
    for module in (un.testing, un.study):
        for name in module.__all__:
            assert getattr(module, name) is not None


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(un.__file__).read_text(encoding="utf-8"))
    (typed,) = (n for n in tree.body if isinstance(n, ast.If))
    seen = {alias.asname or alias.name for n in typed.body for alias in n.names}
    assert seen | {"__version__"} == set(un.__all__)


def test_an_unknown_name_is_none():
    with pytest.raises(AttributeError, match="no attribute 'biuld'"):
        _ = un.biuld
    assert not hasattr(un, "nothing_of_the_kind")


@pytest.mark.parametrize(
    ("function", "name", "meant"),
    [
        (un.run, "agent", "agents"),
        (un.compare, "replicate", "replicates"),
        (un.advise, "margn", "margin"),
        (un.advise, "max_call", "max_calls"),
    ],
)
def test_slips_are_put_right(function, name, meant):
    with pytest.raises(
        un.UsageError, match=rf"option='{name}' is not known; did you mean {meant}\?"
    ):
        function(**{name: 1})
