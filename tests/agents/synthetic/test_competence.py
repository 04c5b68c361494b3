"""A mind's skill and what circumstances leave of it, worked out by hand."""

from __future__ import annotations

import math

import pytest
from support.situations import FULL, HALF, NONE, VIEW, P, competence

A, B, C, D, _ = VIEW.requirements


def test_skill_is_logistic():
    odds = P.skill.base + P.skill.reasoning * 0.5 - 2.2 * 0.2
    assert competence().skill(A) == pytest.approx(1 / (1 + math.exp(-odds)))
    assert competence(NONE, skill__base=0.0, skill__difficulty=0.0).skill(D) == 0.5
    assert competence(FULL).skill(A) > competence(HALF).skill(A) > competence(HALF).skill(D)


def test_practice_makes_up_a_share():
    assert competence().practised(0.5, 0.5) == pytest.approx(0.5 + 0.5 * 0.4 * 0.5)
    assert competence().practised(0.7, 0.0) == 0.7
    assert competence(skill__practice=1.0).practised(0.2, 1.0) == 1.0


def test_orders_spare_the_burden_of_choosing():
    mind = competence()
    assert mind.self_direction(assigned=True) == 1.0
    assert mind.self_direction(assigned=False) == pytest.approx(1 - P.choice.burden * 0.25)
    assert competence(FULL).self_direction(assigned=False) == 1.0
    assert competence(NONE).self_direction(assigned=False) == pytest.approx(1 - P.choice.burden)


def test_work_hangs_on_results():
    assert competence().readiness([]) == 1.0
    assert competence().readiness([1.0, 1.0]) == 1.0
    assert competence().readiness([0.5, 0.25]) == pytest.approx(1 - P.coupling.dependence * 0.625)


def test_conflicts_cost_less_in_view():
    mind, lost = competence(), P.coupling.conflict
    assert mind.consistency(B, {}) == 1.0
    assert mind.consistency(C, {}) == pytest.approx(1 - lost)
    assert mind.consistency(C, {0}) == pytest.approx(1 - lost * (1 - P.coupling.reconciling * 0.5))
    assert mind.consistency(A, {0}) == pytest.approx(1 - lost), "named on the other side"


def test_results_are_read_or_guessed():
    mind = competence()
    guess = P.coupling.guess
    assert mind.expected(0, {}) == guess
    assert mind.expected(0, {0: 1.0}) == mind.as_read(1.0)
    assert mind.expected(0, {0: 1.0}, {0}) == mind.as_read(mind.as_read(1.0))
    assert mind.as_read(1.0) == pytest.approx(guess + P.coupling.reading * (1 - guess))
    assert mind.as_read(guess) == guess


def test_only_the_good_is_built_on():
    mind, guess = competence(), P.coupling.guess
    found = [mind.worth_building_on(q) for q in (0.0, guess, (1 + guess) / 2, 1.0)]
    assert found == pytest.approx([0.0, 0.0, 0.5, 1.0])
    assert competence(coupling__guess=1.0).worth_building_on(1.0) == 0.0
