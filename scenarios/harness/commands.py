"""What the commands do: play, keep, show; each returns its exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from typing import Protocol as TypingProtocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from ...model.errors import Halt, UsageError
from .chronicle import chronicle
from .config import Config, RunConfig, SweepConfig, default_folder
from .folder import Folder
from .interrupts import graceful
from .publish import publish_comparison, publish_run
from .rows import Row, run_row
from .runner import HALTED, Exit, Outcome, play
from .screen import (
    SYNTHETIC,
    CallsColumn,
    RunProgress,
    agreement_line,
    compare_table,
    conclusions,
    plain,
    run_table,
    team_table,
    terminal,
)
from .statistics import summarize
from .sweep import Result, run_key, sweep

if TYPE_CHECKING:
    from ...agents.llm.service import Service


@dataclass(frozen=True)
class Showing:
    """How a command keeps and shows what it does.

    Attributes:
        out: Its folder; None for a default one.
        as_json: One object on standard output; without `out`, synthetic runs then keep nothing.
        max_failures: Failed decisions above which the exit code says so; None allows any.
        yes: Don't ask before a paid run.
    """

    out: Path | None = None
    as_json: bool = False
    max_failures: int | None = None
    yes: bool = False

    def __post_init__(self) -> None:
        if self.max_failures is not None and self.max_failures < 0:
            raise UsageError(f"max_failures={self.max_failures} is below 0; use 0 or more")

    def folder(self, config: Config, *, paid: bool) -> Path | None:
        """Where the command's files go; what was paid for is always kept."""
        if self.out is None and self.as_json and not paid:
            return None
        return self.out if self.out is not None else default_folder(config)


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
    _say_notes(config, errors)
    title = f"{config.protocol} · {config.agents} × {config.model} · {config.topology}"
    path = showing.folder(config, paid=bool(config.called))
    if not config.called:
        config.organization()  # what can't be built is refused before a folder is made
    with _desk(config, path, [config], errors) as desk:
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
            _print_json(config.synthetic, [run_row(config, outcome.records, level=outcome.level)])
        interrupted = outcome.ending is Exit.INTERRUPTED  # who pressed Ctrl-C waits for no figures
        if desk.folder is not None and outcome.records and not interrupted:
            try:
                _show_run(desk.folder, outcome, terminal(stderr=showing.as_json), title)
            except KeyboardInterrupt:
                errors.print(f"interrupted while drawing; `unscripted report {path}` draws it")
                return Exit.INTERRUPTED
        if desk.service is not None:
            _say_spent(desk.service, errors)
    _say_ending(outcome, config.ticks, errors)
    return outcome.ending


@contextmanager
def _desk(
    config: Config, path: Path | None, runs: Sequence[RunConfig], errors: Console
) -> Iterator[_Desk]:
    """A folder, and a service where models are called."""
    if any(run.called for run in runs):
        from .serving import Desk

        with Desk(config, path, runs, errors) as desk:
            yield desk
        return
    with ExitStack() as stack:
        folder = None
        if path is not None:
            folder = stack.enter_context(Folder(path, config, alone=True))
        yield _Plain(folder)


class _Desk(TypingProtocol):
    """What commands need of a desk."""

    folder: Folder | None
    service: Service | None

    def consent(
        self, todo: Sequence[tuple[RunConfig, int]], *, yes: bool, at_once: int = 1
    ) -> int: ...


class _Plain:
    """A desk without models to call: nothing is spent."""

    service: Service | None = None

    def __init__(self, folder: Folder | None) -> None:
        self.folder = folder

    def consent(self, todo: Sequence[tuple[RunConfig, int]], *, yes: bool, at_once: int = 1) -> int:
        return 0


def _say_notes(config: RunConfig, errors: Console) -> None:
    for note in config.notes():
        errors.print(f"note: {plain(note)}", markup=False, soft_wrap=True)


