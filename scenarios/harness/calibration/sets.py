"""The sets of parameters that fit equally well, as the data file of the ensemble holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from ....agents.synthetic.ensemble import FILE
from .accuracy import REPORT_SEEDS
from .bench import TICKS, on_demand
from .sampling import TOLERANCE, spread_out
from .setting import Setting, values


def within(seeds: Sequence[int]) -> Callable[[Setting], bool]:
    """Whether a setting is within the tolerance, played with these seeds.

    Args:
        seeds: For each condition.
    """
    return lambda setting: TOLERANCE.holds(on_demand(setting, seeds))


def write_sets(out: Path, drawn: Sequence[Setting], n: int) -> None:
    """Write n of the settings drawn, those that fit on seeds no search has seen, too.

    Args:
        out: The file.
        drawn: In the order in which they were drawn.
        n: How many are kept, at most.
    """
    fresh = range(REPORT_SEEDS, REPORT_SEEDS + 6)
    different = list({tuple(values(s).values()): s for s in drawn}.values())
    fits = within(fresh)
    kept = [s for s in spread_out(different, 2 * n) if fits(s)]
    text = yaml.safe_dump(
        {
            "provenance": provenance(len(different), len(kept)),
            "sets": [values(s) for s in spread_out(kept, n)],
        },
        sort_keys=False,
        width=100,
    )
    head = "# Sets of parameters that fit equally well. Written by the calibration; don't edit.\n"
    out.write_text(head + text, encoding="utf-8")


def provenance(drawn: int, fit: int) -> dict[str, Any]:
    """How the sets were found.

    Args:
        drawn: Different settings that fit on the search's seeds.
        fit: How many of those tried again fit on fresh seeds, too.
    """
    return {
        "source": "arXiv:2603.28990, as printed in scenarios/harness/calibration/targets.py",
        "made_by": "python -m unscripted.scenarios.harness.calibration.fit sample",
        "method": "slice sampling, uniform over the ranges within the tolerance, begun at the fit",
        "tolerance": {
            "rmse_of_ten_figures": TOLERANCE.rmse,
            "worst_figure": TOLERANCE.worst,
            "shortfall_of_abstention_and_depth": TOLERANCE.word,
        },
        "ticks_per_seed": TICKS,
        "fresh_seeds": [REPORT_SEEDS, REPORT_SEEDS + 5],
        "drawn": drawn,
        "fit_on_fresh_seeds": fit,
    }


def read_sets(path: Path = FILE) -> list[dict[str, float]]:
    """The values of each set.

    Args:
        path: Of a file as `write_sets` writes it.
    """
    held: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [{k: float(v) for k, v in values.items()} for values in held["sets"]]
