"""Controls with roles from outside: Sequential, whose members are given a domain each.

Members act in Sequential's order and see what Sequential would show them; only the freedom to
choose a role is gone. With fixed roles a member has the same domain for every task, so the
difference to Sequential is that freedom. With random roles it is drawn anew for every task, so
specialization is there and means nothing: the control for role freedom against mere variety.
N rounds, N calls each.

What fixed roles are worth depends on what they are taken from. Most domains of a whole stream don't
occur in the task at hand, so `roles=stream` mixes two things: being told, and being told something
useless. `roles=task` deals out the domains of this task, as a designer would who knows it.
`roles=placebo` gives trades that no task has to do with, in the same words and about as long: what
is left of an assignment when it says nothing. A difference to Sequential that the placebo shows as
well is no matter of roles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..model.decision import Act, Assignment
from ..model.protocol import Protocol, Round, Rounds, Team

UNRELATED = (
    "opera", "ballet", "origami", "falconry", "heraldry", "juggling", "puppetry", "astrology",
    "yodelling", "handicraft", "fairy-tales", "bookbinding", "calligraphy", "lute-making",
    "numismatics", "tap-dancing", "bell-ringing", "sword-dancing", "palaeontology",
    "choral-singing", "figure-skating", "puppet-theatre", "mountain-hiking", "flower-pressing",
    "stamp-collecting", "fresco-restoration", "historical-fencing", "harpsichord-tuning",
    "celestial-navigation", "mountain-photography", "sand-castle-building", "vintage-clock-repair",
    "water-colour-painting", "competitive-ballooning", "ancient-coin-restoration",
    "renaissance-lute-playing",
)  # fmt: skip
"""Trades that tasks of organizations have nothing to do with, shortest first."""


class FixedRoles(Protocol):
    """Roles from outside: domains of the stream, the same for every task, or of the task.

    Args:
        roles: `stream` (its domains), `task` (those of the task) or `placebo` (unrelated trades).
    """

    name = "fixed-roles"
    choices = MappingProxyType({"roles": ("stream", "task", "placebo")})

    def __init__(self, *, roles: str = "stream") -> None:
        self.roles = self.chosen("roles", roles)

    def rounds(self, team: Team) -> Rounds:
        """One round per member, in order of ids; member i has the domain i mod D."""
        dealt = team.task_domains if self.roles == "task" else team.domains
        if self.roles == "placebo":
            dealt = placebos(team.domains)
        return specialists(team, {m: dealt[m % len(dealt)] for m in team.members})

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members

    @property
    def parameters(self) -> dict[str, Any]:
        """What roles are taken from, where it is not the stream."""
        return {} if self.roles == "stream" else {"roles": self.roles}


def placebos(domains: Sequence[str]) -> tuple[str, ...]:
    """An unrelated trade for each domain, as long as it as can be, each used as rarely as can be.

    Args:
        domains: Of the stream, each once.
    """
    pool = [trade for trade in UNRELATED if trade not in domains]
    left: list[str] = []
    found = []
    for domain in domains:
        left = left or list(pool)
        nearest = min(left, key=lambda trade: (abs(len(trade) - len(domain)), trade))
        left.remove(nearest)
        found.append(nearest)
    return tuple(found)


class RandomRoles(Protocol):
    """A domain of the stream for each member, by lot."""

    name = "random"

    def rounds(self, team: Team) -> Rounds:
        """One round per member, in order of ids."""
        lots = team.rng.integers(len(team.domains), size=len(team.members))
        pairs = zip(team.members, lots, strict=True)
        return specialists(team, {m: team.domains[int(lot)] for m, lot in pairs})

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members


def specialists(team: Team, given: Mapping[int, str]) -> Rounds:
    """Sequential's rounds, each member a specialist of its domain.

    Args:
        team: With the log of this tick.
        given: A domain for each member.
    """
    for member in team.members:
        role = Assignment(member, f"{given[member]} specialist", (given[member],))
        yield Round(Act.CONTRIBUTE, (member,), sees=team.log.so_far(), assignments={member: role})
