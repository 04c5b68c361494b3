"""Which protocols a scenario compares where the user names none: all there are, in one order."""

from __future__ import annotations

from collections.abc import Sequence

from ....model.plugins.discovery import discover
from .catalogue import COMPARED

CONTROLS = ("fixed-roles", "random", "solo", "silent")


def lineup(
    chosen: Sequence[str] | None = None, *, controls: Sequence[str] = CONTROLS
) -> tuple[str, ...]:
    """The four of arXiv:2603.28990, then all others by name, plug-ins included, then controls.

    Args:
        chosen: The user's own list in place of all that.
        controls: Which of the controls.
    """
    if chosen is not None:
        return tuple(chosen)
    others = [p for p in discover("protocols") if p not in (*COMPARED, *CONTROLS)]
    return (*COMPARED, *others, *controls)
