"""A team on its network: everyone drawn, every arrow, and nothing covered."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from support.drawings import drawn, inside, record, texts

from unscripted.model.networks.building import build_topology
from unscripted.model.record import State
from unscripted.scenarios.harness.figures.style import STATES
from unscripted.scenarios.harness.figures.team import diameter_pt, draw_team, place


@pytest.mark.parametrize(("n", "topology"), [(1, "complete"), (20, "barabasi-albert"),
                                             (64, "complete"), (121, "ring")])  # fmt: skip
def test_every_member_is_drawn(n, topology):
    figure = draw_team(record("c" * n), build_topology(topology, n, 0), synthetic=True)
    assert sum(len(s.get_offsets()) for s in drawn(figure, "state-")) == n
    named = [t.get_text() for t in drawn(figure, "member-")]
    assert named == ([] if n > 120 else [str(i) for i in range(n)])
    inside(figure)


def test_nodes_stand_for_states():
    figure = draw_team(record("cccaaeeeef"), nx.complete_graph(10), synthetic=False)
    counts = {s: len(drawn(figure, f"state-{s}")[0].get_offsets()) for s in State}
    assert list(counts.values()) == [3, 2, 4, 1]
    assert all(f"{s} ({n})" in texts(figure) for s, n in counts.items())


def test_states_differ_without_colour():
    nodes = {(look.marker, look.face == look.colour) for look in STATES.values()}
    assert len(nodes) == len({look.hatch for look in STATES.values()}) == len(State)


def test_an_arrow_per_work_used():
    work = record("cccc", builds={1: (0,), 3: (0, 1)})
    figure = draw_team(work, nx.path_graph(4), synthetic=False)
    assert sorted(a.get_gid() for a in drawn(figure, "builds-")) == [
        "builds-1-0", "builds-3-0", "builds-3-1"
    ]  # fmt: skip
    assert "built on the work of (3)" in texts(figure)
    assert "tick 0 · level L3 · 4 members · hierarchy depth 3" in texts(figure)
    assert "linked (3)" in texts(figure)


def test_arrows_bend_apart():
    both = record("cc", builds={0: (1,), 1: (0,)})
    figure = draw_team(both, nx.path_graph(2), synthetic=False)
    bends = [a.get_connectionstyle().rad for a in drawn(figure, "builds-")]
    assert len(set(bends)) == 1, "mirrored, so that the two don't cover each other"
    circle = draw_team(record("c" * 12, builds={1: (0,)}), nx.complete_graph(12), synthetic=False)
    (arrow,) = drawn(circle, "builds-")
    assert abs(arrow.get_connectionstyle().rad) > 0.17


def test_a_broken_protocol_is_said():
    figure = draw_team(record("e", error="ProtocolError: x"), nx.empty_graph(1), synthetic=False)
    assert texts(figure).count("the protocol broke") == 1
    assert "1 member ·" in texts(figure)


def test_small_teams_have_a_table():
    small = draw_team(record("c" * 18 + "ae"), nx.path_graph(20), synthetic=False)
    large = draw_team(record("c" * 20 + "a"), nx.path_graph(21), synthetic=False)
    cells = {t.get_gid(): t.get_text() for t in drawn(small, "cell-")}
    assert len(cells) == 4 * 20
    assert (cells["cell-id-3"], cells["cell-state-3"]) == ("3", "contributed")
    assert cells["cell-role-3"] == "domain-3 analyst for part-3"
    assert (cells["cell-role-18"], cells["cell-role-19"]) == ("nothing to add", "never asked")
    assert cells["cell-builds on-3"] == "–"
    assert drawn(large, "cell-") == []


def test_notes_are_set_apart():
    figure = draw_team(record("cae"), nx.path_graph(3), synthetic=False)
    looks = {t.get_gid(): (t.get_style(), t.get_color()) for t in drawn(figure, "cell-role-")}
    assert looks["cell-role-0"] == ("normal", "black")
    assert looks["cell-role-1"] == looks["cell-role-2"] == ("italic", "#666666")


@pytest.mark.parametrize(
    ("n", "said"),
    [(21, "everyone hears everyone; its links are faded."), (64, "its links are not drawn."),
     (2, "")],
)  # fmt: skip
def test_complete_networks_say_so(n, said):
    figure = draw_team(record("c" * n), nx.complete_graph(n), synthetic=False)
    assert said in texts(figure)
    assert ("network is complete" in texts(figure)) == bool(said)


def test_crowded_networks_lose_their_links():
    crowded = draw_team(record("c" * 40), nx.gnm_random_graph(40, 500, seed=1), synthetic=False)
    assert "The 500 links of the network are not drawn." in texts(crowded)


@pytest.mark.parametrize(
    ("topology", "n"),
    [("complete", 34), ("ring", 34), ("karate-club", 34), ("erdos-renyi:p=0.03", 20)],
)
def test_nodes_never_cover_one_another(topology, n):
    graph = build_topology(topology, n, 0)
    places = place(graph)
    assert set(places) == set(range(n))
    spots = np.array(list(places.values()))
    assert np.abs(spots).max() <= 1 + 1e-9
    assert diameter_pt(places) > 8
    if topology == "ring":
        assert places == place(graph)


def test_places_begin_at_the_top():
    assert place(nx.empty_graph(1)) == {0: (0.0, 0.0)}
    ring = place(nx.cycle_graph(4))
    assert ring[0] == pytest.approx((0, 1))
    assert ring[1] == pytest.approx((1, 0)), "clockwise"
    assert diameter_pt({0: (0.0, 0.0)}) == 26
    assert diameter_pt({0: (0.0, 0.0), 1: (0.0, 1e-3)}) == 4
    large = place(nx.gnm_random_graph(130, 200, seed=2))
    assert len(large) == 130
