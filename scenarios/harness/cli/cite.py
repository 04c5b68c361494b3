"""Says how to cite the program, the paper and what a folder holds."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from ..exits import Exit
from ..folders.folder import archive
from ..report.citation import Played, bibtex, played_of
from .commands import print_json


def cite_command(folder: Path | None, *, as_json: bool = False) -> Exit:
    """Print BibTeX.

    Args:
        folder: Of a run, comparison or scenario; None for program and paper alone.
        as_json: One object on standard output.

    Raises:
        UsageError: The folder holds none.
    """
    played = None if folder is None else _played(folder)
    if as_json:
        run = None if played is None else {**asdict(played), "on": str(played.on or "") or None}
        print_json({"version": 1, "bibtex": bibtex(played), "run": run})
    else:
        print(bibtex(played))
    return Exit.DONE


def _played(folder: Path) -> Played:
    with archive(folder) as kept:
        return replace(played_of(kept.config, folder), version=kept.version)
