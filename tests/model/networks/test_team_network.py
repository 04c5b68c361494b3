"""The network carries what it should, one way or both."""

from __future__ import annotations

from support.teams import WORK, team

from unscripted.testing import Scripted


def test_one_way_links_carry_one_way():
    import networkx as nx

    graph = nx.DiGraph([(0, 1), (2, 1), (1, 3)])
    org = team(*[Scripted([WORK])] * 4, protocol="sequential", topology=graph)
    org.step()
    heard = {m: [x.author for x in org.members[m].mailbox] for m in range(4)}
    assert heard == {0: [], 1: [0], 2: [], 3: [1]}


def test_directed_newcomer_is_linked_both_ways():
    import networkx as nx

    org = team(*[Scripted([WORK])] * 2, topology=nx.DiGraph([(0, 1)]))
    org.add_member(Scripted([WORK]), [0])
    assert set(org.network.G.edges) == {(0, 1), (0, 2), (2, 0)}
