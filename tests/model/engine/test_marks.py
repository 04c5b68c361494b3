"""Marks on a board: shown, recorded, and no more than the network carries."""

from __future__ import annotations

import pytest
from support.teams import WORK, team

import unscripted as un
from unscripted.model.messages import Log, View
from unscripted.model.record import TickRecord
from unscripted.testing import Scripted


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
    assert TickRecord.from_json(record.to_json()) == record


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
    org = team(*[Scripted([WORK])] * 3, protocol=Board(**changes))
    org.step()
    assert fault in org.records[0].error
    assert org.records[0].by_id[0].state == "contributed"


def test_marks_respect_the_network():
    org = team(*[Scripted([WORK])] * 3, protocol=Board(), topology="chain")
    org.step()
    assert "does not carry" in org.records[0].error  # 2 is no neighbour of 0
    near = team(*[Scripted([WORK])] * 3, protocol=Board(readers=(1,)), topology="chain")
    near.step()
    assert not near.records[0].error
