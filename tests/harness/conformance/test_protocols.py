"""Every discovered protocol passes every conformance check, and a bad one is caught by name."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import bad_protocols as bad

from unscripted.model.plugins.discovery import discover
from unscripted.testing import (
    PROTOCOL_CHECKS,
    Case,
    CheckResult,
    DelayedMind,
    calls,
    cases,
    check_protocol,
    independent_streams,
    one_state,
    reproducibility,
    totals,
)

QUIET = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
REPEATING = (reproducibility, independent_streams)
"""Checks that play a case several times over; few cases show what they look for."""


def broken_checks(protocol, **options):
    return {r.name: r.failure for r in check_protocol(protocol, **options) if not r.passed}


@pytest.mark.parametrize("name", discover("protocols"))
@settings(QUIET, max_examples=15)
@given(data=st.data())
def test_every_protocol_keeps_the_rules(name, data):
    case = data.draw(cases(discover("protocols")[name]))
    for check in PROTOCOL_CHECKS:
        if check not in REPEATING:
            check(case)


@pytest.mark.parametrize("name", discover("protocols"))
@settings(QUIET, max_examples=8)
@given(data=st.data())
def test_every_protocol_repeats_itself(name, data):
    case = data.draw(cases(discover("protocols")[name], max_agents=16))
    for check in REPEATING:
        check(case)


def test_the_papers_protocols_are_found():
    paper = {
        "coordinator", "sequential", "broadcast", "shared", "batched-sequential", "morphogenetic",
        "clonal", "stigmergic", "ripple", "mean-field", "sparse-graph", "spectral-hierarchy",
    }  # fmt: skip
    controls = {"solo", "fixed-roles", "silent", "random"}
    assert paper | controls <= set(discover("protocols"))


@pytest.mark.parametrize("protocol", [bad.Good, bad.shows_everything])
def test_sound_protocols_pass(protocol):
    """The kernel itself keeps what is meant for one member from the others."""
    assert broken_checks(protocol, examples=8) == {}


@pytest.mark.parametrize(
    ("protocol", "check"),
    [
        (bad.draws_elsewhere, "reproducibility"),
        (bad.keeps_state, "reproducibility"),
        (bad.asks_too_often, "calls"),
        (bad.numbers_from_zero, "turnover"),
        (bad.falsely_symmetric, "relabelling"),
        (bad.counts_its_ticks, "resumption"),
        (bad.names_strangers, "one_state"),
        (bad.takes_plan_for_granted, "one_state"),
    ],
)
def test_bad_protocols_are_caught(protocol, check):
    (wanted,) = (c for c in PROTOCOL_CHECKS if c.__name__ == check)
    broken = broken_checks(protocol, examples=20, checks=[wanted], max_agents=8)
    assert f"Case({protocol.name}, n_agents=" in broken[check], "the failing case is shown"


def test_results_say_what_was_checked():
    passed, failed = check_protocol(bad.asks_too_often, examples=2, checks=[totals, calls])
    says = "Totals equal the sums over members, and every measure stays in its range."
    assert (passed.says, passed.passed, failed.passed, failed.name) == (says, True, False, "calls")
    assert passed.body() == {"name": "totals", "says": says, "failure": "", "passed": True}
    assert "decisions, max_calls(" in failed.failure

    def raises(case):
        """Breaks."""
        raise ValueError

    (found,) = check_protocol(bad.Good, examples=1, checks=[raises])
    assert isinstance(found, CheckResult)
    assert (found.name, found.says) == ("raises", "Breaks.")
    assert found.failure.startswith("ValueError: ValueError — Case(good, n_agents=")


def test_a_case_is_played_by_hand():
    case = Case(bad.Good, n_agents=3, seed=5)
    org, records = case.play()
    assert org.tick == len(records) == 2
    assert [r.to_json() for r in case.played.records] == [r.to_json() for r in records]
    assert len(case.played.shown) == sum(len(m.turns) for r in records for m in r.members)
    assert case.played is case.played
    slow = Case(bad.Good, n_agents=3, seed=5, mind=DelayedMind(case.mind))
    one_state(slow)
    assert slow.played.records == case.played.records


def test_directed_networks_carry_one_way():
    case = Case(bad.Good, n_agents=6, directed=True, topology="ring")
    graph = case.played.organization.network.G
    assert graph.number_of_edges() == 6
    assert all(not graph.has_edge(b, a) for a, b in graph.edges)
