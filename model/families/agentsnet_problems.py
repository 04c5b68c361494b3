"""Five problems of distributed computing on the team's own network, each with its scorer.

References:
    AgentsNet, arXiv:2507.08616, which takes them from distributed computing (LOCAL model). Texts
    and scorers here are our own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import networkx as nx

from ..ground_truth.forms import AnswerForm, Choice, Flag
from ..ground_truth.scoring import Score, mean
from ..ground_truth.values import Value

NONE = "none"
"""The option of a matching to stay alone."""

Scorer = Callable[["nx.Graph[int]", Mapping[int, Value | None], Mapping[int, int]], Score]
"""Takes the network, an answer or None for each member, and the members' input bits."""


@dataclass(frozen=True)
class Problem:
    """One problem.

    Attributes:
        asks: What everybody is told.
        form: The form of a member's answer on a network.
        solve: A right answer for each member, the same for whoever knows the whole network.
        strict: The scorer that is right.
        compat: The scorer of the original program.
        bits: Whether every member has an input bit.
    """

    asks: str
    form: Callable[[nx.Graph[int], int], AnswerForm]
    solve: Callable[[nx.Graph[int], Mapping[int, int]], Mapping[int, Value]]
    strict: Scorer
    compat: Scorer
    bits: bool = False


def colours(graph: nx.Graph[int]) -> int:
    """How many colours there are: the greatest degree and one.

    Args:
        graph: The network.
    """
    return 1 + max((d for _, d in graph.degree), default=0)


def majority(bits: Mapping[int, int]) -> int:
    """The bit that more members hold; 0 where as many hold either.

    Args:
        bits: By member.
    """
    return int(2 * sum(bits.values()) > len(bits))


# --- solutions, by the lowest number first -------------------------------------------------------


def _agreed(graph: nx.Graph[int], bits: Mapping[int, int]) -> Mapping[int, Value]:
    return dict.fromkeys(graph, majority(bits))


def _lowest(graph: nx.Graph[int], bits: Mapping[int, int]) -> Mapping[int, Value]:
    del bits
    return {m: m == min(graph) for m in graph}


def _matched(graph: nx.Graph[int], bits: Mapping[int, int]) -> Mapping[int, Value]:
    del bits
    found: dict[int, Value] = {}
    for a, b in sorted(tuple(sorted(edge)) for edge in graph.edges):
        if a not in found and b not in found:
            found[a], found[b] = b, a
    return {m: found.get(m, NONE) for m in graph}


def _coloured(graph: nx.Graph[int], bits: Mapping[int, int]) -> Mapping[int, Value]:
    del bits
    found: dict[int, Value] = {}
    for m in sorted(graph):
        taken = {found[other] for other in graph[m] if other in found}
        found[m] = next(c for c in range(1, len(graph) + 1) if c not in taken)
    return found


def _covered(graph: nx.Graph[int], bits: Mapping[int, int]) -> Mapping[int, Value]:
    """What is no member of an independent set to which nobody can be added."""
    del bits
    outside: set[int] = set()
    for m in sorted(graph):
        if not outside.intersection(graph[m]):
            outside.add(m)
    return {m: m not in outside for m in graph}


# --- scorers -------------------------------------------------------------------------------------


def _all_or_nothing(solved: bool, good: Mapping[int, bool], why: str) -> Score:
    return Score(float(solved), {m: float(good[m]) for m in sorted(good)}, why)


def score_consensus(
    graph: nx.Graph[int],
    answers: Mapping[int, Value | None],
    bits: Mapping[int, int],
    *,
    strict: bool = True,
) -> Score:
    """1 where all answered the same; strictly, the bit that most members were given.

    Args:
        graph: The network.
        answers: 0, 1 or None by member.
        bits: The members' inputs.
        strict: Whether the agreed bit has to be the majority's.
    """
    given = set(answers.values())
    wanted = majority(bits) if strict else next(iter(given))
    good = {m: answers[m] is not None and answers[m] == wanted for m in graph}
    return _all_or_nothing(all(good.values()), good, f"answers {sorted(map(str, given))}")


def score_leader(
    graph: nx.Graph[int], answers: Mapping[int, Value | None], bits: Mapping[int, int]
) -> Score:
    """1 where all answered and exactly one said yes.

    Args:
        graph: The network.
        answers: True, False or None by member.
        bits: Play no part.
    """
    del bits
    leaders = sum(a is True for a in answers.values())
    missing = sum(a is None for a in answers.values())
    solved = leaders == 1 and not missing
    good = {m: answers[m] is not None and (answers[m] is False or leaders == 1) for m in graph}
    return _all_or_nothing(solved, good, f"{leaders} leaders, {missing} without an answer")


