"""Whether this process may open as many files as its calls need, before anything is paid."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ....model.errors import UsageError

SPARE = 64
"""Beside connections: the journal, tables, figures, LiteLLM's own files."""
PER_CALL = 1
"""A connection for each call in flight."""
FEWEST = 8
"""Calls in flight below which nobody would go on."""


def check_descriptors(calls: int) -> None:
    """Make room for connections, as far as this process may.

    Args:
        calls: In flight at once, at most.

    Raises:
        UsageError: There isn't enough; says what would fit.
    """
    try:
        import resource
    except ImportError:  # Windows sets no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = _open_now() + SPARE + PER_CALL * calls
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard == resource.RLIM_INFINITY or hard >= needed:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
            return
    fits = soft - (needed - PER_CALL * calls)
    remedy = f"--concurrency {fits}, or " if fits >= FEWEST else ""
    raise UsageError(
        f"concurrency={calls} needs {needed} open files, and this process may have {soft}; "
        f"use {remedy}`ulimit -n {needed}` before the command"
    )


def _open_now() -> int:
    for place in ("/proc/self/fd", "/dev/fd"):
        with suppress(OSError):
            return sum(1 for _ in Path(place).iterdir())
    return 3 if os.name == "posix" else 0
