"""Which protocols a scenario compares where the user names none: all there are, in one order."""

from __future__ import annotations

from ....model.plugins.discovery import discover
from ..build.organization import make_protocol
from .lists import split_list

PAPER = ("sequential", "coordinator", "broadcast", "shared")
CONTROLS = ("fixed-roles", "random", "solo", "silent")


def lineup(chosen: str | None = None, *, controls: tuple[str, ...] = CONTROLS) -> tuple[str, ...]:
    """The four of arXiv:2603.28990, then all others by name, plug-ins included, then controls.

    Args:
        chosen: The user's own list, comma-separated, in place of all that.
        controls: Which of the controls.

    Raises:
        UsageError: An unknown name.
    """
    if chosen is not None:
        names = split_list(chosen)
        for name in names:
            make_protocol(name)
        return tuple(dict.fromkeys(names))
    others = [p for p in discover("protocols") if p not in (*PAPER, *CONTROLS)]
    return (*PAPER, *others, *controls)
