"""Controls make a new team of whatever they are set to, and never a call."""

from __future__ import annotations

import inspect

import pytest

import unscripted as un
from unscripted.scenarios.harness.config.run import RunConfig
from unscripted.scenarios.harness.dashboard.playable import Playable, controls, settings


def test_its_ticks_are_those_of_build():
    played = Playable(protocol="broadcast", n_agents=5, seed="3", shocks="remove:k=1@1")
    same = un.build(protocol="broadcast", n_agents=5, rng=3, shocks="remove:k=1@1")
    for org in (played, same):
        org.step()
        org.step()
    assert [r.to_json() for r in played.records] == [r.to_json() for r in same.records]


def test_controls_are_its_parameters():
    parameters = inspect.signature(Playable).parameters
    assert set(controls()) == set(parameters)
    assert Playable(**settings(controls())).refused == ""


def test_controls_begin_where_they_should():
    config = RunConfig.of(protocol="broadcast", agents=70, topology="watts-strogatz:k=4", seed=9)
    shown = controls(config)
    assert settings(shown) == {
        "protocol": "broadcast", "n_agents": 70, "topology": "watts-strogatz:k=4",
        "model": "synthetic/strong", "level": "L3", "shocks": "", "seed": "9",
    }  # fmt: skip
    assert shown["n_agents"]["max"] == 70
    assert "watts-strogatz:k=4" in shown["topology"]["values"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"topology": "watts-strogatz:k=99"}, "k=99"),
        ({"topology": "karate-club"}, "n_agents=8"),
        ({"shocks": "nonsense@1"}, "nonsense"),
        ({"seed": "-1"}, "-1"),
        ({"seed": "x"}, "seed='x' is no number"),
        ({"model": "openai/gpt-4.1-mini"}, "calls no model"),
        ({"model": "mine.py:Mine"}, "calls no model"),
        ({"shocks": "substitute:model=openai/gpt-4.1-mini@1"}, "calls no model"),
        ({"shocks": "newcomers:model=evil.py:Mind@1"}, "calls no model"),
    ],
)
def test_what_breaks_a_rule_says_so(given, says):
    org = Playable(**given)
    assert says in org.refused
    assert "\n" not in org.refused
    assert not org.running
    org.step()
    assert org.records == []
