"""Prints what was played: tables, sentences, and where the pictures are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..api.comparison import Comparison
from ..api.run import Run
from ..exits import Exit
from ..format import SYNTHETIC, counted, plain
from ..runs.matched_results import HEAD, TITLE, match_lines, match_rows
from ..runs.matching import UNITS
from ..runs.reporter import Reporter
from ..statistics.findings import overall
from ..statistics.summary import outcome_of
from ..study.study import PlayedStudy
from ..terminal.console import say
from ..terminal.tables import (
    TIGHT,
    agreement_line,
    compare_table,
    run_table,
    team_table,
    undelivered_on,
)


def show_run(run: Run, pictures: Sequence[Path], console: Console) -> None:
    """A run's last task, its measures and what happened.

    Args:
        run: With at least one tick.
        pictures: Files worth opening.
        console: Where to.
    """
    records, ticks = run.outlines, run.measured
    console.print(team_table(run.records[-1]))
    different = len({r.task_id for r in records})
    over = f"{counted(len(records), 'tick')}, {counted(different, 'different task')}"
    console.print(run_table(records, f"{run.title}: {over}{undelivered_on(ticks)}", ticks))
    for line in run.headline:
        say(console, line)
    for line in (*run.judging, *run.events()):
        say(console, line)
    if any(r.verdict.votes for r in records):
        say(console, agreement_line(records))
    _say_synthetic(run.config.synthetic, console)
    if run.played.resumed:
        say(console, f"{run.played.resumed} of these tasks were already in {run.folder}")
    _say_files(pictures, console)


def show_ending(run: Run, reporter: Reporter) -> None:
    """How a run ended, where it isn't simply done.

    Args:
        run: As far as it came.
        reporter: Is told.
    """
    if run.played.cause and run.ending is not Exit.INTERRUPTED:
        reporter.warn(run.played.cause)
    if run.stopped_at:
        reporter.warn(run.stopped_at)


def show_comparison(comparison: Comparison, pictures: Sequence[Path], console: Console) -> None:
    """A comparison's cells and conclusions.

    Args:
        comparison: With at least one whole run.
        pictures: Files worth opening.
        console: Where to.
    """
    found, match = comparison.analysis, comparison.config.design.match
    decides = outcome_of(found.summary)
    if match is not None:
        console.print(_match_table(match_rows(found.summary, match), match))
        for line in match_lines(comparison.config, found.summary):
            say(console, line)
    console.print(compare_table(found.summary, console))
    for sentence in (*comparison.headline, *comparison.judging):
        say(console, sentence)
    _say_synthetic(comparison.synthetic, console)
    rest = counted(len(found.conclusions), "sentence")
    where = "" if comparison.folder is None else f" unscripted show {comparison.folder} has the"
    more = f"{where} {rest} on every block" if where and found.conclusions else ""
    say(
        console,
        f"More:{more}{'; ' if more else ' '}report.html has all contrasts of {decides}, --json of "
        "the other measures, docs/statistics.md the rule.",
        "dim",
    )
    _say_files(pictures, console)


def _match_table(rows: Sequence[Sequence[str]], match: str) -> Table:
    by = UNITS[match.partition(":")[0]]
    table = Table(title=Text(f"{TITLE} ({by})"), title_justify="left", title_style="bold", **TIGHT)
    for name in HEAD:
        numeric = name not in ("protocol", "where")
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    return table


def show_study(played: PlayedStudy, pictures: Sequence[Path], console: Console) -> None:
    """A scenario's tables, what was expected, and claim by claim what was found.

    Args:
        played: With a report.
        pictures: Files worth opening.
        console: Where to.
    """
    report, study = played.report, played.study
    assert report is not None
    if played.comparison is not None:
        show_comparison(played.comparison, pictures, console)
    for table in report.tables:
        console.print(table)
    lines = [*report.notes, study.expectation, study.refuted, *played.headline]
    lines += played.judging if played.comparison is None else []
    lines.append(f"Found: {overall(report.findings)}.")
    lines += [f"• {finding.line()}" for finding in report.findings]
    for line in lines:
        say(console, line)
    if played.comparison is None:
        _say_synthetic(played.results.synthetic, console)
        _say_files(pictures, console)


def _say_synthetic(synthetic: bool, console: Console) -> None:
    if synthetic:
        say(console, SYNTHETIC, "italic")


def _say_files(paths: Sequence[Path], console: Console) -> None:
    for path in paths:
        say(console, f"  {path}")
