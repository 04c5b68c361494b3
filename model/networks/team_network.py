"""The interaction network: who can hear whom, held in a Mesa `Network` space.

Nodes are member ids. An undirected edge carries messages both ways, a directed one from tail to
head. The networkx graph is the single truth; cells read their connections from it when asked, so
that a complete network of thousands costs no N² set-up in Mesa, and no list of neighbours is stale.
"""

from __future__ import annotations

import inspect
import random
from functools import cache
from typing import Any, NoReturn

import networkx as nx
from mesa.discrete_space import Cell, CellCollection, Network

from ..errors import UsageError
from ..messages import View


class Seat(Cell):  # type: ignore[misc]
    """A member's cell; its connections are the graph's neighbours, looked up when read."""

    space: TeamNetwork

    @property
    def connections(self) -> dict[Any, Cell]:
        """Neighbouring cells by node id."""
        cells = self.space._cells
        return {node: cells[node] for node in self.space.G.neighbors(self.coordinate)}

    @connections.setter
    def connections(self, value: dict[Any, Cell]) -> None:
        """Mesa initialises the attribute; the graph already knows better.

        Args:
            value: Is not taken.
        """

    @property
    def neighborhood(self) -> CellCollection:
        """Neighbouring cells, as links are now; Mesa keeps those that it found first."""
        return self.get_neighborhood()

    def get_neighborhood(self, radius: int = 1, include_center: bool = False) -> CellCollection:
        """Cells within some links of this one, as links are now.

        Args:
            radius: In links, 1 or more.
            include_center: Whether this cell is among them.

        Raises:
            UsageError: The radius is below 1.
        """
        if radius < 1:
            raise UsageError(f"radius={radius} is below 1; use 1 or more links")
        near = nx.single_source_shortest_path_length(self.space.G, self.coordinate, cutoff=radius)
        cells = [self.space._cells[n] for n in near if include_center or n != self.coordinate]
        return CellCollection({cell: cell._agents for cell in cells}, random=self.random)

    def __getstate__(self) -> dict[str, Any]:
        """All but the connections, of which a complete network has N²."""
        left_out = ("__dict__", "connections")
        slots = [n for n in Cell.__slots__ if n not in left_out and hasattr(self, n)]
        return {**vars(self), **{name: getattr(self, name) for name in slots}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)


@cache
def _layout() -> dict[str, Any]:
    """Where Mesa 3.5 would run a spring layout (seconds, and global random state), none.

    Mesa 4 insists on one, and its own is a circle, which costs nothing.
    """
    parameter = inspect.signature(Network.__init__).parameters.get("layout")
    given = parameter is not None and parameter.default is nx.spring_layout
    return {"layout": None} if given else {}


class TeamNetwork(Network):  # type: ignore[misc]
    """A Mesa network of seats, one per member.

    Args:
        graph: Nodes are member ids, no self-loops. Handed over: the network changes it.
        rng: Mesa's own generator for cell choices.
    """

    def __init__(self, graph: nx.Graph[int], rng: random.Random) -> None:
        super().__init__(graph, capacity=1, random=rng, cell_klass=Seat, **_layout())
        for cell in self._cells.values():
            cell.space = self
        self._departed = False
        self._forget()

    def __repr__(self) -> str:
        return f"<TeamNetwork: {len(self.G)} seats, {self.G.size()} links>"

    def __getstate__(self) -> dict[str, Any]:
        """All but what is derived from the graph."""
        derived = ("_heard", "_everyone", "all_cells")
        return {name: value for name, value in vars(self).items() if name not in derived}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._forget()

    def _forget(self) -> None:
        self._heard: dict[int, frozenset[int] | None] = {}  # None: all the others
        self._everyone: frozenset[int] | None = None
        self.__dict__.pop("all_cells", None)

    def _connect_cells(self) -> None:
        """Seats read the graph; there is nothing to connect."""

    def seat(self, member: int) -> Cell:
        """The cell of a member; made if there is none yet.

        Args:
            member: Its id, a node of the graph.
        """
        if member not in self._cells:
            cell = Seat(member, capacity=1, random=self.random)
            cell.space = self
            self._cells[member] = cell
        return self._cells[member]

    def unseat(self, member: int) -> None:
        """Take a member's node and cell away.

        Args:
            member: Its id.
        """
        self.G.remove_node(member)
        del self._cells[member]
        self._departed = True
        self._forget()

    def changed(self) -> None:
        """Forget what was derived from the graph, after an edge or node changed."""
        self._forget()

    def _refuse(self, *cells: Cell) -> NoReturn:
        """What Mesa offers, and neither a record nor a replay would know of."""
        raise UsageError(
            "cells and connections change with the team: use add_member, remove_member or rewire"
        )

    add_cell = remove_cell = add_connection = remove_connection = _refuse

    def audience_of(self, author: int) -> tuple[int, ...]:
        """Whom the network carries a member's messages to, ascending.

        Args:
            author: The member's id.
        """
        return tuple(sorted(self.G.neighbors(author)))

    def _hears(self, reader: int) -> frozenset[int] | None:
        edges = self.G.pred if self.G.is_directed() else self.G.adj
        if len(edges[reader]) == len(self.G) - 1:
            return None  # no set of N members for each of N
        return frozenset(edges[reader])

    def _present(self) -> frozenset[int]:
        if self._everyone is None:
            self._everyone = frozenset(self.G)
        return self._everyone

    def carried(self, view: View, reader: int, *, own: bool = False) -> View:
        """What of a view reaches a member: from its neighbours, meant for it.

        Args:
            view: What would be seen on a complete network.
            reader: The member.
            own: Whether its own messages stay in, as they do in memory.
        """
        if not view:
            return view
        if reader not in self._heard:
            self._heard[reader] = self._hears(reader)
        heard = self._heard[reader]
        if heard is None and own and self._departed:
            heard = self._present()  # memory holds authors who are on the network no more
        if heard is None:
            return (view if own else view.without(reader)).readable_by(reader)
        return view.authored_by(heard | {reader} if own else heard).readable_by(reader)
