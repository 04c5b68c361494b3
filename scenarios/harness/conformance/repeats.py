"""Checks that play an organization more than once: what must be the same, and what may differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ....agents.test_doubles import DelayedMind
from ....model.decision import Act, Answer, Contribution, Intention, Plan, Reply
from ....model.mind import Mind
from ....model.observation import Observation
from ....model.organization import BaseOrganization
from ....model.record import TickRecord
from ..build.organization import build
from .strategies import Case
from .witness import Witness


def reproducibility(case: Case) -> None:
    """The same seed gives the same record, byte for byte, in whatever order minds answer.

    Args:
        case: The organization to play.
    """
    first = [r.to_json() for r in case.played.records]
    assert [r.to_json() for r in case.play()[1]] == first, "a second organization differs"
    assert [r.to_json() for r in case.play(mind=DelayedMind(case.mind))[1]] == first, (
        "answers that arrive in another order change the record"
    )
    protocol = case.make()
    again = [case.play(make=lambda: protocol)[1] for _ in range(2)]
    assert [r.to_json() for r in again[1]] == first, "the protocol keeps state between runs"


def independent_streams(case: Case) -> None:
    """One more member changes nobody else's draws.

    Args:
        case: The organization to play.
    """
    seen: list[dict[tuple[int, int, int], int]] = []
    for n in (case.n_agents, case.n_agents + 1):
        witness = Witness(case.mind)
        case.play(mind=witness, n_agents=n, topology="complete", directed=False)
        turns: dict[tuple[int, int], int] = {}
        seeds: dict[tuple[int, int, int], int] = {}
        for o in witness.shown:
            turn = turns.get((o.tick, o.member), 0)
            turns[o.tick, o.member] = turn + 1
            seeds[o.tick, o.member, turn] = o.seed
        seen.append(seeds)
    smaller, larger = seen
    shared = smaller.keys() & larger.keys()
    assert all(smaller[k] == larger[k] for k in shared)
    assert len(set(larger.values())) == len(larger), "two decisions share a seed"


def resumption(case: Case) -> None:
    """A run restored after its first tick goes on as if it had never stopped.

    Args:
        case: The organization to play.
    """
    org = case.organization()
    org.step()
    moment = org.snapshot()
    org.run(2)
    setup = replace(moment.setup, protocol=case.make())
    again = BaseOrganization.restore(replace(moment, setup=setup))
    again.run(2)
    for a, b in zip(org.records, again.records, strict=True):
        assert a.to_json() == b.to_json(), f"tick {a.tick} differs after restoring"


def turnover(case: Case) -> None:
    """It goes on after members have left and others have come: ids have gaps then.

    Args:
        case: The organization to play.
    """
    org = case.organization()
    org.step()
    for leaving in sorted(org.members)[: case.n_agents // 2]:
        org.remove_member(leaving)
    newcomer = org.add_member(case.mind, list(org.members)[:2])
    org.run(2)
    for record in org.records[1:]:
        assert not record.error, record.error
        assert [m.member for m in record.members] == sorted(org.members)
        assert newcomer in record.by_id


class _Persona(Mind):
    """Decides by who it is and by what was said, blind to ids and to chance."""

    instant = True

    def __init__(self, persona: int) -> None:
        self.name = f"persona-{persona}"
        self.persona = persona

    def decide(self, observation: Observation) -> Answer | Reply:
        """A hash of itself and of the bag of messages it reads."""
        said = sorted(repr(getattr(m.content, "role", "")) for m in observation.messages)
        said += sorted(repr(getattr(m.content, "role", "")) for m in observation.memory)
        mixed = sum(map(len, said)) * 31 + sum(s.count("7") for s in said) * 7 + self.persona * 13
        role = f"role {mixed % 1009}"
        if observation.act is Act.INTEND:
            return Intention(role)
        if observation.act is Act.PLAN:
            return Plan(())
        return Contribution(role, f"work {mixed}")


def relabelling(case: Case) -> None:
    """Where a protocol says it is symmetric, relabelled members give the relabelled outcome.

    Args:
        case: The organization to play.
    """
    if not case.make().symmetric:
        return
    n = case.n_agents
    shift = 1 + case.seed % max(1, n - 1)
    moved = [(i + shift) % n for i in range(n)]  # the persona of i sits at moved[i]
    minds: list[Mind] = [_Persona(i) for i in range(n)]
    seated: list[Mind] = [minds[moved.index(j)] for j in range(n)]
    first, second = (_played_by(case, team) for team in (minds, seated))
    for record, relabelled in zip(first, second, strict=True):
        for i in range(n):
            a, b = record.members[i], relabelled.members[moved[i]]
            assert (a.state, a.role, a.contributions) == (b.state, b.role, b.contributions)


def _played_by(case: Case, minds: list[Mind]) -> Sequence[TickRecord]:
    org = build(
        protocol=case.make(), n_agents=len(minds), model=minds, level=case.level,
        tasks="generated", judge="none", rng=case.seed,
    )  # fmt: skip
    return org.run(case.ticks)
