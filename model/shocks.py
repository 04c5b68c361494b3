"""What can happen to an organization between two ticks, and when.

    remove        k random members leave
    remove-hub    the member that most shortest paths run through leaves
    substitute    a share of the members get another mind
    newcomers     k members join, each linked with a few others
    cut           a share of the links is cut
    rewire        a share of the links gets another end
    mission       the mission changes
    priorities    one domain of every later task comes first, and all of it becomes mandatory
    regulation    every later task has one more requirement, mandatory and stated in the brief

A shock draws from its own stream, so the run without it is its twin: the same seed, the same
record until the tick of the shock.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import networkx as nx
import numpy as np

from .errors import UsageError
from .mind import Mind
from .randomness import Purpose, Streams
from .tasks.task import Brief, Requirement, Task

if TYPE_CHECKING:
    from .organization import Organization

Amend = Callable[[Task], Task]
"""What a shock does to every later task."""


class Shock(ABC):
    """Something that happens to an organization."""

    name: ClassVar[str]

    @abstractmethod
    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """Let it happen; say what happened in a few words."""


@dataclass(frozen=True)
class Scheduled:
    """A shock and when it strikes: before the tick `first`, or one of `first` to `last` by seed.

    Attributes:
        shock: What happens.
        first: The earliest tick, from 0.
        last: The latest; the same for a fixed tick.
    """

    shock: Shock
    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last:
            raise UsageError(
                f"shock={self.shock.name}@{self.first}-{self.last}: use a tick from 0, "
                "or FIRST-LAST"
            )

    def tick(self, streams: Streams, place: int) -> int:
        """The tick it strikes at, in the run of this seed, as the schedule's `place`-th shock."""
        if self.first == self.last:
            return self.first
        rng = streams.generator(Purpose.SHOCK, place)
        return int(rng.integers(self.first, self.last + 1))


class ShockSchedule:
    """The shocks of one run, each at its tick.

    Args:
        shocks: What happens, and when.
        streams: Draws the ticks of those that have a range, and the luck of each.

    Attributes:
        striking: Whether shocks strike right now.
        struck_at: The last tick whose shocks have struck; -1 before the first.
        said: What they did, in words.
    """

    def __init__(self, shocks: Sequence[Scheduled], streams: Streams) -> None:
        self.striking = False
        self.struck_at = -1
        self.said: tuple[str, ...] = ()
        self._streams = streams
        self._due: dict[int, list[tuple[int, Shock]]] = {}
        for place, scheduled in enumerate(shocks):
            tick = scheduled.tick(streams, place)
            self._due.setdefault(tick, []).append((place, scheduled.shock))

    def strike(self, org: Organization) -> tuple[str, ...]:
        """Let what is due at the organization's tick happen; say what happened."""
        tick = org.tick
        self.striking = True
        try:
            said = [
                shock.strike(org, self._streams.generator(Purpose.SHOCK, place, tick))
                for place, shock in self._due.get(tick, ())
            ]
        finally:
            self.striking = False
        self.struck_at, self.said = tick, tuple(said)
        return self.said


@dataclass(frozen=True, kw_only=True)
class RemoveMembers(Shock):
    """Members drawn at random leave, with their links; one always stays.

    Attributes:
        k: How many, 1 or more.
    """

    name: ClassVar[str] = "remove"
    k: int = 1

    def __post_init__(self) -> None:
        _at_least_one(self.name, "k", self.k)

    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """Draw and remove."""
        gone = _drawn(list(org.members), min(self.k, len(org.members) - 1), rng)
        for member in gone:
            org.remove_member(member)
        return f"members {_listed(gone)} left" if gone else "nobody left: a team keeps one member"


