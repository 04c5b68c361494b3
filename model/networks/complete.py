"""A complete network that holds its members and no links: who is linked is known without a list.

Linked pairs of 16,384 members are 134 million, which as networkx holds them take 26 gigabytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NoReturn

import networkx as nx

from ..errors import UsageError

MOST_LAID_OUT = 10_000
"""Members up to which links are held where they must be: fifty million links, ten gigabytes."""
BYTES_A_LINK = 200


class _NoData(Mapping[str, Any]):
    """What a link holds that is not laid out; a copy of it is a dictionary."""

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __getitem__(self, name: str) -> NoReturn:
        raise KeyError(name)

    def copy(self) -> dict[str, Any]:
        """As a link that is laid out has it."""
        return {}

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return self.copy()


_NO_DATA = _NoData()


class _Others(Mapping[int, Mapping[str, Any]]):
    """Everybody but one, in order, as networkx holds a member's neighbours."""

    __slots__ = ("_everybody", "_member")

    def __init__(self, everybody: Collection[int], member: int) -> None:
        self._everybody = everybody
        self._member = member

    def __len__(self) -> int:
        return len(self._everybody) - 1

    def __iter__(self) -> Iterator[int]:
        member = self._member
        return (other for other in self._everybody if other != member)

    def __contains__(self, other: object) -> bool:
        return other != self._member and other in self._everybody

    def __getitem__(self, other: int) -> Mapping[str, Any]:
        if other not in self:
            raise KeyError(other)
        return _NO_DATA


class _Adjacency(Mapping[int, _Others]):
    """Everybody's neighbours."""

    __slots__ = ("_everybody",)

    def __init__(self, everybody: Mapping[int, Any]) -> None:
        self._everybody = everybody

    def __len__(self) -> int:
        return len(self._everybody)

    def __iter__(self) -> Iterator[int]:
        return iter(self._everybody)

    def __contains__(self, member: object) -> bool:
        return member in self._everybody

    def __getitem__(self, member: int) -> _Others:
        if member not in self._everybody:
            raise KeyError(member)
        return _Others(self._everybody, member)


class CompleteGraph(nx.Graph):  # type: ignore[type-arg]
    """A complete networkx graph in O(members).

    Members may leave, and join with links to everybody. At any other change it becomes a graph like
    any other, with all its links. Until then links have no data; to set some, call `lay_out` first.

    Args:
        n: Nodes 0 to n - 1.

    Raises:
        UsageError: A link is to change, and all of them would not fit into memory.
    """

    _node: dict[int, dict[str, Any]]
    _adj: Any

    def __init__(self, n: int = 0) -> None:
        super().__init__()
        self._node.update({member: {} for member in range(n)})
        self._adj = _Adjacency(self._node)

    def copy(self, as_view: bool = False) -> Any:
        """The same, as networkx copies graphs.

        Args:
            as_view: Whether it shows later changes; it can't be changed itself.
        """
        if (
            as_view or type(self._adj) is not _Adjacency
        ):  # networkx makes views of parts of our class
            return super().copy(as_view=as_view)
        twin = CompleteGraph()
        twin.graph.update(self.graph)
        twin._node.update({member: dict(data) for member, data in self._node.items()})
        return twin

    def remove_node(self, n: int) -> None:
        """Take a member away; the others stay linked.

        Args:
            n: The member.

        Raises:
            NetworkXError: It isn't there.
        """
        if n not in self._node:
            raise nx.NetworkXError(f"The node {n} is not in the graph.")
        del self._node[n]

    def join(self, member: int, links: Iterable[tuple[int, int]], **data: Any) -> None:
        """Add a member with its links.

        Args:
            member: Not there yet.
            links: Pairs of it and another.
            **data: Of its node.
        """
        links = list(links)
        if {other for link in links for other in link} == {*self._node, member}:
            self._node[member] = data
        else:
            self.add_node(member, **data)
            self.add_edges_from(links)

    def to_undirected(self, as_view: bool = False) -> Any:
        """Itself, as networkx gives it.

        Args:
            as_view: As in `copy`.
        """
        return self.copy(as_view)

    def to_directed(self, as_view: bool = False) -> Any:
        """With all links both ways, as networkx gives it.

        Args:
            as_view: As in `copy`.

        Raises:
            UsageError: They would not fit into memory.
        """
        if not as_view:
            self._require_room()
        return super().to_directed(as_view)

    def lay_out(self) -> None:
        """Become a graph like any other, with all its links.

        Raises:
            UsageError: They would not fit into memory.
        """
        self._require_room()
        self.__class__ = nx.Graph  # type: ignore[assignment]
        self._adj = linked(list(self._node))

    def _require_room(self) -> None:
        n = len(self)
        if n > MOST_LAID_OUT:
            links = n * (n - 1) // 2
            raise UsageError(
                f"topology=complete with n_agents={n}: to change a link, {links:,} links would be "
                f"held, {links * BYTES_A_LINK / 1e9:.0f} GB; use at most {MOST_LAID_OUT} agents "
                "or a sparse network"
            )


def linked(members: list[int]) -> dict[int, dict[int, dict[str, Any]]]:
    """All links among some members, as networkx holds them; by hand, in a third of its time.

    Args:
        members: Each once.
    """
    links: dict[int, dict[int, dict[str, Any]]] = {member: {} for member in members}
    for place, a in enumerate(members):
        own = links[a]
        for b in members[place + 1 :]:
            own[b] = links[b][a] = {}
    return links


def _laid_out_first(name: str) -> Any:
    """A method of networkx that changes links or adds members; of an empty list it does nothing."""
    change = getattr(nx.Graph, name)

    def changed(self: CompleteGraph, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], tuple | list) and not args[0]:
            return None
        self.lay_out()
        return change(self, *args, **kwargs)

    changed.__doc__ = change.__doc__
    return changed


for _name in (
    "add_node", "add_nodes_from", "remove_nodes_from", "add_edge", "add_edges_from", "remove_edge",
    "remove_edges_from", "clear", "clear_edges",
):  # fmt: skip
    setattr(CompleteGraph, _name, _laid_out_first(_name))
