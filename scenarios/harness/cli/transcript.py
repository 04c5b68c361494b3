"""Shows a folder in words: the ticks of a run; of a comparison or scenario first what there is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.text import Text

from ....model.errors import UnknownNameError, UsageError
from ..advice.advice import Advice
from ..api.comparison import Comparison
from ..api.run import Run
from ..config.catalogue import VARYING
from ..exits import Exit
from ..folders.folder import configuration
from ..format import SYNTHETIC, counted, number, plain
from ..results.labels import heading
from ..runs.keys import run_key
from ..statistics.summary import outcome_of
from ..study.load import load
from ..study.study import PlayedStudy
from ..terminal.console import say, terminal
from ..terminal.tables import compare_table, titled_table
from ..transcripts.as_json import json_lines
from ..transcripts.as_markdown import escaped, markdown_of
from ..transcripts.as_text import WIDTH, lines_of
from ..transcripts.telling import TickTold
from .commands import print_json

Format = Literal["text", "markdown", "jsonl"]
FORMATS: tuple[Format, ...] = ("text", "markdown", "jsonl")
BESIDE = ("abstention_rate", "tokens", "cost_usd")
"""Measures of a run that stand beside its outcome."""
MOST_RUNS = 40
"""Runs that are listed as text; the other forms list all."""


@dataclass(frozen=True)
class Wanted:
    """What of a folder is shown, and how.

    Attributes:
        tick: This one alone, from 0; None for all.
        agent: Turns of this member alone; None for all.
        run: Of a comparison or scenario, by its place from 0; None for what there is.
        format: One of `FORMATS`.
        json: One object instead.
    """

    tick: int | None = None
    agent: int | None = None
    run: int | None = None
    format: str = "text"
    json: bool = False


def show_command(folder: Path, wanted: Wanted) -> Exit:
    """Show a folder in words.

    Args:
        folder: Of a run, comparison or scenario, in progress or finished.
        wanted: What of it.

    Raises:
        UsageError: It holds nothing that can be shown, or not what is asked for.
    """
    if wanted.format not in FORMATS:
        raise UnknownNameError("format", wanted.format, FORMATS)
    with configuration(folder):  # names of files lead to its copies until all is said
        damage = _shown(folder, wanted)
    if damage:
        said = "; ".join(damage)
        raise UsageError(f"dir={folder}: {said}; what could be read is shown")
    return Exit.DONE


def _shown(folder: Path, wanted: Wanted) -> tuple[str, ...]:
    """Show it; what of it could not be read."""
    value = load(folder) if wanted.run is None else load(folder, wanted.run)
    if isinstance(value, Run):
        _show_run(value, wanted)
        return value.damage
    _refuse_filters(folder, wanted)
    if isinstance(value, Advice):
        _show_advice(value, wanted)
        return ()
    _show_runs(value, folder, wanted)
    return value.damage if isinstance(value, Comparison) else ()


def _show_advice(advice: Advice, wanted: Wanted) -> None:
    """What was advised, the answer first, and the arms."""
    if wanted.json:
        print_json(advice.body())
        return
    if wanted.format == "jsonl":
        _print_all(json.dumps(arm, allow_nan=False) for arm in advice.arms)
        return
    _print_all([f"- {escaped(line)}" if wanted.format == "markdown" else f"• {line}"
                for line in advice.sentences])  # fmt: skip


def _refuse_filters(folder: Path, wanted: Wanted) -> None:
    for name in ("tick", "agent"):
        if (value := getattr(wanted, name)) is not None:
            raise UsageError(
                f"{name}={value} is of one run, and dir={folder} holds several; "
                f"use --run ROW as `unscripted show {folder}` lists them"
            )


def _show_run(run: Run, wanted: Wanted) -> None:
    _check(run, wanted)
    told = run.each_told() if wanted.tick is None else run.told(wanted.tick)
    if wanted.json:
        ticks = [t.body(wanted.agent) for t in told]
        print_json({"version": 1, "synthetic": run.config.synthetic, "title": run.title,
                    "ticks": ticks})  # fmt: skip
    elif wanted.format == "jsonl":
        _print_all(line for t in told for line in json_lines(t, wanted.agent))
    elif wanted.format == "markdown":
        note = [*map(escaped, run.judging), *([SYNTHETIC] if run.config.synthetic else [])]
        texts = [markdown_of(t, wanted.agent) for t in told]
        _print_all(["\n\n".join([f"# {escaped(run.title)}", *note, *texts])])
    else:
        _print_text(run, told, wanted)


def _print_text(run: Run, told: Iterable[TickTold], wanted: Wanted) -> None:
    console = terminal()
    width = console.width if console.is_terminal else min(console.width, WIDTH)
    say(console, run.title, "bold")
    for said in run.judging:
        say(console, said)
    for tick in told:
        console.print()
        for line in lines_of(tick, wanted.agent, width, whole=wanted.tick is not None):
            console.print(Text(line.text, line.style), soft_wrap=True)
    if run.config.synthetic:
        console.print()
        say(console, SYNTHETIC, "italic")


def _check(run: Run, wanted: Wanted) -> None:
    """Refuse a tick that is not played, and a member that had no part in what is asked for."""
    if wanted.tick is not None:
        run.told(wanted.tick)
    if wanted.agent is None:
        return
    records = run.records if wanted.tick is None else run.records[wanted.tick : wanted.tick + 1]
    members = sorted({m for record in records for m in record.by_id})
    if wanted.agent not in members:
        known = ", ".join(map(str, members))
        raise UsageError(f"agent={wanted.agent} is no member; members: {known}")


def _print_all(lines: Iterator[str] | Sequence[str]) -> None:
    console = terminal()
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def _show_runs(value: Comparison | PlayedStudy, folder: Path, wanted: Wanted) -> None:
    """What a comparison or scenario consists of, cells first."""
    rows = list(_rows(value))
    if wanted.json:
        print_json({"version": 1, **_head(value), "runs": rows})
    elif wanted.format == "jsonl":
        _print_all(json.dumps(row, allow_nan=False) for row in rows)
    elif wanted.format == "markdown":
        _print_all(["\n\n".join(_markdown(value, rows))])
    else:
        _print_runs(value, folder, rows)


def _head(value: Comparison | PlayedStudy) -> dict[str, Any]:
    if isinstance(value, PlayedStudy):
        return value.body(runs=False)
    summary = [cell.body() for cell in value.analysis.summary]
    return {
        "synthetic": value.synthetic,
        "conclusions": value.conclusions,
        "summary": summary,
    }


def _rows(value: Comparison | PlayedStudy) -> Iterator[dict[str, Any]]:
    """One row per run, in the order of `--run`."""
    config = value.config
    kept = {key: r.row for key, r in _results(value).items() if r.row is not None}
    for place, run in enumerate(config.runs()):
        row = kept.get(run_key(run))
        outcome = "" if row is None else row.get("outcome", "quality")
        yield {
            "run": place,
            **_labels(value, place),
            **{f: run.team.labels.get(f, run.tasks.level) for f in VARYING if f != "level"},
            "level": run.tasks.level if row is None else row["level"],
            "seed": run.tasks.seed,
            "finished": row is not None,
            "outcome": outcome or None,
            "value": None if row is None else row.get(outcome),
            **{m: None if row is None else row.get(m) for m in BESIDE},
        }


def _results(value: Comparison | PlayedStudy) -> Mapping[str, Any]:
    if isinstance(value, Comparison):
        return value.results
    return value.kept if value.comparison is None else value.comparison.results


def _labels(value: Comparison | PlayedStudy, place: int) -> dict[str, Any]:
    cells = getattr(value.config, "cells", ())
    cell = cells[place // value.config.replicates] if cells else None
    return dict(getattr(cell, "labels", {}))


def _varying(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Columns that tell runs apart, the number first."""
    beside = ("run", "finished", "outcome", "value", "seed", *BESIDE)
    names = [n for n in rows[0] if n not in beside]
    told = [n for n in names if len({str(row[n]) for row in rows}) > 1]
    return ["run", *told, "seed"]


