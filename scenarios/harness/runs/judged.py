"""Where judges failed in many runs, whichever they are of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..config.run import RunConfig
from ..results.judging import judges_lines, judging_lines
from ..results.run_result import RunResult
from .keys import run_key


def judging_in(runs: Iterable[RunConfig], results: Mapping[str, RunResult]) -> list[str]:
    """That judges failed on too many tasks, or that models have different ones; else nothing.

    Args:
        runs: Their configurations; those without a result are passed over.
        results: By run key.
    """
    by_key = {run_key(run): run for run in runs}
    found = [(run, results[key].ticks) for key, run in by_key.items() if key in results]
    return [*judging_lines(found), *judges_lines(by_key.values())]
