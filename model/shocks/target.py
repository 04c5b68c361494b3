"""What shocks and members may ask of an organization, so that neither imports it.

Each method is that of `BaseOrganization`, which says what it does.
"""
# ruff: noqa: D102

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import networkx as nx

from ..mind import Mind
from ..observation import Charter
from ..tasks.task import TaskChange

Link = tuple[int, int]


class ShockTarget(Protocol):
    """What a shock may read of an organization, and do to it."""

    @property
    def tick(self) -> int: ...
    @property
    def members(self) -> Mapping[int, HasMind]: ...
    @property
    def network(self) -> HasGraph: ...
    @property
    def charter(self) -> Charter: ...
    def add_member(self, mind: Mind, neighbours: Sequence[int] = ()) -> int: ...
    def remove_member(self, member: int) -> None: ...
    def rewire(self, cut: Sequence[Link] = (), made: Sequence[Link] = ()) -> None: ...
    def substitute(self, member: int, mind: Mind) -> None: ...
    def restate(self, charter: Charter) -> None: ...
    def change_tasks(self, change: TaskChange) -> None: ...


class HasMind(Protocol):
    """A member, as far as a shock knows it."""

    @property
    def mind(self) -> Mind: ...


class HasGraph(Protocol):
    """A network, as far as a shock knows it; it changes through `rewire` alone."""

    @property
    def G(self) -> nx.Graph[int]: ...
