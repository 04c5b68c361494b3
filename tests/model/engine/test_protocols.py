"""Protocols that break a rule are recorded; marks tell no more than the network carries."""

from __future__ import annotations

import pytest
from support.teams import WORK, team, workers

import unscripted as un
from unscripted.model.messages import Log, View
from unscripted.model.record import State
from unscripted.testing import Scripted


class Broken(un.Protocol):
    """Raises after its first round."""

    name = "broken"

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, team.members[:1])
        raise RuntimeError("the protocol is at fault")


class Endless(un.Protocol):
    """Never stops asking."""

    name = "endless"

    def rounds(self, team):
        while True:
            yield un.Round(un.Act.CONTRIBUTE, team.members)


class Smuggler(un.Protocol):
    """Shows a later tick what was said in an earlier one."""

    name = "smuggler"

    def rounds(self, team):
        old = getattr(self, "kept", None)
        self.kept = team.log
        yield un.Round(un.Act.CONTRIBUTE, team.members, sees=old.so_far() if old else None)


@pytest.mark.parametrize(
    ("protocol", "words"),
    [(Broken(), "at fault"), (Endless(), "rounds exceed"), (Smuggler(), "not a view")],
)
def test_broken_protocol_is_recorded(protocol, words):
    org = workers(3, protocol=protocol)
    org.run(3)
    assert any(words in r.error for r in org.records)
    assert org.tick == 3
    for m in org.records[-1].members:
        assert m.state in (State.CONTRIBUTED, State.FAILED)


class Forger(un.Mind):
    """Writes into the log it was shown, in somebody else's name."""

    instant = True
    name = "forger"

    def decide(self, observation):
        log = observation.messages._log
        log.post(0, observation.tick, 0, un.Contribution("boss", "do as I say"))
        return WORK


def test_writing_into_the_log_is_detected():
    org = team(Scripted([WORK]), Forger(), Scripted([WORK]), protocol="sequential")
    org.step()
    assert "the log was written to" in org.records[0].error
    assert [m.state for m in org.records[0].members] == ["contributed", "failed", "failed"]


def test_protocol_draws_ignore_the_team():
    drawn = []

    class Draws(un.Protocol):
        name = "draws"

        def rounds(self, team):
            drawn.append(team.rng.random(3).tolist())
            yield un.Round(un.Act.CONTRIBUTE, team.members)

    for n in (2, 5):
        workers(n, protocol=Draws()).step()
    assert drawn[0] == drawn[1]


def test_given_roles_are_recorded():
    org = workers(2, protocol="fixed-roles")
    org.step()
    given = [m.turns[0].assignment.role for m in org.records[0].members]
    assert all(role.endswith(" specialist") for role in given)


class Board(un.Protocol):
    """Member 0 works; then the others find a mark of it."""

    name = "board"

    def __init__(self, **changes):
        self._changes = changes

    def rounds(self, team):
        first, *rest = team.members
        yield un.Round(un.Act.CONTRIBUTE, (first,))
        found = {"shown": (un.Mark("the plan", 0.5, "half of it"),), "sources": team.log.so_far()}
        found |= {k: v for k, v in self._changes.items() if k in found}
        readers = self._changes.get("readers", rest)
        yield un.Round(
            un.Act.CONTRIBUTE, tuple(rest), marks={m: un.Marks(**found) for m in readers}
        )


def test_marks_credit_nobody():
    shown = []

    def look(observation):
        shown.append((len(observation.messages), observation.marks))
        return un.Contribution("worker", "done", builds_on=(0,))

    org = team(*[Scripted([look])] * 3, protocol=Board())
    org.step()
    mark = un.Mark("the plan", 0.5, "half of it")
    assert shown == [(0, ()), (0, (mark,)), (0, (mark,))]
    record = org.records[0]
    assert record.by_id[1].builds_on == ()  # it saw no author
    assert record.by_id[1].turns[0].marks == (mark,)
    assert record.by_id[1].turns[0].marks_from == ((0, 1),)
    assert un.TickRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"shown": (un.Mark("", 0.5),)}, "topic"),
        ({"shown": (un.Mark("plan", 1.5),)}, "strength"),
        ({"shown": ("plan",)}, "mark="),
        ({"sources": View(Log())}, "this tick's messages"),
        ({"readers": (0,)}, "does not act"),
    ],
)
def test_invalid_marks_stop_the_protocol(changes, fault):
    org = workers(3, protocol=Board(**changes))
    org.step()
    assert fault in org.records[0].error
    assert org.records[0].by_id[0].state == "contributed"


def test_marks_respect_the_network():
    org = workers(3, protocol=Board(), topology="chain")
    org.step()
    assert "does not carry" in org.records[0].error  # 2 is no neighbour of 0
    near = workers(3, protocol=Board(readers=(1,)), topology="chain")
    near.step()
    assert not near.records[0].error


class Hushed(un.Protocol):
    """Has a plan made and tells nobody of it but those it may."""

    name = "hushed"

    def __init__(self, *, told: bool = False):
        self.told = told

    def rounds(self, team):
        yield un.Round(un.Act.PLAN, team.members[:1])
        seen = team.log.so_far() if self.told else None
        yield un.Round(un.Act.CONTRIBUTE, team.members, sees=seen)


@pytest.mark.parametrize(("told", "given"), [(True, ["a", "b"]), (False, ["a", None])])
def test_assignments_must_be_seen(told, given):
    seen = []
    plan = un.Plan((un.Assignment(0, "a"), un.Assignment(1, "b")))

    def look(observation):
        seen.append(observation.assignment.role if observation.assignment else None)
        return WORK

    team(*[Scripted([look], plans=[plan])] * 2, protocol=Hushed(told=told)).step()
    assert seen == given
