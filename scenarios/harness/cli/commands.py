"""What the commands do: play, keep, show; each returns its exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ....model.errors import Halt, UsageError
from ..config.run import RunConfig, SweepConfig
from ..report.publish import publish_comparison, publish_run
from ..results.chronicle import chronicle
from ..results.rows import Row, run_row
from ..runs.folder import Folder
from ..runs.interrupts import graceful
from ..runs.matching import analysed, match_table
from ..runs.play import Exit, Outcome, play
from ..runs.session import Showing, desk_for, playing, print_json, say_notes, say_spent
from ..runs.sweep import run_key
from ..statistics.analysis import Analysis, summarize
from ..statistics.emergence import emergence_of
from ..terminal.screen import (
    SYNTHETIC,
    RunProgress,
    agreement_line,
    compare_table,
    plain,
    run_table,
    team_table,
    terminal,
)

if TYPE_CHECKING:
    from ....agents.llm.service import Service


def run_command(
    config: RunConfig,
    out: Path | None = None,
    *,
    as_json: bool = False,
    max_failures: int | None = None,
    yes: bool = False,
) -> Exit:
    """Play one organization; keep it, show it. The arguments are those of `Showing`."""
    showing = Showing(out, as_json, max_failures, yes)
    errors = terminal(stderr=True)
    say_notes(config, errors)
    title = f"{config.protocol} · {config.agents} × {config.model} · {config.topology}"
    path = showing.folder(config, paid=bool(config.called))
    if not config.called:
        config.organization()  # what can't be built is refused before a folder is made
    with desk_for(config, path, [config], errors) as desk:
        left = config.ticks - (len(desk.folder.texts()) if desk.folder is not None else 0)
        calls = desk.consent([(config, left)] if left > 0 else [], yes=showing.yes)
        org = config.organization(desk.service)
        progress = RunProgress(errors, config.ticks, plain(title))
        progress.calls(desk.service, calls)
        with progress, graceful(desk.service, lambda said: errors.print(said, markup=False)):
            outcome = play(
                config, desk.folder, max_failures=showing.max_failures, watch=progress, org=org
            )
        if showing.as_json:
            row = run_row(config, outcome.records, level=outcome.level)
            emergent = [r.body() for r in emergence_of(outcome.records, config.seed)]
            _print_runs(config.synthetic, [row], summary=summarize([row]), emergence=emergent)
        interrupted = outcome.ending is Exit.INTERRUPTED  # who pressed Ctrl-C waits for no figures
        if desk.folder is not None and outcome.records and not interrupted:
            try:
                _show_run(desk.folder, outcome, terminal(stderr=showing.as_json), title)
            except KeyboardInterrupt:
                errors.print(f"interrupted while drawing; `unscripted report {path}` draws it")
                return Exit.INTERRUPTED
        if desk.service is not None:
            say_spent(desk.service, errors)
    _say_ending(outcome, config.ticks, errors)
    return outcome.ending


def _show_run(folder: Folder, outcome: Outcome, console: Console, title: str) -> None:
    config = folder.config
    assert isinstance(config, RunConfig)
    pictures = publish_run(folder, config, outcome.organization)
    console.print(team_table(outcome.records[-1]))
    different = len({r.task_id for r in outcome.records})
    ticks = len(outcome.records)
    over = f"{ticks} ticks, {different} different tasks"
    console.print(run_table(outcome.records, f"{title}: {over}"))
    if config.synthetic:
        console.print(SYNTHETIC, style="italic", markup=False, soft_wrap=True)
    for line in chronicle(outcome.records):
        console.print(plain(line), markup=False, highlight=False, soft_wrap=True)
    if any(r.verdict.votes for r in outcome.records):
        console.print(agreement_line(outcome.records), markup=False, soft_wrap=True)
    if outcome.resumed:
        console.print(
            f"{outcome.resumed} of these tasks were already in {folder.path}", markup=False
        )
    for picture in pictures:
        console.print(f"  {picture}", markup=False, highlight=False, soft_wrap=True)


def compare_command(
    config: SweepConfig,
    out: Path | None = None,
    *,
    as_json: bool = False,
    max_failures: int | None = None,
    yes: bool = False,
) -> Exit:
    """Play a full factorial; keep it, test it, show it. The arguments are those of `Showing`."""
    showing = Showing(out, as_json, max_failures, yes)
    errors = terminal(stderr=True)
    with playing(config, showing, errors) as played:
        folder, synthetic = played.folder, played.synthetic
        if played.ending is Exit.INTERRUPTED:
            return played.ending
        results, found = analysed(config, played.results)
        if showing.as_json:
            _print_runs(
                synthetic,
                found.runs,
                summary=found.summary,
                tests=found.tests,
                conclusions=found.conclusions,
            )
        if folder is not None and found.runs:
            try:
                pictures = publish_comparison(folder, config, results, found, synthetic=synthetic)
            except KeyboardInterrupt:
                said = f"interrupted while drawing; `unscripted report {folder.path}` draws it"
                errors.print(said)
                return Exit.INTERRUPTED
            console = terminal(stderr=showing.as_json)
            if (sizes := match_table(config, found.summary)) is not None:
                console.print(sizes)
            _show_comparison(found, pictures, console, synthetic)
    return played.ending


def _show_comparison(
    found: Analysis, pictures: list[Path], console: Console, synthetic: bool
) -> None:
    console.print(compare_table(found.summary, console))
    for sentence in found.conclusions:
        console.print(f"• {sentence}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        "Brackets are 95 % intervals, each on its own. All contrasts of quality are in "
        "report.html, of the other measures in --json; the rule behind the words is in "
        "docs/statistics.md.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    if synthetic:
        console.print(SYNTHETIC, style="italic", markup=False, soft_wrap=True)
    for picture in pictures:
        console.print(f"  {picture}", markup=False, highlight=False, soft_wrap=True)


def _print_runs(synthetic: bool, runs: list[Row], **more: Any) -> None:
    """One object on standard output; `more` are further parts, such as a summary already made."""
    if "summary" not in more:
        more = {"summary": summarize(runs), **more}
    print_json({"version": 1, "synthetic": synthetic, "runs": runs, **more})


def _say_ending(outcome: Outcome, ticks: int, errors: Console) -> None:
    ending, played = outcome.ending, len(outcome.records)
    if outcome.cause and ending is not Exit.INTERRUPTED:
        errors.print(plain(outcome.cause), markup=False, style="yellow", soft_wrap=True)
    said = {
        Exit.USAGE: f"stopped after {played} of {ticks} tasks; the same command continues",
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
    with Folder.existing(path) as folder, _offline(folder) as service:
        if not isinstance(folder.config, RunConfig):
            raise UsageError(f"dir={path} holds a comparison; give the folder of a run")
        recorded = folder.texts()
        if not recorded:
            raise UsageError(f"dir={path} holds no finished tick; play the run first")
        org = folder.config.organization(service)
        for tick, text in recorded:
            try:
                org.step()
            except Halt as halt:
                print(f"tick {tick} differs from the record: {halt}", file=sys.stderr)
                return Exit.DIFFERENT
            if org.records[-1].to_json() != text:
                print(f"tick {tick} differs from the record", file=sys.stderr)
                return Exit.DIFFERENT
    print(f"{len(recorded)} ticks replayed, all equal")
    return Exit.DONE


@contextmanager
def _offline(folder: Folder) -> Iterator[Service | None]:
    """A service that answers from a folder's journal and sends nothing; None where none is due."""
    config = folder.config
    if not (isinstance(config, RunConfig) and config.called):
        yield None
        return
    from ....agents.llm.calling.journal import Journal
    from ....agents.llm.service import Service

    with Service(config.calls, Journal(folder.journal, strict=True)) as service:
        yield service


def report_command(path: Path) -> Exit:
    """Write tables, figures and the page of a folder anew, from what it keeps."""
    with Folder.existing(path) as folder:
        config = folder.config
        if isinstance(config, RunConfig):
            with _offline(folder) as service:
                org = config.organization(service)
                for record in folder.records():
                    org.relive(record)
            if not org.records:
                raise UsageError(f"dir={path} holds no finished tick; play the run first")
            publish_run(folder, config, org)
        else:
            kept = folder.results()
            results = {key: kept[key] for key in map(run_key, config.runs()) if key in kept}
            results, found = analysed(config, results)
            if not found.runs:
                raise UsageError(f"dir={path} holds no finished run; play the comparison first")
            synthetic = any(r.synthetic for r in config.runs()[:: config.replicates])
            publish_comparison(folder, config, results, found, synthetic=synthetic)
    print(path / "report.html")
    return Exit.DONE
