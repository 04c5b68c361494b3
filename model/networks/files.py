"""Networks from files, as other tools write them: every file type that networkx reads.

A file is a stranger's word: what can't be understood is refused with its line, and what was
understood is said in one sentence (`graph.graph["read"]`), so that nobody plays another network
than the one that was meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx

from ..errors import UsageError

MOST_BYTES = 64_000_000
READ = "read"
"""Where a graph says what was read."""
_COMMENTS = ("#", "%", "//")
_HEADINGS = frozenset(
    [
        "node",
        "node1",
        "node2",
        "nodea",
        "nodeb",
        "id",
        "id1",
        "id2",
        "start",
        "end",
        "head",
        "tail",
        "ego",
        "alter",
        "u",
        "v",
        "a",
        "b",
        "i",
        "j",
        "weight",
        "type",
        "edge",
        "source",
        "target",
        "from",
        "to",
        "src",
        "dst",
        "sender",
        "receiver",
    ]
)
_MORE = frozenset(("source", "target", "from", "to", "src", "dst", "sender", "receiver"))
"""Headings of which one is enough; the others could be names."""


@dataclass(frozen=True)
class _Row:
    """A line of an edge list.

    Attributes:
        line: Its number, from 1.
        cells: What stands in it.
    """

    line: int
    cells: list[str]


def is_network_file(topology: str | Path) -> bool:
    """Whether a text is a file's name, by its ending, and no network's name.

    Args:
        topology: As users type it.
    """
    return Path(topology).suffix.lower() in READERS


def read_network(path: Path) -> nx.Graph[Any]:
    """The network of a file, with its nodes named as they are there.

    Args:
        path: Its ending, in any case, says of which type it is.

    Returns:
        With `label` on nodes that have one, and `read` on the graph: what was read, in words.

    Raises:
        UsageError: It is no such file, or something in it can't be understood.
    """
    if not path.is_file():
        raise UsageError(f"topology={path} is not a file; give one of {', '.join(READERS)}")
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(f"topology={path} is larger than {MOST_BYTES // 10**6} MB; use a smaller")
    kind = path.suffix.lower()
    try:
        text = path.read_bytes().decode("utf-8-sig")
        graph = READERS[kind](path, text)
    except UsageError:
        raise
    except UnicodeDecodeError as error:
        raise UsageError(f"topology={path} is not UTF-8 text: {error.reason}; save it so") from None
    except RecursionError:
        raise UsageError(f"topology={path} is nested too deeply; use a plain file") from None
    except Exception as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise UsageError(
            f"topology={path} can't be read as {kind[1:]}: {said}; mend it, or name its true type"
        ) from None
    if not graph:
        raise UsageError(f"topology={path} holds no nodes; give a file with a network")
    graph.graph[READ] = f"{path}: {_summary(graph)}"
    return graph


def _summary(graph: nx.Graph[Any]) -> str:
    """What a network is, in words, and what was left out of it."""
    direction = "directed" if graph.is_directed() else "undirected"
    said = f"{len(graph)} members, {graph.number_of_edges()} links, {direction}"
    left_out = graph.graph.pop("left_out", [])
    loops = nx.number_of_selfloops(graph)
    if loops:
        said += f"; {loops} links of a member to itself are left out"
    if left_out:
        said += f"; groups left out: {', '.join(map(str, left_out))}"
    return said


# --- lists of edges ------------------------------------------------------------------------------


def _edge_list(path: Path, text: str) -> nx.Graph[Any]:
    rows = list(_rows(text))
    _refuse_header(path, rows)
    return _linked(path, rows)


def _csv(path: Path, text: str) -> nx.Graph[Any]:
    """As spreadsheets and Gephi write it; a first line of headings is expected there."""
    rows = list(_rows(text))
    directed = False
    if rows and _is_header(rows):
        names = [c.lower() for c in rows[0].cells]
        places = [names.index(n) for n in ("source", "target") if n in names] or [0, 1]
        kind = names.index("type") if "type" in names else None
        found = [r for r in rows[1:] if kind is not None and len(r.cells) > kind]
        directed = any(r.cells[kind].lower() == "directed" for r in found if kind is not None)
        rows = [_Row(r.line, [r.cells[p] for p in places if p < len(r.cells)]) for r in rows[1:]]
    graph = _linked(path, rows)
    return nx.DiGraph(graph) if directed else graph


def _rows(text: str) -> Iterator[_Row]:
    """Lines that aren't empty or comments, taken apart at commas, semicolons, tabs or blanks."""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith(_COMMENTS):
            continue
        bare = re.sub(r"\s+#.*$", "", bare)
        sign = next((s for s in ("\t", ";", ",") if s in bare.partition("{")[0]), None)
        yield _Row(
            number, [c.strip().strip('"') for c in bare.split(sign, 2 if sign is None else -1)]
        )


