"""What a folder holds, as the value it was when it was played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ....model.errors import UsageError
from ..build.from_config import organization_of
from ..config.comparison import ComparisonConfig
from ..config.run import RunConfig
from ..exits import Exit
from ..runs.folder import Archive, archive
from ..runs.keys import run_key
from ..runs.matched_results import analysed
from ..runs.play import PlayedRun
from .comparison import Comparison
from .run import Run

if TYPE_CHECKING:
    from ....agents.llm.service import Service


def load(path: str | Path) -> Run | Comparison:
    """The run or comparison of a folder; nothing is played.

    Args:
        path: Of the folder.

    Raises:
        UsageError: It holds none, or nothing finished.
    """
    path = Path(path)
    with archive(path) as folder:
        if isinstance(folder.config, RunConfig):
            return _run(path, folder, folder.config)
        if isinstance(folder.config, ComparisonConfig):
            return _comparison(path, folder, folder.config)
        name = folder.config.name
        raise UsageError(
            f"dir={path} holds the scenario {name}; to draw it anew use "
            f"`unscripted scenario {name} --out {path}` with its options"
        )


def _run(path: Path, folder: Archive, config: RunConfig) -> Run:
    with offline(folder) as service:
        org = organization_of(config, service)
        for record in folder.records():
            org.replay(record)
    if not org.records:
        raise UsageError(f"dir={path} holds no finished tick; play the run first")
    ending = Exit.DONE if org.tick == config.tasks.ticks else Exit.INTERRUPTED
    return Run(PlayedRun(config, org, ending, len(org.records)), path)


def _comparison(path: Path, folder: Archive, config: ComparisonConfig) -> Comparison:
    kept = folder.results()
    keys = [run_key(run) for run in config.runs()]
    compared, analysis = analysed(config, {key: kept[key] for key in keys if key in kept})
    if not analysis.runs:
        raise UsageError(f"dir={path} holds no finished run; play the comparison first")
    ending = Exit.DONE if all(key in kept for key in keys) else Exit.INTERRUPTED
    return Comparison(config, compared, analysis, ending, path)


@contextmanager
def offline(folder: Archive) -> Iterator[Service | None]:
    """A service that answers from a folder's journal and sends nothing; None where none is due.

    Args:
        folder: Of a run.
    """
    config = folder.config
    if not (isinstance(config, RunConfig) and config.called):
        yield None
        return
    from ....agents.llm.calling.journal import Journal
    from ....agents.llm.service import Service

    journal = Journal(folder.path, strict=True)
    try:
        yield Service(config.calls, journal)
    finally:
        journal.close()
