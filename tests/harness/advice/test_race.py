"""The race: who plays on, who is out, when it is over, and what it comes to."""

from __future__ import annotations

import numpy as np
import pytest

from unscripted.scenarios.harness.advice.choice import Verdict, choose
from unscripted.scenarios.harness.advice.race import FEWEST, FIRST, Race, Rule

USUAL = Rule()


def raced(means, *, sd=0.02, costs=None, rule=USUAL, per_dollar=False, seed=0):
    """A race between arms of known means; and how many played each seed."""
    draw = np.random.default_rng(seed)
    race = Race(len(means), rule, per_dollar=per_dollar)
    played = []
    while due := race.due():
        played.append(len(due))
        level = draw.normal(0, 0.05)
        noise = draw.normal(0, sd, len(means))
        race.take(
            {a: means[a] + level + noise[a] for a in due},
            {a: (costs or [1.0] * len(means))[a] for a in due},
        )
    return race, played


def test_a_clear_lead_is_used():
    race, played = raced([0.5, 0.8, 0.55])
    choice = choose(race)
    assert (choice.verdict, choice.arm, choice.tied) == (Verdict.USE, 1, (1,))
    assert played[:FIRST] == [3] * FIRST
    assert len(played) == FEWEST


def test_hopeless_arms_drop_out():
    race, played = raced([0.3, 0.35, 0.6, 0.6, 0.6], sd=0.04, rule=Rule(margin=0.005))
    assert played[FEWEST:]
    assert max(played[FEWEST:]) == 3
    assert race.seeds > FEWEST


@pytest.mark.parametrize("cheap", [0, 1])
def test_a_tie_takes_the_cheaper(cheap):
    costs = [1.0, 1.0]
    costs[cheap] = 0.2
    race, _ = raced([0.6, 0.6], sd=0.005, costs=costs)
    choice = choose(race)
    assert (choice.verdict, choice.arm) == (Verdict.TIE, cheap)
    assert set(choice.tied) == {0, 1}


def test_too_few_seeds_are_undecided():
    found = [raced([0.6, 0.6], sd=0.3, rule=Rule(most=5), seed=seed) for seed in range(12)]
    undecided = [len(played) for race, played in found if choose(race).verdict is Verdict.UNDECIDED]
    assert len(undecided) >= 9
    assert set(undecided) == {5}


def test_nobody_plays_alone():
    for seed in range(5):
        _, played = raced([0.2, 0.5, 0.8], sd=0.1, seed=seed)
        assert min(played) >= 2


def test_nothing_measured_is_undecided():
    race = Race(2, Rule())
    race.take({}, {})
    assert choose(race).arm is None


def test_dollars_weigh_against_outcomes():
    means, costs = [0.6, 0.5], [1.0, 0.1]
    assert choose(raced(means, costs=costs)[0]).arm == 0
    assert choose(raced(means, costs=costs, per_dollar=True)[0]).arm == 1


def test_who_is_out_plays_no_more():
    race = Race(3, Rule())
    race.leave_out(0)
    assert race.due() == [1, 2]
    race.leave_out(1)
    assert race.due() == []


def test_decisions_are_mostly_right():
    wrong = decided = 0
    for case in range(120):
        means = np.random.default_rng([5, case]).normal(0.6, 0.05, 6)
        race, _ = raced(list(means), sd=0.05, seed=case, rule=Rule(most=30))
        choice = choose(race)
        if choice.verdict is not Verdict.UNDECIDED:
            decided += 1
            wrong += means[choice.arm] < means.max() - 0.02
    assert decided > 60
    assert wrong / decided < 0.09


def test_equal_costs_take_the_smaller_team():
    race, _ = raced([0.6, 0.6, 0.6], sd=0.005)
    assert choose(race, [8, 1, 4]).arm == 1
    dear, _ = raced([0.6, 0.6], sd=0.005, costs=[1.0, 2.0])
    assert choose(dear, [8, 1]).arm == 0


def test_nothing_per_dollar_is_a_tie():
    """Nobody gets anything done: the race ends, instead of weighing noise to the last seed."""
    race = Race(2, USUAL, per_dollar=True)
    while due := race.due():
        race.take(dict.fromkeys(due, 0.0), {arm: 1.0 + arm for arm in due})
    assert choose(race).verdict is Verdict.TIE
    assert race.seeds < 40


def test_dear_arms_dont_blur_cheap_ones():
    """What is uncertain of a cost is a share of it."""
    draw = np.random.default_rng(0)
    race = Race(3, USUAL, per_dollar=True)
    for _ in range(6):
        noise = 1 + 0.1 * draw.normal(size=3)
        outcomes = {arm: mean + 0.01 * draw.normal() for arm, mean in enumerate((0.6, 0.5, 0.6))}
        race.take(outcomes, dict(enumerate(noise * [0.001, 0.001, 1.0])))
    found = race.standing()
    assert found.p_best[0] > 0.95
    assert found.p_best[2] == 0


def test_failing_free_is_no_bargain():
    race, _ = raced([0.0, 0.6], sd=0.002, costs=[0.0, 1.0], per_dollar=True)
    assert choose(race).arm == 1


def test_free_arms_are_held_by_outcome():
    race, _ = raced([0.4, 0.6], costs=[0.0, 0.0], per_dollar=True)
    assert choose(race).arm == 1


def test_cheap_is_not_enough():
    """Of two that are likely close, one surely: that one, whatever it costs."""
    race = Race(2, USUAL)
    for seed in range(12):
        wave = 0.02 * (-1) ** seed
        race.take({0: 0.6 + wave, 1: 0.583 - wave}, {0: 5.0, 1: 1.0})
    sure, other = race.standing().p_close
    assert sure >= USUAL.sure > other >= 0.5
    choice = choose(race)
    assert (choice.arm, set(choice.tied)) == (0, {0, 1})
