"""What a folder holds, as the value it was when it was played; nothing is played or sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..build.from_config import organization_of
from ..config.comparison import ComparisonConfig
from ..config.identity import Sweep
from ..config.run import RunConfig
from ..exits import Exit
from ..folders.folder import Archive
from ..results.run_result import RunResult
from ..runs.keys import run_key
from ..runs.matched_results import analysed
from ..runs.play import PlayedRun
from .comparison import Comparison
from .run import Run

if TYPE_CHECKING:
    from ....agents.llm.service import Service


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
        for record in folder.records():
            org.replay(record)
    if not org.records:
        raise folder.nothing("tick")
    ending = Exit.DONE if org.tick == config.tasks.ticks else Exit.INTERRUPTED
    return Run(PlayedRun(config, org, ending, len(org.records)), folder.folder)


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
    return Comparison(config, compared, analysis, ending, folder.folder)


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
