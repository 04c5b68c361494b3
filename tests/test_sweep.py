"""A comparison plays every combination once, anywhere, and one that breaks stops nobody else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unscripted.model.errors import UsageError
from unscripted.model.plugins.discovery import discover
from unscripted.scenarios.harness.config.run import RunConfig, SweepConfig
from unscripted.scenarios.harness.runs import sweep as sweep_module
from unscripted.scenarios.harness.runs.folder import Folder
from unscripted.scenarios.harness.runs.sweep import rows_of, run_key, run_one, sweep
from unscripted.scenarios.harness.specs.lists import split_list, whole_numbers
from unscripted.scenarios.harness.statistics.analysis import summarize

BASE = RunConfig(ticks=2, seed=3)
WEAK = "synthetic/weak"


def comparison(**changed):
    made = {
        "base": BASE, "protocols": ("sequential", "silent"), "agents": (3,), "models": (WEAK,),
        "topologies": ("complete",), "levels": ("L1",), "replicates": 2,
    }  # fmt: skip
    return SweepConfig(**{**made, **changed})


@pytest.fixture
def played(monkeypatch):
    """The runs that are really played, in order."""
    keys = []

    def counted(config, replicate):
        keys.append(run_key(config))
        return run_one(config, replicate)

    monkeypatch.setattr(sweep_module, "run_one", counted)
    return keys


def test_a_comparison_is_the_full_factorial_with_replicates_innermost():
    config = comparison(
        protocols=("solo", "shared"), agents=(2, 5), models=(WEAK, "synthetic/glm-5"),
        topologies=("star", "ring", "chain"), levels=("L1", "L2"), replicates=3,
    )  # fmt: skip
    runs = config.runs()
    assert len(runs) == len(set(runs)) == 2 * 2 * 2 * 3 * 2 * 3
    assert [r.seed for r in runs[:6]] == [3, 4, 5, 3, 4, 5]
    assert [r.protocol for r in runs[:6]] == ["solo"] * 3 + ["shared"] * 3
    assert [r.agents for r in runs[::6][:3]] == [2, 5, 2]
    cells = Counter((r.protocol, r.agents, r.model, r.topology, r.level) for r in runs)
    assert set(cells.values()) == {3}
    assert all(r.ticks == 2 for r in runs)
    assert len({run_key(r) for r in runs}) == len(runs)


def test_a_value_named_twice_is_played_once():
    config = comparison(protocols=("solo", "solo"), agents=(3, 3), levels=("L1", "L1"))
    assert len(config.runs()) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"replicates": 0},
        {"protocols": ()},
        {"agents": (0,)},
        {"models": (f"{WEAK}*2",)},
        {"levels": ("L9",)},
        {"protocols": ("solo", "sollo")},
    ],
)
def test_a_comparison_that_can_not_be_is_refused_before_anything_is_played(changed):
    with pytest.raises(UsageError):
        comparison(**changed)


def test_results_come_in_the_order_of_the_configuration_with_seed_and_replicate():
    config = comparison(replicates=3)
    results = sweep(config, workers=1)
    assert list(results) == [run_key(r) for r in config.runs()]
    rows = [r["row"] for r in results.values()]
    assert [(r["protocol"], r["seed"], r["replicate"]) for r in rows] == [
        (p, 3 + k, k) for p in ("sequential", "silent") for k in range(3)
    ]
    assert all(r["ticks"] == 2 and r["level"] == "L1" for r in rows)


def test_paired_replicates_work_on_the_same_tasks():
    results = sweep(comparison(replicates=3), workers=1)
    tasks = [[t["task_id"] for t in r["ticks"]] for r in results.values()]
    assert tasks[:3] == tasks[3:]
    assert len({tuple(t) for t in tasks[:3]}) > 1


def test_spawned_workers_give_the_results_of_a_single_process():
    config = comparison(protocols=("sequential", "shared", "random"), topologies=("erdos-renyi",))
    assert len(config.runs()) >= 2 * 2, "too few runs to be spread over workers"
    alone = sweep(config, workers=1)
    spread = sweep(config, workers=2)
    assert list(spread) == list(alone)
    assert spread == alone
    assert all("row" in r for r in alone.values())


def test_one_broken_run_becomes_an_error_and_stops_nobody_else(tmp_path):
    config = comparison(topologies=("karate-club", "complete"), protocols=("silent",))
    with Folder(tmp_path, config) as folder:
        results = sweep(config, folder, workers=1)
        assert len(folder.results()) == 2
    broken = {k: r for k, r in results.items() if "error" in r}
    assert len(broken) == 2
    assert all("karate-club" in k for k in broken)
    assert all("34 nodes" in r["error"] for r in broken.values())
    assert all("row" in r for k, r in results.items() if k not in broken)
    assert len(rows_of(results, "ticks")) == 2 * 2


KILLER = """
import os
from unscripted.model.mind import Mind, mind_family

