"""Hierarchy against chance: whose work could have been built on."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats
from support.histories import CHAIN, SUBJECTS, record, row

from unscripted.model.decision import Act, Contribution
from unscripted.model.judge import Verdict
from unscripted.model.metrics.attribution_null import subsets
from unscripted.model.metrics.structure import hierarchy_depth
from unscripted.model.record import MemberRecord, RoundRecord, State, TickRecord, Turn


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


def played(*works: tuple[int, int, tuple[int, ...], tuple[tuple[int, int], ...]]) -> TickRecord:
    """A tick from (round, member, builds_on, seen) of each work."""
    turns: dict[int, list[Turn]] = {}
    for round_, member, builds_on, seen in works:
        reply = Contribution("law", "work", builds_on)
        turns.setdefault(member, []).append(Turn(round_, Act.CONTRIBUTE, reply, seen=seen))
    members = tuple(MemberRecord(m, "m", State.CONTRIBUTED, tuple(turns[m])) for m in sorted(turns))
    actors: dict[int, list[int]] = {}
    for round_, member, *_ in works:
        actors.setdefault(round_, []).append(member)
    rounds = tuple(RoundRecord(Act.CONTRIBUTE, tuple(a)) for _, a in sorted(actors.items()))
    return TickRecord(0, "t", "L1", "x", members, rounds, Verdict())


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
