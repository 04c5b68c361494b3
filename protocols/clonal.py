"""Clonal: works are antibodies; the best are cloned and varied, the worst give way to newcomers.

The immune system keeps many different antibodies, multiplies those that bind the antigen, mutates
the copies the more the worse they bind, and throws fresh ones in. Here an antibody is a finished
contribution and its affinity what its author thinks of it: its own confidence, 0.5 where it gives
none. There is no oracle, so the protocol is worth as much as the team's self-reflection.

Everyone works once, in 1 + `generations` rounds, N calls:

1. The naive repertoire, a share `naive` of the team, works blind.
2. In each generation a share of `newcomers` works blind too (receptor editing). The others are
   clones: of the `select` best works in the pool that its links carry, each is dealt one parent,
   rank r of k having weight k - r. It inherits the parent's role and what the parent worked on,
   sees the parent's work alone, and varies it: affinity maturation. With probability
   exp(-rho * affinity of the parent) it is a hypermutant instead: it inherits nothing, sees the
   whole pool that its links carry, and binds whatever of the task that leaves unmet.
3. The newcomers replace the pool's worst, the clones compete with the rest for its places, and
   the best affinity never falls. The pool keeps the size of the repertoire.

(Before, clones saw their parents and chose freely, which nobody used to work on a parent's piece:
there was neither inheritance nor variation.) Maturation makes what is there better, hypermutation
finds what is missing; a repertoire that is small against the antigen needs the second more, hence
a `rho` of 1, with which a clone of a sure parent departs in four cases of ten. Ablations:
`inherit=none`, where clones see and inherit nothing, is Silent; with `mutation=none` every clone
varies its parent's piece, and what the repertoire missed stays missing.

Memory cells: the `memory` members whose work had the highest affinity on the last task belong to
the repertoire first; chance fills it up. What leaves the pool guides nobody any more; it has been
delivered all the same. A clone that hears nothing of the pool works blind.

Exogenous: who acts when, who reads whom. Endogenous: roles, work, affinities, declining.

References:
    F. M. Burnet, The Clonal Selection Theory of Acquired Immunity, Cambridge, 1959.
    L. N. de Castro, F. J. Von Zuben, Learning and optimization using the clonal selection
    principle, IEEE Trans. Evol. Comput. 6(3):239-251, 2002 (CLONALG; mutation rate exp(-rho f)).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp, floor, inf
from typing import NamedTuple

import networkx as nx

from ..model.decision import Act, Assignment, Contribution
from ..model.errors import UsageError
from ..model.protocol import Protocol, Replies, Round, Rounds, Team
from ..model.record import TickRecord

UNSTATED = 0.5  # affinity of work whose author says nothing of its confidence


class Antibody(NamedTuple):
    """A finished work: its message in the log, its author, and how well it binds, 0 to 1."""

    message: int
    author: int
    affinity: float


class Clonal(Protocol):
    """Generations of clones of the works their authors trust most.

    Args:
        naive: Share of the team in the naive repertoire, above 0 and up to 1.
        generations: Rounds after the first, at least 1.
        select: How many works are cloned, at least 1.
        rho: How fast affinity quiets mutation; 0 or more.
        newcomers: Share of each generation that sees nothing, 0 to 1.
        memory: How many members of the last task's best work open this one; 0 or more.
        inherit: What clones get: `parent`, or `none` for an ablation.
        mutation: `hyper`, or `none` for an ablation.
    """

    name = "clonal"

    def __init__(
        self,
        *,
        naive: float = 0.25,
        generations: int = 4,
        select: int = 3,
        rho: float = 1.0,
        newcomers: float = 0.1,
        memory: int = 2,
        inherit: str = "parent",
        mutation: str = "hyper",
    ) -> None:
        if not 0 < naive <= 1:
            raise UsageError(f"naive={naive} is not above 0 and up to 1; use e.g. naive=0.25")
        for key, count, low in (
            ("generations", generations, 1),
            ("select", select, 1),
            ("memory", memory, 0),
        ):
            if type(count) is not int or count < low:
                raise UsageError(f"{key}={count} is no whole number of {low} or more; use {low}")
        if not 0 <= rho < inf:
            raise UsageError(f"rho={rho} is not finite and 0 or more; use e.g. rho=1")
        if not 0 <= newcomers <= 1:
            raise UsageError(f"newcomers={newcomers} is outside 0 to 1; use e.g. newcomers=0.1")
        if inherit not in ("parent", "none"):
            raise UsageError(f"inherit={inherit!r} is not known; use parent or none")
        if mutation not in ("hyper", "none"):
            raise UsageError(f"mutation={mutation!r} is not known; use hyper or none")
        self.naive = naive
        self.generations = generations
        self.select = select
        self.rho = rho
        self.newcomers = newcomers
        self.memory = memory
        self.inherit = inherit
        self.mutation = mutation

    def rounds(self, team: Team) -> Rounds:
        """The naive repertoire, then its generations."""
        drawn = dict(zip(team.members, team.rng.random(len(team.members)).tolist(), strict=True))
        naive, rest = self._repertoire(team)
        replies = yield Round(Act.CONTRIBUTE, tuple(sorted(naive)))
        pool = ranked(born(team, naive, replies))
        for g in range(self.generations):
            generation = rest[g :: self.generations]
            if not generation:
                return
            cut = nearest(self.newcomers * len(generation))
            fresh, clones = generation[:cut], generation[cut:]
            heard = self._heard(team.graph, clones, pool)
            sees, inherited = {}, {}
            for clone, parent in deal({c: w[: self.select] for c, w in heard.items()}).items():
                read: Sequence[Antibody] = heard[clone]
                if self.mutation == "none" or drawn[clone] >= exp(-self.rho * parent.affinity):
                    read = (parent,)
                    inherited[clone] = _inherited(team, clone, parent)
                sees[clone] = team.log.only(work.message for work in read)
            replies = yield Round(
                Act.CONTRIBUTE, tuple(sorted(generation)), sees=sees, assignments=inherited
            )
            pool = survivors(
                pool, born(team, clones, replies), born(team, fresh, replies), len(naive)
            )

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members

    def _repertoire(self, team: Team) -> tuple[list[int], list[int]]:
        """The naive repertoire, memory cells first, and all others by lot."""
        order = [team.members[i] for i in team.rng.permutation(len(team.members)).tolist()]
        if team.past and self.memory:
            cells = memory_cells(team.past[-1], team.members, self.memory)
            order = cells + [member for member in order if member not in cells]
        cut = max(1, nearest(self.naive * len(order)))
        return order[:cut], order[cut:]

    def _heard(
        self, graph: nx.Graph[int], clones: Iterable[int], pool: Sequence[Antibody]
    ) -> dict[int, tuple[Antibody, ...]]:
        """What each clone hears of the pool, best first."""
        if self.inherit == "none":
            return dict.fromkeys(clones, ())
        by_author = {work.author: work for work in pool}
        links = graph.pred if isinstance(graph, nx.DiGraph) else graph.adj
        found = {}
        for clone in clones:
            near = links[clone]
            if len(near) < len(pool):  # look through the fewer
                found[clone] = tuple(ranked(by_author[a] for a in near if a in by_author))
            else:
                found[clone] = tuple(w for w in pool if w.author in near)
        return found


def _inherited(team: Team, clone: int, parent: Antibody) -> Assignment:
    """The parent's role, and what it worked on where its work says so."""
    work = team.log[parent.message].content
    assert isinstance(work, Contribution)
    focus = tuple(dict.fromkeys(item.requirement for item in work.items))
    return Assignment(clone, work.role, focus)


