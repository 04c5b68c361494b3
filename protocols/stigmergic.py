"""Stigmergic: nobody speaks to anybody; the work leaves traces, and the traces guide.

Termites build arches without a plan or a word: each drops its pellet where the scent of earlier
pellets is, so that the building itself tells the builders what to do next (Grassé's stigmergy).
Here the scent is a board of marks, each with a topic, a strength and no author:

    reinforcement    s <- s + (1 - s) · d           a deposit d in [0, 1]; s saturates at 1
    evaporation      s <- (1 - evaporation) · s     before every round

Members act in groups in order of ids, as in batched-sequential. A contribution deposits its
confidence (1 where it states none): on each requirement that its items address, or, where it has
no items, on its role, with its text. A member is shown the marks and no message. Where much was
done the trace is strong, where it is weak there is room; what to make of it is the member's own
affair.

A mark is the sum of what is left of its deposits: a new one, d, covers the share d of those under
it, and all evaporate alike. A deposit of which less than 0.01 is left is gone, so with evaporation
above 0 a mark that nobody reinforces lasts `lifetime(evaporation)` rounds at most. A mark carries
the text of its strongest deposit, the newest among equals. A member reads the board that its
neighbours' deposits make up, so the network narrows traces as it narrows words.

A mark has no author, so nobody can be credited and hierarchy depth is 1 by construction, whoever
learned from whom. Order, groups and evaporation are exogenous; roles, abstention and where to
work are endogenous. ceil(N / group) rounds, N calls. With evaporation = 1 nothing lasts until it
is read, and everybody decides as in Silent.

References:
    P.-P. Grassé, "La reconstruction du nid et les coordinations interindividuelles chez
    Bellicositermes natalensis et Cubitermes sp.", 1959.
    M. Dorigo, V. Maniezzo and A. Colorni, "Ant system: optimization by a colony of cooperating
    agents", 1996.
    G. Theraulaz and E. Bonabeau, "A brief history of stigmergy", 1999.
    F. Heylighen, "Stigmergy as a universal coordination mechanism", 2016.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

import networkx as nx

from ..model.decision import Act, Contribution
from ..model.errors import UsageError
from ..model.messages import Mark, Message
from ..model.protocol import Marks, Protocol, Round, Rounds, Team

FADED = 0.01  # a deposit of which less is left can't be made out


class Stigmergic(Protocol):
    """Groups one after another, each shown nothing but the marks on the board.

    Args:
        group: Members that act at once, 1 or more; the last group may be smaller.
        evaporation: Share of every mark that is lost per round, 0 to 1.
    """

    name = "stigmergic"

    def __init__(self, *, group: int = 1, evaporation: float = 0.05) -> None:
        if type(group) is not int or group < 1:
            raise UsageError(f"group={group!r} is not a whole number of 1 or more; use e.g. 1")
        if not 0 <= evaporation <= 1:
            raise UsageError(f"evaporation={evaporation!r} is outside 0 to 1; use e.g. 0.05")
        self.group = group
        self.evaporation = evaporation

    def rounds(self, team: Team) -> Rounds:
        """One round per group, in order of ids."""
        graph = team.graph
        heard = graph.pred if isinstance(graph, nx.DiGraph) else graph.adj
        traces = Traces(self.evaporation)
        read = 0
        for start in range(0, len(team.members), self.group):
            actors = team.members[start : start + self.group]
            traces.evaporate()
            marks: dict[int, Marks] = {}
            for actor in actors:
                near = heard[actor]
                board = traces.whole if len(near) == len(heard) - 1 else traces.left_by(near)
                if shown := board.marks():
                    marks[actor] = Marks(shown, team.log.only(board.sources()))
            yield Round(Act.CONTRIBUTE, actors, marks=marks)
            for message in team.log.since(read):
                traces.take_in(message)
            read = len(team.log)

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members


class Deposit(NamedTuple):
    """What is left of a message on one topic."""

    topic: str
    strength: float
    source: int
    work: str = ""

    def faded(self, left: float) -> Deposit:
        """With this share of its strength left.

        Args:
            left: 0 to 1.
        """
        return Deposit(self.topic, self.strength * left, self.source, self.work)


def deposits_of(contribution: Contribution, source: int) -> tuple[Deposit, ...]:
    """What a contribution leaves on a board: on its items' requirements, or on its role.

    Args:
        contribution: Finished work.
        source: The id of its message.
    """
    sure = 1.0 if contribution.confidence is None else float(contribution.confidence)
    named = [item.requirement for item in contribution.items if item.requirement]
    if named:
        return tuple(Deposit(requirement, sure, source) for requirement in named)
    return (Deposit(contribution.role, sure, source, contribution.work),)


def lifetime(evaporation: float) -> float:
    """The most rounds that a mark lasts without reinforcement; infinite without evaporation.

    Args:
        evaporation: Share lost per round, 0 to 1.
    """
    left = 1.0 - evaporation
    if left in (0.0, 1.0):
        return math.inf if left else 1.0
    return 1.0 + math.ceil(math.log(FADED) / math.log(left))


_strength = attrgetter("strength")


def _sum(deposits: list[Deposit]) -> float:
    return min(1.0, math.fsum(d.strength for d in deposits))


class Board:
    """Marks that reinforce and evaporate.

    Topics are brought up to date when they are touched, so that a round in which nothing happens
    to them costs nothing.

    Args:
        evaporation: Share lost per round, 0 to 1.
    """

    def __init__(self, evaporation: float) -> None:
        self._left = 1.0 - evaporation
        self._round = 0
        self._deposits: dict[str, tuple[int, list[Deposit]]] = {}  # as of a round, oldest first

    def evaporate(self, rounds: int = 1) -> None:
        """Let so many rounds pass.

        Args:
            rounds: How many, 0 or more.
        """
        self._round += rounds

    def deposit(self, new: Deposit) -> None:
        """Reinforce a topic: s <- s + (1 - s) · d.

        Args:
            new: On one topic, with a strength d of 0 to 1.
        """
        under = [old.faded(1.0 - new.strength) for old in self._on(new.topic)]
        self._deposits[new.topic] = self._round, [*under, new]

    def strength(self, topic: str) -> float:
        """0 where there is no mark, up to 1.

        Args:
            topic: Its name.
        """
        return _sum(self._on(topic))

    def marks(self) -> tuple[Mark, ...]:
        """What a reader finds: the strongest first, ties by topic."""
        found = []
        for topic in list(self._deposits):
            deposits = self._on(topic)
            strength = _sum(deposits)
            if strength >= FADED:
                top = max(reversed(deposits), key=_strength)
                found.append(Mark(topic, strength, top.work))
        return tuple(sorted(found, key=lambda mark: (-mark.strength, mark.topic)))

    def sources(self) -> set[int]:
        """The messages that the marks are made of."""
        return {d.source for topic in list(self._deposits) for d in self._on(topic)}

    def _on(self, topic: str) -> list[Deposit]:
        """What is left on a topic by now."""
        since, deposits = self._deposits.get(topic, (self._round, []))
        if since == self._round:
            return deposits
        left = self._left ** (self._round - since)
        deposits = [d.faded(left) for d in deposits if d.strength * left >= FADED]
        if deposits:
            self._deposits[topic] = self._round, deposits
        else:
            del self._deposits[topic]
        return deposits


class Traces:
    """All that a tick's work has left so far, and the board that a reader finds.

    Args:
        evaporation: Share lost per round, 0 to 1.

    Attributes:
        whole: The board as those find it who hear everybody; kept once for all of them.
    """

    def __init__(self, evaporation: float) -> None:
        self.whole = Board(evaporation)
        self._evaporation = evaporation
        self._lifetime = lifetime(evaporation)
        self._round = 0
        self._left: dict[int, tuple[int, tuple[Deposit, ...]]] = {}  # by author: when, and what

    def evaporate(self) -> None:
        """Let a round pass.

        Args:
            rounds: How many, 0 or more.
        """
        self._round += 1
        self.whole.evaporate()

    def take_in(self, message: Message) -> None:
        """Let a contribution leave its deposits; nothing else leaves any.

        Args:
            message: Of this tick.
        """
        if isinstance(message.content, Contribution):
            new = deposits_of(message.content, message.id)
            self._left[message.author] = self._round, new  # everybody works once
            for deposit in new:
                self.whole.deposit(deposit)

    def left_by(self, authors: Iterable[int]) -> Board:
        """The board that these authors' deposits make up, in O(authors).

        Args:
            authors: Members whose traces reach the reader.
        """
        works = [self._left[a] for a in authors if a in self._left]
        fresh = [w for w in works if self._round - w[0] < self._lifetime]
        board, now = Board(self._evaporation), 0
        for when, deposits in sorted(fresh, key=lambda work: work[1][0].source):
            board.evaporate(when - now)
            now = when
            for deposit in deposits:
                board.deposit(deposit)
        board.evaporate(self._round - now)
        return board
