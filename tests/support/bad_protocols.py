"""Protocols that break a rule each, for the check that must find it."""

from __future__ import annotations

import random

import unscripted as un


class Good(un.Protocol):
    """Half the team works, the other half sees it."""

    name = "good"

    def rounds(self, team):
        half = (len(team.members) + 1) // 2
        yield un.Round(un.Act.CONTRIBUTE, team.members[:half])
        if team.members[half:]:
            yield un.Round(un.Act.CONTRIBUTE, team.members[half:], sees=team.log.so_far())

    def max_calls(self, n_members):
        return n_members + 1


def playing(rounds):
    """A protocol with these rounds, named after the function."""
    name = rounds.__name__.replace("_", "-")
    return type(rounds.__name__, (Good,), {"name": name, "rounds": rounds, "symmetric": False})


def work(*members, sees=None):
    return un.Round(un.Act.CONTRIBUTE, members, **({} if sees is None else {"sees": sees}))


@playing
def shows_everything(self, team):
    """What was meant for one member is shown to all; the kernel keeps it from them."""
    yield un.Round(un.Act.PLAN, team.members[:1])
    for member in team.members:
        yield work(member, sees=team.log.so_far())


@playing
def draws_elsewhere(self, team):
    for member in random.SystemRandom().sample(team.members, len(team.members)):
        yield work(member, sees=team.log.so_far())


@playing
def keeps_state(self, team):
    self.played = getattr(self, "played", 0) + 1
    for member in team.members[: 1 + self.played % len(team.members)]:
        yield work(member)


@playing
def asks_too_often(self, team):
    yield work(*team.members)
    yield work(*team.members)


@playing
def falsely_symmetric(self, team):
    for member in team.members:
        yield work(member, sees=team.log.so_far())


falsely_symmetric.symmetric = True


@playing
def names_strangers(self, team):
    yield work(*team.members, 999)


@playing
def takes_plan_for_granted(self, team):
    replies = yield un.Round(un.Act.PLAN, team.members[:1])
    chosen = tuple(a.member for a in replies[team.members[0]].assignments)
    yield work(*(chosen or team.members))


@playing
def numbers_from_zero(self, team):
    """Takes ids for places, which they are until the first member leaves."""
    yield work(*range(len(team.members)))


@playing
def counts_its_ticks(self, team):
    if team.tick == 0:
        self.done = 0
    self.done = getattr(self, "done", 5) + 1
    yield work(*team.members[: 1 + self.done % len(team.members)])
