"""Members on a network, and how that changes: who comes and goes, who is linked with whom."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from ..errors import UsageError, require
from ..history.events import Event, Joined, Left, Rewired, Substituted
from ..history.snapshot import Reversal
from ..mind import Mind
from ..networks.team_network import TeamNetwork
from ..randomness import Streams, seed_from
from ..setup import Setup
from .member import Member
from .mesa_model import GuardedModel


class Population(GuardedModel):
    """A Mesa model of members on a network that keeps every change of them.

    Args:
        setup: Minds and network, and what else an organization is made of.
        rng: Seed of everything random: a non-negative integer, or None for a fresh one.

    Attributes:
        seed: The seed in use.
        setup: What it was made of.
        streams: Where everything random comes from.
        members: The Mesa agents by member id, ascending.
        network: The `mesa.discrete_space.Network` they sit on; `space`, as Mesa calls it.
    """

    def __init__(self, setup: Setup, rng: int | None = None) -> None:
        self.seed = seed_from(rng)
        super().__init__(self.seed)
        self.setup = setup
        self.streams = Streams(self.seed)
        self.network = TeamNetwork(setup.graph, self.random)
        self.members: dict[int, Member] = {}
        self._events: list[Event | int] = []  # of a tick its number: its record is kept elsewhere
        self._reversals: list[Reversal] = []
        self._next_member = 0
        for mind in setup.minds:
            self._seat(mind)

    @property
    def space(self) -> TeamNetwork:
        """The network, under the name by which Mesa's components look for it."""
        return self.network

    def add_member(self, mind: Mind, neighbours: Sequence[int] = ()) -> int:
        """Seat a newcomer.

        Args:
            mind: What decides for it.
            neighbours: Members it is linked with, both ways.

        Returns:
            Its id; ids are never used twice.

        Raises:
            UsageError: A neighbour is not a member.
        """
        require("mind", mind, Mind, "use a Mind, or CallableMind(function)")
        require("neighbours", neighbours, Iterable, "use ids of members")
        for other in neighbours:
            self._require(other)
        graph, member = self.network.G, self._next_member
        graph.add_node(member)
        self._seat(mind)
        graph.add_edges_from((member, other) for other in neighbours)
        if graph.is_directed():
            graph.add_edges_from((other, member) for other in neighbours)
        self._reversals.append(Reversal(newcomer=member))
        self.network.changed()
        self._happened(Joined(mind, tuple(neighbours)))
        return member

    def remove_member(self, member: int) -> None:
        """Take a member and its links out of the team.

        Args:
            member: Its id.

        Raises:
            UsageError: It is not a member, or the last one.
        """
        self._require(member)
        if len(self.members) == 1:
            raise UsageError(
                f"remove_member({member}): it is the last one; a team keeps at least one member"
            )
        graph = self.network.G
        data = dict(graph.nodes[member])
        edges = list(graph.edges(member))
        if graph.is_directed():
            edges += list(graph.in_edges(member))
        self._reversals.append(Reversal(leaver=(member, data), cut=tuple(edges)))
        self.members.pop(member).vacate()
        self.network.unseat(member)
        self._happened(Left(member))

    def remove_all_agents(self) -> None:
        """Refuse: a team keeps at least one member.

        Raises:
            UsageError: Always.
        """
        raise UsageError(
            "remove_all_agents() would leave no member, and a team keeps at least one; "
            "use remove_member for each that leaves"
        )

    def rewire(
        self, cut: Sequence[tuple[int, int]] = (), made: Sequence[tuple[int, int]] = ()
    ) -> None:
        """Cut links and make links, in that order.

        Args:
            cut: Links of the network, as pairs of members.
            made: Pairs of members; a link that is there already stays.

        Raises:
            UsageError: An unknown member, a link that isn't there, or a link to oneself.
        """
        require("cut", cut, Iterable, "use pairs of members")
        require("made", made, Iterable, "use pairs of members")
        for link in (*cut, *made):
            if not isinstance(link, tuple | list) or len(link) != 2:
                raise UsageError(f"link={link!r} is no pair; use (member, member)")
        for a, b in (*cut, *made):
            self._require(a)
            self._require(b)
            if a == b:
                raise UsageError(f"link={(a, b)} joins a member with itself")
        missing = [(a, b) for a, b in cut if not self.network.G.has_edge(a, b)]
        if missing:
            raise UsageError(f"cut={missing} are not links of the network")
        graph = self.network.G
        graph.remove_edges_from(cut)
        new = [edge for edge in made if not graph.has_edge(*edge)]
        graph.add_edges_from(new)
        self._reversals.append(Reversal(made=tuple(new), cut=tuple(cut)))
        self.network.changed()
        self._happened(Rewired(tuple(cut), tuple(made)))

    def substitute(self, member: int, mind: Mind) -> None:
        """Give a member another mind; it keeps its seat, its links and its practice.

        Args:
            member: Its id.
            mind: What decides for it from now on.

        Raises:
            UsageError: It is not a member.
        """
        self._require(member)
        require("mind", mind, Mind, "use a Mind, or CallableMind(function)")
        self.members[member].think_with(mind)
        self._happened(Substituted(member, mind))

    def _happened(self, event: Event) -> None:
        """Keep a change, so that it can be made again."""
        self._events.append(event)

    def _seat(self, mind: Mind) -> None:
        member = self._next_member
        self._next_member += 1
        self.members[member] = Member(self, member, mind, self.network.seat(member))

    def _require(self, member: int) -> None:
        known = isinstance(member, Hashable) and member in self.members
        if not known:
            raise UsageError(f"member={member} is not in the team; members: {sorted(self.members)}")
