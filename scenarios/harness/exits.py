"""What a command's exit code says, in one place for commands, scenarios and checks.

Part of the ground floor of the harness: it imports nothing of it.
"""

from __future__ import annotations

from enum import IntEnum

from ...model.errors import Halt


class Exit(IntEnum):
    """What a command's exit code says."""

    DONE = 0
    DIFFERENT = 1
    USAGE = 2
    FAILURES = 3
    BUDGET = 4
    INTERRUPTED = 130


ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that ask a command to end: Ctrl-C, another program, a terminal that goes."""
_HALTED = {
    "budget": Exit.BUDGET,
    "limit": Exit.BUDGET,
    "calls": Exit.BUDGET,
    "interrupted": Exit.INTERRUPTED,
    "refused": Exit.FAILURES,
}


def exit_of(halt: Halt) -> Exit:
    """The exit code of a command that a `Halt` ended.

    Args:
        halt: What stopped it; a reason without a code of its own is a matter for the user to mend.
    """
    return _HALTED.get(halt.reason, Exit.USAGE)


def going_on(halt: Halt) -> str:
    """Why a command ended, and how it goes on.

    Args:
        halt: What stopped it.
    """
    how = "with a higher --budget " if halt.reason == "budget" else ""
    return f"{halt}; the same command {how}continues"


class DeclinedError(Exception):
    """The user was asked and doesn't want it; nothing was started."""
