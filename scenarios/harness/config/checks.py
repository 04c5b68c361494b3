"""What the groups of options check with all that the options stand for at hand.

Beside the groups, which help reads without loading any of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from numbers import Real
from pathlib import Path
from typing import Any

import networkx as nx

from ....model.errors import UsageError
from ....model.governance.rules import with_parameter
from ....model.mind import Mind
from ....model.protocol import Protocol
from ....model.tasks.stream import TaskStream
from ..executors.executor import RAY, parse_executor
from ..specs.experience import parse_memory, parse_skills
from ..specs.minds import given_minds, is_called, own_mind
from ..specs.protocols import make_protocol
from ..specs.shocks import schedule
from ..specs.tasks import check_source, is_scored
from ..specs.topologies import as_topology
from ..specs.tuning import parse_tuning


def check_team(
    protocol: str | Protocol, models: Sequence[str], *, memory: str, skills: str, tune: str
) -> None:
    """Refuse a team whose parts can't be made; networks are built later, with the run's seed.

    Args:
        protocol: As asked for, like the rest.
        models: The ids of its models.
        memory: What of earlier tasks may be read.
        skills: How skills grow.
        tune: The trial of a parameter; empty for none.

    Raises:
        UsageError: The first broken rule.
    """
    made = make_protocol(protocol)
    parse_memory(memory)
    parse_skills(skills, made)
    if (tuning := parse_tuning(tune)) is not None:
        for value in tuning.values:
            with_parameter(made, tuning.parameter, value)
    for model in models:
        if not is_called(model):
            own_mind(model)


def check_objects(model: Any, topology: Any) -> None:
    """Refuse what is neither text nor an object of the right kind.

    Args:
        model: As asked for.
        topology: As asked for.

    Raises:
        UsageError: The first broken rule.
    """
    as_topology(topology)
    if not isinstance(model, str):
        given_minds(model)


def check_tasks(source: Any, level: str | None) -> None:
    """Refuse a family of code-scored tasks that can't be made, or a level for one.

    Args:
        source: As asked for.
        level: Likewise.

    Raises:
        UsageError: The first broken rule.
    """
    check_source(source)
    if level is not None and is_scored(source):
        raise UsageError(f"level={level}: tasks={source} have no levels; leave level out")


def check_shocks(shocks: str, ticks: int) -> None:
    """Refuse shocks that are none, or that come after the last tick.

    Args:
        shocks: As asked for.
        ticks: Of the run.

    Raises:
        UsageError: The first broken rule.
    """
    for scheduled in schedule(shocks):
        if scheduled.last >= ticks:
            raise UsageError(
                f"shock={scheduled.shock.name}@{scheduled.last} never strikes in "
                f"ticks={ticks}; use a tick below {ticks}"
            )


def check_executor(executor: str) -> None:
    """Refuse an executor that there isn't; whether a cluster answers is found out later.

    Args:
        executor: As asked for.

    Raises:
        UsageError: An unknown name, no number of processes, or Ray is not installed.
    """
    if parse_executor(executor).kind == RAY and find_spec("ray") is None:
        raise UsageError(
            f"executor={executor} needs Ray; use pip install 'unscripted[ray]', "
            "or --executor processes"
        )


def label_of(value: Any) -> str:
    """A text or number as it is; an object by its own name.

    Args:
        value: Of an option that takes objects, too.
    """
    if value is None or isinstance(value, str | Path | Real):
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
