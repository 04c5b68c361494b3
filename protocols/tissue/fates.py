"""Which fate each cell takes beside its neighbours, and which fates last (lateral inhibition).

References:
    J. R. Collier et al., Pattern formation by lateral inhibition with feedback, J. Theor. Biol.
    183:429-446, 1996.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from .diffusion import Amounts
from .distance import is_complete

SWEEPS = 1000  # a bound for safety; a handful is usual
BETTER = 1e-9  # a smaller gain is rounding


class Touching:
    """Contacts along links, whichever way they lead: cells that touch, touch each other.

    Args:
        graph: Of the team.
        members: The cells in the order of rows.
        n_fates: How many fates there are.
    """

    def __init__(self, graph: nx.Graph[int], members: Sequence[int], n_fates: int) -> None:
        row = {m: i for i, m in enumerate(members)}
        near: list[set[int]] = [set() for _ in members]
        for a, b in graph.edges:
            near[row[a]].add(row[b])
            near[row[b]].add(row[a])
        self._near = [sorted(others) for others in near]
        self._counts = np.zeros((len(members), n_fates))

    def shares(self, cell: int) -> NDArray[np.float64]:
        """The share of a cell's neighbours that have each fate.

        Args:
            cell: Its row.
        """
        return self._counts[cell] / max(1, len(self._near[cell]))

    def change(self, cell: int, old: int | None, new: int) -> None:
        """A cell took a fate; its neighbours notice.

        Args:
            cell: Its row.
            old: The fate it had; None for none.
            new: The fate it has now.
        """
        near = self._near[cell]
        if old is not None:
            self._counts[near, old] -= 1
        self._counts[near, new] += 1


class Mixed:
    """Contacts of everyone with everyone, counted once for all.

    Args:
        n_cells: How many cells there are.
        n_fates: How many fates there are.
    """

    def __init__(self, n_cells: int, n_fates: int) -> None:
        self._fates: list[int | None] = [None] * n_cells
        self._counts = np.zeros(n_fates)

    def shares(self, cell: int) -> NDArray[np.float64]:
        """The share of all other cells that have each fate.

        Args:
            cell: Its row.
        """
        counts = self._counts.copy()
        own = self._fates[cell]
        if own is not None:
            counts[own] -= 1
        return counts / max(1, len(self._fates) - 1)

    def change(self, cell: int, old: int | None, new: int) -> None:
        """A cell took a fate.

        Args:
            cell: Its row.
            old: The fate it had; None for none.
            new: The fate it has now.
        """
        if old is not None:
            self._counts[old] -= 1
        self._counts[new] += 1
        self._fates[cell] = new


Contacts = Touching | Mixed


def contacts(graph: nx.Graph[int], members: Sequence[int], n_fates: int) -> Contacts:
    """Contacts of cells that have no fate yet.

    Args:
        graph: Of the team.
        members: The cells in the order of rows.
        n_fates: How many fates there are.
    """
    if is_complete(graph):
        return Mixed(len(members), n_fates)
    return Touching(graph, members, n_fates)


def differentiate(
    blends: Amounts, touching: Contacts, *, inhibition: float, order: Sequence[int]
) -> list[int | None]:
    """The fate of each cell: no cell would be better off with another that reached it.

    Args:
        blends: What each cell reads; it can only take a fate of which this is above 0.
        touching: Which fates a cell's neighbours have; none yet.
        inhibition: What it costs to have the fate of all of one's neighbours.
        order: Who decides first, again and again; of equal fates a cell takes the first.

    Returns:
        A column of `blends` for each cell; None where it read nothing.
    """
    fates: list[int | None] = [None] * len(blends)
    open_to = np.where(blends > 0, blends, -inf)
    reached = [cell for cell in order if blends[cell].any()]
    for _ in range(SWEEPS):
        settled = True
        for cell in reached:
            utility = open_to[cell] - inhibition * touching.shares(cell)
            best, old = int(utility.argmax()), fates[cell]
            if old is None or utility[best] > utility[old] + BETTER:
                touching.change(cell, old, best)
                fates[cell] = best
                settled = False
        if settled:
            break
    return fates


def determined(
    fates: Sequence[int | None], amounts: Amounts, touching: Contacts
) -> list[int | None]:
    """The fates that last: no two cells that touch have the same one.

    Args:
        fates: As differentiated; None where there is none.
        amounts: Cells by morphogens: who has more of its fate keeps it, of equals the first.
        touching: Which fates a cell's neighbours have kept; none yet.
    """
    kept: list[int | None] = [None] * len(fates)
    rank = sorted(
        (round(-float(amounts[cell, fate]), 9), cell)
        for cell, fate in enumerate(fates)
        if fate is not None
    )
    for _, cell in rank:
        fate = fates[cell]
        assert fate is not None
        if not touching.shares(cell)[fate]:
            touching.change(cell, None, fate)
            kept[cell] = fate
    return kept
