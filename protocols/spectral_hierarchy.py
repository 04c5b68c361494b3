"""Spectral hierarchy: the team's own past says who leads, and who does what first.

Every time a built on b's work, a gave b credit. The credit of the last `horizon` ticks, each
tick's worth `discount` of the next one's, is the contribution graph:

    C[b, a] = sum over ticks t of discount^age(t) · [a built on b in t] · w(b)

with w(b) in proportion to 1 / (readers of b + readers of the average member): who is read by many
is built on by many, whatever its work is worth.

A member counts for much when those who count for much built on it, so its rank is its entry in
the leading eigenvector of that graph. To make sure there is one, the graph is completed: with
c the most credit anyone gave, a member passes C[b, a] / c of its own weight on to b, and what is
left of it to all N, b's share in proportion to w(b): whoever is hardly read is tried for once. Of
everything a constant share of 0.15 is passed on in the same way (teleportation). The matrix is then
positive and its columns sum to 1, so by Perron and Frobenius it has one leading eigenvector,
positive, with eigenvalue 1; all other eigenvalues are at most 0.85, so power iteration over the
edges finds it in a bounded number of steps. Members are ranked by it, ties by id; with no credit
given yet, by id.

Whoever ranks first heads the tick: it divides the task, and its k-th subtask, in its own order of
phases, goes to the k-th in rank of those it can reach: subtasks go to the competent. All then act
in tiers by span of control: 1, span, span^2, ... members, each tier in parallel and in view of the
finished work of the tiers above that the network carries; those for whom there is no subtask choose
freely. N + 1 calls in about 1 + log_span(N) rounds; with span = 1, 1 + N rounds in order of rank.

(Before, ranks decided the order alone, which changes nothing where all are alike and little where
they are not.) Ranks can't matter in a team of equals, whichever of them is first; the work of the
tiers does. In a mixed team the head is the one mind whose oversights everybody shares, and what the
past can tell of it depends on how much is built: where members build on few, as flat hierarchies
mean, the spectrum has little to read. Ablations: `ranks=lot` draws the order anew for every task,
and a mixed team that builds on its work loses what its past told it; with `carry=none` neither plan
nor work comes down, and the team is Silent.

The rule of ranking and the span are exogenous, the ranking itself is endogenous: nobody appoints
anybody. Without w it would feed on itself, since who is above is read by more and so is built on
more (cumulative advantage); who is above and delivers nothing loses its place as credit fades.
Skills grow with practice here unless the user says otherwise. This is our reading of the paper's
spectral hierarchy, of which only a sentence is published: skills evolve, subtasks go to the
competent, hierarchy is read off the spectrum of the contribution graph.

References:
    V. Dochkina, arXiv:2603.28990.
    O. Perron, "Zur Theorie der Matrices", 1907; G. Frobenius, "Über Matrizen aus nicht negativen
    Elementen", 1912.
    R. K. Merton, "The Matthew effect in science", 1968.
    P. Bonacich, "Power and centrality: a family of measures", 1987.
    S. Brin and L. Page, "The anatomy of a large-scale hypertextual Web search engine", 1998.
    T. H. Haveliwala and S. D. Kamvar, "The second eigenvalue of the Google matrix", 2003.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from ..model.decision import Act, Assignment, Contribution, Failure, Plan, Reply
from ..model.errors import UsageError
from ..model.protocol import Protocol, Round, Rounds, Team
from ..model.record import TickRecord

TELEPORTATION = 0.15
PRECISION = 1e-12
DIGITS = 9  # of a score whose mean is 1; closer ones are ties, whatever order they were summed in

Credit = Mapping[tuple[int, int], float]
"""How much credit the first member of a pair gave the second."""


class SpectralHierarchy(Protocol):
    """Tiers in order of the leading eigenvector of who built on whom.

    Args:
        span: How many times larger each tier is than the one above, 1 or more.
        horizon: How many past ticks count, 0 or more; 0 keeps the order of ids.
        discount: What credit is worth after one more tick, above 0 and up to 1.
        ranks: `spectrum`, or `lot` for an ablation.
        carry: What comes down from above: `work`, with the plan, or `none` for an ablation.
    """

    name = "spectral-hierarchy"
    grows = True

    def __init__(
        self,
        *,
        span: int = 2,
        horizon: int = 16,
        discount: float = 0.9,
        ranks: str = "spectrum",
        carry: str = "work",
    ) -> None:
        if type(span) is not int or span < 1:
            raise UsageError(f"span={span!r} is not a whole number of 1 or more; use e.g. 2")
        if type(horizon) is not int or horizon < 0:
            raise UsageError(f"horizon={horizon!r} is not a whole number of 0 or more; use e.g. 16")
        if not 0 < discount <= 1:
            raise UsageError(f"discount={discount!r} is outside 0 to 1; use e.g. discount=0.9")
        if ranks not in ("spectrum", "lot"):
            raise UsageError(f"ranks={ranks!r} is not known; use spectrum or lot")
        if carry not in ("work", "none"):
            raise UsageError(f"carry={carry!r} is not known; use work or none")
        self.span = span
        self.horizon = horizon
        self.discount = discount
        self.ranks = ranks
        self.carry = carry

    def rounds(self, team: Team) -> Rounds:
        """The head's plan, then one round per tier, highest rank first."""
        order = self._order(team)
        comes_down = self.carry == "work"
        subtasks: dict[int, Assignment] = {}
        if comes_down:
            replies = yield Round(Act.PLAN, order[:1])
            subtasks = dealt(
                replies[order[0]], [m for m in order if reaches(team.graph, order[0], m)]
            )
        planned = len(team.log)
        for tier in tiers(order, self.span):
            given = {m: subtasks[m] for m in tier if m in subtasks}
            above = team.log.since(planned) if comes_down else None
            yield Round(Act.CONTRIBUTE, tier, sees=above, assignments=given)

    def _order(self, team: Team) -> tuple[int, ...]:
        """The members, highest rank first."""
        if self.ranks == "lot":
            lots = team.rng.permutation(len(team.members)).tolist()
            return tuple(team.members[i] for i in lots)
        past = team.past[max(0, len(team.past) - self.horizon) :]
        given, readers = credit(past, self.discount), audience(past, self.discount)
        return ranking(team.members, given, readers)

    def max_calls(self, n_members: int) -> int:
        """One call a member, and the plan."""
        return n_members + 1


