"""Plays again what happened: each event is one thing that can be done to an organization."""

from __future__ import annotations

from ..interfaces import Replayable
from ..record import TickRecord
from .events import (
    Event,
    Joined,
    Left,
    Restated,
    Rewired,
    ShocksApplied,
    Substituted,
    TasksChanged,
)


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
        case ShocksApplied():
            org.apply_shocks()
        case TickRecord():
            org.step_as_recorded(event)
