"""How well a setting does: fitted figures beside published ones, on seeds no fit has seen."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .bench import Bench
from .setting import Setting
from .targets import FIGURES, figures, words

REPORT_SEEDS = 1000
"""The first of the seeds that no fit has seen."""


def rms(errors: Sequence[float]) -> float:
    """Root mean square.

    Args:
        errors: One or more.
    """
    return math.sqrt(math.fsum(e * e for e in errors) / len(errors))


def accuracy(setting: Setting, bench: Bench, held: Collection[str] = ()) -> dict[str, Any]:
    """Fitted against published: figures, words and the conditions they are made of.

    Args:
        setting: Whose.
        bench: Has the seeds.
        held: Names of the figures that the fit did not see.
    """
    (means,) = bench.means([setting])
    fitted = figures(means)
    misses = {f.name: fitted[f.name] - f.published for f in FIGURES}
    return {
        "figures": {
            f.name: {
                "published": f.published,
                "fitted": round(fitted[f.name], 4),
                "error": round(misses[f.name], 4),
                "held_back": f.name in held,
            }
            for f in FIGURES
        },
        "rmse": round(rms(list(misses.values())), 4),
        "rmse_held_back": round(rms([misses[name] for name in held]), 4) if held else None,
        "words": {k: round(a / b, 2) for k, (a, b) in words(means).items()},
        "conditions": {
            f"{c.protocol} {c.model} N={c.n} {c.level} {c.judge}": [
                round(float(x), 4) for x in means(c)
            ]
            for c in bench.conditions
        },
    }


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The same for people.

    Args:
        found: As `accuracy` makes it.
    """
    yield "Synthetic minds against arXiv:2603.28990\n"
    yield f"{'figure':44} published  fitted   error"
    for name, row in found["figures"].items():
        mark = "  held back" if row["held_back"] else ""
        line = f"{name:44} {row['published']:9.3f} {row['fitted']:7.3f} {row['error']:+7.3f}"
        yield line + mark
    kept = found["rmse_held_back"]
    yield f"RMSE {found['rmse']:.4f}" + ("\n" if kept is None else f", held back {kept:.4f}\n")
    yield "In words: shortfall in units of its scale (0 holds; abstention: log ratio)"
    yield from (f"{name:44} {short:+.2f}" for name, short in found["words"].items())
    yield f"\n{'condition':58} quality  abstention  depth"
    for name, (q, abstention, depth) in found["conditions"].items():
        yield f"{name:58} {q:7.3f} {abstention:11.3f} {depth:6.2f}"
