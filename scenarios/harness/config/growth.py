"""When a folder may go on with another configuration: more ticks, replicates or cells, or options
that can't change a result. Nothing that was played is played again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ....model.errors import UsageError
from .identity import FREE, LATER, Config, to_json

GROWS = frozenset({"ticks", "replicates"})
"""Numbers that may become larger."""
SAID_ONLY = frozenset({"unscripted", "version", "copy", "options"})
"""What stands in a configuration for readers and decides nothing."""


def grown(folder: Path, there: Mapping[str, Any], config: Config) -> bool:
    """Whether a folder has to be grown to hold a configuration.

    Args:
        folder: For the error.
        there: The configuration it holds, as JSON.
        config: What is asked for.

    Returns:
        False where it holds it already.

    Raises:
        UsageError: It holds something else; names the first thing that differs.
    """
    asked = to_json(config)
    if asked["kind"] != there.get("kind"):
        raise _differs(folder, "kind", there.get("kind"), asked["kind"])
    matched = asked.get("match") is not None or there.get("match") is not None
    larger = _lists_grow(folder, there, asked)
    if asked["kind"] == "advise":  # when to stop may change, and is read again
        larger = larger or asked["options"] != there.get("options")
        there, asked = ({**body, "options": {}} for body in (there, asked))
    flat_there, flat_asked = (dict(_flat(b)) for b in (there, asked))
    for key in sorted(flat_there.keys() | flat_asked.keys()):
        name = key.rpartition(".")[2]
        old, new = flat_there.get(key), flat_asked.get(key)
        if old == new or name in FREE or name in SAID_ONLY:
            continue
        if key not in flat_there and name in LATER and new == LATER[name]:
            continue
        if name in GROWS and not matched and _is_more(old, new):
            larger = True
            continue
        raise _differs(folder, key, old, new)
    return larger


def _lists_grow(folder: Path, there: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether there are more values of factors, or more cells of a scenario."""
    larger = False
    for name, values in dict(asked.get("factors", {})).items():
        held = list(dict(there.get("factors", {})).get(name, []))
        if any(value not in values for value in held):
            raise _differs(folder, name, held, values)
        larger = larger or len(values) > len(held)
    held_cells, cells = list(there.get("cells", [])), list(asked.get("cells", []))
    if held_cells != cells:
        missing = [cell for cell in held_cells if cell not in cells]
        if missing and not _cells_have_more_ticks(held_cells, cells):
            raise _differs(folder, "cells", missing[0], "no such condition")
        larger = True
    return larger


def _cells_have_more_ticks(held: list[Any], asked: list[Any]) -> bool:
    """Whether the cells are the same but for their ticks, of which there are no fewer."""
    if len(held) != len(asked):
        return False
    for a, b in zip(held, asked, strict=True):
        rest = [{k: v for k, v in cell.items() if k != "ticks"} for cell in (a, b)]
        if rest[0] != rest[1] or a.get("ticks", 0) > b.get("ticks", 0):
            return False
    return True


def _is_more(old: Any, new: Any) -> bool:
    return isinstance(old, int) and isinstance(new, int) and new > old


def _differs(folder: Path, key: str, old: Any, new: Any) -> UsageError:
    return UsageError(
        f"out={folder} holds a run with {key}={old}, not {new}; use another --out folder"
    )


def _flat(body: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a JSON body with the way to it; lists that may grow are left out."""
    if not isinstance(body, dict | list):
        yield prefix.removesuffix("."), body
        return
    for key, value in body.items() if isinstance(body, dict) else enumerate(body):
        if prefix == "" and key in ("factors", "cells"):
            continue
        yield from _flat(value, f"{prefix}{key}.")
