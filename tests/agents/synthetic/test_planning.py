"""How a mind divides work among others."""

from __future__ import annotations

import pytest
from support.situations import P, draws, percept, situation

from unscripted.agents.synthetic.planning import plan
from unscripted.model.decision import Abstention


def planned(roster=(1, 2, 3), **fields):
    made = plan(situation(observed={"roster": roster}, **fields))
    return [(a.member, a.role, a.focus, a.phase) for a in made.assignments]


def test_work_is_dealt_by_domain():
    assert planned() == [
        (1, "law analyst", ("a", "b"), 2),
        (2, "law analyst", ("e", "c"), 1),
        (3, "tax analyst", ("d",), 3),
    ]


def test_shares_are_even():
    assert [len(focus) for _, _, focus, _ in planned((1, 2, 3, 4, 5))] == [1] * 5
    assert [len(focus) for _, _, focus, _ in planned((1, 2, 3, 4))] == [2, 2, 1]
    assert [len(focus) for _, _, focus, _ in planned((1,), choice__capacity=3)] == [3]
    assert [len(focus) for _, _, focus, _ in planned((1, 2))] == [2, 2]
    assert len(planned(tuple(range(9)))) == 5


def test_phases_follow_dependencies():
    phases = {focus[0]: phase for _, _, focus, phase in planned((1, 2, 3, 4, 5))}
    assert phases == {"a": 1, "e": 1, "c": 1, "b": 2, "d": 3}


def test_unnoticed_dependencies_set_no_phase():
    seen = percept(noticed=[0, 3, 4])  # of d's, b and c are not known, and so is what b waits for
    phases = {focus[0]: phase for _, _, focus, phase in planned((1, 2, 3), seen=seen)}
    assert phases == {"a": 1, "e": 1, "d": 1}
    seen = percept(noticed=[0, 2, 3, 4])
    assert {f[0]: p for _, _, f, p in planned((1, 2, 3, 4), seen=seen)}["d"] == 2


def test_unnoticed_links_order_nothing():
    found = planned((1, 2, 3, 4, 5), seen=percept(noticed=[1, 3, 4]))
    assert {focus[0]: phase for _, _, focus, phase in found} == {"b": 1, "e": 1, "d": 2}
    alone = planned((1, 2, 3, 4, 5), seen=percept(noticed=[3, 4]))
    assert {focus[0]: phase for _, _, focus, phase in alone} == {"e": 1, "d": 1}


@pytest.mark.parametrize(
    ("drawn", "kept"), [(P.choice.plan_view - 1e-6, 5), (P.choice.plan_view + 1e-6, 4)]
)
def test_some_drops_out_of_view(drawn, kept):
    found = planned((1, 2, 3, 4, 5), drawn=draws(uptake=[drawn, 0, 0, 0, 0]))
    assert len(found) == kept


def test_what_is_unnoticed_is_not_planned():
    assert [f for _, _, f, _ in planned(seen=percept(noticed=[3]))] == [("d",)]
    nothing = plan(situation(observed={"roster": (1,)}, seen=percept(noticed=[])))
    assert nothing == Abstention("I see nothing in this request to hand out.")