class Killer(Mind):
    instant = True
    name = "killer"
    def decide(self, observation):
        os._exit(1)

@mind_family("killer")
def killer(name):
    "Ends its process."
    return Killer()
"""


def test_a_worker_that_dies_takes_only_the_runs_in_flight_with_it(tmp_path, monkeypatch):
    (tmp_path / "killer_of_workers.py").write_text(KILLER)
    info = tmp_path / "killer_of_workers-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: killer-of-workers\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[unscripted.minds]\nkiller = killer_of_workers:killer\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    discover.cache_clear()
    try:
        config = comparison(protocols=("solo",), models=("killer/x", WEAK), replicates=8)
        results = sweep(config, workers=2)
    finally:
        discover.cache_clear()
    assert list(results) == [run_key(r) for r in config.runs()]
    assert all("error" in r for k, r in results.items() if "killer" in k)
    fine = [r for k, r in results.items() if WEAK in k and "row" in r]
    assert len(fine) == 8, "all in flight were killers; everyone else is played"


def test_only_what_is_missing_is_played_again(tmp_path, played):
    config = comparison(replicates=3)
    wanted = [run_key(r) for r in config.runs()]
    stop_after = 4

    def interrupt(done, total):
        if done == stop_after:
            raise KeyboardInterrupt

    with Folder(tmp_path, config) as folder, pytest.raises(KeyboardInterrupt):
        sweep(config, folder, workers=1, watch=interrupt)
    assert played == wanted[:stop_after]
    played.clear()
    with Folder(tmp_path, config) as folder:
        resumed = sweep(config, folder, workers=1)
    assert played == wanted[stop_after:]
    played.clear()
    with Folder(tmp_path, config) as folder:
        assert sweep(config, folder, workers=1) == resumed
    assert played == []
    assert resumed == sweep(config, workers=1)


def test_a_run_that_broke_is_tried_again(tmp_path, played, monkeypatch):
    config = comparison(protocols=("silent",))
    with Folder(tmp_path, config) as folder:
        with monkeypatch.context() as patch:
            patch.setattr(sweep_module, "run_one", lambda *_: {"error": "OSError: full"})
            assert set(map(str, sweep(config, folder, workers=1).values())) == {
                "{'error': 'OSError: full'}"
            }
        assert all("row" in r for r in sweep(config, folder, workers=1).values())
    assert len(played) == 2


def test_a_run_cut_short_by_its_budget_says_so_and_is_not_kept(tmp_path):
    base = replace(BASE, ticks=6)
    whole = sweep(comparison(base=base), workers=1)
    dearest = max(r["row"]["cost_usd"] for r in whole.values())
    tight = comparison(base=replace(base, budget=2.5 * dearest))
    with Folder(tmp_path, tight) as folder:
        results = sweep(tight, folder, workers=1)
        assert all(r["stopped"] for r in results.values())
        assert all(0 < r["row"]["ticks"] < 6 for r in results.values())
        assert folder.results() == {}
    ample = comparison(base=replace(base, budget=100 * dearest))
    with Folder(tmp_path, ample) as folder:
        assert sweep(ample, folder, workers=1) == whole


def test_progress_counts_from_what_is_there_to_all():
    shown = []
    sweep(comparison(), workers=1, watch=lambda done, total: shown.append((done, total)))
    assert shown == [(k, 4) for k in range(5)]


def test_a_cell_stays_one_cell_where_seeds_meet_tasks_of_different_levels(tmp_path):
    from unscripted.model.tasks.files import CORPUS

    files = [min(CORPUS.glob(f"l{k}-*.yaml")) for k in (1, 2)]
    tasks = "".join(f.read_text().partition("tasks:\n")[2].rstrip() + "\n" for f in files)
    (tmp_path / "two.yaml").write_text("schema: 1\ntasks:\n" + tasks)
    base = replace(BASE, ticks=1, tasks=str(tmp_path / "two.yaml"))
    results = sweep(comparison(base=base, levels=(None,), replicates=8), workers=1)
    assert len({t["level"] for r in results.values() for t in r["ticks"]}) == 2
    rows = [r["row"] for r in results.values()]
    assert {r["level"] for r in rows} == {"mixed"}
    assert [r["replicates"] for r in summarize(rows)] == [8, 8]


def test_rows_of_a_comparison_carry_the_factors_of_their_run():
    results = sweep(comparison(), workers=1)
    agents = rows_of(results, "agents")
    assert len(agents) == 4 * 2 * 3
    assert Counter((r["protocol"], r["seed"]) for r in agents) == {
        (p, s): 6 for p in ("sequential", "silent") for s in (3, 4)
    }


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a", ("a",)),
        ("a, b ,c", ("a", "b", "c")),
        ("a,,b,", ("a", "b")),
        ("", ()),
        ("watts-strogatz:k=4,p=0.1", ("watts-strogatz:k=4,p=0.1",)),
        ("ring,watts-strogatz:k=4,p=0.1,star", ("ring", "watts-strogatz:k=4,p=0.1", "star")),
        (
            "watts-strogatz:k=4,p=0.1,watts-strogatz:k=2,p=0.5",
            ("watts-strogatz:k=4,p=0.1", "watts-strogatz:k=2,p=0.5"),
        ),
        (
            "stochastic-block:blocks=2,p_in=0.9,p-out=0.1,ring",
            ("stochastic-block:blocks=2,p_in=0.9,p-out=0.1", "ring"),
        ),
        ("ring,p=0.1", ("ring", "p=0.1")),
        ("a*6+b*2,c", ("a*6+b*2", "c")),
    ],
)
def test_a_list_is_split_at_commas_that_are_not_between_options(text, items):
    assert split_list(text) == items


names = st.from_regex(r"[a-z][a-z-]{0,8}", fullmatch=True)
options = st.lists(
    st.builds("{}={}".format, st.from_regex(r"[a-z_]{1,4}", fullmatch=True), st.integers(0, 99)),
    min_size=1, max_size=3,
)  # fmt: skip
items = names | st.builds(lambda name, opts: f"{name}:{','.join(opts)}", names, options)


@settings(max_examples=200)
@given(st.lists(items, min_size=1, max_size=6))
def test_what_was_joined_by_commas_comes_apart_again(wanted):
    assert split_list(",".join(wanted)) == tuple(wanted)


def test_whole_numbers_are_read():
    assert whole_numbers("agents", "4, 8,16") == (4, 8, 16)
    assert whole_numbers("agents", "-1") == (-1,)


@pytest.mark.parametrize("text", ["4,x", "4.0", "--5", "²", "1_0", "9" * 5000, "4;8", "-"])
def test_what_is_no_whole_number_is_refused_by_name_and_value(text):
    with pytest.raises(UsageError) as caught:
        whole_numbers("agents", text)
    assert f"agents={text.split(',')[-1]!r}" in str(caught.value)
    assert "8,16" in str(caught.value)
