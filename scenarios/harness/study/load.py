"""What a folder holds, as a value: a run, a comparison or a scenario."""

from __future__ import annotations

import os
from pathlib import Path

from ....model.errors import UsageError
from ....model.relocation import located
from ..advice.advice import Advice
from ..advice.playing import advice_of
from ..api.comparison import Comparison
from ..api.load import comparison_of, finished_of, run_in, run_of
from ..api.run import Run
from ..config.advice import AdviceConfig
from ..config.comparison import ComparisonConfig
from ..config.run import RunConfig
from ..config.study import StudyConfig
from ..folders.folder import Archive, archive
from .discovery import study_of
from .results import results_in
from .study import PlayedStudy


def load(path: str | Path, run: int | None = None) -> Run | Comparison | PlayedStudy | Advice:
    """The run, comparison, scenario or advice of a folder; nothing is sent to any model.

    Args:
        path: Of the folder; from anywhere, read-only media included.
        run: One run of a comparison or scenario, by its place from 0, played again from what the
            folder keeps; None for the whole.

    Raises:
        UsageError: It holds none, nothing finished, or no such run.
    """
    if not isinstance(path, str | os.PathLike):
        raise UsageError(f"path={path!r} is no path; give the folder of a run")
    with archive(Path(path)) as folder:
        if run is not None:
            return run_in(folder, run)
        if isinstance(folder.config, RunConfig):
            return run_of(folder, folder.config)
        if isinstance(folder.config, ComparisonConfig):
            return comparison_of(folder, folder.config)
        if isinstance(folder.config, AdviceConfig):
            return advice_of(folder, folder.config)
        return _study_of(folder)


def _study_of(folder: Archive) -> PlayedStudy:
    config = folder.config
    assert isinstance(config, StudyConfig)
    try:
        study = study_of(str(located(config.script)) if config.script else config.name)
    except UsageError as error:
        raise UsageError(f"dir={folder.folder} holds the scenario {config.name}: {error}") from None
    options = study.options_from(
        **{k: tuple(v) if isinstance(v, list) else v for k, v in config.options.items()}
    )
    kept, ending = finished_of(folder, config)
    results = results_in(config, kept)
    report = study.report(results, options) if results.rows else None
    return PlayedStudy(
        study, options, config, results, report, ending, folder=folder.folder, kept=kept
    )
