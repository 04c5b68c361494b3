"""`unscripted list`: what there is, one line each, plug-ins included."""

from __future__ import annotations

import pytest

from unscripted.model.metrics.catalogue import of_runs
from unscripted.model.plugins.discovery import discover
from unscripted.model.shocks.catalogue import SHOCKS
from unscripted.model.tasks.files import corpus
from unscripted.scenarios.harness.study.discovery import scenario_paths

MODELS = ("claude-sonnet-4.6", "deepseek-v3.2", "glm-5", "gpt-4.1-mini", "strong", "medium", "weak")
LISTS = {
    "protocols": set(discover("protocols")),
    "topologies": set(discover("topologies")),
    "models": {f"synthetic/{name}" for name in MODELS},
    "tasks": {t.id for t in corpus()},
    "judges": {"rubric"},
    "measures": set(of_runs()),
    "shocks": set(SHOCKS),
    "scenarios": set(scenario_paths()),
}


@pytest.mark.parametrize("kind", LISTS)
def test_each_has_one_line(call, kind):
    said = call("list", kind)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert LISTS[kind] <= {line.split()[0] for line in lines}
    assert all(len(line.split()) > 1 for line in lines), "a line without a description"
    everything = call("list").out
    assert set(lines) <= set(everything.splitlines())
    assert f"\n{kind}\n" in everything


def test_lists_are_json_too(call):
    body = call("list", "--json").body
    assert body.keys() == {"version", *LISTS}
    assert body["protocols"].keys() == LISTS["protocols"]
    assert call("list", "tasks", "--json").body.keys() == {"version", "tasks"}


def test_plug_ins_are_listed(call, plugins):
    maker = '@un.mind_family("mine")\ndef mine(name):\n    "Of mine: :M: [b]."\n'
    plugins(f"import unscripted as un\n{maker}", "[unscripted.minds]\nmine = of_a_test:mine\n")
    assert "mine/…  " in call("list", "models").out
    assert "Of mine: :M: [b]." in call("list", "models").out


def test_a_broken_entry_point_is_said(call, plugins):
    plugins("", "[unscripted.scenarios]\nmine = of_nobody.at_all\n")
    said = call("list", "scenarios")
    assert said.code == 2
    assert (
        "entry point mine=of_nobody.at_all fails to load: No module named 'of_nobody'" in said.err
    )
