"""What the protocols from biology have in common."""

from __future__ import annotations

from math import inf

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.intentions import few, graphs, minds

import unscripted as un
from unscripted.model.decision import Act
from unscripted.model.errors import UsageError
from unscripted.protocols.clonal import Clonal
from unscripted.protocols.mean_field import MeanField
from unscripted.protocols.morphogenetic import Morphogenetic
from unscripted.testing import seeds

KINDS = [Clonal, MeanField, Morphogenetic]


@pytest.mark.parametrize("kind", KINDS)
@few
@given(st.data())
def test_departures_leave_no_hole(kind, data):
    """Ids with gaps, joined or directed at will, minds that fail: driven through the kernel."""
    graph = data.draw(graphs())
    members = sorted(graph)
    mind = data.draw(minds)
    org = un.build(
        protocol=kind(), n_agents=max(members) + 1, model=mind, judge="none",
        tasks="generated", rng=data.draw(seeds()),
        topology=lambda n, seed: nx.compose(_isolated(graph, n), graph),
    )  # fmt: skip
    for stranger in set(range(max(members) + 1)) - set(members):
        org.remove_member(stranger)
    for record in org.run(2):
        assert not record.error, record.error
        assert [m.member for m in record.members] == members
        last = {m.member for m in record.members if m.turns and m.turns[-1].act is Act.CONTRIBUTE}
        assert last == set(members), "somebody was never asked to work"
        made = sum(len(m.turns) for m in record.members)
        assert made <= kind().max_calls(len(members))


def _isolated(graph, n):
    empty = type(graph)()
    empty.add_nodes_from(range(n))
    return empty


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_come_back(kind):
    assert kind(**kind().parameters).parameters == kind().parameters
    for key, value in kind().parameters.items():
        assert f"{key}={value}" in kind().label


@pytest.mark.parametrize(
    ("kind", "argument", "value"),
    [
        (Clonal, "naive", 0.0), (Clonal, "naive", 1.5), (Clonal, "naive", float("nan")),
        (Clonal, "generations", 0), (Clonal, "generations", 1.5), (Clonal, "select", 0),
        (Clonal, "memory", -1), (Clonal, "rho", -1.0), (Clonal, "rho", inf),
        (Clonal, "newcomers", 1.1), (Clonal, "newcomers", float("nan")),
        (MeanField, "congestion", -0.1), (MeanField, "congestion", 1001.0),
        (MeanField, "temperature", 0.0), (MeanField, "temperature", float("nan")),
        (Morphogenetic, "organizers", -1), (Morphogenetic, "organizers", 2.0),
        (Morphogenetic, "diffusion", 0.0), (Morphogenetic, "diffusion", 1.0),
        (Morphogenetic, "decay", 1.0), (Morphogenetic, "decay", -0.1),
        (Morphogenetic, "inhibition", -1.0), (Morphogenetic, "inhibition", inf),
    ],
)  # fmt: skip
def test_arguments_out_of_bounds(kind, argument, value):
    with pytest.raises(UsageError) as refused:
        kind(**{argument: value})
    text = str(refused.value)
    assert text.startswith(f"{argument}={value} ")
    assert "; use " in text
    assert "\n" not in text
