"""The team at work on one task: who did what, on which network, and who built on whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from ....model.metrics.structure import hierarchy_depth
from ....model.record import MemberRecord, State, TickRecord
from ..format import counted
from .style import STATES, axes_at, finish, fit, fold, new_figure, styled

TABLE_UP_TO = 20  # members; above it their roles no longer fit beside the network
LINKS_UP_TO = 400  # links; above it they hide the arrows
LABELS_UP_TO = 120
KAMADA_KAWAI_UP_TO = 120

_NET_IN, _TABLE_IN, _HEIGHT_IN = 5.3, 6.1, 7.0
_COLUMNS_IN = {"id": 0.0, "state": 0.32, "role": 1.35, "builds on": 5.15}
_REACH = 1.1  # axes run from -_REACH to _REACH, members from -1 to 1
_PT_PER_UNIT = _NET_IN * 72 / (2 * _REACH)
_TEXT_PT = 8.5
_ARROW = "#333333"

Place = tuple[float, float]
Positions = NDArray[np.float64]


@styled
def draw_team(record: TickRecord, graph: nx.Graph[int], *, synthetic: bool) -> Figure:
    """Draw one tick's team on its network.

    A node is a member, an arrow points from a member to one whose work it built on. Up to
    `TABLE_UP_TO` members a table lists their roles.

    Args:
        record: The tick.
        graph: The network it was played on.
        synthetic: Whether synthetic minds played it.
    """
    n = len(record.members)
    tabled = n <= TABLE_UP_TO
    width = _NET_IN + 0.3 + (_TABLE_IN + 0.1 if tabled else 1.4)
    figure = new_figure(width, _HEIGHT_IN, _title(record), _subtitle(record))
    figure.set_layout_engine("none")  # everything here has its place in inches
    left = 0.14 if tabled else 0.85
    net = _blank(figure, left, 0.95, _NET_IN, _NET_IN)
    legend = _blank(figure, left, 0.42, _NET_IN, 0.55)
    links = nx.Graph(graph.subgraph(m.member for m in record.members))
    links.add_nodes_from(m.member for m in record.members)
    note = _draw_network(net, record, links)
    _draw_legend(legend, record, links)
    if tabled:
        _draw_table(_blank(figure, _NET_IN + 0.35, 0.6, _TABLE_IN, 5.5), record)
    return finish(figure, synthetic=synthetic, note=note)


def place(graph: nx.Graph[int]) -> dict[int, Place]:
    """Where each member goes, -1 to 1 both ways; the same for the same graph.

    A circle from the top, clockwise, for complete networks, rings and chains; Kamada & Kawai's
    layout (1989) for other teams up to `KAMADA_KAWAI_UP_TO`; a seeded spring layout above.

    Args:
        graph: The network, undirected, nodes are members.
    """
    members = sorted(graph)
    n = len(members)
    strung = nx.is_connected(graph) and all(d <= 2 for _, d in graph.degree())
    if n == 1:
        return {members[0]: (0.0, 0.0)}
    if strung or _is_complete(graph):
        turns = {m: 2 * np.pi * i / n for i, m in enumerate(members)}
        return {m: (float(np.sin(t)), float(np.cos(t))) for m, t in turns.items()}
    if n > KAMADA_KAWAI_UP_TO:
        found = nx.spring_layout(graph, seed=0, k=2.5 / n**0.5)
    else:
        found = nx.kamada_kawai_layout(graph, dist=_distances(graph))
    positions = _spread(_centred(np.array([found[m] for m in members])))
    return {m: (float(x), float(y)) for m, (x, y) in zip(members, positions, strict=True)}


def _centred(positions: Positions) -> Positions:
    """Positions stretched to fill -1 to 1 both ways; a line stays a line."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    filled: Positions = (2 * positions - low - high) / np.where(high - low > 1e-6, high - low, 2.0)
    return filled


def _spread(positions: Positions) -> Positions:
    """Push nodes that would cover one another apart."""
    n = len(positions)
    wanted = 1.2 * _widest_pt(n) / _PT_PER_UNIT
    for _ in range(80 if n <= KAMADA_KAWAI_UP_TO else 0):
        gaps = positions[:, None] - positions[None]
        apart = np.hypot(gaps[..., 0], gaps[..., 1]) + 1e-9 + 9 * np.eye(n)
        push = np.maximum(0.0, wanted - apart) / apart
        if not push.any():
            break
        positions = positions + 0.3 * (gaps * push[..., None]).sum(axis=1)
    return _centred(positions)


