"""A configuration as JSON: it comes back equal, and two are the same where nothing differs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.own import Constant, Relay

from unscripted.model.errors import UsageError
from unscripted.scenarios.harness.config.catalogue import OPTIONS
from unscripted.scenarios.harness.config.comparison import ComparisonConfig, Size
from unscripted.scenarios.harness.config.groups import Design
from unscripted.scenarios.harness.config.growth import grown
from unscripted.scenarios.harness.config.identity import (
    FREE,
    as_options,
    default_folder,
    files_of,
    from_json,
    objects_in,
    to_json,
)
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.config.study import Condition, StudyConfig
from unscripted.scenarios.harness.runs.keys import run_key

SMALL = RunConfig.of(agents=3, ticks=4)


def is_a_file(tasks):
    return tasks not in (".", "..") and ":" not in tasks


amounts = st.floats(min_value=0, exclude_min=True, allow_nan=False, max_value=1e9)
options = st.fixed_dictionaries(
    {},
    optional={
        "protocol": st.sampled_from(["shared", "solo", "batched-sequential:batch=2"]),
        "model": st.sampled_from(["synthetic/weak", "synthetic/strong*1+synthetic/glm-5*7"]),
        "topology": st.sampled_from(["star", "watts-strogatz:k=4,p=0.1"]) | st.text(max_size=8),
        "level": st.sampled_from(["L1", "L4"]),
        "ticks": st.integers(1, 10**9),
        "seed": st.integers(0, 2**80),
        "tasks": st.just("generated") | st.text(max_size=8).filter(is_a_file),
        "judge": st.sampled_from(["none", "rubric:gpt-4o,noise=0.2"]),
        "memory": st.sampled_from(["off", "own:horizon=3"]),
        "skills": st.just("growing"),
        "shock": st.just("cut:share=0.5@0"),
        "api_base": st.sampled_from(["http://127.0.0.1:8000/v1", "https://models.example"]),
        "budget": amounts,
        "concurrency": st.integers(1, 10**6),
        "temperature": st.floats(0, 2),
        "timeout": amounts,
        "price": st.just("1,2"),
    },
)
runs = options.map(lambda given: RunConfig.of(**given))


def lists(*values):
    return st.lists(st.sampled_from(values), min_size=1, unique=True)


factors = st.fixed_dictionaries(
    {},
    optional={
        "protocol": lists("sequential", "shared", "coordinator"),
        "agents": lists(4, 8),
        "topology": lists("complete", "star"),
        "level": lists(None, "L1", "L4"),
    },
)
comparisons = st.builds(
    ComparisonConfig,
    runs.filter(lambda run: "*" not in run.team.model),
    factors,
    st.builds(Design, replicates=st.integers(1, 3)),
)


@settings(deadline=None, max_examples=60)
@given(runs | comparisons)
def test_a_configuration_survives_its_file(config):
    body = json.loads(json.dumps(to_json(config)))
    again = from_json(body)
    assert type(again) is type(config)
    assert to_json(again) == body
    if isinstance(config, RunConfig):
        assert again == config
    else:
        assert (again.runs(), again.design) == (config.runs(), config.design)


def test_a_mixed_team_survives_its_file():
    mixed = "synthetic/strong*1+synthetic/weak*2"
    config = ComparisonConfig(SMALL, {"model": (mixed, "synthetic/weak"), "level": (None, "L1")})
    again = from_json(json.loads(json.dumps(to_json(config))))
    assert again.runs() == config.runs()
    assert {run.team.model for run in again.runs()} == {mixed, "synthetic/weak"}


def test_sizes_survive_the_file():
    design = Design(replicates=2, match="calls:silent")
    sizes = (Size(1, 2.5, 3.0), Size(7, 2.0, 3.0))
    config = ComparisonConfig(SMALL, {"protocol": ("silent", "shared")}, design, sizes)
    body = json.loads(json.dumps(to_json(config)))
    again = from_json(body)
    assert (again.sizes, again.design, again.runs()) == (sizes, design, config.runs())
    with pytest.raises(UsageError, match="match anew"):
        from_json({**body, "sizes": body["sizes"][:1]})
    for broken in ({}, {"size": "x"}, 3):
        with pytest.raises(UsageError, match=r"config\.json is not a run's configuration"):
            from_json({**body, "sizes": [broken]})
    plain = ComparisonConfig(SMALL, {"protocol": ("silent", "shared")})
    assert not {"match", "sizes"} & set(to_json(plain))


def test_a_scenario_survives_its_file():
    cells = tuple(Condition(SMALL.replace(agents=n), {"n": n, "x": None}) for n in (2, 3))
    config = StudyConfig("mine", cells, 4)
    body = json.loads(json.dumps(to_json(config)))
    assert body["cells"] == [
        {"labels": {"n": 2, "x": None}, "agents": 2}, {"labels": {"n": 3, "x": None}, "agents": 3},
    ]  # fmt: skip
    assert from_json(body) == config


@settings(deadline=None, max_examples=40)
@given(runs, runs)
def test_any_difference_is_told(one, other):
    free = {name: OPTIONS[name][1].default for name in FREE}
    refused = False
    try:
        grows = grown(Path("x"), to_json(one), other)
    except UsageError:
        refused = True
    free["ticks"] = max(one.tasks.ticks, other.tasks.ticks)
    assert refused == (
        one.tasks.ticks > other.tasks.ticks or one.replace(**free) != other.replace(**free)
    )
    if not refused:
        assert grows == (one.tasks.ticks < other.tasks.ticks)
    if refused and one.changed.keys() - FREE != other.changed.keys() - FREE:
        assert run_key(one) != run_key(other)


def test_only_these_are_free():
    assert {"api_base", "concurrency", "rpm", "tpm", "budget"} == FREE


@pytest.mark.parametrize(
    "body",
    [{}, {"kind": "run"}, {"kind": "x"}, {"kind": "run", "agents": "many"}, {"kind": "compare"},
     {"kind": "scenario", "name": "x"}, {"kind": "compare", "base": 5, "factors": {}}],
)  # fmt: skip
def test_other_bodies_are_refused(body):
    with pytest.raises(UsageError, match=r"config\.json is not a run's configuration"):
        from_json(body)
    whole = to_json(SMALL)
    with pytest.raises(UsageError):
        from_json({**whole, "agents": 0})


def test_objects_are_marked():
    config = SMALL.replace(protocol=Relay(), model=Constant("a"), seed=1)
    body = to_json(config)
    assert body["objects"] == objects_in(config) == ["protocol", "model"]
    assert (body["protocol"], body["model"]) == ("relay-of-the-test:most=99", "constant/a")
    assert "objects" not in to_json(SMALL)
    with pytest.raises(UsageError, match=r"objects given in Python \(protocol, model\)"):
        from_json(body)


# Which runs are the same


def test_runs_that_differ_have_other_names():
    changed = {
        "protocol": "ripple", "agents": 3, "model": "synthetic/medium", "topology": "ring",
        "level": "L2", "ticks": 4, "seed": 1, "tasks": "generated", "judge": "none",
        "temperature": 0.5, "timeout": 5.0, "max_tokens": 99, "context_tokens": 5000,
        "price": "1,2", "memory": "off", "skills": "growing", "shock": "remove-hub@1",
        "tune": "batch=1/2", "parameters": "ensemble",
    }  # fmt: skip
    assert set(changed) == OPTIONS.keys() - FREE, "a new option needs a value"
    base = RunConfig.of(protocol="batched-sequential", ticks=3)
    runs = [base, *(base.replace(**{k: v}) for k, v in changed.items())]
    assert len({run_key(r) for r in runs}) == len(runs)
    same = [base.replace(budget=1.0), base.replace(concurrency=3), base.replace(rpm=9.0)]
    assert {run_key(r) for r in same} == {run_key(base)}
    assert run_key(RunConfig()) == "sequential|complete|synthetic/strong|8|None|0"


def test_default_folders_follow_results():
    assert default_folder(SMALL) == default_folder(SMALL.replace(budget=2.0, concurrency=3))
    changes = ({}, {"seed": 1}, {"ticks": 9}, {"level": "L3"}, {"topology": "star"})
    folders = {default_folder(SMALL.replace(**c)) for c in changes}
    assert len(folders) == 5
    wild = default_folder(SMALL.replace(model="synthetic/weak*2+synthetic/glm-5*1"))
    assert wild.parts[0] == "runs"
    assert len(wild.parts) == 2
    assert set(wild.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    long = default_folder(SMALL.replace(protocol="batched-sequential:batch=2", seed=12345))
    assert len(long.name) < 90
    elsewhere = [SMALL.replace(api_base=f"http://127.0.0.1:{n}/v1") for n in (1, 2)]
    assert len({default_folder(c) for c in elsewhere}) == 2, "another server is another model"


def test_folders_say_what_they_hold():
    comparison = ComparisonConfig(SMALL, {"protocol": ("solo",)})
    assert default_folder(comparison).name.startswith("compare-")
    study = StudyConfig("task_x", (Condition(SMALL),), 2)
    assert default_folder(study).name.startswith("task-x-")
    assert default_folder(StudyConfig("task_x", (Condition(SMALL.replace(memory="off")),), 2)) != (
        default_folder(study)
    )
    assert default_folder(SMALL).name.startswith("sequential-3-synthetic-strong-seed0-")


# Files that are read, and files that are written


def test_files_of_runs_are_inputs(here):
    for name in ("net.edgelist", "tasks.yaml", "own.py"):
        Path(name).write_text("x")
    Path("many").mkdir()
    own = "import unscripted as un\nS = un.testing.Scripted()\ndef net(n, seed): ...\n"
    Path("own.py").write_text(own)
    config = RunConfig.of(model="own.py:S", topology="net.edgelist", tasks="tasks.yaml")
    assert set(files_of(config)) == {"net.edgelist", "tasks.yaml", "own.py"}
    before = to_json(config)["inputs"]
    Path("tasks.yaml").write_text("y")
    after = to_json(config)["inputs"]
    assert {name for name in before if before[name] != after[name]} == {"tasks.yaml"}
    folder = RunConfig.of(tasks="many", topology="own.py:net")
    empty = to_json(folder)["inputs"]
    assert empty.keys() == {"many", "own.py"}
    Path("many/a.yaml").write_text("x")
    assert to_json(folder)["inputs"]["many"] != empty["many"]
    assert files_of(RunConfig.of(tasks="gone.yaml", topology="gone.edgelist")) == []
    assert to_json(RunConfig())["inputs"] == {}


def test_names_are_no_files(here):
    """A folder that is called like a family, as `--out` may be, is nothing that is read."""
    for name in ("hidden-profile", "corpus", "complete", "sequential"):
        (here / name).mkdir()
        (here / name / "x").write_text("x", encoding="utf-8")
    assert files_of(RunConfig.of(tasks="hidden-profile", topology="complete")) == []
    assert files_of(RunConfig.of(tasks="corpus")) == []


def test_own_families_are_inputs(here):
    own = "from unscripted.model.families.hidden_profile import HiddenProfile as Mine\n"
    (here / "own.py").write_text(own, encoding="utf-8")
    assert files_of(RunConfig.of(tasks="own.py:Mine")) == ["own.py"]


def test_options_are_what_changed():
    run = RunConfig.of(seed=3, protocol="silent", budget=2)
    assert as_options(run) == ({"protocol": "silent", "seed": 3, "budget": 2.0}, "run")
    comparison = ComparisonConfig(run, {"agents": (2, 3)}, Design(replicates=4))
    said = {"protocol": "silent", "seed": 3, "budget": 2.0, "agents": [2, 3], "replicates": 4}
    assert as_options(comparison) == ({**said, "match": None}, "compare")
    study = StudyConfig("mine", (Condition(run),), 2, {"agents": (2, 3), "seed": 1})
    assert as_options(study) == ({"agents": [2, 3], "seed": 1}, "scenario mine")


def test_earlier_folders_go_on():
    """Before there was a choice of parameters all played the fitted ones."""
    for config in (SMALL, ComparisonConfig(SMALL, {}, Design(replicates=2))):
        there = to_json(config)
        (there if there["kind"] == "run" else there["base"]).pop("parameters")
        assert not grown(Path("x"), there, config)
        assert to_json(from_json(there)) == to_json(config)
    there = to_json(SMALL)
    del there["parameters"]
    with pytest.raises(UsageError, match="parameters"):
        grown(Path("x"), there, SMALL.replace(parameters="ensemble"))
