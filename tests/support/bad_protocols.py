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
        return n_members


class DrawsElsewhere(Good):
    """Takes its randomness from outside."""

    name = "draws-elsewhere"

    def rounds(self, team):
        order = list(team.members)
        random.SystemRandom().shuffle(order)
        for member in order:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())


class KeepsState(Good):
    """Remembers earlier runs on itself."""

    name = "keeps-state"

    def __init__(self):
        self.played = 0

    def rounds(self, team):
        self.played += 1
        for member in team.members[: 1 + self.played % len(team.members)]:
            yield un.Round(un.Act.CONTRIBUTE, (member,))


class AsksTooOften(Good):
    """Makes more calls than it says."""

    name = "asks-too-often"

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, team.members)
        yield un.Round(un.Act.CONTRIBUTE, team.members)


class FalselySymmetric(Good):
    """Treats its members differently and denies it."""

    name = "falsely-symmetric"
    symmetric = True

    def rounds(self, team):
        for member in team.members:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())


class NamesStrangers(Good):
    """Asks a member that doesn't exist."""

    name = "names-strangers"

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, (*team.members, 999))


class TakesPlanForGranted(Good):
    """Breaks when the planner abstains or fails."""

    name = "takes-plan-for-granted"

    def rounds(self, team):
        replies = yield un.Round(un.Act.PLAN, team.members[:1])
        chosen = tuple(a.member for a in replies[team.members[0]].assignments)
        yield un.Round(un.Act.CONTRIBUTE, chosen or team.members)


class ShowsEverything(Good):
    """Lets everyone read everything said, what was meant for one member included."""

    name = "shows-everything"

    def rounds(self, team):
        yield un.Round(un.Act.PLAN, team.members[:1])
        for member in team.members:
            yield un.Round(un.Act.CONTRIBUTE, (member,), sees=team.log.so_far())

    def max_calls(self, n_members):
        return n_members + 1


class NumbersFromZero(Good):
    """Takes ids for places, which they are until the first member leaves."""

    name = "numbers-from-zero"

    def rounds(self, team):
        yield un.Round(un.Act.CONTRIBUTE, tuple(range(len(team.members))))


class CountsItsTicks(Good):
    """Keeps on itself how many ticks it has played."""

    name = "counts-its-ticks"

    def rounds(self, team):
        if team.tick == 0:
            self.done = 0
        self.done = getattr(self, "done", 5) + 1
        yield un.Round(un.Act.CONTRIBUTE, team.members[: 1 + self.done % len(team.members)])