@dataclass(frozen=True, kw_only=True)
class RemoveHub(Shock):
    """The member of highest betweenness leaves; of equals the one with the lowest id.

    References:
        L. C. Freeman, "A set of measures of centrality based on betweenness", 1977.
    """

    name: ClassVar[str] = "remove-hub"

    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """Find and remove."""
        if len(org.members) == 1:
            return "nobody left: a team keeps one member"
        between = nx.betweenness_centrality(org.network.G)
        hub = min(between, key=lambda m: (-round(between[m], 12), m))
        org.remove_member(hub)
        return f"the hub left, member {hub} (betweenness {between[hub]:.2f})"


@dataclass(frozen=True, kw_only=True)
class Substitute(Shock):
    """A share of the members, drawn at random, get another mind.

    Attributes:
        mind: The new mind.
        share: Of the members, above 0 to 1; at least one.
    """

    name: ClassVar[str] = "substitute"
    mind: Mind
    share: float = 0.25

    def __post_init__(self) -> None:
        _share(self.name, self.share)

    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """Draw and substitute."""
        chosen = _drawn(list(org.members), _part(self.share, len(org.members)), rng)
        for member in chosen:
            org.substitute(member, self.mind)
        return f"members {_listed(chosen)} think with {self.mind.name} now"


@dataclass(frozen=True, kw_only=True)
class Newcomers(Shock):
    """Members join, each linked with others drawn at random.

    Attributes:
        k: How many, 1 or more.
        mind: Theirs; None takes the mind of the member with the lowest id.
        links: Links of each; 0 links it with as many as members have on average.
    """

    name: ClassVar[str] = "newcomers"
    k: int = 1
    mind: Mind | None = None
    links: int = 0

    def __post_init__(self) -> None:
        _at_least_one(self.name, "k", self.k)
        if self.links < 0:
            raise UsageError(f"shock={self.name}: links={self.links} is below 0; use 0 or more")

    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """Join one after the other; later ones may be linked with earlier ones."""
        mind = self.mind if self.mind is not None else org.members[min(org.members)].mind
        joined: list[int] = []
        for _ in range(self.k):
            there = list(org.members)
            ends = 1 if org.network.G.is_directed() else 2
            usual = round(ends * org.network.G.number_of_edges() / len(there))
            links = min(self.links or max(1, usual), len(there))
            joined.append(org.add_member(mind, _drawn(there, links, rng)))
        return f"members {_listed(joined)} joined with {mind.name}"


@dataclass(frozen=True, kw_only=True)
class CutLinks(Shock):
    """A share of the links, drawn at random, is cut.

    Attributes:
        share: Of the links, above 0 to 1; at least one where there are any.
    """

    name: ClassVar[str] = "cut"
    share: float = 0.25

    def __post_init__(self) -> None:
        _share(self.name, self.share)

    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """Draw and cut."""
        links = sorted(org.network.G.edges)
        if not links:
            return "no link to cut"
        cut = [links[i] for i in _drawn(range(len(links)), _part(self.share, len(links)), rng)]
        org.rewire(cut=cut)
        return f"{len(cut)} of {len(links)} links were cut"


@dataclass(frozen=True, kw_only=True)
class RewireLinks(Shock):
    """A share of the links, drawn at random, gets another end.

    Attributes:
        share: Of the links, above 0 to 1.
    """

    name: ClassVar[str] = "rewire"
    share: float = 0.25

    def __post_init__(self) -> None:
        _share(self.name, self.share)

    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """Draw links, and for each a new end that it isn't linked with yet."""
        graph = org.network.G
        links = sorted(graph.edges)
        if not links:
            return "no link to rewire"
        moved = 0
        for i in _drawn(range(len(links)), _part(self.share, len(links)), rng):
            a, b = links[i]
            free = [m for m in org.members if m != a and not graph.has_edge(a, m)]
            if free:
                org.rewire(cut=[(a, b)], made=[(a, free[int(rng.integers(len(free)))])])
                moved += 1
        return f"{moved} of {len(links)} links were rewired"


