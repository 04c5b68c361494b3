"""How morphogens move from cell to cell and decay; `protocols/morphogenetic.py` has the equation.

References:
    A. M. Turing, The chemical basis of morphogenesis, Phil. Trans. R. Soc. B 237:37-72, 1952.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from .distance import is_complete

Amounts = NDArray[np.float64]  # cells by morphogens


def exchange(graph: nx.Graph[int], members: Sequence[int]) -> Callable[[Amounts], Amounts]:
    """What each cell gains from its neighbours less what it gives, at a diffusion of 1.

    Gains sum to 0 and no cell gives more than it has, on directed networks too.

    Args:
        graph: Who can reach whom.
        members: The cells in the order of rows.
    """
    n = len(members)
    if is_complete(graph):
        return lambda amounts: (amounts.sum(axis=0) - n * amounts) / max(1, n - 1)
    from scipy.sparse import csr_array

    row = {m: i for i, m in enumerate(members)}
    links = [(row[a], row[b]) for a, b in graph.edges]
    if not graph.is_directed():
        links += [(b, a) for a, b in links]
    giver, taker = np.array(links, dtype=int).reshape(-1, 2).T
    given, taken = np.bincount(giver, minlength=n), np.bincount(taker, minlength=n)
    rate = 1.0 / np.maximum(given[giver], taken[taker])
    inflow = csr_array((rate, (taker, giver)), shape=(n, n))
    outflow = np.bincount(giver, weights=rate, minlength=n)[:, None]
    return lambda amounts: inflow @ amounts - outflow * amounts


def diffuse(
    amounts: Amounts,
    gain: Callable[[Amounts], Amounts],
    *,
    diffusion: float,
    decay: float,
    steps: int,
    emitted: Amounts | float = 0.0,
) -> Amounts:
    """Amounts after some steps of diffusion, decay and emission, in that order.

    Without emission their sum over cells falls by the factor 1 - decay in a step, and by nothing
    else; no amount is ever below 0.

    Args:
        amounts: Cells by morphogens.
        gain: From `exchange`.
        diffusion: Above 0 and below 1.
        decay: From 0 and below 1.
        steps: How many.
        emitted: What is added in each.
    """
    for _ in range(steps):
        amounts = (1.0 - decay) * (amounts + diffusion * gain(amounts)) + emitted
    return amounts


def blend(amounts: Amounts) -> Amounts:
    """Each cell's amounts as shares of their sum; zeros where nothing arrived.

    Args:
        amounts: Cells by morphogens, 0 or more.
    """
    total = amounts.sum(axis=1, keepdims=True)
    return np.divide(amounts, total, out=np.zeros_like(amounts), where=total > 0)
