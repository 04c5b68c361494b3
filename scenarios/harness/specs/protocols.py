"""Protocols from what users type."""

from __future__ import annotations

from ....model.errors import UsageError
from ....model.plugins.discovery import find, instance
from ....model.protocol import Protocol


def make_protocol(protocol: str | Protocol) -> Protocol:
    """A protocol from `NAME:option=value,…`, `FILE.py:Class` or `module:Class`.

    Args:
        protocol: As users type it, or one that is made already.

    Raises:
        UsageError: An unknown name, option or value, or no protocol.
    """
    if isinstance(protocol, Protocol):
        return protocol
    if not isinstance(protocol, str):
        made_of = "call it: a class is no" if isinstance(protocol, type) else "use a name or a"
        raise UsageError(f"protocol={protocol!r} is neither; {made_of} Protocol instance")
    return instance(find("protocols", "protocol", protocol), "protocol", Protocol)  # type: ignore[type-abstract]
