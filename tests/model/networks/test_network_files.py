"""Networks from files of other tools: read as meant, or refused with the line."""

from __future__ import annotations

import networkx as nx
import pytest

from unscripted.model.errors import UsageError
from unscripted.model.networks.building import build_topology
from unscripted.model.networks.files import READ, READERS, is_network_file, read_network

PATH = "0 1\n1 2\n2 3\n"


@pytest.fixture
def file(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.edgelist", PATH),
        ("a.EDGELIST", PATH),
        ("a.txt", "# a comment\n% another\n// one more\n\n0\t1\n1\t2\n2\t3\n"),
        ("a.edges", b"\xef\xbb\xbf" + PATH.encode()),
        ("a.edgelist", "0 1 {'weight': 2.0}\n1 2 {}\n2 3 {'weight': 1, 'since': 3}\n"),
        ("a.edgelist", "0 1 0.5\n1 2 1e3\n2 3 -1 # strong\n"),
        ("a.txt", "0,1\n1,2\n2,3,0.5\n"),
        ("a.txt", "0;1\n1;2\n2;3\n"),
        ("a.csv", "Source,Target,Type,Weight\n0,1,Undirected,1\n1,2,Undirected,1\n2,3,,1"),
        ("a.csv", "from;to\n0;1\n1;2\n2;3\n"),
        ("a.csv", '"Id","Source","Target"\n"7","0","1"\n"8","1","2"\n"9","2","3"\n'),
        ("a.tsv", PATH.replace(" ", "\t")),
        ("a.adjlist", "0 1\n1 2\n2 3\n3\n"),
        ("a.net", '*Vertices 4\n1 "0"\n2 "1"\n3 "2"\n4 "3"\n*Edges\n1 2\n2 3\n3 4\n'),
        ("a.gml", "\n".join(nx.generate_gml(nx.path_graph(4)))),
        ("a.graphml", "\n".join(nx.generate_graphml(nx.path_graph(4)))),
        ("a.gexf", "\n".join(nx.generate_gexf(nx.path_graph(4)))),
        ("a.json", '{"nodes": [{"id": 0}, {"id": 1}, {"id": 2}, {"id": 3}], "links": '
         '[{"source": 0, "target": 1}, {"source": 1, "target": 2}, {"source": 2, "target": 3}]}'),
    ],
)  # fmt: skip
def test_every_file_type_is_read(file, name, text):
    graph = build_topology(file(name, text), 4, 0)
    assert sorted(map(sorted, graph.edges())) == [[0, 1], [1, 2], [2, 3]]
    assert graph.graph[READ].endswith("4 members, 3 links, undirected")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.edgelist", "source target\n0 1\n1 2\n", "line 1 ('source target') reads like a header"),
        ("a.txt", "# x\nperson friend\n0 1\n1 2\n", "line 2 ('person friend') reads like a header"),
        ("a.edgelist", "0 1\n1\n", "line 2 ('1') is no link"),
        ("a.edgelist", "0 1\n\n1 2 often\n", "line 3 ('1 2 often') is no link"),
        ("a.csv", "0,1\n1,,2\n", "line 2"),
        ("a.csv", "0,1\n1,2,3,4\n", "line 2"),
        ("a.edgelist", "", "holds no nodes"),
        ("a.edgelist", b"\xff\xfe0\x001\x00", "is not UTF-8 text"),
        ("a.graphml", "<graphml>", "can't be read as graphml"),
        ("a.gml", "graph [", "can't be read as gml"),
        ("a.net", "nonsense", "holds no nodes"),
        ("a.json", "[" * 100_000, "nested too deeply"),
        ("a.json", "{}", "can't be read as json"),
    ],
)
def test_odd_files_are_refused(file, name, text, said):
    with pytest.raises(UsageError, match="topology=") as refused:
        build_topology(file(name, text), 3, 0)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


GRAPHML = """<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
 xmlns:y="http://www.yworks.com/xml/graphml">
<key id="d5" for="node" yfiles.type="nodegraphics"/>
<key id="l" for="node" attr.name="label" attr.type="string"/>
<graph edgedefault="{direction}" id="G">{body}</graph>{after}</graphml>"""


def graphml(body, direction="directed", after=""):
    return GRAPHML.format(body=body, direction=direction, after=after)


def test_gephi_labels_stay(file):
    nodes = "".join(f'<node id="n{i}"><data key="l">{w}</data></node>' for i, w in enumerate("ab"))
    path = file("g.graphml", graphml(nodes + '<edge source="n0" target="n1"/>'))
    graph = build_topology(path, 2, 0)
    assert dict(graph.nodes(data="label")) == {0: "a", 1: "b"}
    assert list(graph.edges()) == [(0, 1)]
    assert graph.graph[READ].endswith("2 members, 1 links, directed")


def test_yed_groups_are_left_out(file):
    def node(i, word):
        return (
            f'<node id="{i}"><data key="d5"><y:ShapeNode><y:NodeLabel>{word}</y:NodeLabel>'
            "</y:ShapeNode></data></node>"
        )

    group = (
        '<node id="n0" yfiles.foldertype="group"><data key="d5"><y:ProxyAutoBoundsNode>'
        "<y:Realizers><y:GroupNode><y:NodeLabel>Team</y:NodeLabel></y:GroupNode></y:Realizers>"
        '</y:ProxyAutoBoundsNode></data><graph edgedefault="directed" id="n0:">'
        f"{node('n0::n0', 'Ada')}{node('n0::n1', 'Bob')}</graph></node>"
    )
    edge = '<edge source="n0::n0" target="n0::n1"/>'
    graph = build_topology(file("y.graphml", graphml(group + edge)), 2, 0)
    assert [d for _, d in graph.nodes(data="label")] == ["Ada", "Bob"]
    assert "groups left out: " in graph.graph[READ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (graphml('<node id="a"/>', after='<graph edgedefault="directed"/>'), "holds 2 graphs"),
        (graphml('<node id="a"/><edge source="a" target="b"/>'), "'b', which is no node of it"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>" + graphml('<node id="a"/>'), "defines entities"),
    ],
)
def test_strange_graphml_is_refused(file, text, said):
    with pytest.raises(UsageError, match=said):
        read_network(file("a.graphml", text))


def test_self_links_are_said(file):
    graph = build_topology(file("a.edgelist", "0 0\n0 1\n"), 2, 0)
    assert list(graph.edges()) == [(0, 1)]
    assert "1 links of a member to itself are left out" in graph.graph[READ]


def test_directed_csv_stays_directed(file):
    path = file("a.csv", "Source,Target,Type\na,b,Directed\n")
    assert build_topology(path, 2, 0).is_directed()


def test_names_are_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "complete").mkdir()
    assert not is_network_file("complete")
    assert len(build_topology("complete", 3, 0).edges()) == 3
    assert set(READERS) == {ending.lower() for ending in READERS}


def test_files_too_large_are_refused(file, monkeypatch):
    monkeypatch.setattr("unscripted.model.networks.files.MOST_BYTES", 5)
    with pytest.raises(UsageError, match="is larger than"):
        read_network(file("a.edgelist", PATH))
