"""Many runs are each played once, anywhere; one that breaks stops nobody else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support.own import Constant, Relay

from unscripted.model.errors import UsageError
from unscripted.model.tasks.files import CORPUS
from unscripted.scenarios.harness.config.comparison import ComparisonConfig
from unscripted.scenarios.harness.config.groups import Design, Execution
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.config.study import Condition, StudyConfig
from unscripted.scenarios.harness.exits import Exit
from unscripted.scenarios.harness.folders.folder import Folder
from unscripted.scenarios.harness.results.run_result import RunResult
from unscripted.scenarios.harness.runs import sweep as sweep_module
from unscripted.scenarios.harness.runs.keys import run_key
from unscripted.scenarios.harness.runs.many import check_buildable, play_many, speed_line
from unscripted.scenarios.harness.runs.reporter import Reporter
from unscripted.scenarios.harness.runs.session import Session
from unscripted.scenarios.harness.runs.sweep import rows_of, run_one, sweep
from unscripted.scenarios.harness.statistics.summary import summarize

BASE = RunConfig.of(ticks=2, seed=3, agents=3, model="synthetic/weak", level="L1")


def comparison(replicates=2, base=BASE, **factors):
    found = {"protocol": ("sequential", "silent"), **factors}
    return ComparisonConfig(base, found, Design(replicates=replicates))


@pytest.fixture
def played(monkeypatch):
    """The runs that are really played, in order."""
    keys = []

    def counted(config, replicate, service=None):
        keys.append(run_key(config))
        return run_one(config, replicate, service)

    monkeypatch.setattr(sweep_module, "run_one", counted)
    return keys


def across(config):
    """The keys of its runs, replicate by replicate."""
    keys = [run_key(r) for r in config.runs()]
    n = config.replicates
    return [keys[cell + r] for r in range(n) for cell in range(0, len(keys), n)]


def test_results_keep_the_order(played):
    config = comparison(replicates=3)
    results = sweep(config, workers=1)
    assert list(results) == [run_key(r) for r in config.runs()]
    assert played == across(config), "a stopped comparison is a smaller one, not half of one"
    rows = [r.row for r in results.values()]
    assert [(r["protocol"], r["seed"], r["replicate"]) for r in rows] == [
        (p, 3 + k, k) for p in ("sequential", "silent") for k in range(3)
    ]
    assert all(r["ticks"] == 2 and r["level"] == "L1" for r in rows)


def test_replicates_are_paired():
    results = sweep(comparison(replicates=3), workers=1)
    tasks = [[t["task_id"] for t in r.ticks] for r in results.values()]
    assert tasks[:3] == tasks[3:]
    assert len({tuple(t) for t in tasks[:3]}) > 1


def test_workers_give_the_same(here):
    Path("own.py").write_text(
        "import unscripted as un\nclass Mine(un.Protocol):\n    name = 'mine'\n"
        "    def rounds(self, team):\n        yield un.Round(un.Act.CONTRIBUTE, team.members)\n"
    )
    config = comparison(protocol=("sequential", "own.py:Mine"), topology=("erdos-renyi",))
    assert len(config.runs()) >= 2 * 2, "too few runs to be spread over workers"
    alone = sweep(config, workers=1)
    spread = sweep(config, workers=2)
    assert list(spread) == list(alone)
    assert spread == alone
    assert all(r.whole for r in alone.values())


def test_one_broken_run_stops_nobody(tmp_path):
    config = comparison(topology=("karate-club", "complete"), protocol=("silent",))
    with Folder(tmp_path, config) as folder:
        results = sweep(config, folder, workers=1)
        assert len(folder.results()) == 2
    broken = {k: r for k, r in results.items() if r.error}
    assert len(broken) == 2
    assert all("karate-club" in k for k in broken)
    assert all("UsageError: " in r.error and "34 nodes" in r.error for r in broken.values())
    assert all(r.row is None and not r.whole for r in broken.values())
    assert all(r.whole for k, r in results.items() if k not in broken)
    assert len(rows_of(results, "ticks")) == 2 * 2


def test_only_what_is_missing_is_played(tmp_path, played):
    config = comparison(replicates=3)

    def interrupt(done, total):
        if done == 4:
            raise KeyboardInterrupt

    with Folder(tmp_path, config) as folder, pytest.raises(KeyboardInterrupt):
        sweep(config, folder, workers=1, watch=interrupt)
    assert played == across(config)[:4]
    played.clear()
    shown = []
    with Folder(tmp_path, config) as folder:
        resumed = sweep(config, folder, workers=1, watch=lambda *done: shown.append(done))
    assert played == across(config)[4:]
    assert shown == [(4, 6), (5, 6), (6, 6)]
    played.clear()
    with Folder(tmp_path, config) as folder:
        assert sweep(config, folder, workers=1) == resumed
    assert played == []
    assert resumed == sweep(config, workers=1)


def test_a_broken_run_is_tried_again(tmp_path, played, monkeypatch):
    config = comparison(protocol=("silent",))
    full = RunResult(error="OSError: full")
    shown = []
    with Folder(tmp_path, config) as folder:
        with monkeypatch.context() as patch:
            patch.setattr(sweep_module, "run_one", lambda *_: full)
            found = sweep(config, folder, workers=1, watch=lambda *done: shown.append(done))
            assert set(map(str, found.values())) == {str(full)}
        assert shown == [(0, 2)] * 3, "what broke is not finished"
        assert all(r.whole for r in sweep(config, folder, workers=1).values())
    assert len(played) == 2


def test_a_cut_run_is_not_kept(tmp_path):
    base = BASE.replace(ticks=6)
    whole = sweep(comparison(base=base), workers=1)
    dearest = max(r.row["cost_usd"] for r in whole.values())
    tight = comparison(base=base.replace(budget=2.5 * dearest))
    with Folder(tmp_path, tight) as folder:
        results = sweep(tight, folder, workers=1)
        assert all(r.stopped == "budget" and r.out_of_budget for r in results.values())
        assert all(0 < r.row["ticks"] < 6 for r in results.values())
        assert folder.results() == {}
    ample = comparison(base=base.replace(budget=100 * dearest))
    with Folder(tmp_path, ample) as folder:
        assert sweep(ample, folder, workers=1) == whole


def test_a_cell_stays_one_cell(tmp_path):
    files = [min(CORPUS.glob(f"l{k}-*.yaml")) for k in (1, 2)]
    tasks = "".join(f.read_text().partition("tasks:\n")[2].rstrip() + "\n" for f in files)
    (tmp_path / "two.yaml").write_text("schema: 1\ntasks:\n" + tasks)
    base = BASE.replace(ticks=1, tasks=str(tmp_path / "two.yaml"), level=None)
    results = sweep(comparison(8, base), workers=1)
    assert len({t["level"] for r in results.values() for t in r.ticks}) == 2
    rows = [r.row for r in results.values()]
    assert {r["level"] for r in rows} == {"mixed"}
    assert [c.replicates for c in summarize(rows)] == [8, 8]


def test_rows_carry_their_runs_factors():
    agents = rows_of(sweep(comparison(), workers=1), "agents")
    assert len(agents) == 4 * 2 * 3
    assert Counter((r["protocol"], r["seed"]) for r in agents) == {
        (p, s): 6 for p in ("sequential", "silent") for s in (3, 4)
    }


def travels(**options):
    job = sweep_module.Job(BASE.replace(**options), 0)
    return sweep_module._travel({"a": job, "b": job})


def test_only_what_others_find_travels(here):
    from unscripted.model.plugins.loading import import_path, load

    assert travels(protocol=Relay(), model=Constant("a"))
    assert not travels(topology=lambda n, seed: None)
    typed = type("Typed", (Relay,), {"__module__": "__main__"})
    monkey = __import__("__main__")
    monkey.Typed = typed
    try:
        assert not travels(protocol=typed())
    finally:
        del monkey.Typed
    Path("own.py").write_text("from support.own import Relay\nclass Mine(Relay): ...\n")
    found = load("protocol", import_path("own.py:Mine"))
    assert not travels(protocol=found())
    assert travels(protocol="own.py:Mine")


# Around them


class Listening(Reporter):
    """Keeps what it hears."""

    def __init__(self):
        self.said = []

    def note(self, text):
        self.said.append(text)

    def warn(self, text):
        self.said.append(f"! {text}")


def play_all(config, path=None, **execution):
    listening = Listening()
    with Session(config, path, listening) as session:
        return play_many(session, Execution(**execution)), listening.said


@pytest.mark.parametrize(
    ("results", "ending", "said"),
    [
        ([RunResult({})] * 2, Exit.DONE, []),
        ([RunResult({}), RunResult(error="OSError: full")], Exit.FAILURES, ["broke: OSError: ful"]),
        ([RunResult({}, failures=2), RunResult({}, failures=2)], Exit.FAILURES, []),
        ([RunResult({}, failures=2), RunResult({}, failures=1)], Exit.DONE, []),
        ([RunResult(stopped="refused")] * 2, Exit.USAGE, []),
        ([RunResult({}), RunResult({}, stopped="budget", out_of_budget=True)], Exit.BUDGET,
         ["1 of 2 runs stopped at the budget of each; the same command with a higher --budget"]),
    ],
)  # fmt: skip
def test_endings_say_what_happened(monkeypatch, results, ending, said):
    waiting = iter(results)
    monkeypatch.setattr(sweep_module, "run_one", lambda *_: next(waiting))
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    played, heard = play_all(comparison(protocol=("silent",)), max_failures=3)
    assert played.ending is ending
    warned = [h for h in heard if h.startswith("! ")]
    assert len(warned) == len(said)
    assert all(s in w for s, w in zip(said, warned, strict=True))


def test_many_errors_are_cut_short(monkeypatch):
    monkeypatch.setattr(sweep_module, "run_one", lambda *_: RunResult(error="no"))
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    _, heard = play_all(comparison(9, protocol=("silent",)))
    assert sum("broke: no" in h for h in heard) == 5


def test_an_interrupt_keeps_what_finished(monkeypatch, tmp_path):
    left = [3]

    def few(*job):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return run_one(*job)

    monkeypatch.setattr(sweep_module, "run_one", few)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    played, heard = play_all(comparison(), tmp_path / "x")
    assert (played.ending, dict(played.results)) == (Exit.INTERRUPTED, {})
    assert heard == ["interrupted with 3 runs kept; the same command continues"]


def test_the_speed_counts_what_was_played(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    line = speed_line([BASE] * 3, 5, 2.0)
    assert line.startswith("3 runs (5 more were there), 6 task runs, in 2.0 s: ")
    assert "1.5 runs and 3 task runs per second; peak memory " in line
    assert "more were there" not in speed_line([BASE], 0, 1.0)
    _, heard = play_all(comparison(), tmp_path / "x")
    assert heard[-1].startswith("4 runs, 8 task runs, in ")
    assert play_all(comparison(), tmp_path / "x")[1] == []


def test_what_cannot_be_built_is_refused():
    listening = Listening()
    with pytest.raises(UsageError, match="karate-club has 34 nodes"):
        check_buildable(comparison(topology=("complete", "karate-club")), listening)
    tried = BASE.replace(protocol="batched-sequential", tune="batch=1/2", temperature=1)
    cells = (Condition(tried), Condition(tried.replace(seed=9)))
    check_buildable(StudyConfig("x", cells), listening)
    assert [h.partition(":")[0] for h in listening.said] == ["note", "trial"]


def test_objects_of_one_name_are_refused():
    one, other = (BASE.replace(model=Constant("a")) for _ in "ab")
    with pytest.raises(UsageError, match=r"two runs are both 'sequential\|complete\|constant/a"):
        check_buildable(StudyConfig("x", (Condition(one), Condition(other))), Reporter())
    check_buildable(StudyConfig("x", (Condition(one), Condition(one))), Reporter())
