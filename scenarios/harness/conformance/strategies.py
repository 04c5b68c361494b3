"""Hypothesis strategies: teams, networks, seeds and minds for any protocol to be played on."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import networkx as nx
from hypothesis import strategies as st

from ....agents.test_doubles import ArbitraryJudge, ArbitraryMind
from ....model.mind import Mind
from ....model.networks.building import build_topology
from ....model.observation import Observation
from ....model.organization import BaseOrganization
from ....model.plugins.discovery import discover
from ....model.protocol import Protocol
from ....model.record import TickRecord
from ..build.organization import build
from .witness import Witness

MAX_AGENTS = 40


class Played(NamedTuple):
    """A case that has been played as it is.

    Attributes:
        organization: As it stands after the last tick.
        records: One per tick.
        shown: Every observation, in the order of the decisions.
    """

    organization: BaseOrganization
    records: Sequence[TickRecord]
    shown: list[Observation]


@dataclass(frozen=True)
class Case:
    """One organization to check a protocol on.

    Attributes:
        make: Makes the protocol; called anew for every organization.
        n_agents: 1 to 40.
        topology: A topology's name.
        directed: Whether each link carries one way only, drawn by seed.
        seed: Of the run.
        ticks: How many to play.
        mind: What all members think with.
        level: Of its generated tasks.
    """

    make: Callable[[], Protocol]
    n_agents: int = 4
    topology: str = "complete"
    seed: int = 0
    ticks: int = 2
    mind: Mind = field(default_factory=ArbitraryMind)
    level: str = "L2"
    directed: bool = False

    @cached_property
    def played(self) -> Played:
        """The case played once, for all checks that only look at it."""
        witness = Witness(self.mind)
        org, records = self.play(mind=witness)
        return Played(org, records, witness.shown)

    def organization(self, **changes: Any) -> BaseOrganization:
        """Build it anew, before its first tick.

        Args:
            changes: Attributes in place of the case's own.
        """
        case = replace(self, **changes)
        return build(
            protocol=case.make(),
            n_agents=case.n_agents,
            model=case.mind,
            topology=_one_way(case) if case.directed else case.topology,
            level=case.level,
            tasks="generated",
            judge=ArbitraryJudge(),
            timeout_s=30.0,
            rng=case.seed,
        )

    def play(self, **changes: Any) -> tuple[BaseOrganization, Sequence[TickRecord]]:
        """Play it anew.

        Args:
            changes: Attributes in place of the case's own.
        """
        org = self.organization(**changes)
        return org, org.run(self.ticks)

    def __repr__(self) -> str:
        """As short as a failing example should be."""
        name = getattr(self.make, "name", getattr(self.make, "__name__", "?"))  # may fail if made
        return (
            f"Case({name}, n_agents={self.n_agents}, topology={self.topology!r}, "
            f"seed={self.seed}, ticks={self.ticks}, level={self.level!r}, "
            f"misbehaving={getattr(self.mind, 'misbehaving', None)}, directed={self.directed})"
        )


def _one_way(case: Case) -> Callable[[int, int], nx.DiGraph[int]]:
    def directed(n_agents: int, seed: int) -> nx.DiGraph[int]:
        plain = build_topology(case.topology, n_agents, seed)
        coin = random.Random(seed)
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(plain)
        graph.add_edges_from((a, b) if coin.random() < 0.5 else (b, a) for a, b in plain.edges)
        return graph

    return directed


def seeds() -> st.SearchStrategy[int]:
    """Seeds of a run."""
    return st.integers(0, 2**32 - 1)


def networks(max_agents: int = MAX_AGENTS) -> st.SearchStrategy[tuple[str, int]]:
    """A discovered topology and a team size that fits it.

    Args:
        max_agents: The largest team, 1 or more.
    """
    known = discover("topologies")
    sizes = {name: build.plugin.size for name, build in known.items()}
    any_size = sorted(name for name, size in sizes.items() if size is None)
    fixed = [(n, size) for n, size in sizes.items() if size is not None and size <= max_agents]
    free = st.tuples(
        st.sampled_from(["complete", *(n for n in any_size if n != "complete")]),
        st.integers(1, max_agents),
    )
    return st.one_of(free, st.sampled_from(fixed)) if fixed else free


@st.composite
def cases(
    draw: st.DrawFn,
    make: Callable[[], Protocol],
    *,
    max_agents: int = MAX_AGENTS,
    misbehaving: bool = True,
) -> Case:
    """Organizations to check a protocol on.

    Args:
        draw: Given by Hypothesis.
        make: Makes the protocol.
        max_agents: The largest team, 1 or more.
        misbehaving: Whether minds may raise and answer nonsense.
    """
    topology, n_agents = draw(networks(max_agents))
    share = draw(st.sampled_from([0.0, 0.3])) if misbehaving else 0.0
    return Case(
        make,
        n_agents,
        topology,
        draw(seeds()),
        draw(st.integers(1, 3)),
        ArbitraryMind(share, draw(st.sampled_from([0.2, 0.0, 0.9]))),
        draw(st.sampled_from(["L1", "L3"])),
        draw(st.sampled_from([False, False, True])),
    )
