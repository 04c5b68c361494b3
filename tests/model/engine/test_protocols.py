"""Protocols that break a rule are recorded; what they draw and give is the team's alone."""

from __future__ import annotations

import pytest
from support.teams import WORK, team

import unscripted as un
from unscripted.model.mind import Mind
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
    org = team(*[Scripted([WORK])] * 3, protocol=protocol)
    org.run(3)
    assert any(words in r.error for r in org.records)
    assert org.tick == 3
    for m in org.records[-1].members:
        assert m.state in (State.CONTRIBUTED, State.FAILED)


class Forger(Mind):
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
        team(*[Scripted([WORK])] * n, protocol=Draws()).step()
    assert drawn[0] == drawn[1]


def test_given_roles_are_recorded():
    org = team(*[Scripted([WORK])] * 2, protocol="fixed-roles")
    org.step()
    given = [m.turns[0].assignment.role for m in org.records[0].members]
    assert all(role.endswith(" specialist") for role in given)