def _is_header(rows: list[_Row]) -> bool:
    """Whether the first line names columns instead of members."""
    first = [c.lower() for c in rows[0].cells[:3]]
    if any(c in _MORE for c in first) or (len(rows) > 1 and all(c in _HEADINGS for c in first)):
        return True
    rest = [cell for row in rows[1:] for cell in row.cells[:2]]
    return bool(rest) and all(map(_is_number, rest)) and not any(map(_is_number, first[:2]))


def _refuse_header(path: Path, rows: list[_Row]) -> None:
    if rows and _is_header(rows):
        raise UsageError(
            f"topology={path}: line {rows[0].line} ({' '.join(rows[0].cells)!r}) reads like a "
            "header; remove it, or begin it with #"
        )


def _linked(path: Path, rows: list[_Row]) -> nx.Graph[Any]:
    graph: nx.Graph[Any] = nx.Graph()
    for row in rows:
        cells = row.cells
        third = cells[2] if len(cells) > 2 else "1"
        if len(cells) < 2 or not all(cells[:2]) or not _is_weight(third) or len(cells) > 3:
            raise UsageError(
                f"topology={path}: line {row.line} ({' '.join(cells)!r}) is no link; "
                "write two members and at most a weight, as `0 1` or `a,b,0.5`"
            )
        graph.add_edge(cells[0], cells[1])
    return graph


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+", text) is not None


def _is_weight(text: str) -> bool:
    """A number, or what networkx writes in its place: `{}` or `{'weight': 2.0}`."""
    if text.startswith("{"):
        return text.endswith("}")
    try:
        float(text)
    except ValueError:
        return False
    return True


# --- GraphML -------------------------------------------------------------------------------------


def _graphml(path: Path, text: str) -> nx.Graph[Any]:
    if "<!DOCTYPE" in text[:4096] or "<!ENTITY" in text:
        raise UsageError(f"topology={path} defines entities of its own; use a plain GraphML file")
    root = ElementTree.fromstring(text)
    graphs = root.findall("{*}graph")
    if len(graphs) > 1:
        raise UsageError(f"topology={path} holds {len(graphs)} graphs; use a file with one")
    declared = {node.get("id") for node in root.iter() if node.tag.endswith("}node")}
    for edge in (e for e in root.iter() if e.tag.endswith("}edge")):
        for end in (edge.get("source"), edge.get("target")):
            if end not in declared:
                raise UsageError(f"topology={path}: an edge names {end!r}, which is no node of it")
    graph = nx.parse_graphml(text)
    return _without_groups(_simple(graph), _groups(root))


def _groups(root: ElementTree.Element) -> set[str]:
    """The ids of boxes around nodes, as yEd draws them."""
    return {
        str(node.get("id"))
        for node in root.iter()
        if node.tag.endswith("}node")
        and (node.find("{*}graph") is not None or any("foldertype" in name for name in node.attrib))
    }


def _without_groups(graph: nx.Graph[Any], groups: set[str]) -> nx.Graph[Any]:
    known = [g for g in graph if str(g) in groups]
    graph.graph["left_out"] = [str(graph.nodes[g].get("label") or g).strip() for g in known]
    graph.remove_nodes_from(known)
    return graph


def _simple(graph: nx.Graph[Any]) -> nx.Graph[Any]:
    """Without parallel links; with the label that a tool keeps, if any, as `label`."""
    plain: nx.Graph[Any] = (nx.DiGraph if graph.is_directed() else nx.Graph)()
    for node, data in graph.nodes(data=True):
        label = next((data[k] for k in ("label", "Label", "name", "d0") if data.get(k)), None)
        plain.add_node(node, **({} if label is None else {"label": str(label).strip()}))
    plain.add_edges_from(graph.edges())
    return plain


# --- the other types -----------------------------------------------------------------------------


def _lines(reader: Callable[[list[str]], nx.Graph[Any]]) -> Callable[[Path, str], nx.Graph[Any]]:
    return lambda path, text: _simple(reader(text.splitlines()))


def _json(path: Path, text: str) -> nx.Graph[Any]:
    body = json.loads(text)
    edges = "links" if "links" in body else "edges"
    return _simple(nx.node_link_graph(body, edges=edges))


def _gexf(path: Path, text: str) -> nx.Graph[Any]:
    if "<!ENTITY" in text:
        raise UsageError(f"topology={path} defines entities of its own; use a plain GEXF file")
    return _simple(nx.read_gexf(path))


READERS: dict[str, Callable[[Path, str], nx.Graph[Any]]] = {
    ".graphml": _graphml,
    ".xml": _graphml,
    ".edgelist": _edge_list,
    ".edges": _edge_list,
    ".txt": _edge_list,
    ".tsv": _csv,
    ".csv": _csv,
    ".gml": _lines(lambda lines: nx.parse_gml(lines, label="id")),
    ".gexf": _gexf,
    ".net": _lines(nx.parse_pajek),
    ".adjlist": _lines(nx.parse_adjlist),
    ".json": _json,
}
"""How each file type is read, by its ending in lower case."""
