"""AgentsNet: problems about the network itself, of which each member knows its own links only.

With enough rounds everybody can learn the whole network and apply one rule to it; with fewer,
members must make do with what is near. So these tasks measure what a topology costs.

References:
    AgentsNet, arXiv:2507.08616. The published unit is the share of instances with score 1.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import networkx as nx

from ..errors import UnknownNameError, UsageError
from ..ground_truth.family import Layout, ScoredTask, TaskFamily
from ..ground_truth.scoring import Answers, Bounds, Score
from ..ground_truth.values import Fact, Known, Private, Value
from .agentsnet_chance import floor_of
from .agentsnet_problems import PROBLEMS, Problem, colours

LARGE = 64
"""Above this size own part and ceiling are those of the first network met, since measuring takes
long."""
MOST_PLAYED = 16
"""Teams above this size had twice the diameter and one round in the original."""


class AgentsNet(TaskFamily):
    """A problem of distributed computing on the team's own network.

    Args:
        problem: `consensus`, `leader`, `matching`, `coloring` or `vertex-cover`.
        scoring: `strict`, or `compat` with the original's scorers.
    """

    name = "agentsnet"
    fewest = 2

    def __init__(self, *, problem: str = "consensus", scoring: str = "strict") -> None:
        super().__init__(scoring=scoring)
        if problem not in PROBLEMS:
            raise UnknownNameError(f"tasks={self.name}: problem", problem, PROBLEMS)
        self.problem = problem

    @property
    def _problem(self) -> Problem:
        return PROBLEMS[self.problem]

    def lay_out(self, draw: random.Random, graph: nx.Graph[int]) -> Layout:
        """Everybody's own links, and a bit where the problem has inputs.

        Args:
            draw: All chance comes from it.
            graph: Connected both ways.

        Raises:
            UsageError: The network is directed or not connected.
        """
        if graph.is_directed():
            raise UsageError(
                f"tasks={self.label} needs links that carry both ways; use an undirected topology"
            )
        if not nx.is_connected(graph):
            raise UsageError(
                f"tasks={self.label} needs a connected network; use another topology or seed"
            )
        members = sorted(graph)
        bits = self._bits(draw, members) if self._problem.bits else {}
        told = f" The colours are 1 to {colours(graph)}." if self.problem == "coloring" else ""
        private = {m: _part(m, tuple(sorted(graph[m])), bits) for m in members}
        return Layout(
            f"{self.problem} among {len(members)} members",
            f"{len(members)} members are linked by a network, of which each knows its own links. "
            f"{self._problem.asks}{told}",
            private,
            {m: self._problem.form(graph, m) for m in members},
            len(members),
            bits,
        )

    def _bits(self, draw: random.Random, members: list[int]) -> dict[int, int]:
        """Inputs of which one value is held by a bare majority, so that no part can be left out."""
        ones = len(members) // 2 + draw.randint(0, 1)
        chosen = set(draw.sample(members, min(ones, len(members))))
        return {m: int(m in chosen) for m in members}

    def infer(self, task: ScoredTask, member: int, known: Known) -> tuple[Value | None, bool]:
        """What the common rule gives on the part of the network that is known.

        Args:
            task: Of this family.
            member: Who answers.
            known: Links and bits.
        """
        found = _understood(self.problem, frozenset(known.items()))
        if (
            member not in found.answers
        ):  # nobody it knows of is linked to it, nor is it told its own
            found = _understood(self.problem, frozenset({**known, (member, "links"): ()}.items()))
        sure = len(found.told) == task.public and set(found.answers) == found.told
        return task.layout.forms[member].read(found.answers[member]), sure and found.complete

    def score(self, task: ScoredTask, answers: Answers) -> Score:
        """By the problem's scorer.

        Args:
            task: Of this family.
            answers: By member; what breaks its form is, strictly, no answer.
        """
        strict = self.scoring == "strict"
        given: dict[int, Value | None] = {}
        for m in task.members:
            answer = answers.get(m)
            read = None if answer is None else task.layout.forms[m].read(answer)
            keep = read is None and not strict and self.problem == "matching"
            given[m] = str(answer) if keep and answer is not None else read  # wrong in the original
        scorer = self._problem.strict if strict else self._problem.compat
        return scorer(task.graph, given, task.truth)

    def matters(self, graph: nx.Graph[int]) -> object:
        """The links: what is right depends on them.

        Args:
            graph: The network.
        """
        return len(graph), frozenset(graph.edges) if len(graph) <= LARGE else None

    def chance(self, tasks: list[ScoredTask]) -> float:
        """The best of random answers, of any one answer given by all, and of a leader by lot.

        Args:
            tasks: On one network.
        """
        return self._floor(tasks[0].graph)

    def bounds(self, graph: nx.Graph[int]) -> Bounds:
        """Floor, own part and ceiling on a network; above `LARGE`, only the floor is its own.

        Args:
            graph: Of the team.
        """
        found = super().bounds(graph)
        if len(graph) <= LARGE:
            return found
        floor = self._floor(graph)
        return Bounds(floor, max(floor, found.own), max(floor, found.ceiling))

    def _floor(self, graph: nx.Graph[int]) -> float:
        return floor_of(self.problem, graph, strict=self.scoring == "strict")


def published_rounds(problem: str, graph: nx.Graph[int]) -> int:
    """Rounds of talk that the original gave a team.

    Args:
        problem: One of `PROBLEMS`.
        graph: Connected.
    """
    n = len(graph)
    if problem in ("consensus", "leader") or n > MOST_PLAYED:
        return 2 * int(nx.diameter(graph)) + 1
    return 4 if n <= 4 else 5 if n <= 8 else 6


class _Understood(NamedTuple):
    """What follows from some facts for everybody who holds just these.

    Attributes:
        answers: By the common rule, for each member that is known of.
        told: Whose links are known.
        complete: Whether their bits are known too, where the problem has any.
    """

    answers: Mapping[int, Value]
    told: frozenset[int]
    complete: bool


@lru_cache(maxsize=1024)
def _understood(name: str, known: frozenset[tuple[tuple[int, str], Value]]) -> _Understood:
    """Solve the part of the network that is known; teams hold the same facts again and again."""
    problem = PROBLEMS[name]
    held: nx.Graph[int] = nx.Graph()
    bits: dict[int, int] = {}
    told = set()
    for (owner, fact), value in known:
        if fact == "links" and isinstance(value, tuple):
            told.add(owner)
            held.add_node(owner)
            held.add_edges_from((owner, other) for other in value if type(other) is int)
        elif fact == "bit" and value in (0, 1):
            assert isinstance(value, int)
            bits[owner] = int(value)
    complete = not problem.bits or set(bits) == told
    return _Understood(problem.solve(held, bits), frozenset(told), complete)


def _part(member: int, near: tuple[int, ...], bits: dict[int, int]) -> Private:
    text = f"You are member {member}, linked to the members {', '.join(map(str, near))}."
    facts = [Fact(member, "links", near, ("linked", str(member), *map(str, near)))]
    if member in bits:
        text += f" You were given the bit {bits[member]}."
        facts.append(Fact(member, "bit", bits[member], ("bit", str(member), str(bits[member]))))
    return Private(text, tuple(facts))
