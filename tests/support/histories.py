"""Records of runs in which roles and references are as given."""

from __future__ import annotations

import unscripted as un
from unscripted.model.metrics.emergence import emergence
from unscripted.model.record import MemberRecord, RoundRecord, State, Turn

SUBJECTS = ("law", "finance", "logistics", "chemistry", "privacy", "energy")


TITLES = ("analyst", "lead", "architect", "reviewer", "writer", "auditor")


def record(tick: int, *works: tuple[str | None, tuple[int, ...]]) -> un.TickRecord:
    """A tick in which members work one after another; each sees all work before its own."""
    members, rounds, posted = [], [], 0
    for i, (role, builds_on) in enumerate(works):
        seen = ((0, posted),) if posted else ()
        reply = un.Abstention("no") if role is None else un.Contribution(role, "work", builds_on)
        state = State.ABSTAINED if role is None else State.CONTRIBUTED
        members.append(MemberRecord(i, "m", state, (Turn(i, un.Act.CONTRIBUTE, reply, seen=seen),)))
        rounds.append(RoundRecord(un.Act.CONTRIBUTE, (i,)))
        posted += role is not None
    return un.TickRecord(tick, f"t{tick}", "L1", "x", tuple(members), tuple(rounds), un.Verdict())


def team(*names: tuple[str | None, ...]) -> list[un.TickRecord]:
    """A run by the names of its members' roles, task by task."""
    return [record(t, *((n, ()) for n in tick)) for t, tick in enumerate(names)]


def row(records, measure, null="", **options):
    found = [r for r in emergence(records, **options) if r.measure == measure and null in r.null]
    assert len(found) == 1, found
    return found[0]


CHAIN = [record(t, *((s, (i - 1,) if i else ()) for i, s in enumerate(SUBJECTS)))
         for t in range(5)]  # fmt: skip


def lottery(rng):
    """A run where every null is true: subjects, titles and whose work is used all come by lot."""
    pool = [f"{s} {t}" for s in SUBJECTS for t in TITLES]
    ticks = []
    for t in range(6):
        works = []
        for i in range(8):
            k = min(i, int(rng.integers(0, 3)))
            works.append((pool[rng.integers(36)], tuple(rng.permutation(i)[:k].tolist())))
        ticks.append(record(t, *works))
    return ticks
