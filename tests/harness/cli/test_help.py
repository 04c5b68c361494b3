"""Help is derived from the options' fields: every one is there, with its default, at once."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from support.commands import free

import unscripted
from unscripted.agents.llm.settings import Calls
from unscripted.model.options import options_of
from unscripted.scenarios.harness.cli.app import app
from unscripted.scenarios.harness.config.groups import Design, Execution, Tasks, Team
from unscripted.scenarios.harness.study.discovery import scenario_paths, study_of

COMMANDS = (
    "run", "compare", "advise", "list", "check", "replay", "report", "show", "cite", "dashboard",
    "scenario", "fetch",
)  # fmt: skip


@pytest.fixture
def shown(call):
    """The help of a command by option: what stands between one option and the next."""

    def show(*command):
        said = call(*command, "--help", columns=200)
        assert (said.code, said.err) == (0, "")
        text = " ".join(re.sub("[│╭╮╰╯─]", " ", said.out).split())
        parts = re.split(r" --(?=[a-z-]+ )", text)
        return {part.split()[0]: part for part in parts[1:]}

    return show


def check_options(shown, options, lists=()):
    for named in options:
        text = shown[named.name.replace("_", "-")]
        assert " ".join(named.option.help.split()) in text
        assert f" {named.option.metavar}" in text
        assert ("Several, comma-separated." in text) is (named.name in lists)
        default = named.default
        if default is None or isinstance(default, bool) or default == "":
            assert "[default" not in text, named.name
        else:
            written = ",".join(default) if isinstance(default, tuple) else str(default)
            assert f"[default: {written}]" in text, named.name


def test_run_shows_every_option(shown):
    options = [o for group in (Team, Tasks, Calls, Execution) for o in options_of(group)]
    found = shown("run")
    check_options(found, options)
    assert found.keys() == {o.name.replace("_", "-") for o in options} | {"config"}
    assert "[default: 0]" in found["seed"]


def test_compare_shows_every_option(shown):
    groups = (Team, Tasks, Calls, Design, Execution)
    options = [o for group in groups for o in options_of(group)]
    found = shown("compare")
    assert "[default: sequential,coordinator,broadcast,shared]" in found["protocol"]
    lists = {"protocol", "agents", "model", "topology", "level"}
    assert all("Several, comma-separated." in found[name] for name in lists)
    check_options(found, [o for o in options if o.name != "protocol"], lists)
    assert "replicates" in found


@pytest.mark.parametrize("name", sorted(scenario_paths()))
def test_scenarios_show_every_option(shown, name):
    study = study_of(name)
    found = shown("scenario", name)
    options = [*study.options.values(), *options_of(Execution)]
    check_options(found, options, study.lists)
    assert found.keys() - {"help"} == {o.name.replace("_", "-") for o in options} | {"config"}
    assert {"price", "budget", "yes", "out", "json"} <= found.keys()


def test_a_scenario_explains_itself(call):
    said = call("scenario", "team-scaling", "--help")
    assert "Do larger teams do better work?" in said.out
    assert "Expectation" in said.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example(call, command):
    said = call(command, "--help")
    assert said.code == 0
    assert f"unscripted {command}" in said.out.partition("Usage:")[2].partition("\n")[2]
    assert command in call("--help").out


def test_no_command_is_answered_with_help(call):
    said = call()
    assert (said.code, said.out) == (0, call("--help").out)
    assert "compare" in said.out
    assert call("scenario").out == call("scenario", "-h").out


def test_the_version_is_the_packages(call):
    assert call("--version").out == f"unscripted {unscripted.__version__}\n"


HELP = """
import contextlib, io, json, sys
from unscripted.scenarios.harness.cli.app import app
for command in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()):
        assert app([command, "--help"], exit_on_error=False) is None
heavy = ("mesa", "matplotlib", "numpy", "networkx", "litellm", "pandas", "scipy", "hypothesis",
         "yaml", "jinja2", "sqlite3")
print(json.dumps([m for m in heavy if m in sys.modules]))
"""


def test_help_loads_nothing_heavy():
    names = [name for name in COMMANDS if name != "scenario"]
    command = [sys.executable, "-c", HELP, json.dumps(names)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=free())
    assert json.loads(done.stdout) == []


def test_no_command_is_forgotten():
    assert {n for n in app if not n.startswith("-")} == set(COMMANDS)
