"""How several answers become the team's, and what they are worth."""

from __future__ import annotations

import pytest

from unscripted import UsageError
from unscripted.model.ground_truth.scoring import check_rule, grade, mean, team_answer


def right(member, answer):
    return float(answer == "A")


def test_the_team_decides_by_rule():
    answers = {0: "B", 1: "A", 2: None, 3: "A", 4: "C"}
    assert team_answer(answers, "plurality", 0) == "A"
    assert team_answer(answers, "last", 0) == "C"
    assert team_answer(answers, "each", 0) is None
    assert team_answer({0: None}, "plurality", 0) is None
    with pytest.raises(UsageError, match="known: each, last, plurality"):
        check_rule("loudest")


def test_ties_fall_by_seed_not_order():
    found = [team_answer({0: "B", 1: "A"}, "plurality", seed) for seed in range(40)]
    assert found == [team_answer({1: "A", 0: "B"}, "plurality", seed) for seed in range(40)]
    assert set(found) == {"A", "B"}


@pytest.mark.parametrize(
    ("rule", "answers", "score"),
    [
        ("each", {0: "A", 1: "A", 2: "B", 3: "A"}, 0.75),
        ("each", {0: "A"}, 0.25),
        ("each", {}, 0.0),
        ("plurality", {0: "A", 1: "A", 2: "B"}, 1.0),
        ("plurality", {1: "B", 2: None}, 0.0),
        ("plurality", {3: "A", 2: None}, 1.0),
        ("last", {1: "B", 0: "A"}, 1.0),
    ],
)
def test_missing_answers_are_no_guesses(rule, answers, score):
    found = grade((0, 1, 2, 3), answers, right, rule, 0)
    assert found.score == score
    assert set(found.by_member) == {0, 1, 2, 3}
    missing = 4 - sum(a is not None for a in answers.values())
    assert f"{missing} without an answer" in found.reason


def test_mean_of_nothing_is_nothing():
    assert mean({}) == 0.0
