"""Role measures by hand: what counts as a role, and whose."""

from __future__ import annotations

import math

import pytest
from support.records import measure, story, with_roles, work

import unscripted as un


def test_role_measures_by_hand():
    values = measure(with_roles("a", "b", "b", "c", "c", "c"))
    assert values["unique_roles"] == 3
    assert values["unique_role_share"] == 0.5
    assert values["role_gini"] == pytest.approx(8 / 36)  # pairs differ by 1, 1, 2, counted twice
    entropy = -(1 / 6 * math.log(1 / 6) + 1 / 3 * math.log(1 / 3) + 1 / 2 * math.log(1 / 2))
    assert values["role_entropy"] == pytest.approx(entropy / math.log(6))


@pytest.mark.parametrize(
    ("names", "share", "gini", "entropy"),
    [
        (("lead",) * 5, 1 / 5, 0.0, 0.0),
        (("a", "b", "c", "d", "e"), 1.0, 0.0, 1.0),
        (("a", "a", "b", "b"), 0.5, 0.0, 0.5),
    ],
)
def test_role_measures_at_extremes(names, share, gini, entropy):
    values = measure(with_roles(*names))
    assert values["unique_role_share"] == pytest.approx(share)
    assert values["role_gini"] == pytest.approx(gini, abs=1e-12)
    assert values["role_entropy"] == pytest.approx(entropy, abs=1e-12)
    assert math.copysign(1, values["role_entropy"]) == 1  # not a negative zero


def test_case_and_spacing_are_ignored():
    record = with_roles("Data  Analyst", "data analyst", " DATA\tANALYST ", "dataanalyst")
    assert measure(record)["unique_roles"] == 2
    assert measure(with_roles("straßenplaner", "STRASSENPLANER"))["unique_roles"] == 1
    before = with_roles("data ANALYST", "someone else", "data\nanalyst", "dataanalyst")
    assert measure(record, before)["role_stability"] == 0.75


def test_last_contribution_gives_the_role():
    record = story({0: work("first")}, {0: work("second"), 1: work("second")})
    assert measure(record)["unique_roles"] == 1


def test_stability_needs_two_roles():
    before = story({0: work("a"), 1: work("b"), 2: work("c"), 3: un.Abstention("")})
    now = story(
        {0: work("a"), 1: work("x"), 2: un.Failure("error", ""), 3: work("d"), 4: work("e")}
    )
    assert measure(now, before)["role_stability"] == 0.5


def test_intentions_are_no_work():
    record = story({0: un.Intention("a"), 1: un.Intention("b")}, {1: work("c")})
    values = measure(record)
    assert (values["unique_roles"], values["hierarchy_depth"]) == (1, 1)


def test_stability_without_shared_members():
    assert measure(with_roles("a"), story({0: un.Abstention("")}))["role_stability"] is None
    assert measure(with_roles("a"), story({7: work("a")}))["role_stability"] is None
