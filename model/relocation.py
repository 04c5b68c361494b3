"""Where a configuration's files lie now: in a run folder, copies stand in for what was read.

A folder says by which names its inputs were typed. While it is read, those names lead to the copies
in it, so that it can be read from anywhere and long after the originals have changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_COPIES: ContextVar[Mapping[str, Path] | None] = ContextVar("copies", default=None)


@contextmanager
def relocated(copies: Mapping[str, Path]) -> Iterator[None]:
    """While inside, names lead to other files.

    Args:
        copies: The file or folder that stands for a name, by the name as users typed it.
    """
    token = _COPIES.set(copies)
    try:
        yield
    finally:
        _COPIES.reset(token)


def located(name: str | Path) -> Path:
    """The file that a name leads to.

    Args:
        name: As users typed it.
    """
    return (_COPIES.get() or {}).get(str(name), Path(name))
