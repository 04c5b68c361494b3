"""What a folder holds, as the value it was when it was played; nothing is played or sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ....model.errors import UsageError, whole
from ..build.from_config import organization_of
from ..config.comparison import ComparisonConfig
from ..config.identity import Sweep
from ..config.run import RunConfig
from ..exits import Exit
from ..folders.folder import Archive
from ..results.rows import Row, run_row
from ..results.run_result import RunResult
from ..runs.keys import calls_key, run_key
from ..runs.matched_results import analysed
from ..runs.play import PlayedRun, play
from .comparison import Comparison
from .run import Run

if TYPE_CHECKING:
    from ....agents.llm.service import Service

CHANGED = (
    "played again, this run gives something else than was recorded; `unscripted replay` says what"
)


def run_of(folder: Archive, config: RunConfig) -> Run:
    """The run of a folder; nothing is played.

    Args:
        folder: Open for reading.
        config: What it holds.

    Raises:
        UsageError: Nothing is finished.
    """
    with offline(folder) as service:
        org = organization_of(config, service)
        for record in folder.each_record():
            org.replay(record)
    if not org.records:
        raise folder.nothing("tick")
    ending = Exit.DONE if org.tick == config.tasks.ticks else Exit.INTERRUPTED
    played = PlayedRun(config, org, ending, len(org.records))
    return Run(played, folder.folder, damage=tuple(folder.damage))


def run_in(folder: Archive, row: int) -> Run:
    """One run of a comparison or scenario, played again from what the folder keeps.

    Args:
        folder: Open for reading.
        row: Its place among the runs, from 0; those of a cell stand together.

    Raises:
        UsageError: There is no such run, or it isn't played yet.
    """
    if isinstance(folder.config, RunConfig):
        raise UsageError(f"run={row}: dir={folder.folder} holds one run; leave run out")
    runs, row = folder.config.runs(), whole("run", row, None)
    if not 0 <= row < len(runs):
        raise UsageError(f"run={row} is none of the {len(runs)} runs; use 0 to {len(runs) - 1}")
    config, replicate = runs[row], row % folder.config.replicates
    kept = folder.results().get(run_key(config))
    with offline(folder) as service:
        if kept is None and service is None:
            raise _unplayed(row, folder)
        org = organization_of(config, service, calls_key(config))
        played = play(config, org=org)
    if not played.records:
        raise _unplayed(row, folder)
    again = run_row(config, played.records, replicate, level=played.level)
    damage = [] if kept is None or kept.row is None or _alike(kept.row, again) else [CHANGED]
    return Run(played, None, damage=(*folder.damage, *damage))


def _unplayed(row: int, folder: Archive) -> UsageError:
    return UsageError(
        f"run={row} has no finished tick; `unscripted show {folder.folder}` lists the runs"
    )


def _alike(kept: Row, again: Row) -> bool:
    """Whether all that was measured then is the same now."""
    then = {name: value for name, value in kept.items() if value is not None}
    now: Row = json.loads(json.dumps(again))
    return then == {name: now.get(name) for name in then}


def comparison_of(folder: Archive, config: ComparisonConfig) -> Comparison:
    """The comparison of a folder; nothing is played.

    Args:
        folder: Open for reading.
        config: What it holds.

    Raises:
        UsageError: Nothing is finished.
    """
    results, ending = finished_of(folder, config)
    compared, analysis = analysed(config, results)
    damage = tuple(folder.damage)
    return Comparison(config, compared, analysis, ending, folder.folder, damage=damage)


def finished_of(folder: Archive, config: Sweep) -> tuple[dict[str, RunResult], Exit]:
    """The finished runs of a folder by key, and whether these are all.

    Args:
        folder: Open for reading.
        config: What it holds.

    Raises:
        UsageError: Nothing is finished.
    """
    kept = folder.results()
    keys = [run_key(run) for run in config.runs()]
    results = {key: kept[key] for key in keys if key in kept}
    if not results:
        raise folder.nothing("run")
    return results, Exit.DONE if len(results) == len(set(keys)) else Exit.INTERRUPTED


@contextmanager
def offline(folder: Archive) -> Iterator[Service | None]:
    """A service that answers from a folder's journal and sends nothing; None where none is due.

    Args:
        folder: Open for reading.
    """
    config = folder.config
    runs = (config,) if isinstance(config, RunConfig) else config.conditions
    if not any(run.keeps_answers for run in runs):
        yield None
        return
    from ....agents.llm.journal.journal import Journal
    from ....agents.llm.service import Service

    journal = Journal(folder.path, strict=True)
    try:
        yield Service(runs[0].calls, journal)
    finally:
        journal.close()
