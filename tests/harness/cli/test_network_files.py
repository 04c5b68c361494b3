"""How a network file was read is told once, by every command that plays on it."""

from __future__ import annotations

from pathlib import Path

import pytest

READ = "note: read net.edgelist: 4 members, 3 links, undirected"


@pytest.fixture
def network(here):
    """A chain of four."""
    Path("net.edgelist").write_text("0 1\n1 2\n2 3\n", encoding="utf-8")
    return "net.edgelist"


def told(said):
    return [line for line in said.err.splitlines() if "note: read" in line]


def test_a_run_tells_once(network, call):
    said = call("run", "--agents", 4, "--ticks", 2, "--topology", network, "--json")
    assert said.code == 0
    assert told(said) == [READ]
    assert said.body["runs"][0]["topology"] == network


def test_a_comparison_tells_each(network, call):
    Path("other.GML").write_text(
        "graph [ node [ id 0 ] node [ id 1 ] node [ id 2 ] node [ id 3 ]"
        " edge [ source 0 target 1 ] ]"
    )
    names = f"star,{network},other.GML"
    said = call("compare", "--agents", 4, "--ticks", 1, "--replicates", 2, "--json",
                "--protocol", "solo,shared", "--topology", names)  # fmt: skip
    assert said.code == 0
    assert told(said) == [READ, "note: read other.GML: 4 members, 1 links, undirected"]


def test_a_scenario_tells_once(network, call):
    said = call("scenario", "task-complexity", "--agents", 4, "--ticks", 1, "--replicates", 1,
                "--topology", network, "--json")  # fmt: skip
    assert said.code == 0
    assert told(said) == [READ]


def test_what_cannot_be_read(here, call):
    Path("net.edgelist").write_text("a\n")
    said = call("run", "--topology", "net.edgelist", "--out", "out")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert not Path("out").exists()


def test_a_small_file_is_suspect(network, call):
    said = call("run", "--topology", network)
    assert said.code == 2
    assert "only 4 nodes were read from net.edgelist for n_agents=8; check the file" in said.err
    assert "--agents" not in said.err
    assert "use --agents 4" in call("run", "--agents", 3, "--topology", network).err
