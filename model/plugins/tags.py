"""How a function says that it is a plug-in: which kind, under which name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Mark:
    """Set on a function as `plugin`.

    Attributes:
        kind: `topologies`, `minds` or `judges`.
        name: What users type; kebab-case.
        size: The only team size a topology fits; None fits any.
    """

    kind: str
    name: str
    size: int | None = None


def marked(mark: Mark) -> Callable[[F], F]:
    """A decorator that sets the mark and changes nothing else."""

    def set_mark(function: F) -> F:
        function.plugin = mark  # type: ignore[attr-defined]
        return function

    return set_mark
