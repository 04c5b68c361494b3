"""The rows of a scenario, by label and factor."""

from __future__ import annotations

from unscripted.scenarios.harness.statistics.study_results import StudyResults

ROWS = [{"case": c, "agents": 4, "level": "L1", "seed": s, "quality": 0.5 + s / 10 + (c == "b")}
        for c in "ab" for s in range(2)]  # fmt: skip
TICKS = [r | {"tick": t, "quality": r["quality"] + t} for r in ROWS for t in range(3)]
MEMBERS = [[{"member": m, "role": f"{r['case']}{m}"} for m in range(2)] for r in ROWS]
RULINGS = [{"case": "a", "seed": 0, "tick": 1, "ends_trial": e} for e in (False, True)]
FOUND = StudyResults(ROWS, TICKS, True, MEMBERS, RULINGS)


def test_rows_are_found_by_value():
    assert FOUND.of(case="b") == ROWS[2:]
    assert FOUND.of(case="b", seed=1) == ROWS[3:]
    assert [t["quality"] for t in FOUND.ticks_of(case="a", seed=0, tick=2)] == [2.5]
    assert FOUND.rulings_of(case="a", ends_trial=True) == RULINGS[1:]
    assert FOUND.rulings_of(case="b") == []
    assert FOUND.values("case") == ["a", "b"]


def test_members_come_with_their_run():
    assert [m["role"] for m in FOUND.members_of(case="b", seed=0)] == ["b0", "b1"]
    assert [(r["seed"], len(m)) for r, m in FOUND.teams_of(case="a")] == [(0, 2), (1, 2)]


def test_samples_are_by_seed():
    assert FOUND.sample("quality", case="b").values == {0: 1.5, 1: 1.6}


def test_what_does_not_vary_is_said():
    assert FOUND.constant("agents", "case", "level") == "4 agents · level L1"
    assert FOUND.constant("case") == ""


def test_tables_hold_all_rows():
    assert FOUND.runs.shape == (4, 5)
    assert list(FOUND.ticks["tick"]) == [0, 1, 2] * 4
