"""What this machine lacks: no mind's fault, and nothing that another try would mend."""

from __future__ import annotations

import errno

LOCAL = frozenset({
    errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.ENOSPC, errno.EDQUOT,
    errno.EROFS, errno.EADDRNOTAVAIL,
})  # fmt: skip
"""Descriptors, memory, buffers, space on the disk, leave to write there, ports."""
DEEPEST_CAUSE = 10
"""Errors behind an error that are looked at."""
_NO_THREAD = "can't start new thread"


def chain_of(error: BaseException) -> list[BaseException]:
    """An error and those behind it.

    Args:
        error: Of anybody.
    """
    chain = [error]
    for _ in range(DEEPEST_CAUSE):
        before = chain[-1].__cause__ or chain[-1].__context__
        if before is None or before in chain:
            break
        chain.append(before)
    return chain


def is_local(error: BaseException) -> bool:
    """Whether an error, or one behind it, says that this machine lacks something.

    Args:
        error: Of anybody.
    """
    return any(map(_says_so, chain_of(error)))


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in LOCAL:
        return True
    if isinstance(error, RuntimeError) and _NO_THREAD in str(error):
        return True
    return isinstance(error, MemoryError)
