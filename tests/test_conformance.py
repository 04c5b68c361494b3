"""Every discovered protocol passes every conformance check, and a bad one is caught by name."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import unscripted as un
from unscripted.model.plugins.discovery import discover
from unscripted.testing import PROTOCOL_CHECKS, Case, cases, check_protocol

EXAMPLES = 25
PAIRS = [(name, check) for name in discover("protocols") for check in PROTOCOL_CHECKS]


@pytest.mark.parametrize(
    ("name", "check"), PAIRS, ids=[f"{name}-{check.__name__}" for name, check in PAIRS]
)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_every_protocol_keeps_every_rule(name, check, data):
    check(data.draw(cases(discover("protocols")[name])))


def test_the_protocols_of_the_paper_and_the_controls_are_found():
    paper = {
        "coordinator", "sequential", "broadcast", "shared", "batched-sequential", "morphogenetic",
        "clonal", "stigmergic", "ripple", "mean-field", "sparse-graph", "spectral-hierarchy",
    }  # fmt: skip
    controls = {"solo", "fixed-roles", "silent", "random"}
    assert paper | controls <= set(discover("protocols"))


class Good(un.Protocol):
    """Half the team works, the other half sees it."""

    name = "good"

    def rounds(self, team):
        half = (len(team.members) + 1) // 2
        yield un.Round(un.Act.CONTRIBUTE, team.members[:half])
        if team.members[half:]:
            yield un.Round(un.Act.CONTRIBUTE, team.members[half:], sees=team.log.so_far())

    def max_calls(self, n_members):
        return n_members


class DrawsElsewhere(Good):
    """Takes its randomness from outside."""

    name = "draws-elsewhere"

    def rounds(self, team):
        order = list(team.members)
        random.SystemRandom().shuffle(order)
        for member in order:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())


class KeepsState(Good):
    """Remembers earlier runs on itself."""

    name = "keeps-state"

    def __init__(self):
        self.played = 0

    def rounds(self, team):
        self.played += 1
        for member in team.members[: 1 + self.played % len(team.members)]:
            yield un.Round(un.Act.CONTRIBUTE, (member,))


class AsksTooOften(Good):
    """Makes more calls than it says."""

    name = "asks-too-often"

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, team.members)
        yield un.Round(un.Act.CONTRIBUTE, team.members)


class FalselySymmetric(Good):
    """Treats its members differently and denies it."""

    name = "falsely-symmetric"
    symmetric = True

    def rounds(self, team):
        for member in team.members:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())


class NamesStrangers(Good):
    """Asks a member that doesn't exist."""

    name = "names-strangers"

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, (*team.members, 999))


class TakesPlanForGranted(Good):
    """Breaks when the planner abstains or fails."""

    name = "takes-plan-for-granted"

    def rounds(self, team):
        replies = yield un.Round(un.Act.PLAN, team.members[:1])
        chosen = tuple(a.member for a in replies[team.members[0]].assignments)
        yield un.Round(un.Act.CONTRIBUTE, chosen or team.members)


class ShowsEverybodyEverything(Good):
    """Lets everyone read everything said, what was meant for one member included."""

    name = "shows-everything"

    def rounds(self, team):
        yield un.Round(un.Act.PLAN, team.members[:1])
        for member in team.members:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())

    def max_calls(self, n_members):
        return n_members + 1


class NumbersFromZero(Good):
    """Takes ids for places, which they are until the first member leaves."""

    name = "numbers-from-zero"

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, tuple(range(len(team.members))))


class CountsItsTicks(Good):
    """Keeps on itself how many ticks it has played."""

    name = "counts-its-ticks"

    def rounds(self, team):
        if team.tick == 0:
            self.done = 0
        self.done = getattr(self, "done", 5) + 1
        yield un.Round(un.Act.CONTRIBUTE, team.members[: 1 + self.done % len(team.members)])


def test_the_kernel_keeps_what_is_meant_for_one_from_the_others():
    assert broken_checks(ShowsEverybodyEverything) == {}


def broken_checks(protocol):
    return {r.name: r.failure for r in check_protocol(protocol, examples=20) if not r.passed}


def test_a_sound_protocol_passes():
    assert broken_checks(Good) == {}


@pytest.mark.parametrize(
    ("protocol", "check"),
    [
        (DrawsElsewhere, "reproducibility"),
        (KeepsState, "reproducibility"),
        (AsksTooOften, "calls"),
        (NumbersFromZero, "turnover"),
        (FalselySymmetric, "relabelling"),
        (CountsItsTicks, "resumption"),
        (NamesStrangers, "one_state"),
        (TakesPlanForGranted, "one_state"),
    ],
)
def test_a_protocol_that_breaks_a_rule_is_caught_by_that_check(protocol, check):
    broken = broken_checks(protocol)
    assert check in broken
    assert "Case(" in broken[check], "the failing case is shown"


def test_a_case_can_be_played_by_hand():
    org, records = Case(Good, n_agents=3, seed=5).play()
    assert org.tick == len(records) == 2
