"""The table's rules, exact chances of random play, and episodes played by a team."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import networkx as nx
import pytest

import unscripted as un
from unscripted.model.families.dining_table import (
    ACTIONS,
    GRAB_LEFT,
    GRAB_RIGHT,
    RELEASE,
    Table,
    fairness,
)
from unscripted.model.families.philosophers import Philosophers
from unscripted.testing import Scripted

PUBLISHED = {2: 0.980682, 3: 0.722629, 4: 0.371007, 5: 0.156965}
"""Chance of a deadlock within 30 steps of random play."""


def play(rule, n=5, steps=30, *, strict=False):
    table = Table(n, strict=strict)
    while table.timesteps < steps and not table.deadlocked:
        table.step({seat: rule(table, seat) for seat in range(n)})
    return table.outcome


def first(sides):
    """Grab first the fork on the given side, then the other."""

    def rule(table, seat):
        left, right = table.holds(seat)
        if sides(seat) == GRAB_LEFT:
            return GRAB_RIGHT if left else GRAB_LEFT
        return GRAB_LEFT if right else GRAB_RIGHT

    return rule


def test_known_episodes():
    stuck = play(lambda table, seat: GRAB_LEFT)
    assert (stuck.deadlocked, stuck.timesteps, stuck.throughput, stuck.starved) == (True, 1, 0, 5)
    assert fairness(stuck.meals) == 1
    assert stuck.fairness is None, "strictly nobody's share of nothing is fair"
    assert play(lambda table, seat: GRAB_LEFT, strict=True).timesteps == 2
    even = play(first(lambda seat: GRAB_LEFT if seat % 2 else GRAB_RIGHT))
    assert (even.deadlocked, sum(even.meals)) == (False, 22)
    assert even.fairness == pytest.approx(0.4091, abs=1e-4)
    ordered = play(first(lambda seat: GRAB_RIGHT if seat == 4 else GRAB_LEFT))
    assert ordered.throughput == pytest.approx(0.7333, abs=1e-4)
    assert ordered.fairness == pytest.approx(0.7045, abs=1e-4)


@pytest.mark.parametrize(
    ("meals", "fair"), [((2, 1, 1, 0, 0), 0.375), ((3, 3, 0), 0.5), ((4, 2), 2 / 3)]
)
def test_fairness_is_no_jain_index(meals, fair):
    assert fairness(meals) == pytest.approx(fair)


def exact_chance(n, steps=30):
    """Of a deadlock at first sight, by following all states of the table at once."""
    states, lost = {((None,) * n, (False,) * n): 1.0}, 0.0
    moves = {}
    for _ in range(steps):
        after = Counter()
        for state, chance in states.items():
            if state not in moves:
                moves[state] = Counter(map(_next, itertools.repeat(state), _choices(n)))
            for (reached, stuck), times in moves[state].items():
                if stuck:
                    lost += chance * times / 4**n
                else:
                    after[reached] += chance * times / 4**n
        states = after
    return lost


def _choices(n):
    return itertools.product(ACTIONS, repeat=n)


def _next(state, actions):
    table = Table(len(actions))
    table.holder, table.eating = list(state[0]), list(state[1])
    table.step(dict(enumerate(actions)))
    return (tuple(table.holder), tuple(table.eating)), table.stuck


@pytest.mark.parametrize("n", [2, 3])
def test_exact_chances_of_a_deadlock(n):
    assert exact_chance(n) == pytest.approx(PUBLISHED[n], abs=1e-3)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("n", PUBLISHED)
def test_random_play_deadlocks_as_often(n, strict):
    """Within four standard errors; what differs between the two tables is smaller than that."""
    draw, episodes = random.Random(n), 1500

    def deadlocks():
        table = Table(n, strict=strict)
        while table.timesteps < 30 and not table.stuck:
            table.step({seat: draw.choice(ACTIONS) for seat in range(n)})
        return table.stuck

    share = sum(deadlocks() for _ in range(episodes)) / episodes
    error = (PUBLISHED[n] * (1 - PUBLISHED[n]) / episodes) ** 0.5
    assert share == pytest.approx(PUBLISHED[n], abs=4 * error)


def test_serial_random_play():
    """About .033 with five seats and 30 actions, ends tested once a lap."""
    draw, episodes, laps = random.Random(5), 3000, 6

    def deadlocks():
        table = Table(5)
        for _ in range(laps):
            for seat in range(5):
                table.step({seat: draw.choice(ACTIONS)})
            if table.stuck:
                return True
        return False

    share = sum(deadlocks() for _ in range(episodes)) / episodes
    assert share == pytest.approx(0.033, abs=4 * (0.033 * 0.967 / episodes) ** 0.5)


def test_an_eater_gives_nothing_away():
    table = Table(3)
    for actions in ({0: GRAB_LEFT, 1: GRAB_RIGHT}, {0: GRAB_RIGHT}):
        table.step(actions)
    assert table.eating == [True, False, False]
    table.step({0: RELEASE, 1: GRAB_LEFT, 2: None})
    assert table.meals == [1, 0, 0], "strictly the fork is put down after all have grabbed"
    loose = Table(3, strict=False)
    for actions in ({0: GRAB_LEFT, 1: GRAB_RIGHT}, {0: GRAB_RIGHT}):
        loose.step(actions)
    loose.step({0: RELEASE, 1: GRAB_LEFT, 2: None})
    assert loose.meals == [1, 1, 0], "the original lets its neighbour eat at once"


def test_one_shot_and_whole_episodes():
    family = Philosophers()
    task = family.make(graph=nx.cycle_graph(5))
    assert family.score(task, dict.fromkeys(range(5), GRAB_LEFT)).score == 0
    assert family.score(task, dict.fromkeys(range(5), GRAB_RIGHT)).score == 0
    assert family.score(task, {0: GRAB_LEFT, 1: GRAB_RIGHT}).score == 1
    assert family.score(task, dict.fromkeys(range(5), (GRAB_LEFT,) * 30)).score == 0
    assert family.score(task, family.solve(task)).score == 1
    serial = Philosophers(order="serial", scoring="compat")
    task = serial.make(graph=nx.cycle_graph(5))
    stuck = serial.score(task, dict.fromkeys(range(5), (GRAB_LEFT,) * 6))
    assert (stuck.score, "deadlock in 5 steps" in stuck.reason) == (0, True)


def test_teams_move_step_by_step():
    grabs = Scripted(moves=[un.Move("grab-left", "mine")])
    org = un.build(protocol="silent", n_agents=3, model=grabs, tasks="philosophers", rng=0)
    (record,) = org.run(1)
    assert record.verdict.score == 0
    assert "deadlock in 2 steps" in record.verdict.reason
    assert [r.act for r in record.rounds] == ["contribute", "move", "move"]
    assert all(not t.seen for m in record.members for t in m.turns), "silent: nobody hears notes"
    heard = un.build(protocol="dialogue:rounds=1", n_agents=3, model=grabs, tasks="philosophers",
                     rng=0).run(1)[0]  # fmt: skip
    assert [len(m.turns[-1].seen) for m in heard.members] == [2, 1, 2] or heard.log
