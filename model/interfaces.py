"""What parts of the kernel may ask of an organization, so that none of them imports it.

Each method is that of `BaseOrganization`, which says what it does.
"""
# ruff: noqa: D102

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import networkx as nx

from .mind import Mind
from .observation import Charter
from .record import TickRecord
from .tasks.task import TaskChange

Link = tuple[int, int]


class Team(Protocol):
    """What a member needs of the model it belongs to."""

    @property
    def members(self) -> Mapping[int, HasMind]: ...
    def remove_member(self, member: int) -> None: ...
    def substitute(self, member: int, mind: Mind) -> None: ...


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


class Replayable(ShockTarget, Protocol):
    """What can be done to an organization, from outside and in a tick."""

    def apply_shocks(self) -> tuple[str, ...]: ...
    def step_as_recorded(self, record: TickRecord) -> None: ...
