"""What the commands do: play, keep, show; each returns its exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ...model.errors import UsageError
from .config import RunConfig, SweepConfig, default_folder
from .folder import Folder
from .publish import publish_comparison, publish_run
from .rows import Row, run_row
from .runner import Exit, Outcome, play
from .screen import (
    SYNTHETIC,
    RunProgress,
    compare_table,
    conclusions,
    plain,
    run_table,
    team_table,
    terminal,
)
from .statistics import summarize
from .sweep import Result, run_key, sweep


def run_command(
    config: RunConfig, out: Path | None, *, as_json: bool, max_failures: int | None
) -> Exit:
    """Play one organization; keep it, show it."""
    _check_failures(max_failures)
    errors = terminal(stderr=True)
    for note in config.notes():
        errors.print(f"note: {note}", markup=False)
    title = f"{config.protocol} · {config.agents} × {config.model} · {config.topology}"
    org = config.organization()  # what can't be built is refused before a folder is made
    with RunProgress(errors, config.ticks, plain(title)) as progress:
        if as_json and out is None:
            outcome = play(config, max_failures=max_failures, watch=progress, org=org)
            folder_path = None
        else:
            folder_path = out if out is not None else default_folder(config)
            with Folder(folder_path, config) as folder:
                outcome = play(config, folder, max_failures=max_failures, watch=progress, org=org)
    if as_json:
        _print_json(config.synthetic, [run_row(config, outcome.records, level=outcome.level)])
    interrupted = outcome.ending is Exit.INTERRUPTED  # who pressed Ctrl-C waits for no figures
    if folder_path is not None and outcome.records and not interrupted:
        try:
            _show_run(config, outcome, folder_path, terminal(stderr=as_json), title)
        except KeyboardInterrupt:
            errors.print(f"interrupted while drawing; `unscripted report {folder_path}` draws it")
            return Exit.INTERRUPTED
    _say_ending(outcome.ending, len(outcome.records), config.ticks, errors)
    return outcome.ending


def _show_run(
    config: RunConfig, outcome: Outcome, path: Path, console: Console, title: str
) -> None:
    with Folder(path, config) as folder:
        pictures = publish_run(folder, config, outcome.organization)
    console.print(team_table(outcome.records[-1]))
    different = len({r.task_id for r in outcome.records})
    ticks = len(outcome.records)
    over = f"{ticks} ticks, {different} different tasks"
    console.print(run_table(outcome.records, f"{title}: {over}"))
    if config.synthetic:
        console.print(SYNTHETIC, style="italic", markup=False, soft_wrap=True)
    if outcome.resumed:
        console.print(f"{outcome.resumed} of these tasks were already in {path}", markup=False)
    for picture in pictures:
        console.print(f"  {picture}", markup=False, highlight=False, soft_wrap=True)


def compare_command(
    config: SweepConfig, out: Path | None, *, as_json: bool, max_failures: int | None
) -> Exit:
    """Play a full factorial; keep it, test it, show it."""
    _check_failures(max_failures)
    errors = terminal(stderr=True)
    _check_networks(config)
    ending = Exit.DONE
    if as_json and out is None:
        results = _sweep(config, None, errors)
    else:
        path = out if out is not None else default_folder(config)
        with Folder(path, config) as folder:
            try:
                results = _sweep(config, folder, errors)
            except KeyboardInterrupt:
                kept = len(folder.results())
                errors.print(f"interrupted with {kept} runs kept; the same command continues")
                return Exit.INTERRUPTED
    rows = [r["row"] for r in results.values() if "row" in r]
    broken = {key: r["error"] for key, r in results.items() if "error" in r}
    for key, error in list(broken.items())[:5]:
        errors.print(f"run {key} broke: {plain(error)}", markup=False, style="red")
    if broken:
        ending = Exit.FAILURES
    failed = sum(r.get("failures", 0) for r in results.values())
    if max_failures is not None and failed > max_failures:
        ending = Exit.FAILURES
    stopped = sum(r.get("stopped", False) for r in results.values())
    if stopped:
        ending = Exit.BUDGET
        errors.print(
            f"{stopped} of {len(results)} runs stopped at the budget of each; "
            "the same command with a higher --budget plays them again",
            style="yellow",
        )
    summary = summarize(rows)
    synthetic = all(r.synthetic for r in config.runs()[:: config.replicates])
    if as_json:
        _print_json(synthetic, rows, summary)
    if not (as_json and out is None) and rows:
        try:
            with Folder(path, config) as folder:
                pictures = publish_comparison(folder, config, results, summary, synthetic=synthetic)
        except KeyboardInterrupt:
            errors.print(f"interrupted while drawing; `unscripted report {path}` draws it")
            return Exit.INTERRUPTED
        _show_comparison(summary, pictures, terminal(stderr=as_json), synthetic)
    return ending


def _sweep(config: SweepConfig, folder: Folder | None, errors: Console) -> dict[str, Result]:
    if not errors.is_terminal:
        shown = -1

        def line(done: int, total: int) -> None:
            nonlocal shown
            if (tenth := 10 * done // total) != shown:
                shown = tenth
                errors.print(f"runs {done}/{total}", highlight=False)

        return sweep(config, folder, watch=line)
    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("", total=None)
        return sweep(
            config,
            folder,
            watch=lambda done, total: progress.update(task, completed=done, total=total),
        )


def _show_comparison(
    summary: list[Row], pictures: list[Path], console: Console, synthetic: bool
) -> None:
    console.print(compare_table(summary, console))
    for sentence in conclusions(summary):
        console.print(f"• {sentence}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        "All contrasts of quality are in report.html, of the other measures in --json.",
        markup=False,
        highlight=False,
    )
    if synthetic:
        console.print(SYNTHETIC, style="italic", markup=False, soft_wrap=True)
    for picture in pictures:
        console.print(f"  {picture}", markup=False, highlight=False, soft_wrap=True)


def _check_networks(config: SweepConfig) -> None:
    """Every combination of network, size and tasks is buildable before anything is played."""
    seen: set[tuple[Any, ...]] = set()
    for run in config.runs():
        key = (run.topology, run.agents, run.level, run.tasks)
        if key not in seen:
            seen.add(key)
            run.organization()


def _check_failures(max_failures: int | None) -> None:
    if max_failures is not None and max_failures < 0:
        raise UsageError(f"max_failures={max_failures} is below 0; use 0 or more")


def _print_json(synthetic: bool, runs: list[Row], summary: list[Row] | None = None) -> None:
    body = {
        "version": 1,
        "synthetic": synthetic,
        "runs": runs,
        "summary": summarize(runs) if summary is None else summary,
    }
    text = json.dumps(body, indent=1, allow_nan=False) + "\n"
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # with its number, the parser would end the process with 1
        raise BrokenPipeError from None


def _say_ending(ending: Exit, played: int, ticks: int, errors: Console) -> None:
    said = {
        Exit.BUDGET: f"stopped at the budget after {played} of {ticks} tasks; "
        "the same command with a higher --budget continues",
        Exit.INTERRUPTED: f"interrupted after {played} of {ticks} tasks; "
        "the same command continues, `unscripted report` draws what is there",
        Exit.FAILURES: "done, with more failed decisions than --max-failures",
    }
    if ending in said:
        errors.print(said[ending], style="yellow")


def replay_command(path: Path) -> Exit:
    """Play a recorded run again, offline, and compare record by record."""
    with Folder.existing(path) as folder:
        if not isinstance(folder.config, RunConfig):
            raise UsageError(f"dir={path} holds a comparison; give the folder of a run")
        recorded = folder.texts()
        org = folder.config.organization()
    if not recorded:
        raise UsageError(f"dir={path} holds no finished tick; play the run first")
    for tick, text in recorded:
        org.step()
        if org.records[-1].to_json() != text:
            print(f"tick {tick} differs from the record", file=sys.stderr)
            return Exit.DIFFERENT
    print(f"{len(recorded)} ticks replayed, all equal")
    return Exit.DONE


def report_command(path: Path) -> Exit:
    """Write tables, figures and the page of a folder anew, from what it keeps."""
    with Folder.existing(path) as folder:
        config = folder.config
        if isinstance(config, RunConfig):
            org = config.organization()
            for record in folder.records():
                org.relive(record)
            if not org.records:
                raise UsageError(f"dir={path} holds no finished tick; play the run first")
            publish_run(folder, config, org)
        else:
            kept = folder.results()
            results = {key: kept[key] for key in map(run_key, config.runs()) if key in kept}
            summary = summarize([r["row"] for r in results.values()])
            if not summary:
                raise UsageError(f"dir={path} holds no finished run; play the comparison first")
            synthetic = all(r.synthetic for r in config.runs()[:: config.replicates])
            publish_comparison(folder, config, results, summary, synthetic=synthetic)
    print(path / "report.html")
    return Exit.DONE
