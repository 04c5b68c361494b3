"""The interaction network: who can hear whom, held in a Mesa `Network` space.

Nodes are member ids. An undirected edge carries messages both ways, a directed one from tail to
head. The networkx graph is the single truth; cells read their connections from it when asked, so
that a complete network of thousands costs no N² set-up in Mesa.
"""

from __future__ import annotations

import random
from typing import Any

import networkx as nx
from mesa.discrete_space import Cell, Network

from ..messages import View

EVERYONE: frozenset[int] = frozenset({-1})
"""Stands for all members of the network, where listing them would cost N² over the team."""


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
        """Mesa initialises the attribute; the graph already knows better."""


class TeamNetwork(Network):  # type: ignore[misc]
    """A Mesa network of seats, one per member.

    Args:
        graph: Nodes are member ids, no self-loops. Handed over: the network changes it.
        rng: Mesa's own generator for cell choices.
    """

    def __init__(self, graph: nx.Graph[int], rng: random.Random) -> None:
        layout: dict[str, Any] = {}
        if "layout" in Network.__init__.__code__.co_varnames:
            # Mesa 3.5 would run a spring layout: seconds of work, and global random state.
            layout = {"layout": None}
        super().__init__(graph, capacity=1, random=rng, cell_klass=Seat, **layout)
        for cell in self._cells.values():
            cell.space = self
        self._heard: dict[int, frozenset[int]] = {}
        self._everyone: frozenset[int] | None = None
        self._departed = False

    def _connect_cells(self) -> None:
        """Seats read the graph; there is nothing to connect."""

    def seat(self, member: int) -> Cell:
        """The cell of a member; made if the graph has the node and no cell yet."""
        if member not in self._cells:
            cell = Seat(member, capacity=1, random=self.random)
            cell.space = self
            self._cells[member] = cell
        return self._cells[member]

    def unseat(self, member: int) -> None:
        """Take a member's node and cell away."""
        self.G.remove_node(member)
        del self._cells[member]
        self._departed = True
        self.changed()

    def changed(self) -> None:
        """Forget what was derived from the graph, after an edge or node changed."""
        self._heard.clear()
        self._everyone = None
        self.__dict__.pop("all_cells", None)

    def audience_of(self, author: int) -> tuple[int, ...]:
        """Whom the network carries this member's messages to, ascending."""
        return tuple(sorted(self.G.neighbors(author)))

    def _hears(self, reader: int) -> frozenset[int]:
        edges = self.G.pred if self.G.is_directed() else self.G.adj
        if len(edges[reader]) == len(self.G) - 1:
            return EVERYONE  # no set of N members for each of N
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
        heard = self._heard.get(reader)
        if heard is None:
            heard = self._heard[reader] = self._hears(reader)
        if heard is EVERYONE and own and self._departed:
            heard = self._present()  # memory holds authors who are on the network no more
        if heard is EVERYONE:
            return (view if own else view.without(reader)).readable_by(reader)
        return view.authored_by(heard | {reader} if own else heard).readable_by(reader)
