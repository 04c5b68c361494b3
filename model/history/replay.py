"""Plays again what happened: each event is one thing that can be done to an organization."""

from __future__ import annotations

from typing import Protocol

from ..errors import require
from ..record import TickRecord
from ..ruling import Ruling
from ..shocks.target import ShockTarget
from .events import (
    Event,
    Joined,
    Left,
    Proposed,
    Restated,
    Rewired,
    ShocksApplied,
    Substituted,
    TasksChanged,
)


class Replayable(ShockTarget, Protocol):
    """What can be done to an organization, from outside and in a tick; see `BaseOrganization`."""

    def take_in_proposal(self, ruling: Ruling) -> None: ...  # noqa: D102
    def apply_shocks(self) -> tuple[str, ...]: ...  # noqa: D102
    def step_as_recorded(self, record: TickRecord) -> None: ...  # noqa: D102


def replay(org: Replayable, event: Event) -> None:
    """Let something happen again that happened before.

    Args:
        org: To whom.
        event: What.

    Raises:
        UsageError: A recorded tick that does not follow the last one or names other members.
    """
    match event:
        case Joined(mind, neighbours):
            org.add_member(mind, neighbours)
        case Left(member):
            org.remove_member(member)
        case Rewired(cut, made):
            org.rewire(cut, made)
        case Substituted(member, mind):
            org.substitute(member, mind)
        case Restated(charter):
            org.restate(charter)
        case TasksChanged(change):
            org.change_tasks(change)
        case Proposed(ruling):
            org.take_in_proposal(ruling)
        case ShocksApplied():
            org.apply_shocks()
        case TickRecord():
            org.step_as_recorded(event)
        case _:
            require("event", event, (), "use a TickRecord, or an event of a snapshot")
