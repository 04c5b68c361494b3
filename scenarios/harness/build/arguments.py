"""Kinds of what an organization is built from, checked before anything is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....model.errors import UsageError, require
from ....model.experience.memory import Memory
from ....model.experience.skills import Growth
from ....model.governance.constitution import Constitution
from ....model.governance.trial import Tuning
from ....model.metrics.scales import Scales
from ....model.shocks.schedule import Scheduled

NOTHING = type(None)
KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "mission": ((str, NOTHING), "use text, or None for the default"),
    "memory": ((str, Memory), "use text, as 'team:horizon=3', or a Memory"),
    "skills": ((str, Growth, NOTHING), "use text, as 'growing', a Growth, or None"),
    "shocks": ((str, Sequence), "use text, as 'remove:k=2@6', or Scheduled shocks"),
    "tune": ((str, Tuning, NOTHING), "use text, as 'batch=1/4', a Tuning, or None"),
    "parameters": ((str,), "use fitted or ensemble"),
    "constitution": ((Constitution, NOTHING), "use a Constitution, or None"),
    "scales": ((Scales, NOTHING), "use Scales(…), or None"),
    "run": ((str, NOTHING), "use text, or None"),
}
"""By argument: what it may be, and what to give instead of anything else."""


def check_kinds(given: Mapping[str, Any]) -> None:
    """Refuse arguments of another kind than they can be.

    Args:
        given: Arguments of an organization by name; those that are not in `KINDS` are left to who
            reads them.

    Raises:
        UsageError: One is of another kind.
    """
    for name, (kinds, remedy) in KINDS.items():
        require(name, given[name], kinds, remedy)
    shocks = given["shocks"]
    if not isinstance(shocks, str):
        for place, shock in enumerate(shocks):
            require(f"shocks[{place}]", shock, Scheduled, "use a Scheduled shock")
    mission = given["mission"]
    if mission is not None and not mission.strip():
        raise UsageError(f"mission={mission!r} is empty; use text, or None for the default")
