"""What a check is, and how one ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .strategies import Case

Check = Callable[[Case], None]
"""Plays a case and raises AssertionError with what it saw where a rule is broken."""


@dataclass(frozen=True)
class CheckResult:
    """How one check ended.

    Attributes:
        name: The check's.
        says: What it demands, in one line.
        failure: The smallest failing case and what was seen; empty where it passed.
    """

    name: str
    says: str
    failure: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing broke it."""
        return not self.failure

    def body(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "passed": self.passed}