def _cells(row: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    value = number(row["value"]) if row["finished"] else "not finished"
    return [*(str(row[n]) for n in names), value, *(number(row[m]) for m in BESIDE)]


def _heads(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns of `_cells`."""
    return [*names, _outcome(rows), *(heading(m) for m in BESIDE)]


def _print_runs(
    value: Comparison | PlayedStudy, folder: Path, rows: Sequence[dict[str, Any]]
) -> None:
    console = terminal()
    if isinstance(value, Comparison):
        console.print(compare_table(value.analysis.summary, console))
        for said in (*value.headline, *value.judging):
            say(console, said)
        for said in value.conclusions:
            say(console, f"• {said}")
    else:
        say(console, value.study.question, "bold")
        for said in (*value.headline, *value.judging):
            say(console, said)
        for finding in value.findings:
            say(console, f"• {finding.line()}")
    names = _varying(rows)
    table = titled_table(f"{counted(len(rows), 'run')}, in the order of --run")
    for name in _heads(names, rows):
        left = name in names and name not in ("run", "seed")
        table.add_column(plain(name), justify="left" if left else "right", overflow="fold")
    for row in rows[:MOST_RUNS]:
        table.add_row(*(Text(plain(cell)) for cell in _cells(row, names)))
    console.print()
    console.print(table)
    if len(rows) > MOST_RUNS:
        say(console, f"{len(rows) - MOST_RUNS} more runs: --format jsonl lists all")
    first = next((row["run"] for row in rows if row["finished"]), 0)
    say(console, f"Who said what: unscripted show {folder} --run {first} --tick 0")
    synthetic = value.synthetic if isinstance(value, Comparison) else value.results.synthetic
    if synthetic:
        say(console, SYNTHETIC, "italic")


def _outcome(rows: Sequence[Mapping[str, Any]]) -> str:
    return next((row["outcome"] for row in rows if row["outcome"]), "quality")


def _markdown(value: Comparison | PlayedStudy, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    if isinstance(value, Comparison):
        yield f"# {len(value.analysis.summary)} cells, {outcome_of(value.analysis.summary)}"
        lines = [*value.judging, *value.conclusions]
    else:
        yield f"# {escaped(value.study.question)}"
        lines = [*value.judging, *(finding.line() for finding in value.findings)]
    yield "\n".join(f"- {escaped(line)}" for line in lines)
    names = _varying(rows)
    head = _heads(names, rows)
    table = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    table += [f"| {' | '.join(map(escaped, _cells(row, names)))} |" for row in rows]
    yield "\n".join(table)