def reaches(graph: nx.Graph[int], head: int, member: int) -> bool:
    """Whether the head is heard by a member; it hears itself.

    Args:
        graph: Of the team.
        head: Who speaks.
        member: Who may hear it.
    """
    return member == head or graph.has_edge(head, member)


def dealt(plan: Reply | Failure, order: Sequence[int]) -> dict[int, Assignment]:
    """A plan's subtasks by member: the first in its phases to the highest in rank.

    Args:
        plan: What the head answered; no plan leaves everyone free.
        order: Members that can be told, highest rank first.
    """
    if not isinstance(plan, Plan):
        return {}
    parts = sorted(plan.assignments, key=lambda part: part.phase)
    return {m: replace(part, member=m) for m, part in zip(order, parts, strict=False)}


def credit(past: Iterable[TickRecord], discount: float) -> dict[tuple[int, int], float]:
    """The contribution graph: for each (a, b), how much a built on b, older ticks discounted.

    Args:
        past: Oldest first; the last one counts in full.
        discount: What each tick is worth of the one after it.
    """
    given: dict[tuple[int, int], float] = {}
    weight = 1.0
    for record in reversed(tuple(past)):
        for member in record.members:
            for author in member.builds_on:
                edge = member.member, author
                given[edge] = given.get(edge, 0.0) + weight
        weight *= discount
    return given


def audience(past: Iterable[TickRecord], discount: float) -> dict[int, float]:
    """How often anyone read a work of each author, older ticks discounted.

    Args:
        past: Oldest first; the last one counts in full.
        discount: What each tick is worth of the one after it.
    """
    readers: dict[int, float] = {}
    weight = 1.0
    for record in reversed(tuple(past)):
        change = [0] * (len(record.log) + 1)  # of how many read a message, from each id on
        for member in record.members:
            for turn in member.turns:
                for start, stop in turn.seen:
                    change[start] += 1
                    change[stop] -= 1
        for message, read in zip(record.log, accumulate(change), strict=False):
            if read and isinstance(message.content, Contribution):
                readers[message.author] = readers.get(message.author, 0.0) + weight * read
        weight *= discount
    return readers


def ranking(
    members: Sequence[int], given: Credit, readers: Mapping[int, float] | None = None
) -> tuple[int, ...]:
    """The members by falling score in the leading eigenvector, ties by id.

    Args:
        members: Who is ranked.
        given: The contribution graph.
        readers: How often each was read; None where all are taken to be read alike.
    """
    values = scores(members, given, readers)
    return tuple(sorted(members, key=lambda m: (-values[m], m)))


def scores(
    members: Sequence[int], given: Credit, readers: Mapping[int, float] | None = None
) -> dict[int, float]:
    """The leading eigenvector of the completed contribution graph, scaled to a mean of 1.

    Power iteration in O(pairs with credit) a step.

    Args:
        members: Who is ranked; credit from or to anyone else does not count.
        given: The contribution graph.
        readers: How often each was read; None where all are taken to be read alike.
    """
    n = len(members)
    place = {member: i for i, member in enumerate(members)}
    edges = [(place[a], place[b], w) for (a, b), w in given.items() if a in place and b in place]
    if not edges:
        return dict.fromkeys(members, 1.0)
    advance = _advance([0.0 if readers is None else readers.get(m, 0.0) for m in members])
    givers, takers, amounts = map(np.array, zip(*edges, strict=True))
    amounts = amounts * advance[takers]
    spent = np.bincount(givers, amounts, n)
    amounts = amounts / spent.max()
    left = 1.0 - spent / spent.max()  # of what each has, what it passes on to all
    steps = math.ceil(math.log(PRECISION) / math.log(1.0 - TELEPORTATION))
    vector: NDArray[np.floating[Any]] = np.ones(n)
    for _ in range(steps):
        passed = np.bincount(takers, amounts * vector[givers], n)
        carried = passed + float(left @ vector) * advance / n
        step = (1.0 - TELEPORTATION) * carried + TELEPORTATION * advance
        moved = float(np.abs(step - vector).max())
        vector = step
        if moved < PRECISION:
            break
    return {member: round(float(vector[i]), DIGITS) for member, i in place.items()}


def _advance(readers: Sequence[float]) -> NDArray[np.floating[Any]]:
    """What each reader is worth to an author, on average 1: less, the more it has.

    As if everyone had been read once more than it was, by as many as read the average member and
    with the average outcome; so nobody stays below for never having been read.
    """
    usual = math.fsum(readers) / len(readers)
    worth = np.array([1.0 if not usual else usual / (x + usual) for x in readers])
    scaled: NDArray[np.floating[Any]] = worth * (len(readers) / worth.sum())
    return scaled


def tiers(order: Sequence[int], span: int) -> list[tuple[int, ...]]:
    """The order cut into tiers of 1, span, span^2, ... members; the last takes the rest.

    Args:
        order: Members, highest rank first.
        span: 1 or more.
    """
    cut: list[tuple[int, ...]] = []
    start, size = 0, 1
    while start < len(order):
        cut.append(tuple(order[start : start + size]))
        start += size
        size *= span
    return cut
