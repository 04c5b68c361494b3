"""`unscripted advise`: plays what decides, then says what to use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from ..advice.advice import Advice
from ..advice.playing import play_advice, playable
from ..advice.words import arms_table
from ..api.entry import advice_config, execution_of
from ..exits import Exit
from ..format import SYNTHETIC, plain
from ..terminal.console import say, terminal
from ..terminal.reporter import TerminalReporter
from ..terminal.tables import TIGHT
from .commands import print_json, published, show_plan


def advise_command(given: Mapping[str, Any]) -> Exit:
    """Race the arms; keep it, show it.

    Args:
        given: Options by name; those of `VARYING` as tuples.
    """
    execution, options = execution_of(given)
    if execution.dry_run:
        return show_plan(playable(advice_config(options)), execution)
    reporter = TerminalReporter()
    advice = play_advice(advice_config(options), execution, reporter)
    if advice.ending is Exit.INTERRUPTED:  # who pressed Ctrl-C waits for nothing
        return advice.ending
    if execution.json:
        print_json(advice.body())
    console = terminal(stderr=execution.json)
    if advice.arms and advice.folder is not None:
        drawn = published(advice, reporter, lambda paths: show_advice(advice, paths, console))
        return advice.ending if drawn is None else drawn
    show_advice(advice, [], console)
    return advice.ending


def show_advice(advice: Advice, pictures: Sequence[Path], console: Console) -> None:
    """The arms and what they come to.

    Args:
        advice: As far as it came.
        pictures: Files worth opening.
        console: Where to.
    """
    if advice.arms:
        console.print(_table(advice))
    for sentence in advice.sentences:
        say(console, f"• {sentence}")
    say(console, f"It took {advice.effort}; docs/advice.md says how often such advice is right.")
    if advice.synthetic:
        say(console, SYNTHETIC, "italic")
    for path in pictures:
        say(console, f"  {path}")


def _table(advice: Advice) -> Table:
    table = Table(title=Text(advice.heading), title_justify="left", title_style="bold", **TIGHT)
    head, rows = arms_table(advice.arms, advice.outcome, advice.voice)
    for name in head:
        numeric = name not in ("protocol", "network", "model")
        whole = name in ("agents", advice.outcome)
        side: JustifyMethod = "right" if numeric else "left"
        least = 10 if name == "protocol" else None
        table.add_column(name, justify=side, overflow="fold", no_wrap=whole, min_width=least)
    for cells in rows:
        table.add_row(*(Text(plain(cell)) for cell in cells))
    return table
