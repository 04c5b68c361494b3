"""How a function says that it is a plug-in: which kind, under which name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors import UsageError, require

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class PluginTag:
    """Set on a function as `plugin`.

    Attributes:
        kind: `topologies`, `minds` or `judges`.
        name: What users type; kebab-case.
        size: The only team size a topology fits; None fits any.
    """

    kind: str
    name: str
    size: int | None = None

    def __post_init__(self) -> None:
        require(f"name of {self.kind}", self.name, str, "use text, as 'my-own'")
        if not self.name.strip():
            raise UsageError(f"name={self.name!r} of {self.kind} is empty; use text, as 'my-own'")


def tagged(tag: PluginTag) -> Callable[[F], F]:
    """A decorator that sets a function's tag and changes nothing else.

    Args:
        tag: What the function is from now on.
    """

    def set_tag(function: F) -> F:
        function.plugin = tag  # type: ignore[attr-defined]
        return function

    return set_tag
