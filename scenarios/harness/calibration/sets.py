"""The sets of parameters that fit equally well, as the data file of the ensemble holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from ....agents.synthetic.ensemble import FILE
from .accuracy import REPORT_SEEDS
from .bench import TICKS, on_demand
from .sampling import TOLERANCE
from .setting import Setting, values

FRESH = 3
"""Seeds that no search has seen, on which a setting must fit, too."""


def within(seeds: Sequence[int]) -> Callable[[Setting], bool]:
    """Whether a setting is within the tolerance, played with these seeds.

    Args:
        seeds: For each condition.
    """
    return lambda setting: TOLERANCE.holds(on_demand(setting, seeds))


def write_sets(out: Path, drawn: Sequence[Setting], n: int) -> None:
    """Write n of the settings drawn: such as fit on seeds no search has seen, too.

    Args:
        out: The file.
        drawn: In the order in which they were drawn.
        n: How many are kept, at most.
    """
    fits = within(range(REPORT_SEEDS, REPORT_SEEDS + FRESH))
    different = list({tuple(values(s).values()): s for s in drawn}.values())
    order = [*range(0, len(different), 2), *range(1, len(different), 2)]  # even over the draws
    kept: list[int] = []
    tried = 0
    for i in order:
        if len(kept) == n:
            break
        tried += 1
        if fits(different[i]):
            kept.append(i)
    text = yaml.safe_dump(
        {
            "provenance": provenance(len(different), tried),
            "sets": [values(different[i]) for i in sorted(kept)],
        },
        sort_keys=False,
        width=100,
    )
    head = "# Sets of parameters that fit equally well. Written by the calibration; don't edit.\n"
    out.write_text(head + text, encoding="utf-8")


def provenance(drawn: int, tried: int) -> dict[str, Any]:
    """How the sets were found.

    Args:
        drawn: Different settings that fit on the search's seeds.
        tried: How many of them were played on fresh seeds until enough fitted there, too.
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
        "fresh_seeds": [REPORT_SEEDS, REPORT_SEEDS + FRESH - 1],
        "drawn": drawn,
        "tried_on_fresh_seeds": tried,
    }


def read_sets(path: Path = FILE) -> list[dict[str, float]]:
    """The values of each set.

    Args:
        path: Of a file as `write_sets` writes it.
    """
    held: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [{k: float(v) for k, v in values.items()} for values in held["sets"]]
