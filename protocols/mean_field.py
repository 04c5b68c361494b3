"""Mean field: everyone responds to what the population does, and to no one in particular.

In a mean field game a player is too small to matter alone: it meets the others only as a
distribution, and the distribution is what all of them do in response to it. The game here is an
anonymous congestion game over topics: topic k has the utility log p_k, for how much it is wanted,
less `congestion` for each even share (1/K) of the population on it; players choose by logit
(quantal response) with a `temperature`. With K topics the population settles in the fixed point

    m = softmax((log p - congestion * K * m) / temperature).

The congestion term is monotone (more company, less utility), so there is exactly one. At congestion
0 and temperature 1, m = p: all do as they said, and herd. At temperatures of 1 or more no ratio
of two topics is farther from 1 in m than in p, and with congestion it is nearer: a thinner herd.

The population moves to it in `cohorts`, by lot, one after another (Brown's fictitious play): all of
a cohort state intentions at once, and each finds on a board the field of those before: every topic
with how many of the n it hears, itself included, would be on it if all did as those did, 1 at
most. No names, no words, no work. (Before, all stated their intentions unseen, so there were as few
topics as everybody thinks of first, and no equilibrium of those is worth more than silence.) One
member's intention is one voice, shared evenly by the topics of its focus (its role where it names
none); p is the sum of voices among those whom a member hears, and itself. In the last round each
is given the topic at its quantile of m, with the role most often stated for it, and works on that
or declines. Places are by lot: whoever comes r-th (from 0) of n has quantile (r + 1/2) / n. On a
complete network the number on each topic is within 1 of N * m; on a sparse one every member
responds to its own surroundings. cohorts + 1 rounds, 2N calls.

Who declined or failed before adds no voice and is asked again, for it now has a response to give.
A member that hears nobody, or around whom nobody stated anything, is free in the last round.

Nobody sees work, so what needs a colleague's result is done on a guess, and the team can't lead
where results hang together. With `field=hidden`, its ablation, nobody meets the population: each
does what it stated, as in Silent.

Exogenous: the equilibrium and who has which quantile. Endogenous: the topics, how much each is
wanted, the roles, declining.

References:
    J.-M. Lasry, P.-L. Lions, Mean field games, Japanese J. Math. 2:229-260, 2007.
    M. Huang, R. P. Malhamé, P. E. Caines, Large population stochastic dynamic games, Commun. Inf.
    Syst. 6(3):221-252, 2006.
    R. D. McKelvey, T. R. Palfrey, Quantal response equilibria for normal form games, Games Econ.
    Behav. 10:6-38, 1995.
    G. W. Brown, Iterative solution of games by fictitious play, Activity Analysis of Production
    and Allocation, 374-376, 1951.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from ..model.decision import Act, Assignment, Intention
from ..model.errors import UsageError
from ..model.messages import Mark
from ..model.protocol import Marks, Protocol, Round, Rounds, Team

TOLERANCE = 1e-12  # of the sum of an equilibrium


@dataclass(frozen=True, slots=True)
class Voice:
    """One member's intention.

    Attributes:
        role: As stated.
        topics: What it means to work on, as worded, by name with case and spacing evened out.
        weight: What each topic gets of it.
    """

    role: str
    topics: dict[str, str]
    weight: float

    @classmethod
    def of(cls, intention: Intention) -> Voice:
        """The topics of its focus; its role where it names none.

        Args:
            intention: Of a member.
        """
        topics = intention.topics
        return cls(intention.role, topics, 1.0 / len(topics))


@dataclass(frozen=True, slots=True)
class Field:
    """What a population settles in.

    Attributes:
        topics: As first worded.
        roles: The role most often stated with each.
        upto: The share of the population on a topic and those before it; ascending.
    """

    topics: tuple[str, ...]
    roles: tuple[str, ...]
    upto: tuple[float, ...]

    def at(self, quantile: float) -> int:
        """The topic at a quantile.

        Args:
            quantile: Of the population, 0 to 1.
        """
        return min(bisect_right(self.upto, quantile), len(self.topics) - 1)


class MeanField(Protocol):
    """Intentions, their equilibrium, and a response of each member.

    Args:
        congestion: What an even share of the population takes off a topic's utility; 0 to 1000.
        temperature: How loosely players choose; 0.001 to 1000.
        cohorts: In how many parts the population states what it wants, 1 or more.
        field: `shown`, or `hidden` for the ablation.
    """

    name = "mean-field"

    def __init__(
        self,
        *,
        congestion: float = 1.0,
        temperature: float = 1.0,
        cohorts: int = 4,
        field: str = "shown",
    ) -> None:
        if not 0 <= congestion <= 1000:
            raise UsageError(f"congestion={congestion} is outside 0 to 1000; use e.g. congestion=1")
        if not 0.001 <= temperature <= 1000:
            raise UsageError(
                f"temperature={temperature} is outside 0.001 to 1000; use e.g. temperature=1"
            )
        if type(cohorts) is not int or cohorts < 1:
            raise UsageError(f"cohorts={cohorts!r} is not a whole number of 1 or more; use e.g. 4")
        if field not in ("shown", "hidden"):
            raise UsageError(f"field={field!r} is not known; use shown or hidden")
        self.congestion = congestion
        self.temperature = temperature
        self.cohorts = cohorts
        self.field = field

    def rounds(self, team: Team) -> Rounds:
        """A round of intentions for each cohort, a round of responses to their equilibrium."""
        n = len(team.members)
        place = dict(zip(team.members, team.rng.permutation(n).tolist(), strict=True))
        voices: dict[int, Voice] = {}
        for c in range(self.cohorts):
            cohort = tuple(m for m in team.members if place[m] * self.cohorts // n == c)
            if not cohort:
                continue
            marks = self._boards(team, voices, cohort) if voices else {}
            replies = yield Round(Act.INTEND, cohort, marks=marks)
            stated = {m: Voice.of(r) for m, r in replies.items() if isinstance(r, Intention)}
            voices |= stated if self.field == "shown" else {}
        yield Round(Act.CONTRIBUTE, team.members, assignments=self._responses(team, voices, place))

    def max_calls(self, n_members: int) -> int:
        """Two calls a member."""
        return 2 * n_members

    def _boards(
        self, team: Team, voices: dict[int, Voice], cohort: Sequence[int]
    ) -> dict[int, Marks]:
        """The field around each: topics by how many would be on each, 1 at most."""
        graph = team.graph
        links = graph.pred if isinstance(graph, nx.DiGraph) else graph.adj
        boards: dict[tuple[int, tuple[int, ...]], Marks] = {}  # many hear the same
        found = {}
        for member in cohort:
            heard = links[member]
            around = len(heard) + 1, tuple(sorted(voices.keys() & heard))
            if around not in boards:
                boards[around] = _board(team, voices, *around)
            found[member] = boards[around]
        return found

    def _responses(
        self, team: Team, voices: dict[int, Voice], place: dict[int, int]
    ) -> dict[int, Assignment]:
        """The topic of each member around whom any was named."""
        graph = team.graph
        links = graph.pred if isinstance(graph, nx.DiGraph) else graph.adj
        everyone = self._settle(voices[m] for m in team.members if m in voices)
        responses = {}
        for member in team.members:
            heard = links[member]
            if not heard:
                continue  # alone, it meets no population
            n = len(heard) + 1
            if n == len(team.members):  # it hears all: one field serves them
                field, rank = everyone, place[member]
            else:
                near = sorted({*heard, member} & voices.keys())
                field = self._settle(voices[m] for m in near)
                rank = sum(place[other] < place[member] for other in heard)
            if field is not None:
                k = field.at((rank + 0.5) / n)
                responses[member] = Assignment(member, field.roles[k], (field.topics[k],))
        return responses

    def _settle(self, voices: Iterable[Voice]) -> Field | None:
        """What a population with these intentions settles in; None where there are none."""
        wanted: dict[str, float] = {}
        wording: dict[str, str] = {}
        roles: dict[str, Counter[str]] = {}
        for voice in voices:
            for topic, worded in voice.topics.items():
                wanted[topic] = wanted.get(topic, 0.0) + voice.weight
                wording.setdefault(topic, worded)
                roles.setdefault(topic, Counter())[voice.role] += 1
        if not wanted:
            return None
        names = sorted(wanted)
        shares = equilibrium(
            [wanted[t] for t in names], congestion=self.congestion, temperature=self.temperature
        )
        return Field(
            tuple(wording[t] for t in names),
            tuple(roles[t].most_common(1)[0][0] for t in names),
            tuple(accumulate(shares.tolist())),
        )


def _board(team: Team, voices: dict[int, Voice], n: int, near: Sequence[int]) -> Marks:
    """The field of those of n members that stated what they want."""
    wanted: dict[str, float] = {}
    wording: dict[str, str] = {}
    for voice in (voices[m] for m in near):
        for topic, worded in voice.topics.items():
            wanted[topic] = wanted.get(topic, 0.0) + voice.weight
            wording.setdefault(topic, worded)
    each = n / max(1, len(near))  # members for every voice
    marks = [Mark(wording[t], min(1.0, each * w)) for t, w in sorted(wanted.items())]
    sources = (team.log.ids_by(m)[-1] for m in near)
    return Marks(tuple(marks), team.log.only(sources))


def equilibrium(
    wanted: Sequence[float] | NDArray[np.float64], *, congestion: float, temperature: float
) -> NDArray[np.float64]:
    """The only m with m = softmax((log p - congestion * K * m) / temperature).

    Given the logarithm `level` of the normaliser, each m_k solves log w + w = z, Wright's omega
    function. The sum of m falls with the level and is convex in it, so Newton's method, begun
    where the sum is too large, comes down to 1 without overshooting, in O(K) per step.

    Args:
        wanted: How much each of K topics is wanted, above 0; p in proportion.
        congestion: 0 or more.
        temperature: Above 0.

    Returns:
        Shares, shape (K,), that sum to 1.
    """
    from scipy.special import wrightomega  # takes longer to import than all of this to run

    weights = np.asarray(wanted, dtype=float)
    pull = np.log(weights / weights.sum())
    free: NDArray[np.float64] = np.exp((pull - pull.max()) / temperature)
    free /= free.sum()  # the answer without congestion
    crowd = congestion * len(pull)
    if crowd < TOLERANCE * temperature:
        return free
    # With congestion the most wanted topic gets no more than without, which bounds the level.
    top = float(free.max())
    level = float(pull.max()) - temperature * log(top) - crowd * top
    for _ in range(100):
        w = wrightomega((pull - level) / temperature + log(crowd / temperature))
        shares: NDArray[np.float64] = w * (temperature / crowd)
        excess = float(shares.sum()) - 1.0
        if excess <= TOLERANCE:
            break
        level += excess / float((shares / (temperature * (1.0 + w))).sum())
    settled: NDArray[np.float64] = shares / shares.sum()
    return settled
