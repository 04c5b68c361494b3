"""What a team is worth: said as surely as an arm is chosen, and never against the choice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unscripted.scenarios.harness.advice.gains import Gain
from unscripted.scenarios.harness.advice.words import Voice

TEAM = {"protocol": "sequential", "agents": 3, "topology": "complete", "model": "m"}
SOLO = {**TEAM, "protocol": "solo"}


def gain(mean, sd, *, what="team", voice=None, alone=False):
    draws = mean + sd * np.random.default_rng(0).normal(size=4000)
    return Gain(what, TEAM, SOLO, draws, voice or Voice(), alone)


@pytest.mark.parametrize(
    ("mean", "sd", "answer"),
    [
        (0.1, 0.01, "yes"),
        (0.1, 0.055, "yes"),  # better with 96 %, though the 95 % interval holds 0
        (0.01, 0.002, "no"),  # better, by less than matters
        (-0.1, 0.01, "no"),
        (0.03, 0.05, "unclear"),
    ],
)
def test_answers_follow_margin_and_confidence(mean, sd, answer):
    found = gain(mean, sd)
    assert found.answer == answer
    assert found.body()["answer"] == answer


@given(st.floats(-0.5, 0.5), st.floats(1e-4, 0.3))
def test_bounds_hold_the_difference(mean, sd):
    found = gain(mean, sd)
    low, high = found.interval
    assert low <= found.difference <= high
    assert 0 <= found.p <= 1


def test_nobody_is_left_alone_against_advice():
    """A team that is as good and cheaper is advised: then solo isn't."""
    assert "leave the model alone" in gain(0.0, 0.002, alone=True).line()
    cheaper = gain(0.0, 0.002, alone=False).line()
    assert "leave the model alone" not in cheaper
    assert "no team is better than solo by more than 0.02" in cheaper


def test_what_is_unclear_says_its_chance():
    line = gain(0.03, 0.05).line()
    assert "not clear" in line
    assert "chance 7" in line


def test_freedom_names_the_model():
    assert gain(0.1, 0.01, what="freedom").line().startswith("m gains from choosing roles itself")
    no = gain(0.0, 0.001, what="freedom").line()
    assert no.startswith("m does not gain from choosing roles itself")
