"""Ripple: work spreads over the network in waves, like rings on water.

One or several origins act first. Whoever has acted wakes its neighbours, and all those woken act
at once as the next wave: wave w are the members at distance w from the nearest origin. Each acts
once and is then refractory, as in an excitable medium. It sees the finished work of earlier waves
that its edges carry; a wave also passes through a member that abstains or fails. News goes as far
as the wave where members pass it on with their work.

A ring on water can't be wider than its circumference, which grows evenly with its radius. Where
the network has no distance to speak of, breadth-first search alone forgets that: on a complete
network everyone but the origin would be one wave and see one work. So wave w of members that could
hear each other holds at most origins * (1 + growth * w); the rest of it follow, lowest ids first.
Members that are not linked among each other act at once however many they are.

A network that carries work one way is followed from tail to head. Whomever no wave can reach is
infinitely far, so each unreached component has an origin of its own from wave 0 on. With `fanout`
a member wakes only so many of its neighbours per wave, lowest ids first, and goes on in later
waves while any are left asleep; on a complete network the members awake then multiply by
fanout + 1 per wave, which is broadcasting by telephone.

On a chain from its end it is Sequential, on a star it takes two waves, and with every member an
origin it is Silent; so it is with `carry=none`, where waves pass and carry nothing: its ablation.
The network and the origins are exogenous, roles and abstention endogenous. N calls in about
sqrt(2N) rounds on a complete network; without a limit of growth in 1 + (greatest distance from the
origins), with a fanout f on a complete network in 1 + ceil(log_(f+1) N). Finding the waves costs
O(edges) at most.

References:
    V. Dochkina, arXiv:2603.28990, which names it without details.
    J. M. Greenberg and S. P. Hastings, "Spatial patterns for discrete models of diffusion in
    excitable media", 1978.
    E. F. Moore, "The shortest path through a maze", 1959.
    T. F. Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985.
    S. M. Hedetniemi, S. T. Hedetniemi and A. L. Liestman, "A survey of gossiping and broadcasting
    in communication networks", 1988.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

import networkx as nx

from ..model.decision import Act
from ..model.errors import UsageError
from ..model.protocol import Protocol, Round, Rounds, Team


class Ripple(Protocol):
    """Breadth-first waves from one or several origins.

    Args:
        origins: How many members start, 1 or more. The first is the lowest id, each further one
            the member farthest from all before it, ties to the lowest id.
        fanout: The most neighbours a member wakes in one wave; 0 sets no limit.
        growth: By how many members per origin each wave may be larger than the one before; 0 sets
            no limit.
        carry: What waves carry: `work`, or `none` for the ablation.
    """

    name = "ripple"

    def __init__(
        self, *, origins: int = 1, fanout: int = 0, growth: int = 1, carry: str = "work"
    ) -> None:
        if type(origins) is not int or origins < 1:
            raise UsageError(f"origins={origins!r} is not a whole number of 1 or more; use e.g. 1")
        if type(fanout) is not int or fanout < 0:
            raise UsageError(
                f"fanout={fanout!r} is not a whole number of 0 or more; use 0 for no limit"
            )
        if type(growth) is not int or growth < 0:
            raise UsageError(
                f"growth={growth!r} is not a whole number of 0 or more; use 0 for no limit"
            )
        if carry not in ("work", "none"):
            raise UsageError(f"carry={carry!r} is not known; use work or none")
        self.origins = origins
        self.fanout = fanout
        self.growth = growth
        self.carry = carry

    def rounds(self, team: Team) -> Rounds:
        """One round per wave."""
        starts = farthest_first(team.graph, self.origins)
        found = waves(team.graph, starts, self.fanout)
        for wave in fronts(team.graph, found, self.growth):
            carried = team.log.so_far() if self.carry == "work" else None
            yield Round(Act.CONTRIBUTE, tuple(wave), sees=carried)

    def max_calls(self, n_members: int) -> int:
        """One call a member."""
        return n_members


def farthest_first(graph: nx.Graph[int], count: int) -> list[int]:
    """Origins: the lowest id, then again and again the member farthest from all of them.

    Args:
        graph: The network; a directed one is followed from tail to head.
        count: How many; there are more where so many can't reach everyone, and never more than
            there are members.
    """
    chosen: list[int] = []
    asleep = OrderedDict.fromkeys(sorted(graph))
    while asleep:  # whom nobody reaches is infinitely far
        chosen.append(next(iter(asleep)))
        del asleep[chosen[-1]]
        for _ in _spread(graph, chosen[-1:], asleep, 0):
            pass
    while len(chosen) < min(count, len(graph)):
        chosen.append(waves(graph, chosen)[-1][0])
    return chosen


def waves(graph: nx.Graph[int], starts: Iterable[int], fanout: int = 0) -> list[list[int]]:
    """The members that each wave wakes, ascending; those no wave reaches are in none.

    Args:
        graph: The network; a directed one is followed from tail to head.
        starts: Wave 0.
        fanout: The most neighbours a member wakes in one wave; 0 sets no limit.
    """
    first = sorted(set(starts))
    asleep = OrderedDict.fromkeys(sorted(set(graph).difference(first)))
    return [first, *_spread(graph, first, asleep, fanout)]


def fronts(graph: nx.Graph[int], found: Iterable[list[int]], growth: int) -> list[list[int]]:
    """Waves no wider than a ring on water, those cut off one following as further waves.

    Args:
        graph: The network.
        found: Waves; the first is kept whole.
        growth: By how many members per origin each may be larger than the one before; 0 sets no
            limit.
    """
    cut: list[list[int]] = []
    for wave in found:
        rest = wave
        while rest:
            most = len(rest)
            if growth and cut and _touch(graph, rest):
                most = len(cut[0]) * (1 + growth * len(cut))
            cut.append(rest[:most])
            rest = rest[most:]
    return cut


def _touch(graph: nx.Graph[int], members: list[int]) -> bool:
    """Whether any of these members could hear another of them."""
    among = set(members)
    return any(not among.isdisjoint(graph.adj[m]) for m in members)


def _spread(
    graph: nx.Graph[int], awake: list[int], asleep: OrderedDict[int, None], fanout: int
) -> Iterator[list[int]]:
    """Later waves, taken out of `asleep` as they come."""
    while asleep:
        wave: list[int] = []
        calling: list[int] = []
        for member in awake:
            woken = list(islice(_to_wake(graph.adj[member], asleep), fanout or None))
            for other in woken:
                del asleep[other]
            wave += woken
            if fanout and len(woken) == fanout:
                calling.append(member)  # it may have more to wake in the next wave
        if not wave:
            return
        wave.sort()
        yield wave
        awake = sorted(calling + wave)


def _to_wake(near: Collection[int], asleep: OrderedDict[int, None]) -> Iterator[int]:
    """Neighbours still asleep, ascending, in O(the smaller of the two)."""
    if len(near) < len(asleep):
        return iter(sorted(m for m in near if m in asleep))
    return (m for m in asleep if m in near)
