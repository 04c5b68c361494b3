"""Figures say what the records say: everyone is drawn, gaps stay gaps, synthetic data says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import networkx as nx
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from unscripted.model.decision import Abstention, Act, Contribution, Failure
from unscripted.model.errors import UsageError
from unscripted.model.judge import Verdict
from unscripted.model.metrics.catalogue import measure_tick, of_ticks
from unscripted.model.networks.building import build_topology
from unscripted.model.record import MemberRecord, RoundRecord, State, TickRecord, Turn
from unscripted.scenarios.harness.figures.comparison import draw_comparison, ranked
from unscripted.scenarios.harness.figures.measures import draw_measures
from unscripted.scenarios.harness.figures.roles import draw_role_mosaic, leading_words
from unscripted.scenarios.harness.figures.style import STATES, SYNTHETIC_NOTE, fit, save
from unscripted.scenarios.harness.figures.team import diameter_pt, draw_team, place

REPLIES = {
    State.CONTRIBUTED: lambda i: Contribution(f"domain-{i % 9} analyst for part-{i}", "work"),
    State.ABSTAINED: lambda i: Abstention("nothing to add"),
    State.FAILED: lambda i: Failure("error", "RuntimeError: gone"),
}


def record(states: str, tick: int = 0, builds: dict[int, tuple[int, ...]] | None = None):
    """A tick from one letter per member: c(ontributed), a(bstained), e(xcluded), f(ailed)."""
    letters = {s.value[0]: s for s in State}
    members = []
    for i, letter in enumerate(states):
        state = letters[letter]
        reply = REPLIES[state](i) if state in REPLIES else None
        if isinstance(reply, Contribution) and builds and i in builds:
            reply = Contribution(reply.role, reply.work, builds[i])
        turns = () if reply is None else (Turn(i, Act.CONTRIBUTE, reply),)
        members.append(MemberRecord(i, "stub", state, turns))
    rounds = tuple(
        RoundRecord(Act.CONTRIBUTE, (i,) if m.turns else ()) for i, m in enumerate(members)
    )
    return TickRecord(
        tick, f"l3-task-{tick}", "L3", "sequential", tuple(members), rounds, Verdict()
    )


def drawn(figure: Figure, prefix: str) -> list:
    """Everything in a figure whose gid starts so."""
    return figure.findobj(lambda a: (a.get_gid() or "").startswith(prefix), include_self=False)


def texts(figure: Figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(Text))


def cell(protocol: str, mean: float | None, **factors):
    low_high = None if mean is None else [mean - 0.01, mean + 0.01]
    quality = None if mean is None else {"mean": mean, "sd": 0.1, "ci95": low_high, "n": 5}
    base = {"model": "m", "agents": 8, "level": "L3", "topology": "complete", "replicates": 5}
    return {"protocol": protocol, **base, "quality": quality, **factors}


# --- team


@pytest.mark.parametrize("n", [1, 2, 20, 64])
@pytest.mark.parametrize("topology", ["complete", "barabasi-albert"])
def test_every_member_is_drawn_and_named(n, topology):
    figure = draw_team(record("c" * n), build_topology(topology, n, 0), synthetic=True)
    labels = [t.get_text() for t in drawn(figure, "member-")]
    assert labels == [str(i) for i in range(n)]
    assert sum(len(s.get_offsets()) for s in drawn(figure, "state-")) == n


def test_nodes_stand_for_states():
    figure = draw_team(record("cccaaeeeef"), nx.complete_graph(10), synthetic=False)
    counts = {s: len(drawn(figure, f"state-{s}")[0].get_offsets()) for s in State}
    assert list(counts.values()) == [3, 2, 4, 1]


def test_states_differ_without_colour():
    nodes = {(look.marker, look.face == look.colour) for look in STATES.values()}
    assert len(nodes) == len(State)
    assert len({look.hatch for look in STATES.values()}) == len(State)


def test_one_arrow_per_work_built_on():
    work = record("cccc", builds={1: (0,), 3: (0, 1)})
    figure = draw_team(work, nx.path_graph(4), synthetic=False)
    assert sorted(a.get_gid() for a in drawn(figure, "builds-")) == [
        "builds-1-0", "builds-3-0", "builds-3-1",
    ]  # fmt: skip
    assert "hierarchy depth 3" in texts(figure)


def test_small_teams_have_a_table_of_roles_and_large_ones_counts():
    small = draw_team(record("c" * 20), nx.path_graph(20), synthetic=False)
    large = draw_team(record("c" * 20 + "a"), nx.path_graph(21), synthetic=False)
    assert len(drawn(small, "cell-role-")) == 20
    assert drawn(large, "cell-") == []
    assert "contributed (20)" in texts(large)
    assert "abstained (1)" in texts(large)


@pytest.mark.parametrize("n", [21, 64])
def test_crowded_networks_say_that_links_are_left_out(n):
    figure = draw_team(record("c" * n), nx.complete_graph(n), synthetic=False)
    assert ("not drawn" in texts(figure)) == (n * (n - 1) // 2 > 400)
    assert "network is complete" in texts(figure)


@pytest.mark.parametrize("topology", ["complete", "ring", "karate-club", "erdos-renyi:p=0.02"])
def test_nodes_never_cover_one_another(topology):
    n = 34
    graph = build_topology(topology, n, 0)
    places = place(graph)
    assert places == place(graph)
    assert set(places) == set(range(n))
    spots = np.array(list(places.values()))
    assert np.abs(spots).max() <= 1 + 1e-9
    assert diameter_pt(places) > 8


# --- roles


@pytest.mark.parametrize(("members", "ticks"), [(1, 1), (8, 12), (64, 40)])
def test_marks_count_as_the_records_do(members, ticks):
    records = [record(("caef" * members)[t : t + members], t) for t in range(ticks)]
    figure = draw_role_mosaic(records, synthetic=True)
    for state in (State.ABSTAINED, State.EXCLUDED, State.FAILED):
        said = sum(m.state is state for r in records for m in r.members)
        marks = drawn(figure, f"state-{state}")
        assert sum(len(m.get_offsets()) for m in marks) == said
        assert (f"({said})" in texts(figure)) or not said


def test_a_cell_has_its_words_colour_and_a_bystander_none():
    records = [record("cca", 0)]
    cells = drawn(draw_role_mosaic(records, synthetic=False), "cells")[0]
    colours = np.asarray(cells.get_array()).reshape(3, 3)
    words = leading_words(records, lettered=True)
    assert mpl.colors.to_hex(colours[0]).upper() == words["domain-0"]
    assert mpl.colors.to_hex(colours[1]).upper() == words["domain-1"]
    assert mpl.colors.to_hex(colours[2]) == "#ffffff"


def test_a_kept_role_is_bridged():
    figure = draw_role_mosaic([record("cc", 0), record("ca", 1)], synthetic=False)
    assert "kept its role (1)" in texts(figure)


def test_a_member_that_joined_later_has_an_empty_cell():
    figure = draw_role_mosaic([record("c", 0), record("cc", 1)], synthetic=False)
    assert (
        np.asarray(drawn(figure, "cells")[0].get_array()).reshape(2, 2, 3)[1, 0].tolist() == [1] * 3
    )


# --- measures


def test_missing_values_are_gaps_not_zeros():
    ticks = [dict.fromkeys(of_ticks()), *[dict(measure_tick([record("ca")])) for _ in range(2)]]
    ticks[1]["quality"], ticks[2]["risk"] = 0.5, None
    figure = draw_measures(ticks, title="t", synthetic=True)
    quality = drawn(figure, "quality")[0].get_ydata()
    assert np.isnan(quality).tolist() == [True, False, True]
    assert quality[1] == 0.5


def test_a_panel_with_nothing_measured_says_so():
    figure = draw_measures([dict.fromkeys(of_ticks())] * 3, title="t", synthetic=False)
    assert texts(figure).count("not measured") == 9
    judged = [{**dict.fromkeys(of_ticks()), "quality": 0.5}]
    assert texts(draw_measures(judged, title="t", synthetic=False)).count("not measured") == 8


def test_state_bars_fill_the_height():
    figure = draw_measures(
        [measure_tick([record(r)]) for r in ("ccaf", "ceef")], title="t", synthetic=False
    )
    axes = next(a for a in figure.axes if a.get_gid() == "Members")
    tops = {}
    for bar in axes.patches:
        tick = round(bar.get_x() + bar.get_width() / 2)
        tops[tick] = tops.get(tick, 0) + bar.get_height()
    assert tops == {0: 1.0, 1: 1.0}


# --- comparison


def test_protocols_are_sorted_by_mean_quality():
    cells = [cell("b", 0.5), cell("a", 0.9), cell("c", None), cell("b", 0.7, agents=16)]
    assert ranked(cells) == ["a", "b", "c"]
    axes = draw_comparison(cells, measures=["quality"], synthetic=False).axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b", "c"]
    assert axes.yaxis_inverted()


def test_intervals_are_drawn_where_given():
    once = {"mean": 0.4, "sd": None, "ci95": None, "n": 1}
    cells = [cell("a", 0.5), cell("b", 0.6), cell("c", None), cell("d", 0.1, quality=once)]
    figure = draw_comparison(cells, measures=["quality"], synthetic=False)
    assert len(drawn(figure, "mean")) == 3
    bars = {tuple(line.get_xdata()) for line in drawn(figure, "interval")}
    assert bars == {(0.49, 0.51), (0.59, 0.61)}


def test_combinations_do_not_cover_one_another():
    cells = [cell("a", 0.5, agents=n, model=m) for n in (4, 8) for m in "xyz"]
    figure = draw_comparison(cells, measures=["quality"], synthetic=False)
    dots = drawn(figure, "mean")
    assert len({round(float(d.get_ydata()[0]), 6) for d in dots}) == 6
    assert len({(d.get_color(), d.get_marker()) for d in dots}) == 6
    assert "z · 8 agents" in texts(figure)


@pytest.mark.parametrize("models", [3, 12])
def test_many_combinations_become_rows(models):
    cells = [
        cell("a", 0.5, agents=n, model=f"m{m:02}", level=level)
        for n in (4, 8, 16)
        for m in range(models)
        for level in ("L3", "L4")
    ]
    figure = draw_comparison(cells, measures=["quality"], synthetic=False)
    rows = len(figure.axes)
    assert 1 < rows <= 8
    assert len(drawn(figure, "mean")) == len(cells) or "are shown" in texts(figure)
    assert all(len([x for x in a.lines if x.get_gid() == "mean"]) <= 8 for a in figure.axes)


def test_a_measure_nobody_has_says_so():
    figure = draw_comparison([cell("a", 0.5)], measures=["quality", "cost_usd"], synthetic=False)
    assert texts(figure).count("not measured") == 1
    assert "USD" in texts(figure)


# --- all of them


def every_figure(synthetic: bool, n: int = 5) -> dict[str, Figure]:
    records = [record(("ccaef" * n)[:n], t, {1: (0,)}) for t in range(3)]
    return {
        "team": draw_team(records[0], nx.path_graph(n), synthetic=synthetic),
        "roles": draw_role_mosaic(records, synthetic=synthetic),
        "measures": draw_measures(
            [measure_tick([r]) for r in records], title="t", synthetic=synthetic
        ),
        "comparison": draw_comparison([cell("a", 0.5), cell("b", 0.6)], synthetic=synthetic),
    }


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_data_and_only_that_says_so(synthetic):
    for name, figure in every_figure(synthetic).items():
        assert (SYNTHETIC_NOTE in texts(figure)) is synthetic, name


def test_the_same_data_give_the_same_bytes(tmp_path: Path):
    first, second = every_figure(True), every_figure(True)
    for name, figure in first.items():
        once = [p.read_bytes() for p in save(figure, tmp_path / "a", name)]
        again = [p.read_bytes() for p in save(figure, tmp_path / "b", name)]
        anew = [p.read_bytes() for p in save(second[name], tmp_path / "c", name)]
        assert once == again == anew, name
        assert [p.name for p in sorted((tmp_path / "a").glob(f"{name}.*"))] == [
            f"{name}.png", f"{name}.svg",
        ]  # fmt: skip


@pytest.mark.parametrize("n", [1, 20, 64])
def test_nothing_is_cut_off(n):
    long = "manufacturing-quality " * 5
    cells = [cell(long + p, 0.5, model=long + m) for p in "ab" for m in "xyz"]
    for name, figure in {
        **every_figure(True, n),
        "wide": draw_comparison(cells, synthetic=True),
    }.items():
        width, height = figure.get_size_inches()
        used = figure.get_tightbbox()
        assert -0.01 <= used.x0 < used.x1 <= width + 0.01, name
        assert -0.01 <= used.y0 < used.y1 <= height + 0.01, name


def test_texts_from_anywhere_are_printed_literally():
    hostile = "cost $x^ & \\frac{1 lead\n\x07 <b>" + "long " * 500
    cut = fit(hostile, 2.0, 8.0)
    assert cut.endswith("…")
    assert r"\$x" in cut
    assert fit("", 1.0, 8.0) == ""
    assert fit("short", 1.0, 8.0) == "short"
    own = MemberRecord(0, "stub", State.CONTRIBUTED,
                       (Turn(0, Act.CONTRIBUTE, Contribution("$\\bad{$ lead", "w")),))  # fmt: skip
    odd = TickRecord(0, "$t^", "L3", "$p", (own,), (RoundRecord(Act.CONTRIBUTE, (0,)),), Verdict())
    draw_team(odd, nx.empty_graph(1), synthetic=True)
    draw_role_mosaic([odd], synthetic=True)
    draw_comparison([cell("$p^", 0.5, model="$m^")], synthetic=True)


def test_drawing_leaves_the_users_settings_alone():
    before = dict(mpl.rcParams)
    every_figure(True)
    assert dict(mpl.rcParams) == before


def test_figures_need_no_pyplot():
    names = ("team", "roles", "measures", "comparison")
    lines = [f"import unscripted.scenarios.harness.figures.{n}" for n in names]
    code = "; ".join([*lines, "import sys", "sys.exit('matplotlib.pyplot' in sys.modules)"])
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_to_draw_is_an_error_that_says_what_to_do():
    with pytest.raises(UsageError, match="at least one tick"):
        draw_role_mosaic([], synthetic=True)
    with pytest.raises(UsageError, match="at least one tick"):
        draw_measures([], title="t", synthetic=True)
    with pytest.raises(UsageError, match="at least one"):
        draw_comparison([], synthetic=True)