def score_matching(
    graph: nx.Graph[int],
    answers: Mapping[int, Value | None],
    bits: Mapping[int, int],
    *,
    strict: bool = True,
) -> Score:
    """The share of members that did nothing wrong.

    Wrong is to name whom one is not linked to or who does not name one back, and to stay alone
    beside another who does. In the original no answer is wrong itself, yet keeps neighbours who
    stay alone from being wrong; strictly it is staying alone.

    Args:
        graph: The network.
        answers: A neighbour, "none" or None by member.
        bits: Play no part.
        strict: Whether no answer counts as staying alone.
    """
    del bits
    said = {m: NONE if strict and a is None else a for m, a in answers.items()}

    def bad(m: int) -> bool:
        mate = said[m]
        if mate == NONE:
            return any(said[other] == NONE for other in graph[m])
        return mate not in graph[m] or said.get(mate) != m  # type: ignore[arg-type]

    good = {m: not bad(m) for m in sorted(graph)}
    share = {m: float(g) for m, g in good.items()}
    return Score(
        mean(share), share, f"{sum(good.values())} of {len(good)} rightly matched or alone"
    )


def score_colouring(
    graph: nx.Graph[int],
    answers: Mapping[int, Value | None],
    bits: Mapping[int, int],
    *,
    strict: bool = True,
) -> Score:
    """Strictly 1 where no link joins one colour; in the original the share of links that don't.

    Args:
        graph: The network.
        answers: 1 to K or None by member.
        bits: Play no part.
        strict: Whether one clash is a failure.
    """
    del bits
    clashes = [(a, b) for a, b in graph.edges if answers[a] == answers[b]]
    clashing = {m for edge in clashes for m in edge}
    missing = {m for m, a in answers.items() if a is None}
    by_member = {m: float(m not in clashing and m not in missing) for m in sorted(graph)}
    share = 1 - len(clashes) / graph.number_of_edges()
    score = 0.0 if missing else float(not clashes) if strict else share
    return Score(score, by_member, f"{len(clashes)} clashes, {len(missing)} without an answer")


def score_cover(
    graph: nx.Graph[int],
    answers: Mapping[int, Value | None],
    bits: Mapping[int, int],
    *,
    strict: bool = True,
) -> Score:
    """Strictly 1 where all links are covered and nobody could be spared.

    In the original: coverage times the share of the cover that is critical, where everybody is
    while coverage is below 1, so that a partial cover beats a redundant full one. An empty cover
    ends the original with a division by zero; here it scores 0.

    Args:
        graph: The network.
        answers: True, False or None (as False) by member.
        bits: Play no part.
        strict: Whether only a minimal cover scores.
    """
    del bits
    cover = {m for m, a in answers.items() if a is True}
    bare = [(a, b) for a, b in graph.edges if a not in cover and b not in cover]
    coverage = 1 - len(bare) / graph.number_of_edges()
    spared = {m for m in cover if not bare and all(other in cover for other in graph[m])}
    exposed = {m for edge in bare for m in edge}
    by_member = {m: float(m not in spared and m not in exposed) for m in sorted(graph)}
    why = f"{len(cover)} in the cover, {len(spared)} too many, {len(bare)} links bare"
    if not cover:
        return Score(0.0, by_member, why)
    if strict:
        return Score(float(not bare and not spared), by_member, why)
    return Score(coverage * (1 - len(spared) / len(cover)), by_member, why)


def _loose(scorer: Callable[..., Score]) -> Scorer:
    return lambda graph, answers, bits: scorer(graph, answers, bits, strict=False)


def _mates(graph: nx.Graph[int], member: int) -> AnswerForm:
    return Choice((*sorted(graph[member]), NONE))


def _shades(graph: nx.Graph[int], member: int) -> AnswerForm:
    del member
    return Choice(tuple(range(1, colours(graph) + 1)))


PROBLEMS: dict[str, Problem] = {
    "consensus": Problem(
        "Each was given a bit. All must answer with the same bit, the one that more members were "
        "given (0 where as many were given either).",
        lambda graph, member: Choice((0, 1)), _agreed,
        score_consensus, _loose(score_consensus), bits=True,
    ),
    "leader": Problem(
        "Exactly one member must answer true (it leads), all others false.",
        lambda graph, member: Flag(), _lowest, score_leader, score_leader,
    ),
    "matching": Problem(
        "Pair up with somebody you are linked to, or stay alone. Answer with the number of your "
        'mate, who must name you, too, or with "none". No two linked members may both stay alone.',
        _mates, _matched, score_matching, _loose(score_matching),
    ),
    "coloring": Problem(
        "Take a colour that nobody has whom you are linked to.", _shades, _coloured,
        score_colouring, _loose(score_colouring),
    ),
    "vertex-cover": Problem(
        "Answer true to be in the cover. Of any two linked members at least one must be in it, and "
        "nobody may be in it who could be spared.",
        lambda graph, member: Flag(), _covered, score_cover, _loose(score_cover),
    ),
}  # fmt: skip
"""By the name users type."""
