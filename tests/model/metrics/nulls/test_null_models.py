"""Roles and hierarchy against chance: what is drawn by lot, and what stays."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats
from support.histories import CHAIN, SUBJECTS, TITLES, record, row, team

import unscripted as un
from unscripted.model.metrics.emergence import emergence
from unscripted.model.metrics.nulls.attribution_null import subsets
from unscripted.model.metrics.structure import hierarchy_depth
from unscripted.model.record import MemberRecord, RoundRecord, State, Turn
from unscripted.scenarios.harness.results.emergence import emergence_lines


def test_specialists_differ_from_chance():
    specialists = team(*[[f"{s} {TITLES[(t + i) % 6]}" for i, s in enumerate(SUBJECTS)]
                         for t in range(8)])  # fmt: skip
    found = row(specialists, "specialization")
    assert found.value == pytest.approx(np.log2(6))
    assert found.z > 5
    assert found.p == pytest.approx(0.002)
    assert row(specialists, "role_stability").value == 1.0
    assert row(specialists, "role_stability").p == pytest.approx(0.002)
    rng = np.random.default_rng(3)
    lottery = team(*[rng.permutation(SUBJECTS) for _ in range(8)])
    assert row(lottery, "specialization").p > 0.05
    rotating = team(*[np.roll(SUBJECTS, t) for t in range(6)])
    assert row(rotating, "specialization").value == pytest.approx(0.0)
    assert row(rotating, "specialization").z < -3
    assert row(rotating, "role_stability").value == 0.0


def test_stability_skips_missing_roles():
    records = team(("law", "finance"), (None, None), ("law", "finance"), ("law", None))
    assert row(records, "role_stability", draws=9).value == 1.0
    assert row(records, "role_stability", draws=9).null_mean < 1.0
    apart = [replace(r, tick=2 * r.tick) for r in records]
    assert "role_stability" not in {r.measure for r in emergence(apart, draws=9)}


def test_division_differs_from_random_team():
    divided = team(*[np.roll(SUBJECTS, 2 * t) for t in range(10)])
    for null in ("shuffled", "random-role"):
        found = row(divided, "role_diversity", null)
        assert found.value == 1.0
        assert found.z > 5
    crowded = team(*[[SUBJECTS[t % 6]] * 6 for t in range(12)])
    for null in ("shuffled", "random-role"):
        found = row(crowded, "role_diversity", null)
        assert found.value == pytest.approx(1 / 6)
        assert found.z < -5
    for measure in ("specialization", "role_stability"):
        assert row(crowded, measure).null_sd == 0.0, "roles are dealt out anew within each task"


def test_control_provides_the_roles():
    divided = team(SUBJECTS, SUBJECTS)
    one = row(divided, "role_diversity", "random-role", control=team(("law", "lawyer analyst")))
    own = row(divided, "role_diversity", "random-role")
    assert own.null_mean > one.null_mean
    same = row(divided, "role_diversity", "random-role", control=team(("law", "law lead")))
    assert same.null_mean == pytest.approx(1 / 6)
    assert same.null_sd == 0.0
    assert same.z is None


def test_many_names_may_be_noise():
    rng = np.random.default_rng(0)
    noise = team(*[[f"{rng.choice(SUBJECTS)} {rng.choice(TITLES)}" for _ in range(6)]
                   for _ in range(12)])  # fmt: skip
    found = row(noise, "unique_names")
    assert found.value > 25
    assert found.p > 0.05
    fixed = dict(zip(SUBJECTS, TITLES, strict=True))
    meant = team(*[[f"{s} {fixed[s]}" for s in rng.permutation(SUBJECTS)] for _ in range(12)])
    told = row(meant, "unique_names")
    assert told.value == 6
    assert told.z < -5
    lines = emergence_lines(emergence(meant))
    assert lines[0].startswith("6 names of roles are 6 roles once paraphrases are one; fewer than")
    assert "not to be told from what titles by lot" in emergence_lines(emergence(noise))[0]


def test_chains_are_deeper_than_chance():
    found = row(CHAIN, "hierarchy_depth")
    assert found.value == 6.0
    assert 2.0 < found.null_mean < 4.0
    assert found.z > 5
    assert found.p == pytest.approx(0.002)
    star = [record(t, *((s, (0,) if i else ()) for i, s in enumerate(SUBJECTS))) for t in range(5)]
    flat = row(star, "hierarchy_depth")
    assert flat.value == 2.0
    assert flat.z < -3


def test_null_of_depth_is_exact():
    """Four works, each on one earlier work: all attributions counted."""
    depths = []
    for b in (0,):
        for c in (0, 1):
            for d in (0, 1, 2):
                depths.append(hierarchy_depth(record(0, ("a", ()), ("b", (b,)), ("c", (c,)),
                                                     ("d", (d,)))))  # fmt: skip
    made = record(0, ("a", ()), ("b", (0,)), ("c", (1,)), ("d", (2,)))
    found = row([made], "hierarchy_depth", draws=20_000)
    assert found.null_mean == pytest.approx(np.mean(depths), abs=0.02)
    assert found.null_sd == pytest.approx(np.std(depths), abs=0.02)
    assert found.p == pytest.approx(2 * np.mean(np.array(depths) >= 4), abs=0.02)


def test_nothing_unread_nothing_drawn():
    full = [record(0, *((s, tuple(range(i))) for i, s in enumerate(SUBJECTS)))]
    found = row(full, "hierarchy_depth")
    assert (found.value, found.null_mean, found.null_sd) == (6.0, 6.0, 0.0)
    assert (found.z, found.p) == (None, 1.0)


def test_only_read_works_are_drawn():
    """Member 3 read member 2 alone; had it been able to draw 0 or 1, depth would vary."""
    made = record(0, ("a", ()), ("b", (0,)), ("c", (1,)), ("d", (2,)))
    *others, last = made.members
    turn = replace(last.turns[0], seen=((2, 3),))
    blinkered = replace(made, members=(*others[:2], replace(others[2], turns=(
        replace(others[2].turns[0], seen=((1, 2),)),)), replace(last, turns=(turn,))))  # fmt: skip
    assert row([blinkered], "hierarchy_depth").null_sd == 0.0
    assert row([made], "hierarchy_depth").null_sd > 0.0


def test_unread_references_stay():
    made = record(0, ("a", ()), ("b", (0,)), ("c", (1,)), ("d", (2,)))
    deaf = replace(made, members=tuple(
        replace(m, turns=(replace(m.turns[0], seen=()),)) for m in made.members))  # fmt: skip
    found = row([deaf], "hierarchy_depth")
    assert (found.value, found.null_mean, found.null_sd) == (4.0, 4.0, 0.0)


def played(*works: tuple[int, int, tuple[int, ...], tuple[tuple[int, int], ...]]) -> un.TickRecord:
    """A tick from (round, member, builds_on, seen) of each work."""
    turns: dict[int, list[Turn]] = {}
    for round_, member, builds_on, seen in works:
        reply = un.Contribution("law", "work", builds_on)
        turns.setdefault(member, []).append(Turn(round_, un.Act.CONTRIBUTE, reply, seen=seen))
    members = tuple(MemberRecord(m, "m", State.CONTRIBUTED, tuple(turns[m])) for m in sorted(turns))
    actors: dict[int, list[int]] = {}
    for round_, member, *_ in works:
        actors.setdefault(round_, []).append(member)
    rounds = tuple(RoundRecord(un.Act.CONTRIBUTE, tuple(a)) for _, a in sorted(actors.items()))
    return un.TickRecord(0, "t", "L1", "x", members, rounds, un.Verdict())


def test_one_round_builds_on_nothing():
    """Member 1 builds on what 0 did in the first round, not on what 0 does at the same time."""
    tick = played((0, 0, (), ()), (0, 2, (), ()), (1, 0, (2,), ((1, 2),)), (1, 1, (0,), ((0, 1),)))
    found = row([tick], "hierarchy_depth", draws=9)
    assert (found.value, found.null_mean, found.null_sd) == (2.0, 2.0, 0.0)


def test_rounds_decide_who_was_first():
    tick = played((0, 2, (), ()), (1, 1, (2,), ((0, 1),)), (2, 0, (1,), ((1, 2),)))
    found = row([tick], "hierarchy_depth", draws=9)
    assert (found.value, found.null_mean, found.null_sd) == (3.0, 3.0, 0.0)


def test_subsets_are_uniform():
    drawn = subsets(np.random.default_rng(0), 30_000, 5, 3)
    assert all(len(set(d)) == 3 for d in drawn[:100].tolist())
    counts = dict.fromkeys(combinations(range(5), 3), 0)
    for d in np.sort(drawn, axis=1).tolist():
        counts[tuple(d)] += 1
    assert stats.chisquare(list(counts.values())).pvalue > 0.001
