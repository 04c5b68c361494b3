"""The networks a team can be put on. Each is a function of the team's size and a seed.

A new one is one function here, or in any package with an entry point in the group
`unscripted.topologies`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from random import Random
from typing import Any, TypeVar

import networkx as nx

from ..errors import UsageError
from ..plugins.tags import PluginTag, tagged
from .complete import CompleteGraph


class Usual(int):
    """A default that yields where it can't fit; what a user states is refused instead."""


MOST_LISTED = 512
"""Members up to which a complete network holds its links one by one, as any other does."""

B = TypeVar("B", bound=Callable[..., "nx.Graph[Any]"])


def topology(name: str, *, size: int | None = None) -> Callable[[B], B]:
    """Mark a function `(n, seed, *, options) -> networkx.Graph` as a topology.

    Args:
        name: What users type; kebab-case.
        size: The only team size it fits, for real networks; None fits any.
    """

    return tagged(PluginTag("topologies", name, size))


@topology("complete")
def complete(n: int, seed: int) -> nx.Graph[int]:
    """Everyone hears everyone.

    Args:
        n: Members, 1 or more.
        seed: Plays no part.
    """
    graph = CompleteGraph(n)
    if n <= MOST_LISTED:
        graph.lay_out()
    return graph


@topology("star")
def star(n: int, seed: int) -> nx.Graph[int]:
    """Member 0 is the hub; the others hear it alone.

    Args:
        n: Members, 1 or more.
        seed: Plays no part.
    """
    return nx.star_graph(n - 1)


@topology("chain")
def chain(n: int, seed: int) -> nx.Graph[int]:
    """A line in order of ids.

    Args:
        n: Members, 1 or more.
        seed: Plays no part.
    """
    return nx.path_graph(n)


@topology("ring")
def ring(n: int, seed: int) -> nx.Graph[int]:
    """A closed line.

    Args:
        n: Members, 1 or more.
        seed: Plays no part.
    """
    return nx.cycle_graph(n) if n > 2 else nx.path_graph(n)


@topology("tree")
def tree(n: int, seed: int, *, branching: int = 2) -> nx.Graph[int]:
    """A full tree filled level by level; member 0 is the root.

    Args:
        n: Members, 1 or more.
        seed: Plays no part.
        branching: Children of a member, 1 or more.
    """
    _at_least("tree", "branching", branching, 1)
    return nx.full_rary_tree(branching, n)


@topology("grid")
def grid(n: int, seed: int, *, columns: int = 0) -> nx.Graph[int]:
    """A square lattice filled row by row, as square as n allows where nothing is said.

    Args:
        n: Members, 1 or more.
        seed: Plays no part.
        columns: Members in a row, 1 to n; 0 for as square as n allows.
    """
    _within("grid", "columns", columns, 0, n)
    width = columns or max(1, round(n**0.5))
    graph = nx.empty_graph(n)
    graph.add_edges_from((i, i + 1) for i in range(n - 1) if (i + 1) % width)
    graph.add_edges_from((i, i + width) for i in range(n - width))
    return graph


@topology("erdos-renyi")
def erdos_renyi(n: int, seed: int, *, p: float = 0.3) -> nx.Graph[int]:
    """Each pair is linked with probability p (Erdős & Rényi 1959; Gilbert 1959).

    Args:
        n: Members, 1 or more.
        seed: Draws the links.
        p: Chance of a link, 0 to 1.
    """
    _share("erdos-renyi", "p", p)
    return nx.gnp_random_graph(n, p, seed=seed)


