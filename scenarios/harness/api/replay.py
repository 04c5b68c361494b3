"""Plays a recorded run again, offline, and compares record by record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....model.errors import Halt, UsageError
from ..build.from_config import organization_of
from ..config.identity import KINDS
from ..config.run import RunConfig
from ..runs.folder import archive
from .load import offline


@dataclass(frozen=True)
class Replayed:
    """What playing it again gave.

    Attributes:
        equal: Ticks that were equal, from the first on.
        difference: What the first different one differs in; empty where all are equal.
    """

    equal: int
    difference: str = ""

    def body(self) -> dict[str, Any]:
        """What `--json` says."""
        return {
            "version": 1,
            "equal": not self.difference,
            "ticks_equal": self.equal,
            "difference": self.difference or None,
        }


def replay(path: Path) -> Replayed:
    """Play a folder's run again.

    Args:
        path: Of the folder.

    Raises:
        UsageError: It holds no run, or no finished tick.
    """
    with archive(path) as folder, offline(folder) as service:
        if not isinstance(folder.config, RunConfig):
            kind = KINDS[type(folder.config)]
            raise UsageError(f"dir={path} is the folder of a {kind}; give that of a run")
        recorded = folder.texts()
        if not recorded:
            raise UsageError(f"dir={path} holds no finished tick; play the run first")
        org = organization_of(folder.config, service)
        for played, (tick, text) in enumerate(recorded):
            try:
                org.step()
            except Halt as halt:
                return Replayed(played, f"tick {tick} differs from the record: {halt}")
            if org.records[-1].to_json() != text:
                return Replayed(played, f"tick {tick} differs from the record")
    return Replayed(len(recorded))
