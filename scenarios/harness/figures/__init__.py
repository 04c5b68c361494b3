"""Figures, one kind per file.

Matplotlib is imported here first, without the backend that a notebook or a user's settings name:
figures need none, and one that isn't installed must not cost anybody a finished run.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def _import_without_backend() -> None:
    """Import Matplotlib, which refuses to load where MPLBACKEND names a backend that it lacks."""
    if "matplotlib" in sys.modules:
        return
    named = os.environ.pop("MPLBACKEND", None)
    try:
        import matplotlib as mpl

        if named:
            with suppress(ValueError):  # the host's own figures get what they asked for
                mpl.rcParams["backend"] = named
    finally:
        if named is not None:
            os.environ["MPLBACKEND"] = named


_import_without_backend()

from matplotlib.figure import Figure  # noqa: E402

__all__ = ["Figure"]
