"""What the groups of options check with all that the options stand for at hand.

Beside the groups, which help reads without loading any of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from ....model.errors import UsageError
from ....model.governance.rules import with_parameter
from ....model.mind import Mind
from ....model.protocol import Protocol
from ....model.tasks.stream import TaskStream
from ..specs.experience import parse_memory, parse_skills
from ..specs.minds import is_called, own_mind
from ..specs.protocols import make_protocol
from ..specs.shocks import schedule
from ..specs.tuning import parse_tuning

if TYPE_CHECKING:
    from .groups import Tasks, Team


def check_team(team: Team) -> None:
    """Refuse a team whose parts can't be made; networks are built later, with the run's seed.

    Args:
        team: As asked for.

    Raises:
        UsageError: The first broken rule.
    """
    protocol = make_protocol(team.protocol)
    parse_memory(team.memory)
    parse_skills(team.skills, protocol)
    if (tuning := parse_tuning(team.tune)) is not None:
        for value in tuning.values:
            with_parameter(protocol, tuning.parameter, value)
    for model in team.models:
        if not is_called(model):
            own_mind(model)


def check_shocks(tasks: Tasks) -> None:
    """Refuse shocks that are none, or that come after the last tick.

    Args:
        tasks: As asked for.

    Raises:
        UsageError: The first broken rule.
    """
    for scheduled in schedule(tasks.shocks):
        if scheduled.last >= tasks.ticks:
            raise UsageError(
                f"shock={scheduled.shock.name}@{scheduled.last} never strikes in "
                f"ticks={tasks.ticks}; use a tick below {tasks.ticks}"
            )


def label_of(value: Any) -> str:
    """A text as it is; an object by its own name.

    Args:
        value: Of an option that takes objects, too.
    """
    if isinstance(value, str | Path):
        return str(value)
    if isinstance(value, Protocol):
        return value.label
    if isinstance(value, nx.Graph):
        return value.name or f"graph of {len(value)}"
    if isinstance(value, Mind):
        return value.name
    if isinstance(value, TaskStream) or callable(value):
        return str(getattr(value, "__name__", type(value).__name__))
    return " + ".join(dict.fromkeys(label_of(v) for v in value))