def _widest_pt(n: int) -> float:
    return float(np.clip(150 / n**0.5, 4, 26))


def diameter_pt(places: Mapping[int, Place]) -> float:
    """Diameter of a node in points: as large as the nearest two allow, the same for all.

    Args:
        places: By member, -1 to 1 both ways.
    """
    n = len(places)
    if n == 1:
        return _widest_pt(n)
    nearest = float(pdist(np.array(list(places.values()))).min()) * _PT_PER_UNIT
    return float(np.clip(0.88 * nearest, 4, _widest_pt(n)))


def _distances(graph: nx.Graph[int]) -> dict[int, dict[int, float]]:
    """Hops between members; parts that aren't linked are set a little apart, not miles."""
    hops = {a: dict(row) for a, row in nx.all_pairs_shortest_path_length(graph)}
    apart = max(max(row.values()) for row in hops.values()) + 1.5
    return {a: {b: float(hops[a].get(b, apart)) for b in graph} for a in graph}


def _is_complete(graph: nx.Graph[int]) -> bool:
    n = len(graph)
    return graph.number_of_edges() == n * (n - 1) // 2


def _blank(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes without frame; one unit is an inch, y counts downwards."""
    axes = axes_at(figure, left, bottom, width, height)
    axes.set_axis_off()
    axes.set(xlim=(0, width), ylim=(height, 0))
    return axes


def _title(record: TickRecord) -> str:
    return f"{record.protocol}: {record.task_id}"


def _subtitle(record: TickRecord) -> str:
    team = counted(len(record.members), "member")
    return (
        f"tick {record.tick} · level {record.level} · {team} · "
        f"hierarchy depth {hierarchy_depth(record)}"
        + (" · the protocol broke" if record.error else "")
    )


def _draw_network(axes: Axes, record: TickRecord, graph: nx.Graph[int]) -> str:
    """Draw links, arrows and nodes; returns what the reader should know about the links."""
    places = place(graph)
    diameter = diameter_pt(places)
    axes.set(xlim=(-_REACH, _REACH), ylim=(-_REACH, _REACH))
    count, complete = graph.number_of_edges(), _is_complete(graph) and len(graph) > 2
    note = "The network is complete: everyone hears everyone; its links are " if complete else ""
    if count > LINKS_UP_TO:
        note = f"{note or f'The {count:,} links of the network are '}not drawn."
    else:
        lines = [(places[a], places[b]) for a, b in graph.edges]
        colour, width = ("#EBEBEB", 0.6) if complete else ("#C9C9C9", 1.0)
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=width, zorder=1))
        note += "faded." if complete else ""
    _draw_arrows(axes, record, places, diameter)
    _draw_nodes(axes, record, places, diameter)
    return note


def _draw_arrows(
    axes: Axes, record: TickRecord, places: Mapping[int, Place], diameter: float
) -> None:
    pairs = [(m.member, a) for m in record.members for a in m.builds_on if a in places]
    width, head = (1.5, 11) if len(pairs) <= 40 else (1.0, 8)
    for a, b in pairs:
        bend = _bend(places[a], places[b], diameter)
        if (b, a) in pairs and a > b:
            bend = -bend
        arrow = FancyArrowPatch(
            places[a], places[b], arrowstyle="-|>", mutation_scale=head,
            connectionstyle=f"arc3,rad={bend}", shrinkA=diameter / 2 + 1,
            shrinkB=diameter / 2 + 1.5, color=_ARROW, linewidth=width, alpha=0.85, zorder=2,
            gid=f"builds-{a}-{b}",
        )  # fmt: skip
        axes.add_patch(arrow)


def _bend(a: Place, b: Place, diameter: float) -> float:
    """An arc's curvature, towards the middle of the picture: rims stay free for nodes.

    On a circle the nearer two nodes the rounder, or those between would hide the arrow.
    """
    size = 0.17
    if min(np.hypot(*a), np.hypot(*b)) > 1 - 1e-9:
        apart = float(np.hypot(b[0] - a[0], b[1] - a[1])) * _PT_PER_UNIT
        size = float(np.clip(1.5 * diameter / apart, size, 1.2))
    outward = (a[0] + b[0]) * (b[1] - a[1]) - (a[1] + b[1]) * (b[0] - a[0])
    return -size if outward > 0 else size


def _draw_nodes(
    axes: Axes, record: TickRecord, places: Mapping[int, Place], diameter: float
) -> None:
    for state, look in STATES.items():
        positions = [places[m.member] for m in record.members if m.state is state]
        if positions:
            x, y = zip(*positions, strict=True)
            axes.scatter(
                x,
                y,
                s=(diameter * (1.15 if look.marker == "X" else 1.0)) ** 2,
                marker=look.marker,
                facecolor=look.face,
                edgecolor=look.colour,
                linewidth=1.8 if look.face != look.colour else 0.6,
                zorder=3,
                gid=f"state-{state}",
            )
    if len(places) > LABELS_UP_TO:
        return
    size = float(np.clip(diameter * 0.4, 6, 9.5))
    for m in record.members:
        axes.text(
            *places[m.member], str(m.member), size=size, color=STATES[m.state].ink, weight="bold",
            ha="center", va="center_baseline", zorder=4, gid=f"member-{m.member}",
        )  # fmt: skip


def _draw_legend(axes: Axes, record: TickRecord, graph: nx.Graph[int]) -> None:
    counts = Counter(m.state for m in record.members)
    arrows = sum(len(m.builds_on) for m in record.members)
    handles = [
        _state_handle(state, f"{state} ({counts[state]})") for state in STATES if counts[state]
    ]
    handles.append(
        Line2D([], [], color=_ARROW, marker=">", markevery=(1, 1), ms=5,
               label=f"built on the work of ({arrows})")
    )  # fmt: skip
    links = graph.number_of_edges()
    if 0 < links <= LINKS_UP_TO:
        handles.append(Line2D([], [], color="#C9C9C9", label=f"linked ({links})"))
    axes.legend(handles=handles, loc="center", ncols=3, columnspacing=1.4, handletextpad=0.6)


def _state_handle(state: State, label: str) -> Line2D:
    look = STATES[state]
    return Line2D(
        [], [], ls="", marker=look.marker, ms=9, mfc=look.face, mec=look.colour, mew=1.4,
        label=label,
    )  # fmt: skip


def _draw_table(axes: Axes, record: TickRecord) -> None:
    row_in = min(0.48, 5.5 / (len(record.members) + 1))
    shorten = fold if row_in > 0.4 else fit
    starts = list(_COLUMNS_IN.values())
    widths = [b - a - 0.12 for a, b in zip(starts, [*starts[1:], _TABLE_IN + 0.12], strict=True)]
    for name, x in _COLUMNS_IN.items():
        axes.text(x, row_in - 0.15, name, size=_TEXT_PT, weight="bold", va="center")
    for i, m in enumerate(record.members, start=1):
        y = (i + 0.5) * row_in
        axes.axhline(i * row_in, color="#444444" if i == 1 else "#E3E3E3", lw=0.8, zorder=0)
        for column, x, width in zip(_COLUMNS_IN, starts, widths, strict=True):
            text, muted = _cell(column, m)
            indent = 0.19 if column == "state" else 0.0
            axes.text(
                x + indent, y, shorten(text, width - indent, _TEXT_PT), size=_TEXT_PT, va="center",
                color="#666666" if muted else "black", style="italic" if muted else "normal",
                gid=f"cell-{column}-{m.member}",
            )  # fmt: skip
        look = STATES[m.state]
        axes.plot(
            _COLUMNS_IN["state"] + 0.06, y, ls="", marker=look.marker, ms=7, mfc=look.face,
            mec=look.colour, mew=1.3,
        )  # fmt: skip


def _cell(column: str, m: MemberRecord) -> tuple[str, bool]:
    """What the table says of a member in a column, and whether it is an aside."""
    match column:
        case "id":
            return str(m.member), False
        case "state":
            return str(m.state), False
        case "role" if m.role is not None:
            return m.role, False
        case "role":
            return m.note or "never asked", True
        case _:
            return ", ".join(map(str, m.builds_on)) or "–", False