def affinity(work: Contribution) -> float:
    """The author's confidence in its work, 0 to 1; 0.5 where it states none.

    Args:
        work: Finished.
    """
    return UNSTATED if work.confidence is None else float(work.confidence)


def ranked(works: Iterable[Antibody]) -> list[Antibody]:
    """Highest affinity first; of equals the older.

    Args:
        works: Oldest first.
    """
    return sorted(works, key=lambda work: (-work.affinity, work.message))


def born(team: Team, members: Iterable[int], replies: Replies) -> list[Antibody]:
    """What these members just delivered.

    Args:
        team: With the log of this tick.
        members: Who acted in the last round.
        replies: Of that round.
    """
    found = []
    for member in members:
        reply = replies[member]
        if isinstance(reply, Contribution):
            found.append(Antibody(team.log.ids_by(member)[-1], member, affinity(reply)))
    return found


def deal(parents: Mapping[int, Sequence[Antibody]]) -> dict[int, Antibody]:
    """A parent for each clone, from those it may have, best first; no parent where it has none.

    The first of k weighs k, the last 1. Each clone in turn goes to the parent that has the fewest
    clones for its weight (d'Hondt's rule), so where all may have the same parents their numbers
    of clones are in proportion to the weights, and no worse parent has more than a better.

    Args:
        parents: By clone, best first; none where it hears nothing of the pool.
    """
    dealt: dict[int, int] = {}
    chosen = {}
    for clone, choices in parents.items():
        k = len(choices)
        if not k:
            continue
        costs = [(dealt.get(work.author, 0) + 1) / (k - r) for r, work in enumerate(choices)]
        parent = choices[costs.index(min(costs))]
        dealt[parent.author] = dealt.get(parent.author, 0) + 1
        chosen[clone] = parent
    return chosen


def survivors(
    pool: Sequence[Antibody],
    clones: Sequence[Antibody],
    fresh: Sequence[Antibody],
    size: int,
) -> list[Antibody]:
    """The next pool, best first: newcomers in the place of the worst, the best always kept.

    Args:
        pool: The old one.
        clones: What competes with it.
        fresh: What enters without competing, as far as one place is left to the others.
        size: The most works the pool holds, at least 1.
    """
    kept = ranked([*pool, *clones])[: max(1, size - len(fresh))]
    return ranked([*kept, *fresh])[:size]


def memory_cells(record: TickRecord, members: Iterable[int], n: int) -> list[int]:
    """The n members still there whose best work had the highest affinity on an earlier task.

    Args:
        record: Of the earlier tick.
        members: Those of today's team.
        n: How many, 0 or more.
    """
    present = set(members)
    trusted = [
        (-max(map(affinity, m.contributions)), m.member)
        for m in record.members
        if m.contributions and m.member in present
    ]
    return [member for _, member in sorted(trusted)[:n]]


def nearest(x: float) -> int:
    """The nearest whole number, halves up.

    Args:
        x: 0 or more.
    """
    return floor(x + 0.5)