def _say_spent(service: Service, errors: Console) -> None:
    from .serving import meter_line

    errors.print(
        f"calls: {meter_line(service.client)}", markup=False, highlight=False, soft_wrap=True
    )


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
    runs = config.runs()
    paid = any(run.called for run in runs[:: config.replicates])
    for run in {r.model: r for r in runs}.values():
        _say_notes(run, errors)
    if not paid:
        _check_networks(config)
    path = showing.folder(config, paid=paid)
    with _desk(config, path, runs, errors) as desk:
        kept = desk.folder.results() if desk.folder is not None else {}
        todo = [(r, r.ticks) for r in runs if run_key(r) not in kept]
        desk.consent(todo, yes=showing.yes, at_once=min(len(todo), config.base.concurrency))
        try:
            with graceful(desk.service, lambda said: errors.print(said, markup=False)):
                results = _sweep(config, desk.folder, desk.service, errors)
        except KeyboardInterrupt:
            count = len(desk.folder.results()) if desk.folder is not None else 0
            errors.print(f"interrupted with {count} runs kept; the same command continues")
            return Exit.INTERRUPTED
        ending = _ending_of(results, showing.max_failures, errors)
        halt = desk.service.client.halt if desk.service is not None else None
        if halt is not None:
            ending = HALTED.get(halt.reason, Exit.USAGE)
            said = f"{plain(str(halt))}; the same command continues"
            errors.print(said, markup=False, style="yellow", soft_wrap=True)
        rows = [r["row"] for r in results.values() if "row" in r]
        summary = summarize(rows)
        synthetic = any(r.synthetic for r in runs[:: config.replicates])
        if showing.as_json:
            _print_json(synthetic, rows, summary)
        if desk.folder is not None and rows and ending is not Exit.INTERRUPTED:
            try:
                pictures = publish_comparison(
                    desk.folder, config, results, summary, synthetic=synthetic
                )
            except KeyboardInterrupt:
                errors.print(f"interrupted while drawing; `unscripted report {path}` draws it")
                return Exit.INTERRUPTED
            _show_comparison(summary, pictures, terminal(stderr=showing.as_json), synthetic)
        if desk.service is not None:
            _say_spent(desk.service, errors)
    return ending


def _ending_of(results: dict[str, Result], max_failures: int | None, errors: Console) -> Exit:
    """How a comparison ended, and say what broke."""
    ending = Exit.DONE
    broken = {key: r["error"] for key, r in results.items() if "error" in r}
    for key, error in list(broken.items())[:5]:
        errors.print(f"run {key} broke: {plain(error)}", markup=False, style="red")
    if broken:
        ending = Exit.FAILURES
    failed = sum(r.get("failures", 0) for r in results.values())
    if max_failures is not None and failed > max_failures:
        ending = Exit.FAILURES
    if any(r.get("stopped", "budget") != "budget" for r in results.values()):
        ending = Exit.USAGE  # by a `Halt`, whose cause is told
    stopped = sum(r.get("stopped") == "budget" for r in results.values())
    if stopped:
        ending = Exit.BUDGET
        errors.print(
            f"{stopped} of {len(results)} runs stopped at the budget of each; "
            "the same command with a higher --budget plays them again",
            style="yellow",
        )
    return ending


def _sweep(
    config: SweepConfig, folder: Folder | None, service: Service | None, errors: Console
) -> dict[str, Result]:
    if not errors.is_terminal:
        shown = -1

        def line(done: int, total: int) -> None:
            nonlocal shown
            if (tenth := 10 * done // total) != shown:
                shown = tenth
                errors.print(f"runs {done}/{total}", highlight=False)

        return sweep(config, folder, service=service, watch=line)
    columns: list[ProgressColumn] = [
        TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    ]  # fmt: skip
    if service is not None:
        columns.append(CallsColumn(service))
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("", total=None)
        return sweep(
            config,
            folder,
            service=service,
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
    from ...agents.llm.journal import Journal
    from ...agents.llm.service import Service

    journal = Journal(folder.journal, strict=True)
    try:
        yield Service(config.calls, journal)
    finally:
        journal.close()


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
            summary = summarize([r["row"] for r in results.values()])
            if not summary:
                raise UsageError(f"dir={path} holds no finished run; play the comparison first")
            synthetic = any(r.synthetic for r in config.runs()[:: config.replicates])
            publish_comparison(folder, config, results, summary, synthetic=synthetic)
    print(path / "report.html")
    return Exit.DONE
