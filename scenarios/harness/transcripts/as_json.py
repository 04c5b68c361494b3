"""A tick as lines of JSON: one for the task, one for each turn, one for what it was worth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .telling import TickTold

OF_TASK = ("task_id", "title", "level", "protocol", "brief", "before")
OF_END = ("members", "verdict", "error", "calls", "tokens", "cost_usd")


def json_lines(told: TickTold, member: int | None = None) -> Iterator[str]:
    """A tick as lines, each an object with `tick` and `kind`: `task`, `turn` or `end`.

    Args:
        told: The tick.
        member: Turns of this one alone; None for all.
    """
    body = told.body(member)
    yield _line(body, "task", {name: body[name] for name in OF_TASK})
    for turn in body["turns"]:
        yield _line(body, "turn", turn)
    yield _line(body, "end", {name: body[name] for name in OF_END})


def _line(body: dict[str, Any], kind: str, fields: dict[str, Any]) -> str:
    return json.dumps({"tick": body["tick"], "kind": kind, **fields}, allow_nan=False)
