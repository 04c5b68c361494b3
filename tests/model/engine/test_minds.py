"""Minds that fail, hang, exit or answer nonsense: their member fails and the team goes on."""

from __future__ import annotations

import asyncio
import time

import numpy as np
import pytest
from support.teams import WORK, team

import unscripted as un
from unscripted.model.record import State
from unscripted.testing import DelayedMind, HangingMind, Scripted


class Stubborn(un.Mind):
    """Swallows its cancellation."""

    async def decide(self, observation):
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                continue


class Liar(un.Mind):
    """Says it is instant and returns a coroutine."""

    instant = True

    def decide(self, observation):
        return asyncio.sleep(0)


@pytest.mark.parametrize(
    ("mind", "kind"),
    [
        (Scripted([ValueError("no idea")]), "error"),
        (Scripted([lambda o: None]), "reply"),
        (Scripted([lambda o: un.Intention("early")]), "reply"),
        (Scripted([un.Contribution(" ", "no role")]), "reply"),
        (Scripted([un.Contribution("r", "w", (), float("nan"))]), "reply"),
        (Scripted([un.Contribution("r", 7)]), "reply"),
        (Scripted([un.Contribution("r", "w", "ab")]), "reply"),
        (Scripted([un.Contribution("r", "w", None)]), "reply"),
        (Scripted([un.Contribution("r", "w", (), "sure")]), "reply"),
        (Scripted([un.Contribution("r", "w", (), 0.5, ("done",))]), "reply"),
        (Scripted([un.Abstention(None)]), "reply"),
        (Scripted([un.Answer(WORK, None)]), "reply"),
        (Scripted([lambda o: un.Answer(WORK, un.Usage(latency_s=float("nan")))]), "error"),
        (Scripted([lambda o: un.Answer(WORK, un.Usage(tokens_in=np.int64(3)))]), "error"),
        (
            Scripted([lambda o: un.Contribution("r", "w", (), 0.5, (un.WorkItem("a", 2.0),))]),
            "error",
        ),
        (Scripted([un.Contribution("r", "w", (), np.float32(0.5))]), "reply"),
        (Liar(), "reply"),
        (HangingMind(), "timeout"),
        (HangingMind(blocking=True), "timeout"),
        (Stubborn(), "timeout"),
    ],
    ids=lambda x: getattr(x, "name", x),
)
def test_failing_mind_fails_its_member(mind, kind):
    org = team(Scripted([WORK]), mind, Scripted([WORK]), timeout_s=0.2)
    for _ in range(3):
        began = time.monotonic()
        org.step()
        assert time.monotonic() - began < 5
        record = org.records[-1]
        states = [m.state for m in record.members]
        assert states[0] is states[2] is State.CONTRIBUTED
        assert states[1] is State.FAILED
        assert record.members[1].turns[0].reply.kind == kind
        assert record.members[1].note
    assert org.tick == len(org.records) == len(org.datacollector.model_vars["quality"]) == 3


def test_deadline_is_met():
    org = team(HangingMind(), Scripted([WORK]), timeout_s=0.3)
    began = time.monotonic()
    org.step()
    assert 0.25 < time.monotonic() - began < 2
    assert org.records[0].by_id[0].turns[0].usage == un.Usage(latency_s=0.3)
    assert org.measures["wall_s"] == 0.3


def test_unseen_references_are_dropped():
    builder = Scripted([un.Contribution("b", "w", (0, 1, 5, 0, 2))])
    org = team(Scripted([WORK]), Scripted([un.Abstention("no")]), builder, protocol="sequential")
    org.step()
    turn = org.records[0].by_id[2].turns[0]
    assert turn.reply.builds_on == (0,)
    assert turn.dropped == 4
    assert org.measures["hierarchy_depth"] == 2


def test_planners_assign_only_their_audience():
    plan = un.Plan(tuple(un.Assignment(m, "r") for m in (1, 2, 3, 1)))
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


def test_failed_reply_keeps_its_cost():
    costly = Scripted([un.Answer(un.Failure("error", "bad gateway"), un.Usage(3, 10, 5, 0.5, 2.0))])
    org = team(costly)
    org.step()
    assert (org.measures["calls"], org.measures["tokens"]) == (3, 15)
    assert org.measures["cost_usd"] == 0.5
    assert org.measures["failure_rate"] == 1


class Exits(un.Mind):
    """Ends the interpreter, or tries to."""

    name = "exits"

    def __init__(self, kind):
        self.instant = kind == "instant"
        self.kind = kind

    def decide(self, observation):
        if self.kind == "async":
            return self.later()
        raise SystemExit("enough")

    async def later(self):
        raise SystemExit("enough")


@pytest.mark.parametrize("kind", ["instant", "thread", "async"])
def test_exiting_mind_fails_alone(kind):
    org = team(Exits(kind), Scripted([WORK]), DelayedMind(Scripted([WORK])), timeout_s=5)
    org.run(2)
    assert [m.state for m in org.records[-1].members] == ["failed", "contributed", "contributed"]
    assert "SystemExit" in org.records[-1].members[0].note


@pytest.mark.parametrize("protocol", ["sequential", "coordinator", "broadcast", "shared", "solo"])
def test_hanging_minds_stop_no_protocol(protocol):
    everyone = [HangingMind(), Scripted([WORK]), HangingMind(blocking=True)]
    org = team(*everyone, protocol=protocol, timeout_s=0.1)
    org.run(2)
    for record in org.records:
        assert not record.error
        assert record.by_id[0].state is State.FAILED


@pytest.mark.parametrize(
    "reply",
    [
        un.Plan((un.Assignment(1, "r", (), "late"),)),
        un.Plan((un.Assignment(1, "r", (5,)),)),
        un.Plan(("me",)),
        un.Plan(None),
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
