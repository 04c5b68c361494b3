"""Spectral hierarchy: the team's own past says who goes first.

Every time a built on b's work, a gave b credit. The credit of the last `horizon` ticks, each
tick's worth `discount` of the next one's, is the contribution graph:

    C[b, a] = sum over ticks t of discount^age(t) · [a built on b in t]

A member counts for much when those who count for much built on it, so its rank is its entry in
the leading eigenvector of that graph. To make sure there is one, the graph is completed: with
c the most credit anyone gave, a member passes C[b, a] / c of its own weight on to b, and what is
left of it to all N alike; and of everything a constant share of 0.15 is passed on to all alike
(teleportation). The matrix is then positive and its columns sum to 1, so by Perron and Frobenius
it has one leading eigenvector, positive, with eigenvalue 1; all other eigenvalues are at most
0.85, so power iteration over the edges finds it in a bounded number of steps. Members are ranked
by it, ties by id; with no credit given yet, by id.

They act in tiers by span of control: 1, span, span^2, ... members, each tier in parallel and in
view of the finished work of the tiers above that the network carries. N calls in about
log_span(N) rounds; with span = 1, N rounds in order of rank.

The rule of ranking and the span are exogenous, the ranking itself is endogenous: nobody appoints
anybody. It feeds on itself, since who is above is seen by more and so is built on more (cumulative
advantage); who is above and delivers nothing loses its place as credit fades. Skills grow with
practice here unless the user says otherwise. This is our reading of the paper's spectral
hierarchy, of which only a sentence is published: skills evolve, subtasks go to the competent,
hierarchy is read off the spectrum of the contribution graph. Here nobody is sent a subtask; who
is competent is heard first.

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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.decision import Act
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
    """

    name = "spectral-hierarchy"
    grows = True

    def __init__(self, *, span: int = 2, horizon: int = 8, discount: float = 0.8) -> None:
        if type(span) is not int or span < 1:
            raise UsageError(f"span={span!r} is not a whole number of 1 or more; use e.g. 2")
        if type(horizon) is not int or horizon < 0:
            raise UsageError(f"horizon={horizon!r} is not a whole number of 0 or more; use e.g. 8")
        if not 0 < discount <= 1:
            raise UsageError(f"discount={discount!r} is outside 0 to 1; use e.g. discount=0.8")
        self.span = span
        self.horizon = horizon
        self.discount = discount

    def rounds(self, team: Team) -> Rounds:
        """One round per tier, highest rank first."""
        past = team.past[max(0, len(team.past) - self.horizon) :]
        order = ranking(team.members, credit(past, self.discount))
        for tier in tiers(order, self.span):
            yield Round(Act.CONTRIBUTE, tier, sees=team.log.so_far())

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members


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


def ranking(members: Sequence[int], given: Credit) -> tuple[int, ...]:
    """The members by falling score in the leading eigenvector, ties by id.

    Args:
        members: Who is ranked.
        given: The contribution graph.
    """
    values = scores(members, given)
    return tuple(sorted(members, key=lambda m: (-values[m], m)))


def scores(members: Sequence[int], given: Credit) -> dict[int, float]:
    """The leading eigenvector of the completed contribution graph, scaled to a mean of 1.

    Power iteration in O(pairs with credit) a step.

    Args:
        members: Who is ranked; credit from or to anyone else does not count.
        given: The contribution graph.
    """
    n = len(members)
    place = {member: i for i, member in enumerate(members)}
    edges = [(place[a], place[b], w) for (a, b), w in given.items() if a in place and b in place]
    if not edges:
        return dict.fromkeys(members, 1.0)
    givers, takers, amounts = map(np.array, zip(*edges, strict=True))
    spent = np.bincount(givers, amounts, n)
    amounts = amounts / spent.max()
    left = 1.0 - spent / spent.max()  # of what each has, what it passes on to all alike
    steps = math.ceil(math.log(PRECISION) / math.log(1.0 - TELEPORTATION))
    vector: NDArray[np.floating[Any]] = np.ones(n)
    for _ in range(steps):
        carried = np.bincount(takers, amounts * vector[givers], n) + float(left @ vector) / n
        step = (1.0 - TELEPORTATION) * carried + TELEPORTATION
        moved = float(np.abs(step - vector).max())
        vector = step
        if moved < PRECISION:
            break
    return {member: round(float(vector[i]), DIGITS) for member, i in place.items()}


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