@topology("watts-strogatz")
def watts_strogatz(n: int, seed: int, *, k: int = Usual(4), p: float = 0.1) -> nx.Graph[int]:
    """A ring of k neighbours each, rewired with probability p (Watts & Strogatz 1998).

    k is even: half on either side. Where nothing is said, teams of four or fewer are complete.

    Args:
        n: Members, 1 or more.
        seed: Draws what is rewired.
        k: Neighbours of each, even, 2 to n - 1.
        p: Chance that a link is rewired, 0 to 1.
    """
    if not isinstance(k, Usual):
        _within("watts-strogatz", "k", k, 2, (n - 1) // 2 * 2)
    if k % 2:
        raise UsageError(f"topology=watts-strogatz: k={k} is odd; use k={k - 1}")
    _share("watts-strogatz", "p", p)
    return nx.watts_strogatz_graph(n, k, p, seed=seed) if n > k else nx.complete_graph(n)


@topology("barabasi-albert")
def barabasi_albert(n: int, seed: int, *, m: int = Usual(2)) -> nx.Graph[int]:
    """Newcomers link to m members, the well linked first (Barabási & Albert 1999).

    Where nothing is said, teams of two or fewer are complete.

    Args:
        n: Members, 1 or more.
        seed: Draws the links.
        m: Links of a newcomer, 1 to n - 1.
    """
    if not isinstance(m, Usual):
        _within("barabasi-albert", "m", m, 1, n - 1)
    return nx.barabasi_albert_graph(n, m, seed=seed) if n > m else nx.complete_graph(n)


@topology("stochastic-block")
def stochastic_block(
    n: int, seed: int, *, blocks: int = Usual(2), p_in: float = 0.6, p_out: float = 0.05
) -> nx.Graph[int]:
    """Groups dense within and sparse between (Holland, Laskey & Leinhardt 1983).

    Args:
        n: Members, 1 or more.
        seed: Draws the links.
        blocks: Groups, 1 to n; of equal size up to one member.
        p_in: Chance of a link within a group, 0 to 1.
        p_out: Chance of a link between groups, 0 to 1.
    """
    if not isinstance(blocks, Usual):
        _within("stochastic-block", "blocks", blocks, 1, n)
    _share("stochastic-block", "p_in", p_in)
    _share("stochastic-block", "p_out", p_out)
    blocks = min(blocks, n)
    sizes = [n // blocks + (i < n % blocks) for i in range(blocks)]
    group = [block for block, size in enumerate(sizes) for _ in range(size)]
    draw = Random(seed)  # networkx draws otherwise from one version to the next
    graph = nx.empty_graph(n)
    graph.add_edges_from(
        (a, b)
        for a, b in combinations(range(n), 2)
        if draw.random() < (p_in if group[a] == group[b] else p_out)
    )
    return graph


@topology("karate-club", size=34)
def karate_club(n: int, seed: int) -> nx.Graph[Any]:
    """34 members of a club that split (Zachary 1977).

    Args:
        n: 34.
        seed: Plays no part.
    """
    return nx.karate_club_graph()


@topology("florentine-families", size=15)
def florentine_families(n: int, seed: int) -> nx.Graph[Any]:
    """Marriages among 15 families of Renaissance Florence (Padgett & Ansell 1993).

    Args:
        n: 15.
        seed: Plays no part.
    """
    return nx.florentine_families_graph()


@topology("davis-southern-women", size=32)
def davis_southern_women(n: int, seed: int) -> nx.Graph[Any]:
    """18 women and the 14 events they attended (Davis et al. 1941).

    Args:
        n: 32.
        seed: Plays no part.
    """
    return nx.davis_southern_women_graph()


@topology("les-miserables", size=77)
def les_miserables(n: int, seed: int) -> nx.Graph[Any]:
    """77 characters who appear together in a chapter (Knuth 1993).

    Args:
        n: 77.
        seed: Plays no part.
    """
    return nx.les_miserables_graph()


def _at_least(name: str, option: str, value: int, low: int) -> None:
    if value < low:
        raise UsageError(f"topology={name}: {option}={value} is below {low}; use {option} >= {low}")


def _within(name: str, option: str, value: int, low: int, high: int) -> None:
    """Refuse what a user states and this team can't have."""
    if low <= value <= high:
        return
    if high < low:
        raise UsageError(f"topology={name}: {option} fits no team so small; use more agents")
    raise UsageError(
        f"topology={name}: {option}={value} is outside {low} to {high}; use {option}={high} or less"
        if value > high
        else f"topology={name}: {option}={value} is below {low}; use {option} >= {low}"
    )


def _share(name: str, option: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise UsageError(
            f"topology={name}: {option}={value} is outside 0 to 1; use e.g. {option}=0.1"
        )
