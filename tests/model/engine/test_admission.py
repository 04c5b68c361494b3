"""What comes back from a mind is checked before anyone else may see it."""

from __future__ import annotations

import pytest
from support.teams import WORK, team

import unscripted as un
from unscripted.model.decision import Assignment, Plan
from unscripted.model.record import State
from unscripted.testing import Scripted


def test_unseen_references_are_dropped():
    builder = Scripted([un.Contribution("b", "w", (0, 1, 5, 0, 2))])
    org = team(Scripted([WORK]), Scripted([un.Abstention("no")]), builder, protocol="sequential")
    org.step()
    turn = org.records[0].by_id[2].turns[0]
    assert turn.reply.builds_on == (0,)
    assert turn.dropped == 4
    assert org.measures["hierarchy_depth"] == 2


def test_planners_assign_only_their_audience():
    plan = Plan(tuple(Assignment(m, "r") for m in (1, 2, 3, 1)))
    planner = Scripted([WORK], plans=[plan])
    org = team(planner, *[Scripted([WORK])] * 3, protocol="coordinator", topology="chain")
    org.step()
    assert [m.state for m in org.records[0].members] == [
        State.EXCLUDED, State.CONTRIBUTED, State.EXCLUDED, State.EXCLUDED,
    ]  # fmt: skip
    assert org.records[0].by_id[0].turns[0].dropped == 3


def test_failed_planner_excludes_the_others():
    org = team(Scripted(plans=[RuntimeError("x")]), Scripted([WORK]), protocol="coordinator")
    org.step()
    assert [m.state for m in org.records[0].members] == [State.FAILED, State.EXCLUDED]


@pytest.mark.parametrize(
    "reply",
    [
        Plan((Assignment(1, "r", (), "late"),)),
        Plan((Assignment(1, "r", (5,)),)),
        Plan(("me",)),
        Plan(None),
    ],
)
def test_invalid_plan_fails_its_planner(reply):
    org = team(Scripted(plans=[reply]), Scripted([WORK]), protocol="coordinator")
    org.step()
    assert org.records[0].by_id[0].state is State.FAILED
    org.records[0].to_json()


def test_unprintable_text_is_refused():
    org = team(
        Scripted([un.Contribution("critic \ud800", "w")]), Scripted([un.Abstention("\udfff")])
    )
    org.step()
    assert [m.state for m in org.records[0].members] == ["failed", "failed"]
    org.records[0].to_json().encode("utf-8")


def test_subclass_of_a_reply_is_refused():
    class Mine(un.Contribution):
        pass

    org = team(Scripted([Mine("critic", "w")]))
    org.step()
    assert org.records[0].by_id[0].state is State.FAILED
