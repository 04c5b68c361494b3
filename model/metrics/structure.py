"""Structure: the shape of who built on whose work, and of who heard whom."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import networkx as nx
import numpy as np
from scipy.sparse import csc_array, csr_array, diags_array
from scipy.sparse.linalg import eigsh
from threadpoolctl import ThreadpoolController

from ..decision import Contribution
from ..record import TickRecord
from ..spans import cut_out, ids_in

DENSE_UP_TO = 256  # members; above it the sparse eigensolver is faster
AT_ONCE = 256  # members whose links are looked at together: those of a large team take gigabytes
Links = np.ndarray[Any, np.dtype[np.bool_]]
"""Square and symmetric: whether two are linked."""


def hierarchy_depth(record: TickRecord) -> int:
    """Longest chain of works that built on one another: 0 (no work), 1 (flat) or more.

    A work's depth is 1 more than the deepest work that the members it names had finished in an
    earlier round; so depth never exceeds the number of rounds in which work was done. O(works).

    Args:
        record: Of the tick.
    """
    works = [
        (turn.round, m.member, turn.reply)
        for m in record.members
        for turn in m.turns
        if isinstance(turn.reply, Contribution)
    ]
    works.sort(key=itemgetter(0))
    depths: dict[int, int] = {}  # of each member's deepest work in earlier rounds
    for _, same_round in groupby(works, key=itemgetter(0)):
        finished = [
            (author, 1 + max([depths.get(a, 0) for a in work.builds_on], default=0))
            for _, author, work in same_round
        ]
        for author, depth in finished:
            depths[author] = max(depth, depths.get(author, 0))
    return max(depths.values(), default=0)


def interaction_graph(record: TickRecord) -> nx.Graph[int]:
    """Who heard whom: members that were asked as nodes, an edge where one saw the other's message.

    Messages of all kinds count, what was put aside for length doesn't. A mark on a board counts as
    hearing those whose messages it was made of. What was built on was seen, so who built on whom is
    part of it.

    Args:
        record: Of the tick.
    """
    graph: nx.Graph[int] = nx.Graph()
    members, linked = _heard(record)
    graph.add_nodes_from(members)
    rows, columns = np.nonzero(np.triu(linked))
    graph.add_edges_from((members[a], members[b]) for a, b in zip(rows, columns, strict=True))
    return graph


def spectral_gap(record: TickRecord) -> float | None:
    """Algebraic connectivity of the interaction graph: second-smallest Laplacian eigenvalue.

    0 where the members that were asked fall into groups that did not hear each other, 1 for a star,
    up to their number where everyone heard everyone; None with fewer than two. O(members²), and an
    eigenvalue where neither extreme holds.

    Args:
        record: Of the tick.

    References:
        M. Fiedler, "Algebraic connectivity of graphs", 1973.
    """
    members, linked = _heard(record)
    n, links = len(members), int(linked.sum()) // 2
    if n < 2:
        return None
    if links == n * (n - 1) // 2:
        return float(n)
    if links < n - 1:
        return 0.0
    if n <= DENSE_UP_TO:  # the same links come back tick after tick
        return _gap_of(n, np.packbits(linked).tobytes())
    return _gap(linked)


@lru_cache(maxsize=128)
def _gap_of(n: int, packed: bytes) -> float:
    """The gap of a graph whose links are packed into bits."""
    bits = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=n * n)
    return _gap(bits.reshape(n, n).astype(bool))


def _gap(linked: Links) -> float:
    """Algebraic connectivity of a graph that lacks a link."""
    if not _connected(linked):
        return 0.0
    with _solvers().limit(limits=1):
        return max(0.0, _second_smallest(linked, int(linked.sum()) // 2))


@cache
def _solvers() -> Any:
    """What solves for eigenvalues, to be held to one thread.

    In several its last digit depends on how many cores there are, and on a busy machine they wait
    for one another fifty times as long as one takes.
    """
    return ThreadpoolController()


def _second_smallest(linked: Links, links: int) -> float:
    """Laplacian eigenvalue of a connected graph that lacks a link."""
    n = len(linked)
    if n <= DENSE_UP_TO:
        return float(np.linalg.eigvalsh(_laplacian(linked))[1])
    start = np.linspace(-1.0, 1.0, n)  # fixed, so that the same record gives the same number
    if 2 * links > n * (n - 1) // 2:  # the complement has few links, and n minus its eigenvalues
        apart = _sparse_laplacian(~linked, loops=True)
        (largest,) = eigsh(apart, k=1, which="LA", v0=start, return_eigenvectors=False)
        return n - float(largest)
    sparse = csc_array(_sparse_laplacian(linked))
    values = eigsh(sparse, k=2, sigma=-1e-3, which="LM", v0=start, return_eigenvectors=False)
    return float(max(values))


def _heard(record: TickRecord) -> tuple[list[int], Links]:
    """The members that were asked, and which of them heard one another, either way."""
    members = [m.member for m in record.members if m.turns]
    place = {member: i for i, member in enumerate(members)}
    n = len(members)
    authors = np.array([place.get(m.author, n) for m in record.log], dtype=np.intp)
    heard = np.zeros((n, n + 1), dtype=bool)  # the last column: of nobody that was asked
    for m in record.members:
        for turn in m.turns:
            seen = turn.seen
            if turn.trace is not None and turn.trace.unread:
                seen = cut_out(seen, ids_in(turn.trace.unread))
            for start, stop in (*seen, *turn.marks_from):
                heard[place[m.member], authors[start:stop]] = True
    linked: Links = heard[:, :n] | heard[:, :n].T
    np.fill_diagonal(linked, False)
    return members, linked


def _connected(linked: Links) -> bool:
    """Whether everybody is linked with everybody, directly or around."""
    reached = np.zeros(len(linked), dtype=bool)
    reached[0] = True
    waiting = np.array([0])
    while len(waiting) and not reached.all():
        now, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        found = np.flatnonzero(linked[now].any(axis=0) & ~reached)
        reached[found] = True
        waiting = np.concatenate([waiting, found])
    return bool(reached.all())


def _sparse_laplacian(linked: Links, *, loops: bool = False) -> csr_array:
    """The Laplacian without a dense matrix of floats, which takes eight times what `linked` does.

    Args:
        linked: As elsewhere.
        loops: Whether everybody is linked with itself, which counts for nothing.
    """
    n = len(linked)
    counts = np.count_nonzero(linked, axis=1)
    whole = np.int32 if counts.sum() < 2**31 else np.int64  # what the eigensolver takes
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(whole)
    columns = np.concatenate([np.flatnonzero(row).astype(whole) for row in linked])
    links = csr_array((np.ones(len(columns)), columns, ends), shape=(n, n))
    # adding leaves out what comes to 0, as making it of a dense matrix did
    return csr_array(diags_array(links.sum(axis=1)) - links)


def _laplacian(linked: Links) -> np.ndarray[Any, np.dtype[np.float64]]:
    laplacian = -linked.astype(float)
    np.fill_diagonal(laplacian, linked.sum(axis=1))
    return laplacian