@dataclass(frozen=True, kw_only=True)
class NewMission(Shock):
    """The mission changes, from outside.

    Attributes:
        text: The new one.
    """

    name: ClassVar[str] = "mission"
    text: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise UsageError("shock=mission: text is empty; use mission:text=…")

    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """State the new mission."""
        org.restate(replace(org.charter, mission=self.text))
        return f"the mission is now: {self.text}"


@dataclass(frozen=True, kw_only=True)
class Priorities(Shock):
    """What a client put last comes first from now on, and all of it becomes mandatory.

    Attributes:
        domain: The domain that comes first; empty for the last-named domain of each task.
    """

    name: ClassVar[str] = "priorities"
    domain: str = ""

    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """Change every later task."""
        org.amend_tasks(self.amend)
        return f"{self.domain or 'what was named last'} comes first from now on"

    def amend(self, task: Task) -> Task:
        """The task with that domain first and mandatory; as it is where it has no such domain."""
        domain = self.domain or task.domains[-1]
        if domain not in task.domains:
            return task
        first = tuple(replace(r, mandatory=True) for r in task.rubric if r.domain == domain)
        rest = tuple(r for r in task.rubric if r.domain != domain)
        said = f"The client's priorities have changed: what concerns {domain} comes first."
        return Task(_said(task.brief, said), (*first, *rest))


@dataclass(frozen=True, kw_only=True)
class Regulation(Shock):
    """Every later task must also meet a new rule.

    Attributes:
        domain: The trade whose knowledge it takes.
        difficulty: 0 to 1.
    """

    name: ClassVar[str] = "regulation"
    domain: str = "audit"
    difficulty: float = 0.5

    def __post_init__(self) -> None:
        if not self.domain.strip():
            raise UsageError("shock=regulation: domain is empty; use e.g. regulation:domain=audit")
        if not 0 <= self.difficulty <= 1:
            raise UsageError(f"shock=regulation: difficulty={self.difficulty} is outside 0 to 1")

    def strike(self, org: Organization, rng: np.random.Generator) -> str:
        """Change every later task."""
        org.amend_tasks(self.amend)
        return f"a new regulation binds every task: {self.domain}"

    def amend(self, task: Task) -> Task:
        """The task with one requirement more."""
        taken = sum(r.id.startswith("regulation-") for r in task.rubric)
        rule = (
            "name for each measure who answers for it, and the evidence an auditor can check, "
            f"as a specialist in {self.domain} would"
        )
        added = Requirement(
            f"regulation-{taken + 1}",
            f"The answer must {rule}.",
            self.domain,
            self.difficulty,
            mandatory=True,
        )
        said = f"A new regulation applies to this request: the answer must {rule}."
        return Task(_said(task.brief, said), (*task.rubric, added))


SHOCKS: dict[str, type[Shock]] = {
    kind.name: kind
    for kind in (
        RemoveMembers, RemoveHub, Substitute, Newcomers, CutLinks, RewireLinks, NewMission,
        Priorities, Regulation,
    )
}  # fmt: skip
"""Every kind of shock by the name users type."""


def _said(brief: Brief, sentence: str) -> Brief:
    return replace(brief, text=f"{brief.text.rstrip()}\n\n{sentence}\n")


def _drawn(items: Sequence[int], k: int, rng: np.random.Generator) -> list[int]:
    return sorted(items[int(i)] for i in rng.permutation(len(items))[:k])


def _part(share: float, n: int) -> int:
    return max(1, round(share * n))


def _listed(members: Sequence[int]) -> str:
    return ", ".join(map(str, members))


def _share(name: str, share: float) -> None:
    if not 0 < share <= 1:
        raise UsageError(f"shock={name}: share={share} is outside 0 to 1; use e.g. share=0.25")


def _at_least_one(name: str, option: str, k: int) -> None:
    if k < 1:
        raise UsageError(f"shock={name}: {option}={k} is below 1; use 1 or more")
