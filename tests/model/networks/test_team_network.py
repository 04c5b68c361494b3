"""The network carries what it should, one way or both, and Mesa's space shows it as it is."""

from __future__ import annotations

import networkx as nx
import pytest
from support.teams import WORKER, workers

import unscripted as un


def test_one_way_links_carry_one_way():
    graph = nx.DiGraph([(0, 1), (2, 1), (1, 3)])
    org = workers(4, protocol="sequential", topology=graph)
    org.step()
    heard = {m: [x.author for x in org.members[m].mailbox] for m in range(4)}
    assert heard == {0: [], 1: [0], 2: [], 3: [1]}
    assert org.network.audience_of(1) == (3,)


def test_directed_newcomer_is_linked_both_ways():
    org = workers(2, topology=nx.DiGraph([(0, 1)]))
    org.add_member(WORKER, [0])
    assert set(org.network.G.edges) == {(0, 1), (0, 2), (2, 0)}


def members_of(cells):
    return sorted(a.member for cell in cells for a in cell.agents)


def test_neighbourhoods_follow_the_links():
    org = workers(6, topology="ring")
    cell = org.members[0].cell
    assert members_of(cell.neighborhood) == [1, 5]
    org.rewire(cut=[(0, 1)], made=[(0, 3)])
    assert members_of(cell.neighborhood) == [3, 5]
    assert sorted(cell.connections) == [3, 5]
    assert members_of(cell.get_neighborhood(2)) == [2, 3, 4, 5]
    assert members_of(cell.get_neighborhood(1, include_center=True)) == [0, 3, 5]
    org.remove_member(5)
    assert members_of(cell.neighborhood) == [3]
    assert members_of(org.space.all_cells) == [0, 1, 2, 3, 4]
    with pytest.raises(un.UsageError, match="radius=0 is below 1"):
        cell.get_neighborhood(0)


@pytest.mark.parametrize("name", ["add_connection", "remove_connection"])
def test_unrecorded_changes_are_refused(name):
    org = workers(3)
    with pytest.raises(un.UsageError, match=r"use add_member, remove_member or rewire"):
        getattr(org.space, name)(org.members[0].cell, org.members[1].cell)
    for change in (org.space.add_cell, org.space.remove_cell):
        with pytest.raises(un.UsageError, match="change with the team"):
            change(org.members[0].cell)
    assert org.network.G.number_of_edges() == 3
