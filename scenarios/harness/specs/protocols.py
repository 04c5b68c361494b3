"""Protocols from what users type."""

from __future__ import annotations

from functools import cache
from typing import Any

from ....model.errors import UsageError
from ....model.plugins.discovery import Found, find, make
from ....model.plugins.grammar import read_options
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
    found, options = _parsed(protocol)
    if isinstance(found.plugin, Protocol):
        return found.plugin
    made: Protocol = make(found, "protocol", lambda: found.plugin(**options))
    return made


@cache
def _parsed(text: str) -> tuple[Found, dict[str, Any]]:
    found = find("protocols", "protocol", text)
    kind = found.plugin
    if isinstance(kind, Protocol) and not found.options:
        return found, {}
    if not (isinstance(kind, type) and issubclass(kind, Protocol)):
        raise UsageError(f"protocol={found.name} is not a Protocol; subclass unscripted.Protocol")
    return found, read_options(f"protocol={found.name}", found.options, kind.__init__)
