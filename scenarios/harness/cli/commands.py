"""What the commands do: play or open, then print; each returns its exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from ..api.comparison import play_comparison
from ..api.entry import comparison_config, execution_of
from ..api.replay import Replayed, replay
from ..api.run import play_run
from ..config.groups import Execution
from ..config.identity import Config
from ..config.run import RunConfig
from ..exits import Exit
from ..folders.folder import configuration
from ..format import plain
from ..planning.plan import plan_of
from ..report.publish import check_page_folder, publish
from ..runs.matching import matched
from ..study.load import load
from ..terminal.console import say, terminal
from ..terminal.reporter import TerminalReporter
from .show import show_comparison, show_ending, show_run


def run_command(given: Mapping[str, Any]) -> Exit:
    """Play one organization; keep it, show it.

    Args:
        given: Options by name; those left out keep their defaults.
    """
    execution, options = execution_of(given)
    if execution.dry_run:
        return show_plan(RunConfig.of(**options), execution)
    reporter = TerminalReporter()
    run = play_run(RunConfig.of(**options), execution, reporter)
    if execution.json:
        print_json(run.body())
    if run.records and run.ending is not Exit.INTERRUPTED:  # who pressed Ctrl-C waits for nothing
        console = terminal(stderr=execution.json)
        drawn = published(run, reporter, lambda pictures: show_run(run, pictures, console))
        if drawn is not None:
            return drawn
    show_ending(run, reporter)
    return run.ending


def compare_command(given: Mapping[str, Any]) -> Exit:
    """Play a full factorial; keep it, test it, show it.

    Args:
        given: Options by name; those of `VARYING` as tuples.
    """
    execution, options = execution_of(given)
    reporter = TerminalReporter()
    if execution.dry_run:
        return show_plan(matched(comparison_config(options), reporter), execution)
    comparison = play_comparison(comparison_config(options), execution, reporter)
    if comparison.ending is Exit.INTERRUPTED:
        return comparison.ending
    if execution.json:
        print_json(comparison.body())
    if comparison.analysis.runs:
        console = terminal(stderr=execution.json)
        drawn = published(
            comparison, reporter, lambda pictures: show_comparison(comparison, pictures, console)
        )
        if drawn is not None:
            return drawn
    return comparison.ending


def show_plan(config: Config, execution: Execution) -> Exit:
    """Say what a command would take and could show; nothing is sent or written.

    Args:
        config: Of the command.
        execution: Says which folder, and whether as one object.
    """
    found = plan_of(config, execution)
    if execution.json:
        print_json(found.body())
    console = terminal(stderr=execution.json)
    for sentence in found.sentences:
        say(console, f"• {sentence}")
    return Exit.DONE


def published(
    value: Any, reporter: TerminalReporter, show: Callable[[list[Path]], None]
) -> Exit | None:
    """Draw what a value has to show into its folder and show it; None unless interrupted.

    Args:
        value: A run, comparison, study, advice or replay.
        reporter: Hears of an interruption.
        show: Called with the pictures and pages.
    """
    if value.folder is None:
        return None
    try:
        show(publish(value, reporter.warn))
    except KeyboardInterrupt:
        again = f"`unscripted report {value.folder}`"
        if isinstance(value, Replayed):  # its folder holds no run
            again = "the same command"
        reporter.note(f"interrupted while drawing; {again} draws it")
        return Exit.INTERRUPTED
    return None


def replay_command(path: Path, out: Path | None = None, *, as_json: bool = False) -> Exit:
    """Play a recorded run again, offline, and compare record by record.

    Args:
        path: Of its folder, which is only read.
        out: A folder for a page that says what was equal; None for no page.
        as_json: One object on standard output.

    Raises:
        UsageError: The folder for the page holds a run itself.
    """
    if out is not None:
        check_page_folder(out)
    found = replace(replay(path), folder=out)
    if as_json:
        print_json(found.body())
    quiet = sys.stderr if as_json else sys.stdout
    if found.difference:
        print(found.difference, file=sys.stderr)
    else:
        for line in (f"{found.equal} {found.unit} replayed, all equal", *found.judging):
            print(plain(line), file=quiet)
    show = partial(_show_page, quiet)
    ended = published(found, TerminalReporter(), show)
    return ended or (Exit.DIFFERENT if found.difference else Exit.DONE)


def _show_page(where: TextIO, written: list[Path]) -> None:
    print(written[-1], file=where)


def report_command(path: Path, *, as_json: bool = False) -> Exit:
    """Write tables, figures and the page of a folder anew, from what it keeps.

    Args:
        path: Of the folder.
        as_json: One object on standard output.
    """
    with configuration(path):  # names of files lead to its copies until all is drawn
        written = publish(load(path), TerminalReporter().warn)
    if as_json:
        print_json({"version": 1, "written": [str(p) for p in written]})
    else:
        say(terminal(), str(written[-1]))
    return Exit.DONE


def print_json(body: Mapping[str, Any]) -> None:
    """One object on standard output.

    Args:
        body: What it holds.

    Raises:
        BrokenPipeError: The reader has left.
    """
    text = json.dumps(body, indent=1, allow_nan=False) + "\n"
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # with its number, the parser would end the process with 1
        raise BrokenPipeError from None
