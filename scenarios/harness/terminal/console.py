"""The consoles that commands write to, and the meter of calls in one line."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ..format import plain

if TYPE_CHECKING:
    from ....agents.llm.calling.client import Client
    from ....agents.llm.responses.speed import Speed


class _Console(Console):
    """A reader that leaves early is an error to handle, not an exit code that means something."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class _Commentary(Console):
    """What is said beside the results: when nobody listens any more, the run goes on."""

    def on_broken_pipe(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stderr.fileno())
        os.close(nowhere)


def terminal(*, stderr: bool = False) -> Console:
    """A console that shows texts as they are: no `[markup]`, no `:emoji:`, nothing highlighted.

    It is wide enough for every column where it is not a terminal.

    Args:
        stderr: On standard error.
    """
    plainly: dict[str, Any] = {"markup": False, "emoji": False, "highlight": False}
    kind = _Commentary if stderr else _Console
    console = kind(stderr=stderr, **plainly)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = kind(stderr=stderr, width=120, **plainly)
    return console


def say(console: Console, text: str, style: str | None = None) -> None:
    """Print a sentence in one line: foreign text can't drive the terminal.

    Args:
        console: Where to.
        text: One line.
        style: Of all of it.
    """
    console.print(plain(text), soft_wrap=True, style=style)


def meter_line(client: Client) -> str:
    """What calls are doing right now, in one line.

    Args:
        client: Makes them.
    """
    meter = client.meter
    parts = [
        f"in flight {meter.in_flight}",
        f"waiting {meter.waiting}",
        f"answered {meter.answered}",
        f"retries {meter.retries}",
        f"429s {100 * meter.share_rate_limited:.1f} %",
    ]
    if meter.replayed:
        parts.append(f"from the journal {meter.replayed}")
    if meter.failed:
        parts.append(f"failed {meter.failed}")
    spent, budget = client.budget.spent_usd, client.calls.budget_usd
    unpriced = client.unpriced
    of = "" if budget is None else f" of ${budget:g}"
    if spent or not unpriced:
        parts.append(f"${spent:.4f}{of}")
    if unpriced:
        parts.append(f"price unknown: {', '.join(unpriced)}")
    parts += [f"waiting: {wait}" for wait in client.waits]
    parts += [
        f"{model} {said}" for model, speed in client.speeds.items() if (said := _paces(speed))
    ]
    return "  ".join(parts)


def _paces(speed: Speed) -> str:
    """How fast an engine on this machine was seen to work; empty where it wasn't."""
    seen = (("reads", speed.reads), ("writes", speed.writes))
    said = ", ".join(f"{does} {pace:.3g}" for does, pace in seen if pace)
    return f"{said} tokens/s" if said else ""
