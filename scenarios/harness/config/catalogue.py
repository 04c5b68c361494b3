"""Every option of a run by the name users type: its group and its field."""

from __future__ import annotations

from ....agents.llm.settings import Calls
from ....model.options import Named, options_of
from .groups import Tasks, Team

GROUPS: dict[str, type] = {"team": Team, "tasks": Tasks, "calls": Calls}
"""The groups of a run's options, by their attribute of `RunConfig`."""
OPTIONS: dict[str, tuple[str, Named]] = {
    named.name: (place, named) for place, group in GROUPS.items() for named in options_of(group)
}
VARYING = ("level", "topology", "model", "agents", "protocol")
"""The options that vary in a comparison, the one that varies fastest last."""
COMPARED = ("sequential", "coordinator", "broadcast", "shared")
"""The protocols of a comparison that names none: the four of arXiv:2603.28990."""
